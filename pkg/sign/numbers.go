package sign

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// json looks into JSON: a JWK, a set of them, or what a secret store puts around a
// key. It reports whether the text is JSON.
func (s *search) json(t string, within []string) bool {
	t = strings.TrimSpace(t)
	if t == "" || strings.IndexByte(`{["`, t[0]) < 0 {
		return false
	}
	var value any
	if json.Unmarshal([]byte(t), &value) != nil {
		return false
	}
	if text, quoted := value.(string); quoted {
		if inner := strings.TrimSpace(text); inner == "" || strings.IndexByte(`{["`, inner[0]) < 0 {
			return false // quotes, as around any text
		}
	}
	if name := twiceIn(t); name != "" {
		s.contradictory("JSON", name)
		return true
	}
	s.value(value, inside("JSON", within), 0)
	s.nothing("not a key", "it is JSON, and holds none")
	return true
}

// embeddedJSON looks for a JWK behind other text, as in NAME={"kty":…}.
func (s *search) embeddedJSON(t string, within []string) bool {
	const most = 16
	found := false
	for range most {
		_, behind, more := strings.Cut(t, "{")
		if !more {
			break
		}
		decoder := json.NewDecoder(strings.NewReader("{" + behind))
		var value map[string]any
		if err := decoder.Decode(&value); err != nil {
			t = behind
			continue
		}
		if name := twiceIn("{" + behind); name != "" {
			s.contradictory("JSON", name)
			return true
		}
		t = ("{" + behind)[decoder.InputOffset():]
		s.value(value, within, 0)
		found = true
	}
	if !found {
		s.complain(refuse(s.want, "a JWK that is not whole", "copy it from the first brace to the last"))
	}
	return true
}

// value looks into a value of JSON.
func (s *search) value(v any, within []string, depth int) {
	const deepest = 16
	if depth > deepest {
		return
	}
	switch v := v.(type) {
	case string:
		if len(v) >= 64 || strings.Contains(v, "-----") {
			s.bytes([]byte(v), within)
		}
	case []any:
		if data := asBytes(v); data != nil {
			s.bytes(data, within)
			return
		}
		for _, item := range v {
			s.value(item, within, depth+1)
		}
	case map[string]any:
		if s.jwk(v, within) {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			s.value(v[name], within, depth+1)
		}
	}
}

// asBytes reads a list of bytes, as Node and Java print a buffer.
func asBytes(list []any) []byte {
	if len(list) < 64 {
		return nil
	}
	var data []byte
	for _, item := range list {
		n, ok := item.(float64)
		if !ok || n < -128 || n > 255 || n != float64(int(n)) {
			return nil
		}
		data = append(data, byte(int(n)))
	}
	return data
}

// parts are the numbers of an RSA key under the names that a JWK has for them: n, e,
// d, p, q, dp, dq, qi.
type parts map[string]string

// jwk reads a JWK, or the same numbers as .NET names them. It reports whether v is
// one.
func (s *search) jwk(v map[string]any, within []string) bool {
	text := func(name string) string { t, _ := v[name].(string); return t }
	kind := text("kty")
	switch {
	case kind == "EC" || kind == "OKP" && text("crv") != "":
		s.complain(refuse(s.want, otherCurve(kind, text("crv"), v["d"] != nil), onlyRSA))
		return true
	case kind == "oct":
		s.complain(refuse(s.want, "a symmetric key", onlyRSA))
		return true
	case kind == "RSA" && v["oth"] != nil:
		s.complain(refuse(s.want, "an RSA key of more than two primes", "APO takes a plain one").with(NewKey))
		return true
	case kind == "RSA" || kind == "" && text("n") != "" && text("e") != "":
		p := parts{}
		for _, name := range []string{"n", "e", "d", "p", "q", "dp", "dq", "qi"} {
			p[name] = text(name)
		}
		s.numbers(p, "JWK", within)
		return true
	case text("Modulus") != "" && text("Exponent") != "":
		p := parts{}
		for name, theirs := range dotNet() {
			p[name] = text(theirs)
		}
		s.numbers(p, "RSAParameters", within)
		return true
	}
	return false
}

func otherCurve(kind, curve string, private bool) string {
	half := "public"
	if private {
		half = "private"
	}
	switch {
	case kind == "EC":
		return "an EC " + half + " key"
	case curve == "Ed25519":
		return "an Ed25519 " + half + " key"
	}
	return "a " + half + " key of another kind"
}

