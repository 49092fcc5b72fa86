package sign

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// Held is one key that a text holds, and how.
type Held struct {
	Private     *PrivateKey       // nil: the public half alone
	Public      *PublicKey        // never nil
	Certificate *x509.Certificate // that it stands in; nil: in none
	Form        string            // "PKCS#8", "PKCS#1", "SubjectPublicKeyInfo", "certificate", "JWK" or "RSAKeyValue XML"
	Within      []string          // what is wrapped around it, the innermost first: "PEM", "base64", "JSON", "UTF-16"
}

// String describes the form with its wrappings: "PKCS#8 in PEM in base64".
func (h Held) String() string { return strings.Join(append([]string{h.Form}, h.Within...), " in ") }

// Keys are those that a text holds: the private ones first, then public ones and
// certificates, each in the order of the text.
type Keys []Held

// Inspect lists the RSA keys that a text holds, in all the shapes of
// [ParsePrivateKey] and [ParsePublicKey]. Of a text without any the error, a
// [*KeyError], is about the role that it seems to have; where that is not plain, Want
// is "private or public".
func Inspect(text []byte) (Keys, error) {
	private, asPrivate := heldIn(text, "private")
	public, asPublic := heldIn(text, "public")
	if all := append(private, public...); len(all) > 0 {
		return all, nil
	}
	switch {
	case asPrivate.Given == asPublic.Given:
		advice := asPrivate
		if strings.Contains(asPublic.Given, "public") {
			advice = asPublic // what makes this one usable, not the other half
		}
		return nil, refuse("private or public", asPrivate.Given, advice.Hint).with(advice.Remedy)
	case strings.Contains(asPrivate.Given, "private"):
		return nil, asPrivate
	}
	return nil, asPublic
}

// Meant is the key that a text was written for: the private one where it holds one,
// else the public one. Of several different keys it is none, and the error is a
// [*KeyError]; of a chain of certificates it is the key of the first.
func (k Keys) Meant() (Held, error) {
	if len(k) == 0 {
		return Held{}, refuse("private or public", "not a key", "")
	}
	role, want := k, "public"
	if slices.ContainsFunc(k, Held.isPrivate) {
		role, want = slices.DeleteFunc(slices.Clone(k), func(h Held) bool { return !h.isPrivate() }), "private"
	}
	h, problem := role.only(want)
	if problem != nil {
		return Held{}, problem
	}
	return h, nil
}

func (h Held) isPrivate() bool { return h.Private != nil }

// one is the key of the wanted role, if there is no other beside it.
func one(text []byte, want string) (Held, *KeyError) {
	list, problem := heldIn(text, want)
	if problem != nil {
		return Held{}, problem
	}
	return list.only(want)
}

// only is the one key of a list, all of whose keys have one role.
func (k Keys) only(want string) (Held, *KeyError) {
	var different Keys
	certificates := 0
	for _, h := range k {
		if h.Certificate != nil {
			if certificates++; certificates > 1 {
				continue // of those that signed the first
			}
		}
		known := false
		for _, d := range different {
			known = known || d.Public.Equal(h.Public)
		}
		if !known {
			different = append(different, h)
		}
	}
	if len(different) > 1 {
		return Held{}, refuse(want, fmt.Sprintf("a text with %d different RSA %s keys", len(different), want), "leave the one that is meant")
	}
	return different[0], nil
}

// heldIn lists the keys of the wanted role. Where there is none, the complaint is
// about the block that was most likely meant.
func heldIn(text []byte, want string) (Keys, *KeyError) {
	blocks, problem := keyMaterial(text, want)
	if problem != nil {
		return nil, problem
	}
	var list Keys
	var complaint *KeyError
	likelihood := -1
	for _, b := range blocks {
		h, problem := b.held(want)
		if problem == nil {
			list = append(list, h)
			continue
		}
		likely := 0
		switch {
		case strings.Contains(b.label, strings.ToUpper(want)):
			likely = 2
		case problem.Given == "a private key" || problem.Given == "a public key": // of RSA, but the other half
			likely = 1
		}
		if likely > likelihood {
			complaint, likelihood = problem, likely
		}
	}
	if len(list) > 0 {
		return list, nil
	}
	return nil, complaint
}

// held reads the key of a block.
func (b block) held(want string) (h Held, problem *KeyError) {
	if b.problem != nil {
		return h, b.problem
	}
	h.Form, h.Within = b.form, b.within
	if want == "private" {
		if h.Private, problem = privateFromDER(b.der); problem != nil {
			return h, problem
		}
		h.Public = h.Private.Public()
	} else {
		if h.Public, problem = publicFromDER(b.der); problem != nil {
			return h, problem
		}
		h.Certificate, _ = x509.ParseCertificate(b.der)
	}
	if h.Form == "" {
		h.Form = formOf(b.der, h)
	}
	return h, nil
}

// formOf names the form of DER that was read.
func formOf(der []byte, h Held) string {
	_, pkcs8 := x509.ParsePKCS8PrivateKey(der)
	_, spki := x509.ParsePKIXPublicKey(der)
	switch {
	case h.Certificate != nil:
		return "certificate"
	case h.Private != nil && pkcs8 == nil:
		return "PKCS#8"
	case h.Private == nil && spki == nil:
		return "SubjectPublicKeyInfo"
	}
	return "PKCS#1"
}
