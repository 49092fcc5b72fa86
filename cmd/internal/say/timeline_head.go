package say

import (
	"cmp"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// timelineHead is what the events of a payment come to, as far as this journal knows:
// its state, its money, its card and its numbers.
func timelineHead(events []journal.Event) []term.Field {
	books := journal.BooksOf(events)
	text := func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	sums := books.Payment.Balance()
	fields := []term.Field{
		{Name: "payment", Cell: term.Cell{Text: stateInWords(books), Tone: paymentTone(books.State())}},
		text("card", cmp.Or(card(books.Payment.Card), cardInWords(books.Card))), text("acquirer", books.Payment.Acquirer.Name),
		text("amount", Amount(books.Payment.Amount)),
	}
	if sums.Unclear == "" {
		fields = append(fields, balanceFields(sums)...)
	}
	fields = append(fields, disputeField(events))
	expiry := ""
	if end := books.Pay.AuthEnd; !end.IsZero() {
		expiry = When(end)
	}
	n := books.Numbers
	return append(fields,
		text("capture before", expiry),
		text("paymentRequestId", n.PaymentRequestID), text("paymentId", n.PaymentID), text("referenceOrderId", n.ReferenceOrderID))
}

// cardInWords is "VISA 0768" as verdicts say it: "VISA ending in 0768".
func cardInWords(text string) string {
	brand, lastFour, found := strings.Cut(text, " ")
	if !found {
		return text
	}
	return card(apo.PaidCard{Brand: brand, LastFour: lastFour})
}

// stateInWords says how far a payment got, and what to do where that is not clear.
func stateInWords(b journal.Books) string {
	state := b.State()
	switch state {
	case journal.IsUnclear:
		if b.Contradicted {
			return "not clear: its messages contradict each other, see ✖; apo inquire asks"
		}
		return "not clear: what was taken of it cannot be added up: " + b.Payment.Balance().Unclear
	case journal.IsDoubted:
		return "in doubt: not all of it is known yet; apo resume asks"
	case journal.IsNotFinal:
		return "pending: not all of it is final yet; apo inquire asks"
	case journal.IsNeverArrived:
		return "never arrived: repeat it under its own ID alone"
	case journal.IsRefused:
		return "refused here; nothing was sent"
	case journal.IsUnrecognised:
		return "not recognised: " + reason(b.Payment.ResultCode)
	case journal.IsDeclined:
		return "declined: " + reason(b.Payment.ResultCode)
	}
	return string(state)
}

// paymentTone is the color of how far a payment got.
func paymentTone(state journal.PaymentState) term.Tone {
	switch state {
	case journal.IsAuthorized, journal.IsCaptured, journal.IsCapturedInPart, journal.IsRefundedInPart:
		return term.Success
	case journal.IsDeclined, journal.IsUnrecognised:
		return term.Failure
	case journal.IsCancelled, journal.IsRefunded, journal.IsRefused, journal.IsNotSent:
		return term.Over
	}
	return term.Doubt
}