// dotNet are the names of .NET for the numbers of a key.
func dotNet() map[string]string {
	return map[string]string{"n": "Modulus", "e": "Exponent", "d": "D", "p": "P", "q": "Q", "dp": "DP", "dq": "DQ", "qi": "InverseQ"}
}

// xml reads the keys of .NET's <RSAKeyValue>, which XML signatures have too.
func (s *search) xml(t string, within []string) {
	names := map[string]string{}
	for name, theirs := range dotNet() {
		names[theirs] = name
	}
	decoder := xml.NewDecoder(strings.NewReader(t[max(0, strings.IndexByte(t, '<')):]))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	p, in := parts{}, ""
	flush := func() {
		if p["n"] != "" {
			s.numbers(p, "RSAKeyValue XML", within)
		}
		p = parts{}
	}
	for {
		token, err := decoder.RawToken()
		if err != nil {
			if err != io.EOF || p["n"] != "" && p["e"] == "" {
				s.complain(refuse(s.want, "XML that is not whole", "copy it from the first bracket to the last"))
				return
			}
			flush()
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			if in = names[token.Name.Local]; in != "" && p[in] != "" { // nothing ended the key before
				s.contradictory("XML", token.Name.Local)
				return
			}
		case xml.CharData:
			if in != "" {
				p[in] += string(token)
			}
		case xml.EndElement:
			if in = ""; strings.HasPrefix(token.Name.Local, "RSA") {
				flush()
			}
		}
	}
}

// numbers makes a block of the numbers of a key, if they fit together.
func (s *search) numbers(p parts, form string, within []string) {
	b := block{form: form, within: within}
	if b.der, b.problem = p.der(s.want); b.problem == nil && b.der == nil {
		b.problem = refuse(s.want, "the numbers of a key, not whole", "copy all of them")
	}
	s.add(b)
}

// der writes a key as PKCS#8 or SubjectPublicKeyInfo.
func (p parts) der(want string) ([]byte, *KeyError) {
	n := map[string]*big.Int{}
	for name, text := range p {
		text = strings.Join(strings.Fields(text), "")
		if text == "" {
			continue
		}
		data, ok := decodeBase64(text)
		if !ok || len(strings.TrimRight(text, "="))%4 == 1 || len(data) > maxKeyBits/4 {
			return nil, refuse(want, "a key that is damaged inside", "copy it again")
		}
		n[name] = new(big.Int).SetBytes(data)
	}
	if n["n"] == nil || n["e"] == nil {
		return nil, nil
	}
	public := rsa.PublicKey{N: n["n"]}
	if n["e"].BitLen() > 31 {
		return nil, refuse(want, "an RSA key with an exponent of more than 31 bits", "APO takes a plain one").with(NewKey)
	}
	public.E = int(n["e"].Int64())
	if n["d"] == nil && n["p"] == nil && n["q"] == nil {
		der, err := x509.MarshalPKIXPublicKey(&public)
		if err != nil {
			return nil, misfit(want)
		}
		return der, nil
	}
	if bits := public.N.BitLen(); bits < 1024 || bits > maxKeyBits {
		problem, _ := checkSize(&public, want).(*KeyError)
		return nil, problem
	}
	if n["d"] == nil || n["p"] == nil || n["q"] == nil {
		return nil, refuse(want, "a private key without all of its numbers", "d, p and q belong to it; copy it whole")
	}
	return privateDER(public, n, want)
}

// privateDER refuses numbers that do not belong together, whichever they are, in one
// and the same way.
func privateDER(public rsa.PublicKey, n map[string]*big.Int, want string) ([]byte, *KeyError) {
	key := &rsa.PrivateKey{PublicKey: public, D: n["d"], Primes: []*big.Int{n["p"], n["q"]}}
	if n["d"].Sign() <= 0 || n["d"].Cmp(public.N) >= 0 || new(big.Int).Mul(n["p"], n["q"]).Cmp(public.N) != 0 || key.Validate() != nil {
		return nil, misfit(want)
	}
	key.Precompute()
	for name, right := range map[string]*big.Int{"dp": key.Precomputed.Dp, "dq": key.Precomputed.Dq, "qi": key.Precomputed.Qinv} {
		if given := n[name]; given != nil && (right == nil || !bytes.Equal(given.Bytes(), right.Bytes())) {
			return nil, misfit(want)
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, misfit(want)
	}
	return der, nil
}

func misfit(want string) *KeyError {
	return refuse(want, "a damaged RSA private key: its numbers do not fit together", "compare it with its source")
}
