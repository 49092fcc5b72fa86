package apo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/apo"
)

func TestMaskJSON(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		// By field, whatever the value and the spelling of the name.
		{"cardNo", `{"cardNo":"` + visa + `"}`, `{"cardNo":"************0768"}`},
		{"cardNo that no card has", `{"cardNo":"1234567890123456"}`, `{"cardNo":"************3456"}`},
		{"cardNo in groups", `{"cardNo":"4054 6957 2310 0768"}`, `{"cardNo":"***************0768"}`},
		{"cardNo as a number", `{"cardNo":` + visa + `}`, `{"cardNo":"************0768"}`},
		{"cardNo too short to keep four", `{"cardNo":"1234567"}`, `{"cardNo":"*******"}`},
		{"cardNo that is text", `{"cardNo":"my card, please"}`, `{"cardNo":"********"}`},
		{"card_number", `{"card_number":"` + amex + `"}`, `{"card_number":"***********0005"}`},
		{"PAN", `{"PAN":"30569309025904"}`, `{"PAN":"**********5904"}`},
		{"cvv", `{"cvv":"737"}`, `{"cvv":"***"}`},
		{"cvv as a number", `{"cvv":737}`, `{"cvv":"***"}`},
		{"cvv of four digits", `{"CVV2":"1234"}`, `{"CVV2":"***"}`},
		{"security-code", `{"security-code":"737"}`, `{"security-code":"***"}`},
		{"cvv as a list", `{"cvv":["7","3",7]}`, `{"cvv":["***","***","***"]}`},
		{"cvv as an object", `{"cvv":{"value":"737","id":"737"}}`, `{"cvv":{"value":"***","id":"***"}}`},
		{"a name that is escaped", `{"\u0063vv":"737"}`, `{"\u0063vv":"***"}`},
		{"expiry", `{"expiryYear":"30","expiryMonth":11,"exp_month":"11"}`, `{"expiryYear":"**","expiryMonth":"**","exp_month":"**"}`},
		{"tokens", `{"cardToken":"ALIPAYabc","paymentMethodId":"ALIPAYdef"}`, `{"cardToken":"***","paymentMethodId":"***"}`},
		{"other names of a security code", `{"csc":"917","cvn":"917","CVC2":917,"cvd":"9173","cardCvv":"917","card_security_code":"917","Security Code":"917","cardVerificationValue":"917"}`, `{"csc":"***","cvn":"***","CVC2":"***","cvd":"***","cardCvv":"***","card_security_code":"***","Security Code":"***","cardVerificationValue":"***"}`},
		{"names that are paths", `{"card.cvv":"917","payment[card][cvv]":"917","$.card.csc":"917","card/number":"7312345678901230","card[0].expiryYear":"35"}`, `{"card.cvv":"***","payment[card][cvv]":"***","$.card.csc":"***","card/number":"************1230","card[0].expiryYear":"**"}`},
		{"magnetic stripes", `{"track2Data":"` + visa + `=3512","trackData":"x","track_1":"y","magStripe":{"track2":"z"}}`, `{"track2Data":"***","trackData":"***","track_1":"***","magStripe":{"track2":"***"}}`},
		{"other names of an expiry date", `{"exp":"12/35","cardExpiry":"1235","cardExpirationMonth":"12","expiration_date":"12/35","validThru":"12/35","card":{"month":"12","year":"35"}}`, `{"exp":"**","cardExpiry":"**","cardExpirationMonth":"**","expiration_date":"**","validThru":"**","card":{"month":"**","year":"**"}}`},
		{"a card's number by the card's name", `{"card":{"number":"7312345678901230"},"ccnum":"7312345678901230","debitCardNumber":"7312345678901230"}`, `{"card":{"number":"************1230"},"ccnum":"************1230","debitCardNumber":"************1230"}`},
		{"a name beside its value", `{"field":"paymentMethod.paymentMethodMetaData.cvv","rejectedValue":"917"}`, `{"field":"paymentMethod.paymentMethodMetaData.cvv","rejectedValue":"***"}`},
		{"names beside their values", `[{"name":"csc","value":"917"},{"key":"cardNo","value":7312345678901230},{"name":"note","value":"917"}]`, `[{"name":"csc","value":"***"},{"key":"cardNo","value":"************1230"},{"name":"note","value":"917"}]`},
		{"a code where its check belongs", `{"cvvResultRaw":"917","cvvCheck":917}`, `{"cvvResultRaw":"***","cvvCheck":"***"}`},
		{"a number in an exponent", `{"n":4.054695723100768e15,"m":4054695723100768.0}`, `{"n":"************0768","m":"************0768"}`},
		{"a number of 14 digits", `{"note":"30569309025904","n":30569309025904}`, `{"note":"**********5904","n":"**********5904"}`},
		{"keys by name", `{"privateKey":"abc","agentToken":"7777"}`, `{"privateKey":"***","agentToken":"***"}`},

		// By number, wherever it stands.
		{"a number in a sentence", `{"resultMessage":"card ` + visa + ` declined"}`, `{"resultMessage":"card ************0768 declined"}`},
		{"a number in a field nobody knows", `{"note":"` + mastercard + `","n":` + amex + `}`, `{"note":"************4444","n":"***********0005"}`},
		{"a number with escapes", `{"note":"\u0034\u003054\u0036957\u00323100768"}`, `{"note":"************0768"}`},
		{"a number in a list", `{"list":[1,"` + visa + `",[` + visa + `]]}`, `{"list":[1,"************0768",["************0768"]]}`},
		{"a number as a key", `{"` + visa + `":true}`, `{"************0768":true}`},
		{"nested JSON", `{"extendInfo":"{\"cvv\":\"737\",\"a\":1}"}`, `{"extendInfo":"{\"cvv\":\"***\",\"a\":1}"}`},
		{"nested twice", `{"a":"{\"b\":\"{\\\"cvv\\\":\\\"737\\\"}\"}"}`, `{"a":"{\"b\":\"{\\\"cvv\\\":\\\"***\\\"}\"}"}`},
		{"nested list", `{"extendInfo":"[{\"cvv\":\"737\"}]"}`, `{"extendInfo":"[{\"cvv\":\"***\"}]"}`},
		{"a URL", `{"url":"https://shop.example/?cardNo=` + visa + `&cvv=737&page=2"}`, `{"url":"https://shop.example/?cardNo=************0768&cvv=***&page=2"}`},

		// What is hidden already stays as it is.
		{"stars", `{"cardNo":"************8842","cvv":"***","expiryMonth":"**","expiryYear":"****"}`, `{"cardNo":"************8842","cvv":"***","expiryMonth":"**","expiryYear":"****"}`},
		{"empty", `{"cardNo":"","cvv":null,"expiryYear":""}`, `{"cardNo":"","cvv":null,"expiryYear":""}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, layout := range []struct{ before, after string }{{"", ""}, {" \n", "\r\n"}} {
				in, want := layout.before+tt.in+layout.after, layout.before+tt.want+layout.after
				if got := string((apo.Masker{}).JSON([]byte(in))); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
			// A token is no card: it may stand in a request typed on a command line.
			if holds := tt.in != tt.want && tt.name != "tokens"; apo.HoldsCard(tt.in) != holds {
				t.Errorf("HoldsCard is %v", !holds)
			}
		})
	}
}

func TestMaskLeavesAlone(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"IDs", `{"paymentId":"` + paymentID + `","paymentRequestId":"` + visa + `","acquirerMerchantId":"` + mastercard + `"}`},
		{"an ID as a number", `{"captureRequestId":` + visa + `}`},
		{"IDs with underscores", `{"payment_request_id":"` + visa + `","orderID":"` + visa + `"}`},
		{"references", `{"acquirerReferenceNo":"` + visa + `","arn":"` + visa + `","rrn":"` + visa + `"}`},
		{"times", `{"paymentTime":"2025-06-01T12:00:00+08:00","requestTime":"1748779200000","responseTime":` + visa + `}`},
		{"what tells one card from another", `{"cardBin":"405469","lastFour":"0768","cardBrand":"VISA","cvvResultRaw":"M","issuerName":"ORIENT"}`},
		{"a number that no brand has", `{"note":"1234567812345670"}`},
		{"a number that fails the check digit", `{"note":"4054695723100769"}`},
		{"14 digits of a time", `{"note":"20261130235958"}`},
		{"20 digits", `{"note":"` + visa + `1234"}`},
		{"35 digits in a sentence", `{"note":"paid as ` + paymentID + `"}`},
		{"numbers as they were written", `{"a":1.50,"b":-0,"c":1E+2,"d":12345678901234567890123}`},
		{"escapes as they were written", `{"a":"\u00fc\/\u003c","b":"<&>` + "\u2028" + `","\u0061b":"\t"}`},
		{"a code of a wrong CVV", "the payment failed, INVALID_CVV: the security code of the card is wrong"},
		{"a file's name", "cardNo: is not a key"},
		{"spacing", "{\r\n\t\"a\" : [ 1 ,\n2 ] , \"b\" : { } }"},
		{"nested JSON with nothing to hide", `{"extendInfo":" {\"a\": \"\\u00fc\"}\n"}`},
		{"nested JSON that ends early", `{"extendInfo":"{\"a\": 1"}`},
		{"a phone number", `{"buyerPhoneNo":"7046518433"}`},
		{"amounts", `{"value":"9999999999999999"}`},
		{"a user agent", `{"userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101"}`},
		{"results of checks", `{"cvvResultRaw":"M","cvvCheck":"passed","cvvRequired":true,"cardVerificationStatus":"OK"}`},
		{"times that something ends", `{"paymentExpiryTime":"2026-12-01T12:00:00+08:00","authExpiryTime":"2026-12-01T12:00:00+08:00","expires":"Wed, 02 Dec 2026 07:28:00 GMT"}`},
		{"phone numbers", `{"buyerPhoneNo":"501800000009","phone":"+501800000009","mobile_no":"501800000009"}`},
		{"large amounts", `{"paymentAmount":{"currency":"VND","value":"501800000009"},"refundAmount":{"value":501800000009}}`},
		{"addresses of pages", `{"normalUrl":"https://pay.example/3ds?token=aB3dE5fG7hJ9&exp=1764547200&secret=x&sig=4f2a"}`},
		{"measures", `{"n":4.5e15,"m":1.5,"o":4.05469572310076e15}`},
		{"words that begin like secret ones", `{"account":"a","panel":"b","pinned":"c","tracking":"d","secondary":"e","explanation":"f","keyboard":"g","success":"h","expense":"i"}`},
		{"a cavv", `{"cavv":"AQAAAAAAPTYgKe8AmdDhgoYAAAA="}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string((apo.Masker{}).JSON([]byte(tt.text))); got != tt.text {
				t.Errorf("got  %s\nwant %s", got, tt.text)
			}
			if apo.HoldsCard(tt.text) {
				t.Error("HoldsCard says that it holds a card")
			}
		})
	}
}

