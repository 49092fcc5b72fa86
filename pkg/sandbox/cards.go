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
	Rules   []Rule // what happens, in the sandbox's
	Source  string // who published the number: [FromAntom], [FromIndustry], or [FromApo], which made it up

	funding  string
	region   string // the issuer's country; "": SG
	refusal  string // the issuer's words for a decline
	mismatch string // what does not match: "avs" or "cvv"
	exempt   bool   // from 3DS, also where it is asked for
}

// Who published the numbers of test cards.
const (
	FromAntom    = "Antom"    // its published test cards
	FromIndustry = "industry" // numbers that all gateways know
	FromApo      = "apo"      // of the same kind; this sandbox alone gives them their meaning
)

// TestValue is a value of a request that stands for an outcome, whatever the card.
type TestValue struct {
	Path    string // "paymentMethod.paymentMethodMetaData.expiryMonth"
	Value   string // "13"
	Meaning string // what happens, in a person's words
	Source  string // as of a [TestCard]
}

// TestValues lists them.
func TestValues() []TestValue {
	const meta = "paymentMethod.paymentMethodMetaData."
	return []TestValue{
		{meta + "expiryMonth", "13", "refused as invalid data: PARAM_ILLEGAL", FromAntom},
		{meta + "cvv", "99", "refused as invalid data: PARAM_ILLEGAL", FromAntom},
	}
}

// CVV is the security code that goes with every test card.
func (c TestCard) CVV() string {
	if c.Brand == "AMEX" {
		return "1234"
	}
	return "123"
}

// TestCards lists them: apo's own and those of the card industry by what they do, and
// then Antom's published ones. Nobody can pay with any of the numbers.
func TestCards() []TestCard {
	cards := append(ownCards(), antomCards()...)
	for i := range cards {
		c := &cards[i]
		c.Brand = cmp.Or(c.Brand, apo.Brand(c.Number))
		c.funding = cmp.Or(c.funding, "CREDIT")
		c.Source = cmp.Or(c.Source, FromApo)
	}
	return cards
}

// declined is a card that is declined with a code, and the issuer's words for it.
func declined(name, number, code, refusal string) TestCard {
	return TestCard{Name: name, Number: number, Meaning: "declined: " + code, Rules: []Rule{{API: "pay", Outcome: Outcome{Result: code}}}, refusal: refusal}
}

// antomCards are those that Antom publishes beside "visa".
func antomCards() []TestCard {
	of := func(name, number, region string) TestCard {
		return TestCard{Name: "antom-" + name, Number: number, Meaning: "authorized; issued in " + region, region: region}
	}
	cards := []TestCard{
		of("hyundai-kr", "9490220011669217", "KR"),
		of("visa-br", "4294097400915107", "BR"),
		of("visa-mx", "4006055482525268", "MX"),
		of("visa-cl", "4600729331819383", "CL"),
		of("visa-pe", "4310377720003234", "PE"),
		{Name: "antom-mastercard", Number: "5162774114974622", Meaning: "authorized"},
		declined("antom-visa-fails", "4054692760174822", "DO_NOT_HONOR", "05 Do not honor"),
		declined("antom-mastercard-fails", "5162770472561357", "DO_NOT_HONOR", "05 Do not honor"),
		{Name: "antom-visa-exempt", Number: "4035501000000008", Meaning: "authorized; exempt from 3DS, also where it is asked for", exempt: true},
	}
	cards[0].Brand = "HYUNDAI" // APO calls Korean cards by their issuer
	for i := range cards {
		cards[i].Source = FromAntom
	}
	return cards
}

func ownCards() []TestCard {
	const soon = 3 * time.Second
	on := func(api string, o Outcome) []Rule { return []Rule{{API: api, Outcome: o}} }
	return []TestCard{
		{Name: "visa", Number: "4054695723100768", Meaning: "authorized", Source: FromAntom},
		{Name: "visa-debit", Number: "4000056655665556", Meaning: "authorized, a debit card", funding: "DEBIT"},
		{Name: "mastercard", Number: "5555555555554444", Meaning: "authorized", Source: FromIndustry},
		{Name: "amex", Number: "378282246310005", Meaning: "authorized, with a security code of four digits", Source: FromIndustry},
		{Name: "jcb", Number: "3566002020360505", Meaning: "authorized", Source: FromIndustry},
		{Name: "discover", Number: "6011111111111117", Meaning: "authorized", Source: FromIndustry},
		{Name: "visa-3ds", Number: "4000000000003220", Meaning: "3DS with a page for the buyer, asked for or not", Rules: on("pay", Outcome{ThreeDS: "page"})},
		{Name: "visa-frictionless", Number: "4000000000003055", Meaning: "3DS passes without a page", Rules: on("pay", Outcome{ThreeDS: "frictionless"})},
		{
			Name: "visa-3ds-declined", Number: "4000008400001629", Meaning: "3DS with a page, and then declined: DO_NOT_HONOR",
			Rules: on("pay", Outcome{ThreeDS: "page", Result: "DO_NOT_HONOR"}), refusal: "05 Do not honor",
		},
		{Name: "visa-processing", Number: "4000000000000077", Meaning: "in process, authorized after 3 s", Rules: on("pay", Outcome{Then: "SUCCESS", After: soon})},
		{
			Name: "visa-processing-declined", Number: "4000000000000341", Meaning: "in process, declined after 3 s",
			Rules: on("pay", Outcome{Then: "DO_NOT_HONOR", After: soon}), refusal: "05 Do not honor",
		},
		declined("visa-declined", "4000000000000002", "DO_NOT_HONOR", "05 Do not honor"),
		declined("visa-insufficient", "4000000000009995", "USER_BALANCE_NOT_ENOUGH", "51 Insufficient funds"),
		declined("visa-lost", "4000000000009987", "LOST_CARD", "41 Lost card"),
		declined("visa-stolen", "4000000000009979", "STOLEN_CARD", "43 Stolen card"),
		declined("visa-expired", "4000000000000069", "CARD_EXPIRED", "54 Expired card"),
		declined("visa-cvv", "4000000000000127", "INVALID_CVV", "N7 Decline for CVV2 failure"),
		{
			Name: "visa-risk", Number: "4100000000000019", Meaning: "rejected by risk control: RISK_REJECT",
			Rules: on("pay", Outcome{Result: "RISK_REJECT"}), refusal: "59 Suspected fraud",
		},
		{Name: "visa-cvv-mismatch", Number: "4000000000000101", Meaning: "authorized, though the security code does not match", mismatch: "cvv"},
		{Name: "visa-avs-mismatch", Number: "4000000000000010", Meaning: "authorized, though the address does not match", mismatch: "avs"},
		{Name: "visa-capture-processing", Number: "4000000000000259", Meaning: "authorized; a capture is in process for 3 s", Rules: on("capture", Outcome{Then: "SUCCESS", After: soon})},
		{Name: "visa-capture-fails", Number: "4000000000001976", Meaning: "authorized; a capture fails: PROCESS_FAIL", Rules: on("capture", Outcome{Result: "PROCESS_FAIL"})},
		{Name: "visa-refund-processing", Number: "4000000000007726", Meaning: "authorized; a refund is in process for 3 s", Rules: on("refund", Outcome{Then: "SUCCESS", After: soon})},
		{Name: "visa-refund-fails", Number: "4000000000005126", Meaning: "authorized; a refund is in process, and fails after 3 s", Rules: on("refund", Outcome{Then: "PROCESS_FAIL", After: soon})},
	}
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
