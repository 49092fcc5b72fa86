package apo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

const (
	savedCard  = "ALIPAY5f0c2e9aXk7PqLm3"
	agentToken = "814037265590271846305517294068137250946183726405"
)

// knownCards are of every length and brand that a card number can have. No other test
// names any of them.
func knownCards() []string {
	return []string{
		"4929123456789015", "4222123456785", "4929123456789012349", "371212345678905", "36001234567894", "2200123456789019", "9792123456789018",
		"123456789012347", "501234567899", "8201123456789015", "6229123456789012340", "3529123456789018", "9410123456789010",
		"7312345678901230", // of no brand
	}
}

// payWith is a pay request with a card, an expiry date and a security code.
func payWith(card string) []byte {
	return []byte(`{"paymentRequestId":"demo-1","paymentMethod":{"paymentMethodType":"CARD","paymentMethodId":"` + savedCard + `","paymentMethodMetaData":{"cardNo":"` +
		card + `","expiryYear":"35","expiryMonth":"12","cvv":"917"}}}`)
}

func between(s, separator string) string { return strings.Join(strings.Split(s, ""), separator) }

func each(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

func shifted(s string, by rune) string {
	return strings.Map(func(r rune) rune { return r + by }, s)
}

// forms are the ways in which a gateway, a proxy or a log may write a value of
// digits and letters.
func forms(s string) map[string]string {
	b64 := base64.StdEncoding.EncodeToString
	list := map[string]string{
		"plain": s, "in a word": "x" + s + "y", "reversed case": strings.ToUpper(s),
		"percent": each(s, "%%%02x"), "half percent": s[:5] + each(s[5:], "%%%02X"), "percent twice": each(s, "%%25%02x"), "percent u": each(s, "%%u%04x"),
		"hex": each(s, "%02x"), "capital hex": each(s, "%02X"), "hex with colons": each(s, "%02x:"), "hex with 0x": each(s, "0x%02x, "), "escapes": each(s, `\x%02x`),
		"bytes in Go": fmt.Sprint([]byte(s)), "a list of bytes": each(s, "%d,"), "octal": each(s, `\%03o`), "unicode escapes": each(s, `\u%04x`),
		"code points": each(s, "U+%04X "), "entities": each(s, "&#%d;"), "hex entities": each(s, "&#x%x;"), "entities twice": each(s, "&amp;#%d;"),
		"base64": b64([]byte(s)), "base64 behind one": b64([]byte("a" + s)), "base64 behind two": b64([]byte("ab" + s + "c")), "base64 in the middle": b64([]byte("card: " + s + ".")),
		"base64 without padding": base64.RawURLEncoding.EncodeToString([]byte("> " + s)), "base64 twice": b64([]byte(b64([]byte("card " + s)))),
		"base64 of JSON": b64([]byte(`{"n":"` + s + `"}`)), "base64 of groups": b64([]byte("no. " + grouped(s, " ") + "!")), "base64 in lines": between(b64([]byte(s)), "\n"),
		"hex of base64": hex.EncodeToString([]byte(b64([]byte("a" + s)))), "percent in base64": b64([]byte(each(s, "%%%02x"))), "base64 in a word": "Basic" + b64([]byte("u:"+s)),
		"base64 with percent": url.QueryEscape(b64([]byte("?" + s + "??"))), "colored": s[:4] + "\x1b[31;1m" + s[4:] + "\x1b[0m",
	}
	for name, separator := range map[string]string{
		"a space": " ", "two spaces": "  ", "a tab": "\t", "a line": "\n", "a dash": "-", "a dot": ".", "a slash": "/", "an underscore": "_", "a plus": "+", "%20": "%20", "%2D": "%2D",
		"no-break space": "\u00a0", "narrow space": "\u202f", "zero width": "\u200b", "joiner": "\u2060", "soft hyphen": "\u00ad", "a byte order mark": "\ufeff", "bidi": "\u202e",
		"C1": "\u0085", "NUL": "\x00", "a dash and spaces": " - ", "an en dash": "\u2013", "a minus": "\u2212", "a middle dot": "·", "a comma": ", ", "&nbsp;": "&nbsp;", `\u00a0`: `\u00a0`,
		"a tag": "<wbr>", "quotes": `","`, "a stroke": "\u0336", "an ideographic space": "\u3000",
		"a title": "\x1b]0;7 t\a", "a title that ends with ST": "\x1b]2;41\x1b\\", "a link": "\x1b]8;;http://h1.example/\a", "a 24-bit color": "\x1b[38;2;255;255;255m",
		"a control string": "\x1bP1$q\x1b\\", "a character set": "\x1b(0", "a C1 title": "\u009d0;1\u009c", "a C1 color": "\u009b31m", "two sequences": "\x1b]0;3\a\x1b[1m",
	} {
		if name == "a tag" && strings.Trim(s, "0123456789") != "" {
			continue // its letters could be the value's
		}
		list["groups with "+name] = grouped(s, separator)
		list["signs with "+name] = between(s, separator)
	}
	return list
}

// digitForms are those that only a number has.
func digitForms(s string) map[string]string {
	n, _ := new(big.Int).SetString(s, 10)
	list := map[string]string{
		"a number": s, "a number with a fraction": s + ".0", "an exponent": s[:1] + "." + s[1:] + fmt.Sprintf("e%d", len(s)-1), "E+": s[:1] + "." + s[1:] + fmt.Sprintf("E+%d", len(s)-1),
		"e0": s + "e0", "a tenth": s + "0e-1", "in hex": "0x" + n.Text(16), "with zeros before": "000" + s, "with letters": between(s, "a"),
		"full-width": shifted(s, 0xff10-'0'), "Arabic": shifted(s, 0x660-'0'), "Devanagari": shifted(s, 0x966-'0'), "mathematical": shifted(s, 0x1d7d8-'0'), "subscript": shifted(s, 0x2080-'0'),
		"full-width in percent": url.QueryEscape(shifted(s, 0xff10-'0')), "full-width in groups": grouped(s[:8], "-") + "-" + shifted(s[8:], 0xff10-'0'),
		"cut off": s[:max(12, len(s)-1)],
	}
	if len(s) >= 16 {
		list["without its end"] = s[:len(s)-4] + "...."
	}
	return list
}

// places are where a value may stand: in JSON that is whole, damaged or inside a
// string, in HTML, in prose, in a header.
func places() map[string]func(form string) string {
	text := func(format string) func(string) string {
		return func(form string) string { return fmt.Sprintf(format, form) }
	}
	field := func(name string) func(string) string {
		return func(form string) string {
			return fmt.Sprintf(`{"result":{"resultStatus":"F","resultCode":"X"},%s:%s,%s}`, quoted(name), quoted(form), survivors)
		}
	}
	list := map[string]func(string) string{
		"a key":         func(form string) string { return fmt.Sprintf(`{"a":1,%s:null}`, quoted(form)) },
		"a list":        func(form string) string { return fmt.Sprintf(`{"l":["a",[%s]]}`, quoted(form)) },
		"nested JSON":   func(form string) string { return fmt.Sprintf(`{"extendInfo":%s}`, quoted(`{"m":`+quoted(form)+`}`)) },
		"nested twice":  func(form string) string { return quoted(`{"a":` + quoted(`{"m":`+quoted(form)+`}`) + `}`) },
		"damaged JSON":  func(form string) string { return `{"result":{"resultMessage":` + quoted(form) + `,"acq` },
		"prose":         text("card %s was refused"),
		"HTML":          text("<html><p>card <b>%s</b> was refused</html>"),
		"a query":       text("/pay?x=%s&y=1"),
		"a header":      text("malformed MIME header line: X-Card: %s"),
		"two lines":     text("502\n%s\n"),
		"a row of text": text("\x00\x01%s\xff\xfe"),
	}
	for _, name := range []string{
		"resultMessage", "paymentId", "paymentRequestId", "captureId", "acquirerReferenceNo", "arn", "rrn", "networkTransactionId", "acquirerTransactionId", "paymentTime",
		"fingerprint", "buyerPhoneNo", "cardNo", "cardBin", "note", "cvvResultRaw", "normalUrl", "id", "value",
	} {
		list[name] = field(name)
	}
	return list
}

// What a run knows is nowhere to be seen, in whatever form and place.
func TestKnownValuesAreHidden(t *testing.T) {
	known := new(apo.Known)
	known.Hide(agentToken)
	values := map[string]string{"token": savedCard, "agent token": agentToken}
	for _, card := range knownCards() {
		known.Learn(payWith(card))
		values[card] = card
	}
	tried, told := 0, map[string]bool{}
	for name, value := range values {
		all := forms(value)
		if name == value {
			for form, text := range digitForms(value) {
				all[form] = text
			}
		}
		number, one := 0, 7
		if underRace {
			one = 97
		}
		for _, form := range sortedNames(all) {
			text := all[form]
			for _, place := range sortedNames(places()) {
				plant := places()[place]
				if number++; (underRace || name == value && value != knownCards()[0]) && number%one != 0 {
					continue // another card differs in its number alone
				}
				tried++
				in := plant(text)
				for _, m := range []apo.Masker{{Known: known}, {Known: known, KeepTokens: true}} {
					for _, out := range []string{string(m.JSON([]byte(in))), m.Text(in)} {
						if visible(out, text, value) && !told[form+place] {
							told[form+place] = true
							t.Errorf("%s, %s, in %s:\n%s\nbecame\n%s", name, form, place, in, out)
						}
					}
					if out := m.JSON([]byte(in)); json.Valid([]byte(in)) && !json.Valid(out) {
						t.Errorf("%s, %s, in %s: no JSON any more:\n%s", name, form, place, out)
					}
				}
			}
		}
	}
	if tried < 5000 && !underRace {
		t.Errorf("only %d places were tried", tried)
	}
}

// visible reports whether a form of a value is still in a text: more than its last
// four digits, or more than twelve signs of a form.
func visible(text, form, value string) bool {
	if strings.Contains(text, form) || strings.Contains(text, strings.Trim(quoted(form), `"`)) {
		return true
	}
	digits := strings.Trim(value, "0123456789") == ""
	if digits && strings.Contains(strings.Map(onlyDigits, text), value[:len(value)-4]) {
		return true
	}
	return strings.Contains(strings.ToLower(text), strings.ToLower(value))
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// Numbers of JSON are hidden as numbers, and what is left is JSON.
func TestKnownNumbersInJSON(t *testing.T) {
	for _, card := range knownCards() {
		known := new(apo.Known)
		known.Learn(payWith(card))
		m := apo.Masker{Known: known}
		for name, number := range digitForms(card) {
			for _, field := range []string{"note", "paymentId", "value", "networkTransactionId", "cardNo"} {
				in := fmt.Sprintf(`{%q:%s,"b":[%s]}`, field, number, number)
				if !json.Valid([]byte(in)) {
					continue
				}
				out := m.JSON([]byte(in))
				if !json.Valid(out) || bytes.Contains(out, []byte(number)) || visible(string(out), number, card) {
					t.Errorf("%s, %s: %s became %s", card, name, in, out)
				}
			}
		}
		// Split over a list and over fields.
		for _, in := range []string{
			fmt.Sprintf(`{"l":["%s","%s","%s"]}`, card[:4], card[4:8], card[8:]),
			fmt.Sprintf(`{"first":"%s","last":"%s"}`, card[:7], card[7:]),
			fmt.Sprintf(`[%s,%s]`, "1"+card[:5], card[5:]),
		} {
			out := m.JSON([]byte(in))
			if !json.Valid(out) || visible(string(out), in, card) {
				t.Errorf("%s became %s", in, out)
			}
		}
	}
	known := new(apo.Known)
	known.Learn(payWith("4050000000000001"))
	known.Learn([]byte(`{"cardNo":4.05e15}`))
	for _, in := range []string{`{"n":4.050000000000001e15}`, `{"n":4.05e15}`, `{"n":4.05E+15}`, `{"n":405e13}`, `{"n":4050000000000000.00}`} {
		if out := (apo.Masker{Known: known}).JSON([]byte(in)); !bytes.Contains(out, []byte("*")) {
			t.Errorf("%s became %s", in, out)
		}
	}
	if in := `{"n":4.05e10,"m":4.06e15}`; string((apo.Masker{Known: known}).JSON([]byte(in))) != in {
		t.Errorf("%s is another number", in)
	}
}

// What is left of a number are its last four digits.
func TestKnownNumberKeepsItsEnd(t *testing.T) {
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	known.Learn(payWith("4000000000000002"))
	m := apo.Masker{Known: known}
	for in, want := range map[string]string{
		`{"paymentId":"4000000000000002"}`:                     `{"paymentId":"************0002"}`,
		`{"paymentId":"4929123456789015"}`:                     `{"paymentId":"************9015"}`,
		`{"rrn":"a 4929-1234-5678-9015"}`:                      `{"rrn":"a ****-****-****-9015"}`,
		`{"arn":4929123456789015}`:                             `{"arn":"************9015"}`,
		`{"cardNo":"4929 1234 5678 9015"}`:                     `{"cardNo":"***************9015"}`,
		`{"note":"no. 4929123456789015, sir"}`:                 `{"note":"no. ************9015, sir"}`,
		`{"paymentId":"492912345678"}`:                         `{"paymentId":"************"}`,
		`{"note":"49291234567"}`:                               `{"note":"49291234567"}`,
		`{"lastFour":"9015"}`:                                  `{"lastFour":"9015"}`,
		`{"note":"NDkyOTEyMzQ1Njc4OTAxNQ=="}`:                  `{"note":"***Q=="}`,
		`{"note":"a\u00a04929\u00a01234\u00a05678\u00a09015"}`: `{"note":"a\u00a0****\u00a0****\u00a0****\u00a09015"}`,
	} {
		if out := string(m.JSON([]byte(in))); out != want {
			t.Errorf("%s became %s, want %s", in, out, want)
		}
	}
}

// Beside a card number its security code and its expiry date are hidden too.
func TestKnownCodesBesideANumber(t *testing.T) {
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	m := apo.Masker{Known: known}
	for in, want := range map[string]string{
		"4929123456789015 12/35 917":                    "************9015 ***** ***",
		"4929123456789015|12|35|917":                    "************9015|**|**|***",
		"card 4929 1234 5678 9015, 2035-12, code 917.":  "card **** **** **** 9015, *******, code ***.",
		";4929123456789015=35121010000012345678?":       ";************9015=********************?",
		"%B4929123456789015^DOE/JOHN^35121010000?":      "%B************9015^DOE/JOHN^***********?",
		"4929123456789015 order-917 9170 x917 917/1 12": "************9015 order-917 9170 x917 917/1 12",
		"HTTP 917 12/35":                                "HTTP 917 12/35",
	} {
		if out := m.Text(in); out != want {
			t.Errorf("%s\nbecame %s\nwant   %s", in, out, want)
		}
	}
}

// Of a number with few digits, eight and the last four would be all.
func TestKnownShortNumbersHideTheirBIN(t *testing.T) {
	known := new(apo.Known)
	known.Learn(payWith("4222123456785"))
	known.Learn(payWith("4929123456789015"))
	in := `{"cardBin":"42221234","bin":"49291234","lastFour":"6785"}`
	if out := string((apo.Masker{Known: known}).JSON([]byte(in))); out != `{"cardBin":"422212**","bin":"49291234","lastFour":"6785"}` {
		t.Error(out)
	}
}

// A token that the gateway issues is needed on standard output, where it stands
// for what it is; one that the request had is not.
func TestKnownTokens(t *testing.T) {
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	in := `{"cardToken":"` + savedCard + `","paymentMethodId":"` + savedCard + `","note":"` + savedCard + `"}`
	for _, c := range []struct {
		masker apo.Masker
		want   string
	}{
		{apo.Masker{Known: known}, `{"cardToken":"***","paymentMethodId":"***","note":"[secret]"}`},
		{apo.Masker{Known: known, KeepTokens: true}, `{"cardToken":"` + savedCard + `","paymentMethodId":"[secret]","note":"[secret]"}`},
		{apo.Masker{Known: known, KeepTokens: true, KnownOnly: true}, in},
		{apo.Masker{Known: known, KnownOnly: true}, strings.ReplaceAll(in, savedCard, "[secret]")},
	} {
		if out := string(c.masker.JSON([]byte(in))); out != c.want {
			t.Errorf("%+v\n%s\nwant\n%s", c.masker, out, c.want)
		}
	}
}

// What is not known stays as it is, and so does what has no card in it.
func TestKnownValuesLeaveTheRestAlone(t *testing.T) {
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	known.Hide(agentToken)
	known.HideKey(readKey(t, "merchant"))
	m := apo.Masker{Known: known, KnownOnly: true}
	for _, in := range []string{
		accepted, payBody, `{"paymentId":"` + paymentID + `"}`, string(readKey(t, "merchant").Public().PEM()), string(readKey(t, "antom").PEM()),
		"4929123456 9123456789 4929123x", readKey(t, "merchant").Public().Fingerprint(), "cvv: 123",
	} {
		if out := m.Text(in); out != in {
			t.Errorf("%s\nbecame\n%s", in, out)
		}
		if out := string(m.JSON([]byte(in))); out != in {
			t.Errorf("%s\nbecame\n%s", in, out)
		}
	}
}

// Every line of a private key is hidden, in whichever form it is kept.
func TestKnownKeysAreHidden(t *testing.T) {
	key := readKey(t, "merchant")
	known := new(apo.Known)
	known.HideKey(key)
	m := apo.Masker{Known: known, KnownOnly: true}
	pem := string(key.PEM())
	texts := map[string]string{
		"PKCS#8": base64.StdEncoding.EncodeToString(key.DER()), "PKCS#1": base64.StdEncoding.EncodeToString(key.PKCS1()), "hex": hex.EncodeToString(key.DER()),
		"base64 of PEM": base64.StdEncoding.EncodeToString([]byte(pem)), "escaped PEM": strings.ReplaceAll(pem, "\n", `\n`), "percent": url.QueryEscape(pem),
	}
	for i, line := range strings.Split(strings.TrimSpace(pem), "\n") {
		if len(line) == 64 && i > 1 { // the first is that of all keys
			texts[fmt.Sprint("line ", i)] = line
		}
	}
	for name, text := range texts {
		out := m.Text("key " + text + " end")
		middle := text[len(text)/2-12 : len(text)/2+12]
		if strings.Contains(out, middle) || !strings.Contains(out, "[secret]") {
			t.Errorf("%s: %.300s", name, out)
		}
	}
}

// A digest has digits in it that look like a card's, once in a thousand times.
func TestMaskLeavesDigestsAlone(t *testing.T) {
	digests, key := 200_000, make([]byte, 32)
	if underRace {
		digests = 10_000
	}
	for n := range digests {
		for i := range key {
			key[i] = byte((n*2654435761 + i*40503 + n*i*i*97) >> (i % 13))
		}
		digest := hex.EncodeToString(key)
		for _, in := range []string{digest, "SHA-256 " + digest, strings.ToUpper(digest) + ",", base64.StdEncoding.EncodeToString(key)} {
			if out := (apo.Masker{}).Text(in); out != in {
				t.Fatalf("%s became %s", in, out)
			}
		}
	}
	for _, in := range []string{
		"d0e9ee6d-4012-8888-8888-1881695000be", "40128888-8888-1881-a514-69495000be72", "Qk4012888888881881vR3xWz9Lm2Kp7Tn5Yb8Hd6Gf1Js",
		"algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xd7, 0x6d, 0xf8, 0x11}, 64))),
	} {
		if out := (apo.Masker{}).Text(in); out != in {
			t.Errorf("%s became %s", in, out)
		}
	}
	// A card number in a word is none of these.
	for _, in := range []string{"x4012888888881881y", "cardNo4012888888881881expiryYear30expiryMonth12cvv737", "pan_4012888888881881_0", strings.Repeat("a", 20) + "4012888888881881" + strings.Repeat("b", 20)} {
		if out := (apo.Masker{}).Text(in); strings.Contains(out, "401288888888") {
			t.Errorf("%s became %s", in, out)
		}
	}
}

// Many requests at once learn and mask.
func TestKnownIsSafeToShare(t *testing.T) {
	known := new(apo.Known)
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			for i := range 50 {
				card := fmt.Sprintf("49291%03d%04d0000", n, i)
				known.Learn(payWith(card))
				if out := (apo.Masker{Known: known}).Text("id " + card); strings.Contains(out, card) {
					t.Errorf("%s", out)
				}
			}
		})
	}
	all.Wait()
}

