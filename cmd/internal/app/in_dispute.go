package app

import (
	"context"
	"strconv"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// WarnOfDispute says that a payment is disputed, as far as the journal knows, and what a
// dispute has taken of it. It stops nothing: what the
// gateway knows counts, and it refuses by itself.
func (s *Session) WarnOfDispute(ctx context.Context, p apo.Payment, refunding bool) {
	if s.Journal == nil {
		return
	}
	n := apo.Numbers{PaymentRequestID: p.PaymentRequestID, PaymentID: p.PaymentID}
	list, err := journal.DisputesOf(ctx, s.Journal, s.Operator.Account.ClientID, n)
	if err != nil {
		return
	}
	var lost int64
	for _, d := range list {
		switch {
		case d.State.Undecided():
			s.IO.Warn(say.InDispute(d, s.Now()))
			s.IO.Hint(s.Words().Command("dispute", "show", d.ID))
		case d.State == journal.DisputeLost:
			s.IO.Warn(say.TakenByDispute(d))
			taken, known := d.Taken(p.Amount.Currency)
			if lost += taken; !known {
				return
			}
		}
	}
	b := p.Balance()
	if left := b.Captured - b.Refunded - b.Refunding - lost; refunding && lost > 0 && left > 0 && b.Unclear == "" {
		s.IO.Hint(s.Words().Command("refund", p.PaymentID, "--amount", strconv.FormatInt(left, 10), "--currency", b.Currency) + " refunds what is left")
	}
}
