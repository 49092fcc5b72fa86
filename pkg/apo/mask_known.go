package apo

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/bits"
	"strings"
	"sync"

	"github.com/apo-cli/apo/pkg/sign"
)

// Known are values of this run that are never shown: the card numbers and tokens
// of its requests, its agent token, its private key. A [Masker] that has it hides
// them in any form: plain, split by whatever stands between, with digits of
// another script, percent-encoded, in base64 or hex, as a JSON number, and part of
// a number from 12 digits on.
//
// It is safe for concurrent use, and its zero value knows nothing. Of requests it
// remembers the values of some thousand, and forgets the oldest.
type Known struct {
	mu         sync.RWMutex
	lasting    *index // what is hidden for good
	young, old *index // what requests had
	typed      *index // what somebody typed; see LearnTyped
}

// mostKnown is how many values an index takes before a new one begins.
const mostKnown = 4096

// shortestForm is how many letters and digits a value has that is hidden in
// every form. A shorter one is hidden as it is.
const shortestForm = 12

// Learn learns from a request, or from an answer that verified, whatever a
// [Masker] hides in it: card numbers, tokens, security codes, secrets. It reports
// whether there is any.
func (k *Known) Learn(message []byte) (found bool) {
	var month, year string
	m := Masker{hid: func(name string, how hiding, value string) {
		found = true
		switch how {
		case asNumber:
			if !strings.Contains(strings.ToLower(name), "account") { // a bank's may be an ID too
				k.learnNumber(value)
			}
		case asToken:
			k.learnSecret(value, editToken)
		case asSecret:
			k.learnSecret(value, editSecret)
		case asCode:
			k.learnCode(value)
		case asExpiry:
			switch name = strings.ToLower(name); {
			case strings.Contains(name, "month"):
				month = value
			case strings.Contains(name, "year"):
				year = value
			}
		}
	}}
	m.JSON(message)
	k.learnExpiry(month, year)
	return found
}

// LearnCard is Learn for a card.
func (k *Known) LearnCard(c Card) {
	k.learnNumber(c.Number)
	k.learnCode(c.CVV)
	k.learnExpiry(c.ExpiryMonth, c.ExpiryYear)
}

// LearnQuery is Learn for the query of a path: nobody knows what its values are,
// but for those that are named as IDs.
func (k *Known) LearnQuery(path string) {
	_, query, _ := strings.Cut(path, "?")
	k.Learn([]byte(query))
	for part := range strings.SplitSeq(query, "&") {
		name, value, found := strings.Cut(part, "=")
		switch {
		case !found:
			value = part
		case hidingOf(name) == asID:
			continue
		}
		if plain, found := unescaped(view{text: value}); found {
			value = plain.text
		}
		if digits := plainDigits(value); len(signsOf(value)) == len(digits) {
			k.learnNumber(value)
		} else {
			k.learnSecret(value, editSecret)
		}
	}
}

// Hide has a text hidden from now on, for example an agent token. One of fewer
// than 6 characters is not hidden: it could not be told from other words.
func (k *Known) Hide(secret string) {
	if len(signsOf(secret)) >= shortestForm {
		k.last("secret "+secret, func(x *index) { x.addSecret(secret, editSecret) })
	} else if len(secret) >= 6 {
		k.last("short "+secret, func(x *index) { x.short = append(x.short, secret) })
	}
}

// HideKey has the text of a private key hidden from now on: every line of it, in
// whichever form it is kept.
func (k *Known) HideKey(key *sign.PrivateKey) {
	k.last("key "+key.Public().Fingerprint(), func(x *index) { x.addKey(key.PKCS1(), key.Bits()/8) })
}

func (k *Known) learnSecret(secret string, kind editKind) {
	if len(signsOf(secret)) >= shortestForm {
		k.add("secret "+secret, func(x *index) { x.addSecret(secret, kind) })
	}
}

func (k *Known) learnNumber(value string) {
	digits := plainDigits(value)
	if len(digits) < shortestForm || len(digits) > 32 {
		return
	}
	k.add("number "+digits, func(x *index) { x.addNumber(digits) })
}