// A server that runs for long keeps no card of long ago.
func TestKnownForgets(t *testing.T) {
	known := new(apo.Known)
	known.Hide(agentToken)
	known.Learn([]byte(`{"cardNo":"7312345678901230"}`))
	for i := range 9000 {
		known.Learn([]byte(fmt.Sprintf(`{"cardNo":"7400000%09d"}`, i*7)))
	}
	m := apo.Masker{Known: known}
	if out := m.Text("7312345678901230"); out != "7312345678901230" {
		t.Errorf("the first of many is still known: %s", out)
	}
	if out := m.Text(agentToken); out != "[secret]" {
		t.Errorf("an agent token is no request's: %s", out)
	}
	if out := m.Text(fmt.Sprintf("7400000%09d", 8999*7)); strings.HasPrefix(out, "7400000") {
		t.Errorf("the last one is not known: %s", out)
	}
}

// FuzzMaskKnown hides any number in any form, anywhere.
func FuzzMaskKnown(f *testing.F) {
	formNames, placeNames := sortedNames(forms("4929123456789015"), digitForms("4929123456789015")), sortedNames(places())
	for i := range len(formNames) {
		f.Add(uint64(4929123456789015), uint8(i), uint8(i%len(placeNames)), "noise")
		f.Add(uint64(501234567890)*uint64(i+1), uint8(i), uint8(7*i%len(placeNames)), `{"paymentId":"1","cvv":"737"} id: %34%3`)
	}
	f.Fuzz(func(t *testing.T, seed uint64, form, place uint8, noise string) {
		card := fmt.Sprintf("%012d", seed)
		if len(card) > 19 || strings.Trim(card[:8], card[:1]) == "" {
			t.Skip() // too long; or a number of one digit, of which there may be more beside it
		}
		all := forms(card)
		for name, text := range digitForms(card) {
			all[name] = text
		}
		name := formNames[int(form)%len(formNames)]
		text, found := all[name]
		if !found {
			t.Skip() // not of a number of so few digits
		}
		plant := places()[placeNames[int(place)%len(placeNames)]]
		in, around := plant(text+" "+noise), plant(" "+noise)
		known := new(apo.Known)
		known.Learn([]byte(`{"cardNo":"` + card + `"}`))
		m := apo.Masker{Known: known}
		out := m.JSON([]byte(in))
		if json.Valid([]byte(in)) && !json.Valid(out) {
			t.Errorf("no JSON any more: %s\nof %s", out, in)
		}
		if visible(around, text, card) || strings.Contains(strings.Map(onlyDigits, text+noise), card+card[:4]) {
			t.Skip() // the noise shows it itself, or goes on where the form ends
		}
		if visible(string(out), text, card) {
			t.Errorf("%s, %s shows in\n%s\nof\n%s", card, name, out, in)
		}
	})
}

func sortedNames[T any](maps ...map[string]T) (names []string) {
	for _, m := range maps {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