// A real answer has a hundred places where a mask could bite by mistake.
func TestMaskLeavesWholeAnswersAlone(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d answers found: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := (apo.Masker{}).JSON(text); !bytes.Equal(got, text) {
			t.Errorf("%s changed:\n%s", file, got)
		}
	}
}

func TestMaskText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a sentence", "card " + visa + " was declined", "card ****0768 was declined"},
		{"two cards", visa + "," + amex, "****0768,****0005"},
		{"between letters", "x" + visa + "y", "x****0768y"},
		{"19 digits", "4000000000000000006", "****0006"},
		{"spaces", "4054 6957 2310 0768", "****0768"},
		{"hyphens", "pay with 4054-6957-2310-0768.", "pay with ****0768."},
		{"American Express's groups", "3782 822463 10005", "****0005"},
		{"groups of eight", "40546957 23100768", "****0768"},
		{"19 digits in groups", "4000 0000 0000 0000 006", "****0006"},
		{"groups behind a year", "in 2025 4054 6957 2310 0768", "in 2025 ****0768"},
		{"groups behind a quantity", "2 4054 6957 2310 0768", "2 ****0768"},
		{"groups before a security code", "4054 6957 2310 0768 737", "****0768 737"},
		{"groups before an expiry date", "4054-6957-2310-0768 11/30", "****0768 11/30"},
		{"groups before another card", "4054 6957 2310 0768 5555 5555 5555 4444", "****0768 ****4444"},
		{"a card before a number", visa + " 42", "****0768 42"},

		{"a field in a sentence", "cvv: 737, cardNo = 1234567890123456", "cvv: ***, cardNo = ****3456"},
		{"a field in groups", "cardNo: 4054 6957 2310 0768", "cardNo: ****0768"},
		{"a query string", "a=b&cardNo=" + visa + "&cvv=737&c=d", "a=b&cardNo=****0768&cvv=***&c=d"},
		{"a form", "cvv=737;expiryMonth=11;expiryYear=30", "cvv=***;expiryMonth=**;expiryYear=**"},
		{"truncated JSON", `{"cvv":"737","cardNo":"` + visa + `","exp`, `{"cvv":"***","cardNo":"****0768","exp`},
		{"JSON truncated in the security code", `{"a":1,"cvv":"73`, `{"a":1,"cvv":"***`},
		{"JSON truncated in the number", `{"cardNo":"40546957231007`, `{"cardNo":"****1007`},
		{"truncated JSON with groups", `{"cardNo":"4054 6957 2310 0768","a`, `{"cardNo":"****0768","a`},
		{"truncated JSON in a string", `{"a":"{\"cvv\":\"737\",\"cardNo\":\"` + visa + `\"`, `{"a":"{\"cvv\":\"***\",\"cardNo\":\"****0768\"`},
		{"truncated JSON with spaces", `{ "cvv" : "737" , "expiryMonth" : 11 , `, `{ "cvv" : "***" , "expiryMonth" : ** , `},
		{"truncated JSON with a passphrase", `{"password":"correct horse, battery","a":"b`, `{"password":"***","a":"b`},
		{"XML", "<card><cardNo>7312345678901230</cardNo><cvv>917</cvv></card>", "<card><cardNo>****1230</cardNo><cvv>***</cvv></card>"},
		{"a form in HTML", `<input name="cvv" value="917"><input name="cardNo" value='7312345678901230'>`, `<input name="cvv" value="***"><input name="cardNo" value='****1230'>`},
		{"names beside values in truncated JSON", `{"name":"cvv","value":"917"},{"nam`, `{"name":"cvv","value":"***"},{"nam`},
		{"a path in a query", "card[cvv]=917&card.number=" + visa, "card[cvv]=***&card.number=****0768"},
		{"prose with signs", "CVV (917), cvv#917, cvc [917], cvv917, CVC2 917, 'cvv' '917'", "CVV (***), cvv#***, cvc [***], cvv***, CVC2 ***, 'cvv' '***'"},
		{"prose", "cvv 917 is wrong; the security code 917, CVC is 917; card number: 7312345678901230", "cvv *** is wrong; the security code ***, CVC is ***; card number: ****1230"},
		{"an expiry date in prose", "expiry date 12/35, exp. 12/35, exp 12/2035, expiry 2026-12-01", "expiry date **, exp. 12/35, exp **, expiry 2026-12-01"},
		{"a magnetic stripe", ";" + visa + "=35121010000012345678? " + visa + "^DOE/JOHN^351210", ";****0768=****? ****0768^DOE/JOHN^****"},
		{"a list", visa + "|12|35|917|", "****0768|**|**|***|"},
		{"signs that nobody sees", "4054\u200b6957\u202e2310\u00a00768, 4054+6957+2310+0768, 4054%206957%202310%200768, 4054  6957  2310  0768", "****0768, ****0768, ****0768, ****0768"},
		{"signs that a terminal eats", "4054\x1b]0;9\a6957\x1b[38;2;255;255;255m2310\x1b(B0768, 4054\u009b1m6957\x1b[0m2310\x1b]8;;http://h1/\x1b\\0768", "****0768, ****0768"},
		{"dashes and dots that a person types", "4054 - 6957 - 2310 - 0768, 4054\u20136957\u20132310\u20130768, 4054\u00b76957\u00b72310\u00b70768, 4054\u22126957\u22122310\u22120768", "****0768, ****0768, ****0768, ****0768"},
		{"a bare word is no field", "the cvv was right, the card number too", "the cvv was right, the card number too"},
		{"a number that is left out", "note, see cardNo=", "note, see cardNo="},
		{"a result of a check is none", "cvvResultRaw: M", "cvvResultRaw: M"},

		{"an ID", "paymentRequestId: " + visa, "paymentRequestId: " + visa},
		{"an ID in truncated JSON", `{"paymentRequestId":"` + visa + `","a`, `{"paymentRequestId":"` + visa + `","a`},
		{"an ID in a query string", "paymentId=" + visa + "&a=" + visa, "paymentId=" + visa + "&a=****0768"},
		{"a time", "at 2025-06-01 12:00:00, 1748779200000", "at 2025-06-01 12:00:00, 1748779200000"},
		{"a fingerprint with colons", "AB:CC:32:DA:7F:19:02:7B:8F:1E:33:A2:7F:5D:53:21", "AB:CC:32:DA:7F:19:02:7B:8F:1E:33:A2:7F:5D:53:21"},
		{"a range", "610246 - 112235", "610246 - 112235"},
		{"a UUID", "d0e9ee6d-be3a-487d-b514-69495000be72", "d0e9ee6d-be3a-487d-b514-69495000be72"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := squeeze((apo.Masker{}).Text(tt.in)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// squeeze makes any long row of stars one of four: how many digits were hidden
// is not told the same way everywhere.
func squeeze(s string) string {
	for strings.Contains(s, "*****") {
		s = strings.ReplaceAll(s, "*****", "****")
	}
	return s
}

// Words that happen to end like the name of an ID or a time.
func TestMaskKnowsAnIDFromAWord(t *testing.T) {
	for _, word := range []string{"invalid", "paid", "void", "prepaid", "android", "warn", "learn", "lifetime", "INVALID", "Paid", "card_invalid"} {
		for _, in := range []string{word + ": " + visa, word + " " + visa, word + "=" + visa} {
			if got := (apo.Masker{}).Text(in); strings.Contains(got, visa) {
				t.Errorf("%s stays", in)
			}
		}
		in := fmt.Sprintf(`{%q:%q}`, word, visa)
		if got := (apo.Masker{}).JSON([]byte(in)); bytes.Contains(got, []byte(visa)) {
			t.Errorf("%s stays", in)
		}
	}
	for _, name := range []string{"id", "ID", "paymentId", "paymentID", "payment_id", "payment-id", "requestId", "time", "paymentTime", "payment_time", "arn", "rrn"} {
		in := fmt.Sprintf(`{%q:%q}`, name, visa)
		if got := string((apo.Masker{}).JSON([]byte(in))); got != in {
			t.Errorf("%s became %s", in, got)
		}
	}
}

// Java's Gson writes = and & as \u003d and \u0026; an excerpt of it is text.
func TestMaskSeesThroughEscapesInTruncatedJSON(t *testing.T) {
	for _, in := range []string{
		`{"msg":"cardNo\u003d` + visa + `\u0026cvv\u003d737\u0026expiryMonth\u003d11`,
		`{"msg":"\u0027` + visa + `\u0027 has cvv \u003d 737`,
		`{"msg":"\u0034\u0030` + visa[2:] + `, cvv:737`,
		`{"\u0063vv":"737","a`,
	} {
		got := (apo.Masker{}).Text(in)
		if strings.Contains(got, visa[2:12]) || strings.Contains(got, "737") || strings.Contains(got, "d11") {
			t.Errorf("%s\nbecame %s", in, got)
		}
	}
}

func TestMaskKeepsTokensWhereTheyAreNeeded(t *testing.T) {
	in := `{"cardToken":"ALIPAYabc","paymentMethodId":"ALIPAYdef","cvv":"737"}`
	if got := string((apo.Masker{KeepTokens: true}).JSON([]byte(in))); got != `{"cardToken":"ALIPAYabc","paymentMethodId":"ALIPAYdef","cvv":"***"}` {
		t.Error(got)
	}
	if got := (apo.Masker{KeepTokens: true}).Text("cardToken=abc&cvv=737"); got != "cardToken=abc&cvv=***" {
		t.Error(got)
	}
	in = `{"cardToken":"` + visa + `"}`
	if got := string((apo.Masker{KeepTokens: true}).JSON([]byte(in))); strings.Contains(got, visa) {
		t.Errorf("a card number is no token: %s", got)
	}
}

func TestMaskHidesSecrets(t *testing.T) {
	m := knowing("agent-777777", "", "abc", "t\"oken<1>")
	for in, want := range map[string]string{
		`{"a":"Bearer agent-777777!"}`:            `{"a":"Bearer [secret]!"}`,
		`{"agent-777777":1}`:                      `{"[secret]":1}`,
		`{"paymentId":"agent-777777"}`:            `{"paymentId":"[secret]"}`,
		`{"cardToken":"agent-777777"}`:            `{"cardToken":"[secret]"}`,
		`{"a":"t\"oken\u003c1>"}`:                 `{"a":"[secret]"}`,
		`{"a":"{\"b\":\"agent-777777\"}"}`:        `{"a":"{\"b\":\"[secret]\"}"}`,
		`{"a":"abc is too short to be a secret"}`: `{"a":"abc is too short to be a secret"}`,
		`the token agent-777777, agent-777777.`:   `the token [secret], [secret].`,
	} {
		if got := string(m.JSON([]byte(in))); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

func TestMaskHidesKeys(t *testing.T) {
	pem, err := os.ReadFile("testdata/keys/merchant.pem")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(pem)), "\n")
	bare := strings.Join(lines[1:len(lines)-1], "")
	der, err := base64.StdEncoding.DecodeString(bare)
	if err != nil {
		t.Fatal(err)
	}
	// A line from the middle stands for the key: whatever shows it shows a part of the key.
	middle := lines[len(lines)/2]

	for name, text := range map[string]string{
		"PEM":                            "key:\n" + string(pem) + "end",
		"PEM with CRLF":                  strings.ReplaceAll(string(pem), "\n", "\r\n"),
		"PEM with literal \\n":           strings.ReplaceAll(string(pem), "\n", `\n`),
		"PEM on one line":                strings.ReplaceAll(string(pem), "\n", " "),
		"PEM without its end":            strings.Join(lines[:len(lines)-1], "\n"),
		"PEM twice":                      string(pem) + string(pem),
		"bare base64":                    bare,
		"bare base64 in a sentence":      "the key " + bare + " is wrong",
		"bare base64 in quotes":          `"` + bare + `"`,
		"bare base64 on many lines":      strings.Join(lines[1:len(lines)-1], "\n"),
		"many lines with literal \\n":    strings.Join(lines[1:len(lines)-1], `\n`),
		"many lines with CRLF":           strings.Join(lines[1:len(lines)-1], "\r\n"),
		"an environment variable":        "APO_PRIVATE_KEY=" + bare,
		"a field":                        "merchant_key=" + bare + "&a=b",
		"base64 with escaped slashes":    `{"a":"` + strings.ReplaceAll(bare, "/", `\/`),
		"a field called private key":     "privateKey: " + bare,
		"a variable with literal \\n":    "APO_PRIVATE_KEY=" + strings.ReplaceAll(string(pem), "\n", `\n`),
		"behind a slash":                 "file/" + bare,
		"a YAML block":                   "private_key: |\n  " + strings.Join(lines[1:len(lines)-1], "\n  "),
		"base64 that was url-encoded":    "key=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(bare),
		"DER in hexadecimal":             "key " + hex.EncodeToString(der) + " is wrong",
		"DER in capital hexadecimal":     strings.ToUpper(hex.EncodeToString(der)),
		"DER in hexadecimal with colons": strings.TrimSuffix(each(string(der), "%02x:"), ":"),
		"DER in hexadecimal on lines":    inLines(hex.EncodeToString(der), 60),
		"a key in a list of environment": `["APO_PRIVATE_KEY=` + bare + `","A=B"`,
	} {
		t.Run(name, func(t *testing.T) {
			got := (apo.Masker{}).Text(text)
			if strings.Contains(got, middle[:20]) || strings.Contains(got, lines[1][8:40]) || showsBytes(got, der[600:620]) {
				t.Errorf("a part of the key shows: %.90q", got)
			}
			document, err := json.Marshal(map[string]string{"note": text})
			if err != nil {
				t.Fatal(err)
			}
			got = string((apo.Masker{}).JSON(document))
			if strings.Contains(got, middle[:20]) || strings.Contains(got, lines[1][8:40]) {
				t.Errorf("a part of the key shows in JSON: %.90q", got)
			}
			if !json.Valid([]byte(got)) {
				t.Errorf("no JSON any more: %.90q", got)
			}
		})
	}
	if in := "MII is how keys begin, MIIEvQ is no key"; (apo.Masker{}).Text(in) != in {
		t.Error("a word is taken for a key")
	}
}

func showsBytes(text string, bytes []byte) bool {
	signs := strings.NewReplacer(":", "", "\n", "").Replace(strings.ToLower(text))
	return strings.Contains(signs, hex.EncodeToString(bytes))
}

func inLines(s string, length int) string {
	var lines []string
	for len(s) > length {
		lines, s = append(lines, s[:length]), s[length:]
	}
	return strings.Join(append(lines, s), "\n")
}

// Any JSON that was shown before is JSON afterwards, even what no answer may be.
func TestMaskedJSONIsJSON(t *testing.T) {
	for _, in := range []string{
		`[{"cvv":737}]`, `[` + visa + `]`, visa, `"` + visa + `"`, `{"a":1,"a":2,"cvv":737}`, `{"a":[{"expiryYear":30}]}`,
		`{"a":"[{\"cvv\":737}]"}`, `null`, `[]`,
	} {
		got := (apo.Masker{}).JSON([]byte(in))
		if !json.Valid(got) {
			t.Errorf("%s became %s, which is no JSON", in, got)
		}
		if bytes.Contains(got, []byte("737")) || bytes.Contains(got, []byte(visa)) {
			t.Errorf("%s became %s", in, got)
		}
	}
}

// Copying the rest of the text at every find takes minutes for a megabyte that
// was made for it. What is copied can be counted, time cannot: four times the
// text may copy four times as much, not sixteen times.
func TestMaskCopiesInProportion(t *testing.T) {
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	copied := func(text string) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		(apo.Masker{Known: known}).Text(text)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	for _, unit := range []string{
		"cvv=1&", visa + " ", "4054 6957 ", "-----BEGIN-----END-----", "MII" + strings.Repeat("A", 64) + " ", "id: ", `\u0034`, "4929123456789015 ", "%34%39 ", savedCard + ".",
	} {
		const size = 8 << 10
		little := copied(strings.Repeat(unit, size/len(unit)))
		much := copied(strings.Repeat(unit, 4*size/len(unit)))
		if much > 8*little {
			t.Errorf("%.10q: 8 KiB copy %.0f KiB, 32 KiB copy %.0f KiB", unit, little/1024, much/1024)
		}
	}
}

// Text that was made to be read again and again: where a key could begin at
// every third sign, and an escape that holds an escape that holds an escape. Done
// so, 256 KiB take 13 s and an answer of 4 MiB an hour and a half.
func TestMaskIsNotStalled(t *testing.T) {
	size := 256 << 10
	if underRace {
		size = 16 << 10
	}
	repeated := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	packed := "4929 1234 " + strings.Repeat("card 4929123456789015, ", 2000)
	for range 4 {
		packed = base64.StdEncoding.EncodeToString([]byte(packed))
	}
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	known.Learn(payWith("7777777777777777"))
	known.Learn([]byte(`{"cardToken":"` + strings.Repeat("a", 2048) + `"}`))
	known.Hide(agentToken)
	known.HideKey(readKey(t, "merchant"))
	for name, text := range map[string]string{
		"keys in a word":         "x" + repeated("MII"),
		"escapes in escapes":     `\u005c` + repeated("u005c") + "u0034",
		"words without an end":   repeated("a"),
		"digits without an end":  repeated("1"),
		"groups without an end":  repeated("1 "),
		"quotes without an end":  repeated(`cvv":"`),
		"lines of an empty key":  "MII" + repeated("\n"),
		"names without a value":  repeated("cvv "),
		"a name and many spaces": "cvv" + repeated(" "),
		"names of IDs":           repeated("paymentId4054695723100768"),
		"names of two words":     repeated("card card "),
		"the known number":       repeated("4929123456789015"),
		"a number of one digit":  repeated("7"),
		"the known token":        repeated("a"),
		"most of the token":      repeated(strings.Repeat("a", 47) + "b"),
		"an end after an end":    repeated("****0768|1"),
		"percent in percent":     repeated("%25"),
		"entities in entities":   repeated("&amp;"),
		"backslashes":            repeated(`\`),
		"exponents":              repeated("1.1e9,"),
		"base64 in base64":       packed,
		"base64 of digits":       repeated("NDky"),
		"hex of digits":          repeated("3439"),
		"hex in base64":          repeated(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("34", 60)))),
		"invisible":              repeated("1\u200b\u200b\u200b\u200b"),
		"digests":                repeated("0a1b2c3d4e5f60718293a4b5c6d7e8f9 "),
		"almost digests":         repeated("0a1b2c3d4e5f60718293a4b5c6d7e8f-"),
		"colors":                 repeated("\x1b[0;1;2"),
		"a color without an end": "\x1b[" + repeated("0"),
		"titles without an end":  repeated("\x1b]"),
		"C1 titles":              repeated("\u009d"),
		"a title of many":        "\x1b]" + repeated("0 "),
	} {
		for _, m := range []apo.Masker{{}, {Known: known}} {
			took := time.Hour
			for tries := 0; tries < 3 && took > 3*time.Second; tries++ { // a machine may be busy with something else
				start := time.Now()
				m.Text(text)
				m.JSON([]byte(quoted(text)))
				took = min(took, time.Since(start))
			}
			if took > 3*time.Second {
				t.Errorf("%s took %s, with what is known: %v", name, took, m.Known != nil)
			}
			if testing.Verbose() {
				t.Log(name, took)
			}
		}
	}
}

func TestCardPrintsAsBrandAndLastFour(t *testing.T) {
	card := apo.Card{Number: visa, ExpiryYear: "30", ExpiryMonth: "11", CVV: "737", FirstName: "Ada"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		for _, text := range []string{fmt.Sprintf(verb, card), fmt.Sprintf(verb, &card), fmt.Sprintf(verb, []apo.Card{card})} {
			if strings.Contains(text, visa) || strings.Contains(text, "737") || strings.Contains(text, fmt.Sprintf("%x", visa)) {
				t.Errorf("%s shows %s", verb, text)
			}
		}
	}
	if got := fmt.Sprint(card); got != "VISA ************0768" {
		t.Error(got)
	}
	if text, err := json.Marshal(card); err != nil || bytes.Contains(text, []byte(visa)) || bytes.Contains(text, []byte("737")) {
		t.Errorf("JSON shows %s, %v", text, err)
	}
}

func TestCardNumbers(t *testing.T) {
	for number, brand := range map[string]string{
		visa: "VISA", "4111111111111111": "VISA", mastercard: "MASTERCARD", "2223003122003222": "MASTERCARD", "2720992593319364": "MASTERCARD",
		amex: "AMEX", "341111111111111": "AMEX", "3530111333300000": "JCB", "3566002020360505": "JCB", "6011111111111117": "DISCOVER",
		"6445644564456445": "DISCOVER", "6200000000000005": "CUP", "4000000000000000006": "VISA", "5018000000000009": "MAESTRO",
		"30569309025904": "DINERS", "30901234567892": "DINERS", "4222222222222": "VISA", "501800000009": "MAESTRO", "2200123456789019": "MIR",
		"9792123456789018": "TROY", "123456789012347": "UATP", "2869001234567893": "CARNET", "5080012345678913": "RUPAY", "8201123456789015": "RUPAY",
		"8172123456789010": "RUPAY", "9410123456789010": "KOREAN",
	} {
		if !apo.Luhn(number) || !apo.IsCardNumber(number) || apo.Brand(number) != brand {
			t.Errorf("%s: Luhn %v, card %v, brand %q, want %s", number, apo.Luhn(number), apo.IsCardNumber(number), apo.Brand(number), brand)
		}
	}
	for _, number := range []string{
		"", "4", "4054695723100769", "4054 6957 2310 0768", "-4054695723100768", "４054695723100768", "20261130235958", "40000000000000000004",
		"0000000000000000", "1234567812345670", "2220990000000006", "2721000000000004", "9000000000000001",
	} {
		if apo.IsCardNumber(number) {
			t.Errorf("%q is taken for a card", number)
		}
	}
}

// plantings are the places in which FuzzMask hides a card number. Each returns
// a document around noise, and whether it is whole JSON.
func plantings() []func(pan, noise string) (text string, whole bool) {
	field := func(format string) func(string, string) (string, bool) {
		return func(pan, noise string) (string, bool) {
			return fmt.Sprintf(`{"note":%s,`+format+`,%s}`, quoted(noise), pan, survivors), true
		}
	}
	text := func(format string) func(string, string) (string, bool) {
		return func(pan, noise string) (string, bool) { return noise + " | " + fmt.Sprintf(format, pan), false }
	}
	return []func(string, string) (string, bool){
		field(`"cardNo":"%s"`),
		field(`"message":"card %s was declined"`),
		field(`"number":%s`),
		field(`"list":[1,["%s"]]`),
		field(`"%s":null`),
		field(`"extendInfo":"{\"cardNo\":\"%s\"}"`),
		field(`"extendInfo":"{\"a\":{\"b\":%s}}"`),
		field(`"url":"https://shop.example/?a=b&c=%s&d=e"`),
		func(pan, noise string) (string, bool) {
			var escaped strings.Builder
			for _, digit := range pan {
				fmt.Fprintf(&escaped, `\u%04x`, digit)
			}
			return fmt.Sprintf(`{"note":%s,"message":"%s",%s}`, quoted(noise), escaped.String(), survivors), true
		},
		func(pan, noise string) (string, bool) {
			return fmt.Sprintf(`{"note":%s,"message":"%s",%s}`, quoted(noise), grouped(pan, " "), survivors), true
		},
		func(pan, noise string) (string, bool) {
			return fmt.Sprintf(`{"note":%s,"cardNo":"%s",%s}`, quoted(noise), grouped(pan, "-"), survivors), true
		},
		text(`%s`),
		text(`card number: %s, sorry`),
		text(`{"cardNo":"%s","cv`),
		text(`{"message":"card %s`),
		text(`cardNo=%s&a=b`),
		func(pan, noise string) (string, bool) { return noise + " | " + grouped(pan, " ") + " | ", false },
		func(pan, noise string) (string, bool) { return noise + " | " + grouped(pan, "-") + " 11/30", false },
		func(pan, noise string) (string, bool) { return noise + " | cardNo: " + grouped(pan, " "), false },
	}
}

// survivors are fields that must come through every mask as they are. The
// value of paymentRequestId could be a card number, and is none.
const survivors = `"paymentId":"` + paymentID + `","paymentRequestId":"4012888888881881","paymentTime": "2025-06-01T12:00:00+08:00", "sum" : 1.50`

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func grouped(pan, separator string) string {
	var groups []string
	for len(pan) > 4 {
		groups, pan = append(groups, pan[:4]), pan[4:]
	}
	return strings.Join(append(groups, pan), separator)
}

// newPAN makes a Luhn-valid number of a brand out of any number.
func newPAN(seed uint64) string {
	prefixes := []string{"4", "51", "55", "2221", "2720", "34", "37", "3528", "3589", "6011", "65", "644", "62", "81", "50", "36"}
	prefix := prefixes[seed%uint64(len(prefixes))]
	length := 15 + int(seed/16%5)
	digits := (prefix + fmt.Sprintf("%020d", seed/80))[:length-1]
	for check := range 10 {
		if pan := fmt.Sprint(digits, check); apo.Luhn(pan) {
			return pan
		}
	}
	panic("one of ten digits is right")
}

// shows reports whether any reader of text could see the number: in one piece
// or in groups, in its bytes or in a string that it encodes.
func shows(text, pan string) bool {
	if strings.Contains(ungrouped(text), pan[:len(pan)-4]) {
		return true
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return false
		}
		if s, ok := token.(string); ok && s != text && shows(s, pan) {
			return true
		}
	}
}

// ungrouped takes out single spaces and hyphens between digits.
func ungrouped(s string) string {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	var b strings.Builder
	for i := range len(s) {
		if (s[i] == ' ' || s[i] == '-') && digit(i-1) && digit(i+1) {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func FuzzMask(f *testing.F) {
	for place := range plantings() {
		for _, seed := range []uint64{0, 1, 5, 23, 7_777_777_777, 123_456_789_012_345_678, 1<<64 - 1} {
			f.Add(seed, uint8(place), "hello")
			f.Add(seed, uint8(place), `{"paymentId":"1","cvv":"737"} id: -----BEGIN MIIB`)
		}
	}
	f.Fuzz(func(t *testing.T, seed uint64, place uint8, noise string) {
		pan := newPAN(seed)
		if !apo.IsCardNumber(pan) {
			t.Fatalf("%s is no card number", pan)
		}
		plant := plantings()[int(place)%len(plantings())]
		text, whole := plant(pan, noise)
		around, _ := plant("", noise)
		if shows(around, pan) {
			t.Skip("the noise holds the number itself")
		}

		masked := string((apo.Masker{}).JSON([]byte(text)))
		if shows(masked, pan) {
			t.Errorf("%s shows in\n%s\nof\n%s", pan, masked, text)
		}
		if again := string((apo.Masker{}).JSON([]byte(masked))); again != masked {
			t.Errorf("masked twice:\n%s\nonce:\n%s", again, masked)
		}
		if !whole {
			return
		}
		if !json.Valid([]byte(masked)) {
			t.Errorf("no JSON any more: %s", masked)
		}
		if !strings.HasSuffix(masked, survivors+"}") {
			t.Errorf("something that was not to be hidden changed:\n%s\n%s", masked, text)
		}
		if !apo.HoldsCard(text) || apo.HoldsCard(masked) {
			t.Errorf("HoldsCard is %v before and %v after: %s", apo.HoldsCard(text), apo.HoldsCard(masked), masked)
		}
	})
}

// FuzzMaskAnything has no card to find: masking what it masked changes
// nothing, and JSON stays JSON.
func FuzzMaskAnything(f *testing.F) {
	for _, seed := range []string{
		accepted, payBody, spill, `{"extendInfo":" {\"a\":1} "}`, `{"cvv":{"a":[1,null,true]}}`, "-----BEGIN A-----B-----END A-----",
		"cvv='1' cardNo:\"2\"", `{"cvv":"\ud83d\ude00"}`, "4054 6957 2310 0768", `{"cardNo":"` + visa + `"}`, "{\"a\":\"\xff\"}", `[{"cvv":7}]`,
		`{"cardNo":" 12 3"}`, `{"cardNo":" üüüü00000000ü0000"}`, `\u005cu0063vv: 1, cvv:2`,
	} {
		f.Add(seed)
	}
	known := new(apo.Known)
	known.Learn(payWith("4929123456789015"))
	known.Hide(agentToken)
	// The four digits that are left may begin another number with the groups
	// behind them; hiding that too is the safe side.
	tail := regexp.MustCompile(`\*[0-9]{4}[ ./_\t-][0-9]`)
	f.Fuzz(func(t *testing.T, text string) {
		shallow := strings.Count(text, "[")+strings.Count(text, "{") < 64
		whole := shallow && utf8.ValidString(text) && json.Valid([]byte(text))
		for _, m := range []apo.Masker{{}, {KeepTokens: true}, {Known: known}} {
			once := m.JSON([]byte(text))
			if whole && !json.Valid(once) {
				t.Errorf("%s\nbecame %s, which is no JSON", text, once)
			}
			// Hiding a broken value can make JSON of what was none; then it is read anew.
			if twice := m.JSON(once); !bytes.Equal(once, twice) && whole == json.Valid(once) && !tail.Match(once) {
				t.Errorf("%q\nbecame %q\nthen   %q", text, once, twice)
			}
			shown := m.Text(text)
			if again := m.Text(shown); again != shown && !tail.MatchString(shown) {
				t.Errorf("%q\nbecame %q\nthen   %q", text, shown, again)
			}
		}
	})
}

// knowing is a masker that knows some secrets.
func knowing(secrets ...string) apo.Masker {
	known := new(apo.Known)
	for _, s := range secrets {
		known.Hide(s)
	}
	return apo.Masker{KeepTokens: true, Known: known}
}
