package app

import (
	"context"

	"github.com/apo-cli/apo/pkg/apo"
)

// HeldUntil is a payment with the end of its authorization: APO's inquiry does not
// tell it, and the journal knows what pay answered.
func (s *Session) HeldUntil(ctx context.Context, p apo.Payment) apo.Payment {
	if p.AuthExpiryTime != "" || p.Status != apo.StatusSuccess || s.Journal == nil {
		return p
	}
	list, err := s.Journal.Payment(ctx, s.Operator.Account.ClientID, apo.Numbers{PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID})
	if err != nil { // it is one fact less, and no failure
		return p
	}
	for _, r := range list {
		if told := apo.PaymentIn(r.Answer); r.Endpoint == "pay" && told.PaymentID == p.PaymentID && told.AuthExpiryTime != "" {
			p.AuthExpiryTime = told.AuthExpiryTime
		}
	}
	return p
}
