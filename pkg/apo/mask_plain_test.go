package apo

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	plainVisa  = "4054695723100768"
	plainFew   = "501800000009"
	plainToken = "AGTOKEN0123456789abcdefghijkl"
)

func plainKnown() *Known {
	k := new(Known)
	k.LearnCard(Card{Number: plainVisa, CVV: "917", ExpiryMonth: "12", ExpiryYear: "35"})
	k.LearnTyped(plainFew + " 11/31 4711")
	k.Learn([]byte(`{"cardToken":"ALIPAYtokentoken77"}`))
	k.Hide(plainToken)
	k.Hide("short7")
	k.Hide("400000000000")
	return k
}

// hiddenForms are ways in which a value is written that must not show.
func hiddenForms(r *rand.Rand, value string) string {
	in := func(format string) string {
		var b strings.Builder
		for i := range len(value) {
			fmt.Fprintf(&b, format, value[i])
		}
		return b.String()
	}
	between := func(sign string) string { return strings.Join(strings.Split(value, ""), sign) }
	groups := func(sign string) string {
		var list []string
		for part := range slices.Chunk([]byte(value), 4) {
			list = append(list, string(part))
		}
		return strings.Join(list, sign)
	}
	other := func(zero rune) string {
		return strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return c - '0' + zero
			}
			return c
		}, value)
	}
	noise := strings.Repeat("x", r.IntN(4))
	forms := []func() string{
		func() string { return value },
		func() string { return value[:min(12, len(value))] },
		func() string { return groups(" ") },
		func() string { return groups("-") },
		func() string { return groups(",") },
		func() string { return groups("\u00a0") },
		func() string { return groups("\u200b") },
		func() string { return groups("%20") },
		func() string { return groups("\x1b[1m") },
		func() string { return groups("\n") },
		func() string { return between(".") },
		func() string { return between(`","`) },
		func() string { return in("%%%02x") },
		func() string { return strings.ReplaceAll(in("%%%02x"), "%", "%25") },
		func() string { return in(`\u%04x`) },
		func() string { return in(`\x%02x`) },
		func() string { return in("&#%d;") },
		func() string { return in("0x%02x ") },
		func() string { return in("%d ") },
		func() string { return in(`\%03o`) },
		func() string { return other(0x660) },
		func() string { return other(0xff10) },
		func() string { return value[:1] + "." + value[1:] + "e" + fmt.Sprint(len(value)-1) },
		func() string { return value + ".0" },
		func() string { return "4e11" },
		func() string { return `4\u006511` },
		func() string { return base64.StdEncoding.EncodeToString([]byte(noise + value)) },
		func() string { return base64.RawURLEncoding.EncodeToString([]byte(noise + value + ".")) },
		func() string {
			return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(value))))
		},
		func() string { return hex.EncodeToString([]byte(noise + value)) },
		func() string { return base64.StdEncoding.EncodeToString([]byte(in("%%%02x"))) },
		func() string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(value))) },
	}
	return forms[r.IntN(len(forms))]()
}

// plainText is a value as messages have them, or one in which something is hidden.
func plainText(r *rand.Rand) string {
	values := []string{
		plainVisa, plainFew, plainToken, "ALIPAYtokentoken77", "short7", "917", "5555555555554444", "400000000000", "11/31",
		"-----BEGIN PRIVATE KEY-----\nMIIB" + strings.Repeat("Ab3d", 30), "MII" + strings.Repeat("aB3x", 40), "3082" + strings.Repeat("0a1b", 140),
	}
	harmless := []string{
		"", "SGD", "4200", "short7", "to short7 it is", "success", "PAYMENT_RESULT", "order-000017", "20250101194010890100111600255670001", "2025-01-01T08:00:02+08:00", "VISA",
		"************0768", "****0768", "***", "05", "2.2.0", "act_yv3fchmu3bre3l3tui5y352yby", "AJkBBkhgQQAAAE4gSEJydQAAAAA=", "http://127.0.0.1:4242/hooks",
		"86d55a3a3d2a0c5b7c7f3a1b0e9d8c7b6a594837261504f3e2d1c0b9a8978685", "d0e9ee6d-be3a-487d-b514-69495000be72", "the payment was authorized", "null", "true",
		"paymentRequestId", "cvv", "cardNo", "cvv: 123", "cardNo=4111", "{}", `{"cvv":"123"}`, "NDky", "é", "a%b", "AT&T", `back\slash`, "1e5", "0.5",
	}
	var parts []string
	for range 1 + r.IntN(3) {
		if r.IntN(4) > 0 {
			parts = append(parts, harmless[r.IntN(len(harmless))])
			continue
		}
		text := hiddenForms(r, values[r.IntN(len(values))])
		if i := r.IntN(max(1, len(text))); r.IntN(4) == 0 { // a sign lacks
			text = text[:i] + text[min(i+1, len(text)):]
		}
		parts = append(parts, text)
	}
	if r.IntN(2) == 0 {
		return parts[0]
	}
	return strings.Join(parts, []string{"", " ", "|", "=", ","}[r.IntN(5)])
}