func (k *Known) learnCode(value string) {
	if code := plainDigits(value); len(code) == 3 || len(code) == 4 {
		k.add("code "+code, func(x *index) { x.codes[code] = true })
	}
}

func (k *Known) learnExpiry(month, year string) {
	month, year = plainDigits(month), plainDigits(year)
	if len(month) == 0 || len(month) > 2 || len(year) < 2 || len(year) > 4 {
		return
	}
	if len(month) == 1 {
		month = "0" + month
	}
	short := year[len(year)-2:]
	k.add("expiry "+month+short, func(x *index) {
		for _, year := range []string{short, "20" + short} {
			for _, between := range []string{"", "/", "-"} {
				x.codes[month+between+year], x.codes[year+between+month] = true, true
			}
		}
	})
}

// last adds a value once, for good.
func (k *Known) last(name string, to func(*index)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lasting == nil {
		k.lasting = newIndex()
	}
	k.lasting.once(name, to)
}

// add adds a value of a request once.
func (k *Known) add(name string, to func(*index)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.young == nil || len(k.young.names) >= mostKnown && !k.young.names[name] {
		k.old, k.young = k.young, newIndex()
	}
	k.young.once(name, to)
}

// each calls do with all there is to know. It may be called on nil.
func (k *Known) each(do func(*index)) {
	if k == nil {
		return
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, x := range []*index{k.lasting, k.young, k.old, k.typed} {
		if x != nil {
			do(x)
		}
	}
}

// index is how known values are found in one pass over a text: by any twelve signs
// of theirs, whatever stands between those. A number's signs are its digits, those
// of all else its letters and digits.
type index struct {
	names  map[string]bool
	digits anchors
	signs  anchors
	short  []string        // too short for other forms
	few    []string        // card numbers of few digits
	codes  map[string]bool // security codes and expiry dates: hidden beside a number
}

func newIndex() *index {
	return &index{names: map[string]bool{}, digits: newAnchors(true, 16), signs: newAnchors(false, 256), codes: map[string]bool{}}
}

func (x *index) once(name string, add func(*index)) {
	if !x.names[name] {
		x.names[name] = true
		add(x)
	}
}

func (x *index) addNumber(digits string) {
	least := shortestForm
	if isMonotonous(digits) {
		least = len(digits)
	}
	x.digits.add(&pattern{digits, least, len(digits) - 4, editDigit})
	if len(digits) < 16 {
		x.few = append(x.few, digits)
	}
	x.addForms(digits, editNumber, least)
	if n, ok := new(big.Int).SetString(digits, 10); ok {
		x.addPattern(n.Text(16), mostWhole, editNumber)
		x.addPattern("0x"+n.Text(16), mostWhole, editNumber)
	}
}

// isMonotonous reports whether a part of a number could be that of many others:
// 4000000000000002, of which other numbers have all but the 4.
func isMonotonous(digits string) bool {
	for at := 0; at+shortestForm <= len(digits); at++ {
		seen := 0
		for i := range shortestForm {
			seen |= 1 << (digits[at+i] - '0')
		}
		if bits.OnesCount(uint(seen)) < 4 {
			return true
		}
	}
	return false
}

// mostWhole is how many signs of a long secret are looked for: a part of it may
// be in other values too, such as a date.
const mostWhole = 48

func (x *index) addSecret(secret string, kind editKind) {
	x.addPattern(secret, mostWhole, kind)
	x.addForms(secret, kind, mostWhole)
	if isDigits(secret) {
		x.digits.add(&pattern{secret, min(len(secret), mostWhole), len(secret), kind})
	}
}

// addKey adds what is secret of a private key as PKCS#1, which PKCS#8 has inside:
// what follows the modulus, which the public key has too. A line of PEM, which has
// 64 signs, is too much to be seen. Nor are the lines that PKCS#8 has of the modulus,
// which nobody can tell from the others: those of a public key begin elsewhere in it.
func (x *index) addKey(der []byte, modulus int) {
	const line = 48  // without + and /
	const begin = 13 // of the modulus, but for its first byte; in PKCS#8 39
	x.addPattern(base64.RawStdEncoding.EncodeToString(der[min(len(der), begin):]), line, editSecret)
	der = der[min(len(der), modulus+20):]
	for _, text := range base64Forms(der) {
		x.addPattern(text, line, editSecret)
	}
	x.addPattern(hex.EncodeToString(der), line, editSecret)
}

// addForms adds what a text looks like in base64 and in the ways in which
// programs write bytes: 3435, 0x34 0x35, \u0034\u0035, [52 53], \064\065. So many
// bytes of it are enough.
func (x *index) addForms(text string, kind editKind, least int) {
	for _, form := range base64Forms([]byte(text)) {
		x.addPattern(form, least*4/3, kind)
	}
	formats := []string{"%02x", "0x%02x", "u%04x", "x%02x", "%d", "%03o"}
	if len(text) > 4*mostWhole {
		formats = formats[:1]
	}
	for _, format := range formats {
		var out []byte
		for i := range len(text) {
			out = fmt.Appendf(out, format, text[i])
		}
		x.addPattern(string(out), least*len(out)/len(text), kind)
	}
}

// base64Forms are the signs that a text has in base64 wherever it begins in the
// encoded data, without those that its neighbours change.
func base64Forms(data []byte) (forms [3]string) {
	for shift := range forms {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), data...))
		first, end := (8*shift+5)/6, 8*(shift+len(data))/6
		forms[shift] = encoded[first:end]
	}
	return forms
}

