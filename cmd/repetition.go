package cmd

import (
	"context"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// sendsAllTheSame is how to go past what is known to be left.
const sendsAllTheSame = "--again sends it all the same, for the gateway to judge"

// soon is within which the same thing asked for again looks like a mistake.
const soon = 10 * time.Minute

// repetition stops what looks like doing a thing twice. earlier are the calls
// of the journal that share a number with this one, the newest first; it is
// asked in the transaction that writes the new one down, so that two processes
// cannot both be first. --again goes past it, but for a request ID that is used
// for something else.
func (s *session) repetition(op operation, card string, again bool, earlier []journal.Record) error {
	for _, r := range earlier {
		if neverLeft(r) {
			continue
		}
		if err := s.sameID(op, card, r); err != nil {
			return err
		}
	}
	if again {
		return nil
	}
	for _, r := range earlier {
		if ownID(r) == op.id || r.Endpoint != op.endpoint.Name || !tookEffect(r) {
			continue
		}
		var err error
		switch r.Endpoint {
		case "pay":
			err = s.paidTwice(op, card, r)
		case "capture", "refund":
			err = s.takenTwice(op, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// paidTwice refuses what looks like the same purchase as an earlier payment.
func (s *session) paidTwice(op operation, card string, r journal.Record) error {
	order := gjson.GetBytes(op.body, "order.referenceOrderId").String()
	same := order != "" && order == r.Numbers.ReferenceOrderID && r.Amount == op.amount && r.Card == card
	switch {
	case !same:
	case r.State == journal.Begun, r.State == journal.InDoubt, r.State == journal.Pending && s.recent(r):
		return s.twice(r, "the same order, amount and card were sent %s ago under another request ID, and what became of it is not known yet")
	case s.recent(r):
		return s.twice(r, "the same order, amount and card were paid %s ago under another request ID")
	}
	return nil
}

// takenTwice refuses a capture or refund beside an earlier one of its payment.
func (s *session) takenTwice(op operation, r journal.Record) error {
	payment := gjson.GetBytes(op.body, "paymentId").String()
	switch {
	case payment == "" || payment != r.Numbers.PaymentID:
	case r.State.Open():
		return s.twice(r, "a "+r.Endpoint+" of this payment, begun %s ago, is still open")
	case r.Amount == op.amount && s.recent(r):
		return s.twice(r, "the same amount was "+map[string]string{"capture": "captured", "refund": "refunded"}[r.Endpoint]+" on this payment %s ago")
	}
	return nil
}

func (s *session) recent(r journal.Record) bool { return s.now().Sub(r.Time) < soon }

// sameID refuses a request ID that is used for something else, or by a process
// that still runs.
func (s *session) sameID(op operation, card string, r journal.Record) error {
	if op.id == "" || op.endpoint.Name == "cancel" || r.Endpoint != op.endpoint.Name || ownID(r) != op.id {
		return nil
	}
	paymentID := gjson.GetBytes(op.body, "paymentId").String()
	order := gjson.GetBytes(op.body, "order.referenceOrderId").String()
	switch {
	case s.sentNow(r):
		return s.earlier(r, "%s %s is in use by another process at this moment; nothing was sent", op.idName, op.id)
	case r.Amount != op.amount:
		return s.earlier(r, "%s %s was used before, for %s instead of %s; nothing was sent", op.idName, op.id, say.Amount(r.Amount), say.Amount(op.amount))
	case r.Card != "" && card != "" && r.Card != card:
		return s.earlier(r, "%s %s was used before, with another card (%s, now %s); nothing was sent", op.idName, op.id, r.Card, card)
	case op.endpoint.Name == "pay" && r.Numbers.ReferenceOrderID != "" && order != "" && r.Numbers.ReferenceOrderID != order:
		return s.earlier(r, "%s %s was used before, for order %s instead of %s; nothing was sent", op.idName, op.id, r.Numbers.ReferenceOrderID, order)
	case op.endpoint.Name != "pay" && r.Numbers.PaymentID != "" && paymentID != "" && r.Numbers.PaymentID != paymentID:
		return s.earlier(r, "%s %s was used before, for another payment; nothing was sent", op.idName, op.id)
	}
	return nil
}

// twice is the refusal of a repetition; format takes how long ago.
func (s *session) twice(r journal.Record, format string) error {
	f := s.earlier(r, format+"; nothing was sent", s.now().Sub(r.Time).Round(time.Second))
	return f.Hint("--again does it all the same, and may move the money twice")
}

// earlier is a refusal that shows the earlier record.
func (s *session) earlier(r journal.Record, format string, args ...any) *say.Failure {
	f := refused(format, args...)
	f.RequestID = ownID(r)
	f.Hint("the earlier one: %s %s, %s, %s", r.Endpoint, mainNumber(r), say.Amount(r.Amount), stateInWords(r))
	switch {
	case s.sentNow(r):
		return f.Hint("wait for the process that sent it: it tells what became of it")
	case r.State.Open():
		return f.Hint("%s asks what became of it", s.words().Command("resume"))
	}
	return f.Hint("apo log show %d shows it", r.ID)
}

// beyond refuses a capture or refund that is more than the journal knows to be
// left of the payment. apo api needs it, which makes no inquiry before. What is
// open is a guard of its own.
func (s *session) beyond(op operation) error {
	verb, payment := op.endpoint.Name, gjson.GetBytes(op.body, "paymentId").String()
	if s.journal == nil || payment == "" || verb != "capture" && verb != "refund" {
		return nil
	}
	earlier, err := s.journal.Payment(context.Background(), s.client.ClientID, apo.Numbers{PaymentID: payment})
	if err != nil {
		return say.Fail(say.Config, "%v; nothing was sent", err)
	}
	var paid journal.Record
	gone := map[string]int64{} // by request ID: a repetition takes nothing more
	for _, r := range earlier {
		n, err := r.Amount.Units()
		switch {
		case err != nil || !tookEffect(r) || r.State.Open() || r.Amount.Currency != op.amount.Currency:
		case r.Endpoint == "pay":
			paid = r
		case r.Endpoint == verb && ownID(r) != op.id:
			gone[ownID(r)] = n
		}
	}
	left, err := paid.Amount.Units()
	if err != nil {
		return nil // nothing is known of the payment
	}
	for _, n := range gone {
		left -= n
	}
	if n, err := op.amount.Units(); err != nil || n <= left {
		return nil
	}
	return s.earlier(paid, "%s is more than is left to %s, %s; nothing was sent", op.amount, verb, apo.Units64(paid.Amount.Currency, max(left, 0))).
		Hint(sendsAllTheSame)
}

// sentNow reports whether the process that sent a call still runs and does not
// know what became of it: it waits for the answer, or asks.
func (s *session) sentNow(r journal.Record) bool { return r.State.Open() && r.InFlight }

// ownID is the request ID by which a call is the same when it is repeated.
func ownID(r journal.Record) string {
	switch r.Endpoint {
	case "pay":
		return r.Numbers.PaymentRequestID
	case "capture":
		return r.Numbers.CaptureRequestID
	case "refund":
		return r.Numbers.RefundRequestID
	}
	return ""
}

// repeats reports whether an earlier call was the same request, and may have taken
// effect, or may yet: then a refusal may be of the second time alone.
func (op operation) repeats(r journal.Record) bool {
	same := op.id != "" && ownID(r) == op.id || r.Endpoint == "cancel" // which has its payment's ID alone
	return same && r.Endpoint == op.endpoint.Name && (tookEffect(r) || r.Outcome == apo.NeverArrived)
}

// neverLeft reports whether nothing of a call was sent.
func neverLeft(r journal.Record) bool {
	return r.State == journal.Answered && r.Outcome == apo.NotSent
}

// tookEffect reports whether a call moved money, or may have.
func tookEffect(r journal.Record) bool {
	return r.State.Open() || r.Outcome == apo.Succeeded
}