func plainName(r *rand.Rand) string {
	names := []string{
		"result", "resultCode", "paymentId", "paymentRequestId", "paymentTime", "amount", "value", "currency", "cardNo", "cardBrand", "cvv", "cvvResultRaw", "avsResultRaw",
		"card", "number", "month", "year", "name", "key", "field", "Value", "input", "cardToken", "paymentMethodId", "expiryMonth", "exp", "cardBin", "bin", "password",
		"phoneNo", "networkTransactionId", "arn", "rrn", "acquirerInfo", "cardNumber", "payment[card][cvv]", "card.number", "track2", "fingerprint", "mmyy", "note", "x", "",
		"Card", "creditCard", "accountNo", "line", "verified", "threeDSVersion", "cavv", "securityCode", "actualValue", "path", "Card ", "iin", "ID", "lifetime",
	}
	if r.IntN(12) == 0 {
		return plainText(r)
	}
	return names[r.IntN(len(names))]
}

// plainDocument writes JSON whose strings are escaped only where they have to be, and
// somewhat more in some documents.
func plainDocument(r *rand.Rand, b *bytes.Buffer, deep int) {
	quoted := func(s string) {
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(r.IntN(9) == 0)
		_ = e.Encode(s)
		b.Write(bytes.TrimSpace(text.Bytes()))
	}
	space := func() {
		if r.IntN(8) == 0 {
			b.WriteString([]string{" ", "\n", "\t", "\r\n  "}[r.IntN(4)])
		}
	}
	list := r.IntN(5) == 0
	b.WriteByte("{["[btoi(list)])
	for i := range r.IntN(6) {
		if i > 0 {
			b.WriteByte(',')
		}
		space()
		if !list {
			quoted(plainName(r))
			b.WriteByte(':')
			space()
		}
		switch kind := r.IntN(12); {
		case kind < 2 && deep > 0:
			plainDocument(r, b, deep-1)
		case kind == 2:
			b.WriteString([]string{"true", "false", "null", "0", "-1", "4200", "01", "1.5", "4e11", "917", "4.054695723100768e15", plainVisa, "-" + plainVisa, "5555555555554444", "20250101194010890100111600255670001"}[r.IntN(15)])
		default:
			quoted(plainText(r))
		}
		space()
	}
	b.WriteByte("}]"[btoi(list)])
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func plainMaskers() []Masker {
	known := plainKnown()
	own := new(Known)
	own.Hide(plainToken)
	return []Masker{{}, {Known: new(Known)}, {Known: own}, {Known: known}, {Known: known, KeepTokens: true}, {Known: known, IDs: true}, {Known: known, KnownOnly: true}, {IDs: true}}
}

// What is said to hide nothing, the whole masking leaves as it is, to the byte; and what
// is looked for with less work is found as with more.
func TestHidesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 11))
	maskers := plainMaskers()
	var plain, changed int
	for range 5000 {
		var b bytes.Buffer
		plainDocument(r, &b, 3)
		data := b.Bytes()
		if r.IntN(10) == 0 && len(data) > 2 { // no JSON
			data[r.IntN(len(data))] = byte(r.IntN(256))
		}
		m := maskers[r.IntN(len(maskers))]
		whole := m.whole(bytes.Clone(data))
		nothing := m.hidesNothing(data)
		if nothing && !bytes.Equal(whole, data) {
			t.Fatalf("%+v: of %s it says that nothing is hidden, and the whole masking makes %s", m, data, whole)
		}
		if got := m.JSON(data); !bytes.Equal(got, whole) {
			t.Fatalf("%s became %s, want %s", data, got, whole)
		}
		plain += btoi(nothing)
		changed += btoi(!bytes.Equal(whole, data))
		compareSearch(t, m, string(data))
		compareSearch(t, m, plainText(r))
	}
	if plain < 400 || changed < 400 {
		t.Errorf("%d hide nothing, %d are changed: too few to tell", plain, changed)
	}
}