func (x *index) addPattern(text string, least int, kind editKind) {
	signs := signsOf(text)
	x.signs.add(&pattern{signs, min(least, len(signs)), len(signs), kind})
}

// signsOf are the letters and digits of a text in lower case.
func signsOf(text string) string {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if s := signOf(text[i]); s != 0 {
			out = append(out, s)
		}
	}
	return string(out)
}

func signOf(c byte) byte {
	switch {
	case c >= '0' && c <= '9', c >= 'a' && c <= 'z':
		return c
	case c >= 'A' && c <= 'Z':
		return c | 0x20
	}
	return 0
}

// plainDigits are the digits of a text, those of other scripts too; of a number
// such as 4.05e15 those that it stands for.
func plainDigits(text string) string {
	if plain, found := unescaped(view{text: text}); found {
		text = plain.text
	}
	var b strings.Builder
	digitsOf(text, func(_ int, digit byte) { b.WriteByte(digit) })
	return b.String()
}

// plain hides the secrets that are too short to be looked for in other forms.
func (k *Known) plain(s string) string {
	k.each(func(x *index) {
		for _, secret := range x.short {
			s = strings.ReplaceAll(s, secret, secretMark)
		}
	})
	return s
}

// bin is what may be shown of the first digits of a number. Of one with fewer than
// 16, eight and the last four leave little to guess.
func (k *Known) bin(s string) string {
	const least = 6
	if len(s) <= least || !isDigits(s) {
		return s
	}
	shown := s
	k.each(func(x *index) {
		for _, number := range x.few {
			if strings.HasPrefix(number, s) {
				shown = s[:least] + strings.Repeat("*", len(s)-least)
			}
		}
	})
	return shown
}

// besides hides security codes and expiry dates in a text in which a card number
// stood: there they belong to it.
func (k *Known) besides(s string) string {
	k.each(func(x *index) {
		if len(x.codes) == 0 {
			return
		}
		s = replaceGroups(s, func(group string) bool { return x.codes[group] })
	})
	return s
}

// replaceGroups puts stars for groups of digits, with / and - between them, that
// stand alone.
func replaceGroups(s string, hidden func(string) bool) string {
	inGroup := func(c byte) bool { return c >= '0' && c <= '9' || c == '/' || c == '-' }
	var b strings.Builder
	copied := 0
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' || i > 0 && (isAlnum(s[i-1]) || inGroup(s[i-1])) {
			i++
			continue
		}
		end := i
		for end < len(s) && inGroup(s[end]) {
			end++
		}
		group := strings.TrimRight(s[i:end], "/-")
		if hidden(group) && (end == len(s) || !isAlnum(s[end])) {
			b.WriteString(s[copied:i] + strings.Repeat("*", len(group)))
			copied = i + len(group)
		}
		i = end
	}
	return b.String() + s[copied:]
}
