package compose

import (
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// card finds the card of a payment, nil where none was named.
func (src Source) card(o *PayOptions) (*apo.Card, error) {
	switch {
	case o.NoCard:
		return nil, nil
	case o.CardFile != "":
		text, err := profile.ReadSecret(src.IO.Interrupted, o.CardFile)
		if err != nil {
			return nil, say.Fail(say.Usage, "--card-file: %v", err)
		}
		return src.parseCard("--card-file", files.TextOf(text))
	case o.Card == "-":
		text, err := src.ReadInput("--card", "-")
		if err != nil {
			return nil, err
		}
		return src.parseCard("--card -", files.TextOf(text))
	case o.Card == "prompt":
		return src.askCard()
	case o.Card != "":
		return src.namedCard(o.Card)
	case src.Profile.Live() && src.IO.CanAsk() && o.SavedCard == "" && o.File == "" && !o.DryRun:
		return src.askCard()
	}
	return nil, nil
}

// namedCard finds a test card. What was typed is not repeated: it could be the
// number of a real one.
func (src Source) namedCard(name string) (*apo.Card, error) {
	test, found := sandbox.FindTestCard(name)
	if found {
		card := cardOfTest(test)
		return &card, nil
	}
	if strings.ContainsAny(name, "0123456789") && len(name) > 8 {
		return nil, say.Fail(say.Usage, "--card takes the name of a test card, never a number: others on this machine can read it").
			Hint("use --card-file, --card - or --card prompt")
	}
	return nil, say.Fail(say.Usage, "there is no test card %q", name).Hint("apo sandbox cards lists them")
}

func cardOfTest(test sandbox.TestCard) apo.Card {
	return apo.Card{
		Number: test.Number, ExpiryYear: "35", ExpiryMonth: "12", CVV: test.CVV(), FirstName: "Test", LastName: "Buyer",
	}
}

// parseCard reads a card as APO's paymentMethodMetaData has it.
func (src Source) parseCard(from string, text []byte) (*apo.Card, error) {
	if err := apo.CheckJSON(text); err != nil {
		return nil, say.Fail(say.Usage, "%s: %v", from, err).
			Hint(`wanted is {"cardNo":"…","expiryYear":"30","expiryMonth":"12","cvv":"…","cardholderName":{"firstName":"…","lastName":"…"}}`)
	}
	doc := gjson.ParseBytes(text)
	if whole := doc.Get("paymentMethodMetaData"); whole.IsObject() {
		doc = whole
	}
	card := &apo.Card{
		Number:     strings.NewReplacer(" ", "", "-", "").Replace(doc.Get("cardNo").String()),
		ExpiryYear: doc.Get("expiryYear").String(), ExpiryMonth: doc.Get("expiryMonth").String(),
		CVV: doc.Get("cvv").String(), FirstName: doc.Get("cardholderName.firstName").String(),
		LastName: doc.Get("cardholderName.lastName").String(),
	}
	if card.Number == "" {
		return nil, say.Fail(say.Usage, "%s: there is no cardNo in it", from)
	}
	src.IO.Masker.Known.LearnCard(*card)
	return card, nil
}

// askCard asks without echo.
func (src Source) askCard() (*apo.Card, error) {
	if !src.IO.CanAsk() {
		return nil, say.Fail(say.Usage, "there is no terminal to ask for the card on").Hint("use --card-file or --card -")
	}
	card := &apo.Card{}
	for _, q := range []struct {
		text string
		to   *string
	}{
		{"Card number (not shown): ", &card.Number}, {"Expiry, MM/YY (not shown): ", &card.ExpiryMonth}, {"CVV (not shown): ", &card.CVV},
	} {
		answer, err := src.IO.Secret(q.text)
		if err != nil {
			return nil, notRead(err)
		}
		*q.to = strings.NewReplacer(" ", "", "-", "").Replace(answer)
	}
	card.ExpiryMonth, card.ExpiryYear, _ = strings.Cut(card.ExpiryMonth, "/")
	name, err := src.IO.Ask("Cardholder, first and last name: ")
	if err != nil {
		return nil, notRead(err)
	}
	card.FirstName, card.LastName, _ = cutLast(strings.TrimSpace(name), " ")
	src.IO.Masker.Known.LearnCard(*card)
	return card, nil
}

func notRead(err error) error {
	if errors.Is(err, files.ErrInterrupted) {
		return say.Fail(say.Interrupted, "interrupted; nothing was sent")
	}
	return say.Fail(say.Usage, "the card was not read")
}

// HoldsTestCard looks for the number of a test card anywhere in a request.
func HoldsTestCard(v gjson.Result) bool {
	if !v.IsObject() && !v.IsArray() {
		text := v.String()
		if v.Type == gjson.Number {
			text = v.Raw
		}
		return sandbox.IsTestCard(strings.NewReplacer(" ", "", "-", "").Replace(text))
	}
	found := false
	v.ForEach(func(_, inner gjson.Result) bool {
		found = HoldsTestCard(inner)
		return !found
	})
	return found
}

// TestCards are the names of the test cards, each with its meaning behind a tab.
func TestCards() (names []string) {
	for _, c := range sandbox.TestCards() {
		names = append(names, c.Name+"\t"+c.Meaning)
	}
	return names
}