// compareSearch holds what is found against what is found without any short cut.
func compareSearch(t *testing.T, m Masker, text string) {
	t.Helper()
	if got, want := m.Known.find(text), slowFind(m.Known, text); !slices.Equal(got, want) {
		t.Fatalf("in %q it finds %v, want %v", text, got, want)
	}
	if got, want := cardNumbers(text), slowCardNumbers(text); !slices.Equal(got, want) {
		t.Fatalf("in %q it finds the cards %q, want %q", text, got, want)
	}
}

// Most messages, and all lines that apo prints of them, are looked at once.
func TestMostMessagesHideNothing(t *testing.T) {
	for _, text := range []string{
		`{"line":1,"verified":true,"kind":"PAYMENT_RESULT","status":"succeeded","meaning":"the payment was authorized","paymentRequestId":"order-000001","paymentId":"20250101194010890100111600255670001","amount":{"currency":"SGD","value":"4200"}}`,
		`{"notifyType":"PAYMENT_RESULT","paymentTime":"2026-11-26T00:30:01-08:00","list":[1,-2,[],{}],"paymentResultInfo":{"cardNo":"************8003","cardBrand":"VISA","cvvResultRaw":"M","threeDSResult":{"eci":"05","threeDSVersion":"2.2.0","cavv":"AJkBBkhgQQAAAE4gSEJydQAAAAA="}}}`,
		"{\r\n  \"a\" : [ 1 , 2 ]\n}\n",
	} {
		for _, m := range plainMaskers()[:5] {
			if !m.hidesNothing([]byte(text)) {
				t.Errorf("it takes the long way: %s", text)
			}
		}
	}
}

// Whatever a field is called, its value is hidden as it always was.
func TestHidingOfNames(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 11))
	words := []string{
		"card", "Card", "no", "num", "number", "cvv", "cvc", "csc", "code", "exp", "expiry", "Month", "Year", "date", "pan", "pin", "pass", "word", "token", "Token", "track2", "key",
		"secret", "api", "client", "valid", "thru", "good", "mmyy", "yymm", "bin", "iin", "phone", "mobile", "No", "id", "Id", "ID", "Ids", "time", "Time", "xid", "arn", "rrn", "Reference",
		"fingerprint", "result", "check", "network", "payment", "method", "stripe", "magnetic", "verification", "value", "security", "cav", "cavv", "cc", "a", "K\u212a", "\u017f", "é",
		".", "[", "]", "/", ":", "$", "(", ")", "@", "#", "-", "_", " ", "1", "42", "",
	}
	name := func() (text string) {
		for range 1 + r.IntN(5) {
			text += words[r.IntN(len(words))]
		}
		return text
	}
	for range 40_000 {
		outer, field := name(), name()
		if got, want := hidingOf(field), slowHidingOf(field); got != want {
			t.Fatalf("%q is hidden as %d, want %d", field, got, want)
		}
		if got, want := partOfCard(outer, field), slowPartOfCard(outer, field); got != want {
			t.Fatalf("%q in %q is hidden as %d, want %d", field, outer, got, want)
		}
	}
}

func FuzzHidesNothing(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		var b bytes.Buffer
		plainDocument(r, &b, 3)
		f.Add(b.Bytes())
	}
	maskers := plainMaskers()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, m := range maskers {
			if whole := m.whole(bytes.Clone(data)); m.hidesNothing(data) && !bytes.Equal(whole, data) {
				t.Fatalf("%+v: %q becomes %q", m, data, whole)
			}
			compareSearch(t, m, string(data))
		}
		if got, want := hidingOf(string(data)), slowHidingOf(string(data)); got != want {
			t.Fatalf("%q is hidden as %d, want %d", data, got, want)
		}
	})
}
