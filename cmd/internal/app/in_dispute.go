package app

import (
	"context"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// WarnOfDispute says that a payment is disputed, as far as the journal knows. It stops
// nothing: what the gateway knows counts, and it refuses to refund by itself.
func (s *Session) WarnOfDispute(ctx context.Context, p apo.Payment) {
	if s.Journal == nil {
		return
	}
	n := apo.Numbers{PaymentRequestID: p.PaymentRequestID, PaymentID: p.PaymentID}
	d, err := journal.OpenDispute(ctx, s.Journal, s.Operator.Account.ClientID, n)
	if err != nil || d == nil {
		return
	}
	s.IO.Warn(say.InDispute(*d, s.Now()))
	s.IO.Hint(s.Words().Command("dispute", "show", d.ID))
}
