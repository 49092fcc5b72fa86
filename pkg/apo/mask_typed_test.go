package apo_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// Whatever form a card number is pasted in, it is known from then on.
func TestLearnTyped(t *testing.T) {
	const number = "4539578763621486"
	inDigits := func(zero rune) string { return strings.Map(func(r rune) rune { return r - '0' + zero }, number) }
	for name, text := range map[string]string{
		"plain":         number,
		"quoted":        `"` + number + `"`,
		"with spaces":   "4539 5787 6362 1486",
		"with commas":   "4,539,578,763,621,486",
		"with colours":  "4539\x1b[1m5787\x1b[0m6362 1486",
		"over lines":    "4539 5787\r\n6362 1486",
		"no-break":      "4539\u00a05787\u00a06362\u00a01486",
		"zero width":    "4539\u200b5787\u200b6362\u200b1486",
		"Arabic":        inDigits(0x660),
		"full width":    inDigits(0xff10),
		"behind a word": "order-" + number,
		"an ID's value": "paymentId=" + number,
		"JSON":          `{"paymentRequestId":"` + number + `"}`,
		"scientific":    "4.539578763621486E15",
		"percent":       "%34%35%33%39%35%37%38%37%36%33%36%32%31%34%38%36",
		"base64":        base64.StdEncoding.EncodeToString([]byte(number)),
		"base64 inside": base64.RawURLEncoding.EncodeToString([]byte("card " + number + ".")),
		"hex":           hex.EncodeToString([]byte(number)),
	} {
		known := new(apo.Known)
		if !known.LearnTyped(text) {
			t.Errorf("%s: %q is not seen", name, text)
			continue
		}
		m := apo.Masker{Known: known, KnownOnly: true}
		for _, shown := range []string{text, number} {
			if masked := m.Text(shown); masked == shown {
				t.Errorf("%s: %q is still shown", name, shown)
			}
		}
		if masked := string(m.JSON([]byte(`{"paymentRequestId":"` + number + `"}`))); strings.Contains(masked, number) {
			t.Errorf("%s: shown as an ID: %s", name, masked)
		}
	}
}

func TestWhatIsNoCardIsNotLearnt(t *testing.T) {
	for _, text := range []string{
		"", "demo-0001", "4539578763621487", "20261130441881558430623643833471376", "2026112453957876362148600000",
		"019ad3f0-4539-7578-9763-621486000000", "2026-11-30T07:18:36.123Z", "1796023121999", "http://127.0.0.1:44321/hooks",
		"539578******1486", "SANDBOX_5YAPO00000000001", "order-647b9cb1-d213-5617", `{"value":"4200","currency":"SGD"}`,
		"86d55a3a3d2a0c5b7c7f3a1b0e9d8c7b6a594837261504f3e2d1c0b9a8978685",
	} {
		if new(apo.Known).LearnTyped(text) {
			t.Errorf("%q is taken for a card number", text)
		}
	}
}

// What is written behind a card number belongs to it.
func TestLearnTypedLearnsCodes(t *testing.T) {
	known := new(apo.Known)
	known.LearnTyped("4539 5787 6362 1486 12/35 917")
	if masked := (apo.Masker{Known: known}).Text(`the ID "4539 5787 6362 1486 12/35 917" is none`); masked != `the ID "**** **** **** 1486 ***** ***" is none` {
		t.Error(masked)
	}
}

func TestForget(t *testing.T) {
	known := new(apo.Known)
	known.LearnTyped("4539578763621486")
	known.LearnTyped("5555555555554444")
	known.Forget("5555555555554444")
	m := apo.Masker{Known: known, KnownOnly: true}
	if masked := m.Text("4539578763621486 5555555555554444"); masked != "************1486 5555555555554444" {
		t.Error(masked)
	}
}

func TestMaskedIDs(t *testing.T) {
	m := apo.Masker{IDs: true}
	for in, want := range map[string]string{
		`{"paymentRequestId":"4539578763621486"}`:                           `{"paymentRequestId":"************1486"}`,
		`{"paymentRequestId":"\"4539578763621486\""}`:                       `{"paymentRequestId":"\"************1486\""}`,
		`{"paymentId":"\u00345\u00339578763621486"}`:                        `{"paymentId":"************1486"}`,
		`{"refundRequestId":"4,539,578,763,621,486"}`:                       `{"refundRequestId":"***"}`,
		`{"captureId":"NDUzOTU3ODc2MzYyMTQ4Ng=="}`:                          `{"captureId":"***"}`,
		`{"order":{"referenceOrderId":"34353339353738373633363231343836"}}`: `{"order":{"referenceOrderId":"***"}}`,
		`{"paymentId":4539578763621486}`:                                    `{"paymentId":"************1486"}`,
		`{"paymentId":"{\"cardNo\":\"4539578763621486\",\"cvv\":\"917\"}"}`: `{"paymentId":"{\"cardNo\":\"************1486\",\"cvv\":\"***\"}"}`,
		`{"networkTransactionId":"4539578763621486"}`:                       `{"networkTransactionId":"4539578763621486"}`,
		`{"paymentId":"20261130441881558430623643833471376"}`:               `{"paymentId":"20261130441881558430623643833471376"}`,
	} {
		if got := string(m.JSON([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func BenchmarkLearnTyped(b *testing.B) {
	for b.Loop() {
		new(apo.Known).LearnTyped("20261130441881558430623643833471376")
	}
}

// A paymentId in groups is no card's number, whatever a part of it looks like; a card's
// number among others is one.
func TestGroupedPaymentID(t *testing.T) {
	const id = "20261130153094111111111111111572016"
	groups := func(first, length int, sign string) string {
		text := id[:first]
		for i := first; i < len(id); i += length {
			text += sign + id[i:min(len(id), i+length)]
		}
		return text
	}
	for _, text := range []string{groups(2, 3, ","), groups(2, 3, "."), groups(2, 3, "\u00a0"), groups(4, 4, " "), groups(4, 4, "-"), groups(3, 4, " "), "paymentId: " + groups(2, 3, ",") + ", SGD"} {
		if apo.LooksLikeCard(text) {
			t.Errorf("%s is taken for a card", text)
		}
	}
	for _, text := range []string{"2026 1130 4111111111111111 1530 941", "4111 1111 1111 1111 2026 1130 1530 9411 157", "2026 9930 4111 1111 1111 1111 1530 9411 157", "card 4111 1111 1111 1111, payment " + groups(4, 4, " ")} {
		if !apo.LooksLikeCard(text) {
			t.Errorf("%s is not taken for a card", text)
		}
	}
}
