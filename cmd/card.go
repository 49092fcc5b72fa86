package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// cardOf finds the card of a payment, nil where none was named.
func (s *session) cardOf(o *payOptions) (*apo.Card, error) {
	switch {
	case o.cardFile != "":
		text, err := profile.ReadSecret(s.io.Interrupted, o.cardFile)
		if err != nil {
			return nil, say.Fail(say.Usage, "--card-file: %v", err)
		}
		return s.parseCard("--card-file", text)
	case o.card == "-":
		text, err := s.readInput("--card", "-")
		if err != nil {
			return nil, err
		}
		return s.parseCard("--card -", text)
	case o.card == "prompt":
		return s.askCard()
	case o.card != "":
		return s.namedCard(o.card)
	case s.profile.Live() && s.io.CanAsk() && o.savedCard == "" && o.file == "" && !o.money.dryRun:
		return s.askCard()
	}
	return nil, nil
}

// namedCard finds a test card. What was typed is not repeated: it could be the
// number of a real one.
func (s *session) namedCard(name string) (*apo.Card, error) {
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
func (s *session) parseCard(from string, text []byte) (*apo.Card, error) {
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
	s.io.Masker.Known.LearnCard(*card)
	return card, nil
}

// askCard asks without echo.
func (s *session) askCard() (*apo.Card, error) {
	if !s.io.CanAsk() {
		return nil, say.Fail(say.Usage, "there is no terminal to ask for the card on").Hint("use --card-file or --card -")
	}
	card := &apo.Card{}
	for _, q := range []struct {
		text string
		to   *string
	}{
		{"Card number (not shown): ", &card.Number}, {"Expiry, MM/YY (not shown): ", &card.ExpiryMonth}, {"CVV (not shown): ", &card.CVV},
	} {
		answer, err := s.io.Secret(q.text)
		if err != nil {
			return nil, notRead(err)
		}
		*q.to = strings.NewReplacer(" ", "", "-", "").Replace(answer)
	}
	card.ExpiryMonth, card.ExpiryYear, _ = strings.Cut(card.ExpiryMonth, "/")
	name, err := s.io.Ask("Cardholder, first and last name: ")
	if err != nil {
		return nil, notRead(err)
	}
	card.FirstName, card.LastName, _ = cutLast(strings.TrimSpace(name), " ")
	s.io.Masker.Known.LearnCard(*card)
	return card, nil
}

func notRead(err error) error {
	if errors.Is(err, files.ErrInterrupted) {
		return say.Fail(say.Interrupted, "interrupted; nothing was sent")
	}
	return say.Fail(say.Usage, "the card was not read")
}

func completeCards(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, c := range sandbox.TestCards() {
		names = append(names, fmt.Sprintf("%s\t%s", c.Name, c.Meaning))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// holdsTestCard looks for the number of a test card anywhere in a request.
func holdsTestCard(v gjson.Result) bool {
	if !v.IsObject() && !v.IsArray() {
		text := v.String()
		if v.Type == gjson.Number {
			text = v.Raw
		}
		return sandbox.IsTestCard(strings.NewReplacer(" ", "", "-", "").Replace(text))
	}
	found := false
	v.ForEach(func(_, inner gjson.Result) bool {
		found = holdsTestCard(inner)
		return !found
	})
	return found
}
