package sandbox

import (
	"cmp"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// TestCard is a card that the sandbox knows, and what it does with it. Every
// other valid number is authorized.
type TestCard struct {
	Name    string // "visa-declined", for --card
	Number  string
	Brand   string // "VISA"
	Meaning string // what happens, in a person's words

	funding string
	code    string        // result code of a decline
	refusal string        // the issuer's words
	page    bool          // 3DS with a challenge, asked for or not
	quiet   bool          // 3DS without a page
	late    time.Duration // how long the acquirer takes to decide
}

// CVV is the security code that goes with every test card.
func (c TestCard) CVV() string {
	if c.Brand == "AMEX" {
		return "1234"
	}
	return "123"
}

// TestCards lists them. The numbers are Antom's published test card and the
// card industry's well-known test numbers; nobody can pay with them.
func TestCards() []TestCard {
	const soon = 3 * time.Second
	cards := []TestCard{
		{Name: "visa", Number: "4054695723100768", Meaning: "authorized"},
		{Name: "visa-debit", Number: "4000056655665556", Meaning: "authorized, a debit card", funding: "DEBIT"},
		{Name: "mastercard", Number: "5555555555554444", Meaning: "authorized"},
		{Name: "amex", Number: "378282246310005", Meaning: "authorized, with a security code of four digits"},
		{Name: "jcb", Number: "3566002020360505", Meaning: "authorized"},
		{Name: "discover", Number: "6011111111111117", Meaning: "authorized"},
		{Name: "visa-3ds", Number: "4000000000003220", Meaning: "3DS with a page for the buyer, asked for or not", page: true},
		{Name: "visa-frictionless", Number: "4000000000003055", Meaning: "3DS passes without a page", quiet: true},
		{Name: "visa-processing", Number: "4000000000000077", Meaning: "in process, authorized after 3 s", late: soon},
		{Name: "visa-processing-declined", Number: "4000000000000341", Meaning: "in process, declined after 3 s", late: soon, code: "DO_NOT_HONOR", refusal: "05 Do not honor"},
		{Name: "visa-declined", Number: "4000000000000002", Meaning: "declined: DO_NOT_HONOR", code: "DO_NOT_HONOR", refusal: "05 Do not honor"},
		{Name: "visa-insufficient", Number: "4000000000009995", Meaning: "declined: USER_BALANCE_NOT_ENOUGH", code: "USER_BALANCE_NOT_ENOUGH", refusal: "51 Insufficient funds"},
		{Name: "visa-lost", Number: "4000000000009987", Meaning: "declined: LOST_CARD", code: "LOST_CARD", refusal: "41 Lost card"},
		{Name: "visa-stolen", Number: "4000000000009979", Meaning: "declined: STOLEN_CARD", code: "STOLEN_CARD", refusal: "43 Stolen card"},
		{Name: "visa-expired", Number: "4000000000000069", Meaning: "declined: CARD_EXPIRED", code: "CARD_EXPIRED", refusal: "54 Expired card"},
		{Name: "visa-cvv", Number: "4000000000000127", Meaning: "declined: INVALID_CVV", code: "INVALID_CVV", refusal: "N7 Decline for CVV2 failure"},
		{Name: "visa-risk", Number: "4100000000000019", Meaning: "rejected by risk control: RISK_REJECT", code: "RISK_REJECT", refusal: "59 Suspected fraud"},
	}
	for i := range cards {
		cards[i].Brand = apo.Brand(cards[i].Number)
		cards[i].funding = cmp.Or(cards[i].funding, "CREDIT")
	}
	return cards
}

// FindTestCard finds a test card by its name.
func FindTestCard(name string) (TestCard, bool) {
	return testCard(func(c TestCard) bool { return c.Name == name })
}

// IsTestCard reports whether a number is that of a test card.
func IsTestCard(number string) bool {
	if _, found := testCard(func(c TestCard) bool { return c.Number == number }); found {
		return true
	}
	return slices.Contains(otherTestNumbers(), number)
}

// otherTestNumbers are well-known test numbers that the sandbox gives no
// meaning of its own. A live gateway must not see them either.
func otherTestNumbers() []string {
	return []string{
		"4111111111111111", "4242424242424242", "4012888888881881", "4222222222222", "4000000000000000",
		"5105105105105100", "5200828282828210", "2223003122003222", "5454545454545454", "371449635398431",
		"3530111333300000", "30569309025904", "38520000023237", "6011000990139424", "6200000000000005", "4112273146798764",
	}
}

func testCard(is func(TestCard) bool) (TestCard, bool) {
	cards := TestCards()
	if i := slices.IndexFunc(cards, is); i >= 0 {
		return cards[i], true
	}
	return TestCard{}, false
}

// behaviour finds what a stored card does; a card without a name is approved.
func behaviour(name string) TestCard {
	c, _ := FindTestCard(name)
	return c
}
