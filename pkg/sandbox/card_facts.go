package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// cardKey is that under which a state knows cards again. It is random, also where the
// state's seed was chosen: whoever knew the key would find a number, of which bin and
// last four digits are told.
type cardKey struct {
	Key    [32]byte
	Seeded bool `json:",omitempty"` // the seed was chosen
}

// newCardKey makes one.
func newCardKey(seeded bool) cardKey {
	k := cardKey{Seeded: seeded}
	if _, err := io.ReadFull(rand.Reader, k.Key[:]); err != nil {
		panic("sandbox: no random numbers: " + err.Error())
	}
	return k
}

// fingerprint knows a card again, in one state. A test card's number is no secret, and
// what is told of it is the same for a seed that was chosen.
func (t *tx) fingerprint(number string) string {
	public := func() bool {
		return slices.ContainsFunc(t.cards, func(c TestCard) bool { return c.Number == number }) || slices.Contains(otherTestNumbers(), number)
	}
	if t.cardKey.Seeded && public() {
		return hex.EncodeToString(t.ids.of("fingerprint", number).bytes(32))
	}
	sum := []byte(number)
	for {
		h := hmac.New(sha256.New, t.cardKey.Key[:])
		h.Write(sum)
		sum = h.Sum(nil)
		if text := hex.EncodeToString(sum); !looksLikeCard(text) {
			return text
		}
	}
}

// looksLikeCard reports whether a text has as many digits in a row as a card number,
// so that whoever looks for card numbers would take it for one.
func looksLikeCard(text string) bool {
	run := 0
	for _, c := range text {
		if run++; c < '0' || c > '9' {
			run = 0
		}
		if run == 12 {
			return true
		}
	}
	return false
}

// holdName is a cardholder's name as the acquirers write it: in capitals, the family
// name first. Of a whole name that is its last word. What is no letter is left out,
// but for what names have between letters, so that no number is kept.
func holdName(name gjson.Result) string {
	family, given := name.Get("lastName").String(), name.Get("firstName").String()+" "+name.Get("middleName").String()
	if whole := strings.Fields(name.Get("fullName").String()); strings.TrimSpace(family+given) == "" && len(whole) > 0 {
		last := len(whole) - 1
		family, given = whole[last], strings.Join(whole[:last], " ")
	}
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z', strings.ContainsRune(" '-.", r):
			return r
		}
		return -1
	}, family+" "+given)
	return strings.ToUpper(strings.Join(strings.Fields(letters), " "))
}

// addressCheck is what an issuer finds of the billing address that was sent.
func addressCheck(address gjson.Result) string {
	street, postcode := address.Get("address1").String() != "", address.Get("zipCode").String() != ""
	switch {
	case street && postcode:
		return matches
	case street:
		return "A"
	case postcode:
		return "Z"
	}
	return ""
}

// checks fills in what came of the checks of a payment by what was sent, unless the
// card is one that mismatches.
func (c *card) checks(meta gjson.Result, test TestCard) {
	c.AVS, c.CVV = addressCheck(meta.Get("billingAddress")), ""
	if meta.Get("cvv").String() != "" {
		c.CVV = matches
	}
	if test.mismatch == "avs" {
		c.AVS = mismatches
	}
	if test.mismatch == "cvv" && c.CVV != "" {
		c.CVV = mismatches
	}
}

// externalAuthentication is that of a 3DS check that the merchant made elsewhere
// (mpiData); the zero value where there is none, or where it proves nothing: without
// a cavv, or with the eci of a check that did not take place.
func externalAuthentication(mpi gjson.Result, brand string, mask apo.Masker) threeDS {
	if !mpi.Exists() {
		return threeDS{}
	}
	t := threeDS{
		Result: "external", Version: mpi.Get("threeDSVersion").String(), Eci: mpi.Get("eci").String(),
		Cavv: mask.Text(mpi.Get("cavv").String()), ID: mask.Text(mpi.Get("dsTransactionId").String()),
	}
	proving := []string{"05", "06"}
	if brand == "MASTERCARD" {
		proving = []string{"02", "01"}
	}
	if t.Cavv == "" || t.Version == "" || !slices.Contains(proving, t.Eci) {
		return threeDS{}
	}
	return t
}

// addresses are those of a page, which differ by terminal: a phone's browser is sent
// to one of its own, and an app gets beside it two that the bank's app may open.
func (l ledger) addresses(terminal, prefix, nonce string) (normal, appLink, scheme string) {
	normal = l.pages + pagePath(terminal, prefix, nonce)
	if terminal == "" || terminal == "WAP" {
		return normal, "", ""
	}
	return normal, normal, "apo-sandbox:/" + prefix + nonce
}

// pagePath is the path of a page, for a terminal.
func pagePath(terminal, prefix, nonce string) string {
	switch terminal {
	case "":
		return prefix + nonce
	case "WAP":
		return prefix + "wap/" + nonce
	}
	return prefix + "app/" + nonce
}

// nonceOf is the nonce in the path of a page, behind its prefix.
func nonceOf(path, prefix string) string {
	nonce := strings.TrimPrefix(path, prefix)
	for _, terminal := range []string{"wap/", "app/"} {
		nonce = strings.TrimPrefix(nonce, terminal)
	}
	return nonce
}
