package app

import (
	"cmp"
	"context"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// PaymentSession tells what the journal knows of a session by its paymentSessionId or
// paymentRequestId, as name says, and of the payment that was made of it.
func (s *Session) PaymentSession(ctx context.Context, name, id string) (known say.PaymentSession, err error) {
	if known.ID = id; name == "paymentRequestId" {
		known.ID, known.RequestID = "", id
	}
	if s.Journal == nil {
		return known, nil
	}
	for r, err := range s.Journal.Records(ctx, journal.Filter{Endpoint: "createPaymentSession"}) {
		if err != nil {
			return known, say.Fail(say.Config, "%v", err)
		}
		session := gjson.GetBytes(r.Answer, "paymentSessionId").String()
		if r.ClientID != s.Operator.Account.ClientID || session != id && r.Numbers.PaymentRequestID != id {
			continue
		}
		known.ID, known.RequestID = cmp.Or(session, known.ID), r.Numbers.PaymentRequestID
		known.Amount, known.Created, known.Record = r.Amount, r.Time, r.ID
		known.Page = gjson.GetBytes(r.Answer, "normalUrl").String()
		known.Expires, _ = apo.ParseTime(gjson.GetBytes(r.Answer, "paymentSessionExpiryTime").String())
		break
	}
	if known.RequestID == "" {
		return known, nil
	}
	list, err := s.Journal.Payment(ctx, s.Operator.Account.ClientID, apo.Numbers{PaymentRequestID: known.RequestID})
	if err != nil {
		return known, say.Fail(say.Config, "%v", err)
	}
	for _, r := range list { // the oldest first: the newest word counts
		status := gjson.GetBytes(r.Answer, "paymentStatus").String()
		if r.IsNotification() && r.Endpoint == "notifyPayment" {
			status = r.Result.Code
		}
		if r.Endpoint == "submitPay" && (r.State.Open() || r.Outcome == apo.Succeeded) {
			status = "submitted, " + say.StateOf(r)
		}
		known.Paid = cmp.Or(status, known.Paid)
	}
	return known, nil
}
