package cmd

import (
	"cmp"
	"context"
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// knownAs advises on a number that the gateway does not know. It finds a
// payment by its two IDs alone; the journal may know what else the number is.
func (s *session) knownAs(number string, asRefund bool) (advice string, found bool) {
	if s.journal == nil {
		return "", false
	}
	list, err := s.journal.Find(context.Background(), number)
	if err != nil {
		return "", false
	}
	list = slices.DeleteFunc(list, func(r journal.Record) bool { return r.Reads || !r.Numbers.Has(number) })
	if len(list) == 0 {
		return "the gateway takes IDs of payments and refunds alone, no order or acquirer's number; the journal of this machine does not have it either", false
	}
	n, profile := list[0].Numbers, list[0].Profile
	if slices.ContainsFunc(list, func(r journal.Record) bool { return r.Profile != profile || !samePayment(r.Numbers, n) }) {
		return "the journal has it on several payments: " + s.words().Command("find", number), true
	}
	command := func(verb, id string) string {
		if profile != s.profile.Name {
			return s.words().CommandIn(profile, verb, id)
		}
		return s.words().Command(verb, id)
	}
	payment := command("inquire", cmp.Or(n.PaymentRequestID, n.PaymentID))
	switch number {
	case n.PaymentRequestID, n.PaymentID:
		if !asRefund && profile == s.profile.Name {
			return "", false // it is what was asked for
		}
		return "the journal has it as a payment: " + payment, true
	case n.RefundRequestID, n.RefundID:
		if number == n.RefundRequestID && asRefund && profile == s.profile.Name {
			return "", false
		}
		return "the journal has it as a refund: " + command("inquire-refund", n.RefundRequestID), true
	case n.CaptureRequestID, n.CaptureID:
		return "the journal has it as a capture: " + payment, true
	case n.ReferenceOrderID:
		return "the journal has it as an order number: " + payment, true
	}
	return "the journal has it as an acquirer's number: " + payment, true
}

func samePayment(a, b apo.Numbers) bool {
	return a.PaymentID == b.PaymentID && a.PaymentID != "" || a.PaymentRequestID == b.PaymentRequestID && a.PaymentRequestID != ""
}
