package journal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What comes to more than there is, names what was another's, or tells of a payment that
// failed, is marked.
func TestNewsThatDoNotAddUp(t *testing.T) {
	var make addsUp
	call, payment, capture, refund, dispute, saved := make.call, make.payment, make.capture, make.refund, make.dispute, make.saved
	paid, declined, automatic := call("pay", "4200", apo.Succeeded), call("pay", "4200", apo.Declined), call("pay", "4200", apo.Succeeded)
	automatic.Request = []byte(`{"paymentFactor":{"captureMode":"AUTOMATIC"}}`)
	reopened := call("pay", "4200", apo.InDoubt)
	reopened.Result, reopened.Resolved.Contradicted = apo.Result{Status: "F", Code: "DO_NOT_HONOR"}, true
	unknown := call("pay", "4200", apo.InDoubt)
	whole := capture("c-1", "1", "SGD", "4200", "2026")
	lost, won := dispute("DISPUTE_JUDGED", "ACCEPT_BY_MERCHANT", "4200", "2026"), dispute("DISPUTE_JUDGED", "ACCEPT_BY_CUSTOMER", "4200", "2026")
	opened := dispute("DISPUTE_CREATED", "", "4200", "2026")
	for name, c := range map[string]struct {
		list []journal.Record
		want []string // of the last event
	}{
		"captured in two parts":                {[]journal.Record{paid, capture("c-1", "1", "SGD", "4000", "2026"), capture("c-2", "2", "SGD", "200", "2026")}, nil},
		"captured twice, the same news":        {[]journal.Record{paid, whole, whole}, nil},
		"more than authorized":                 {[]journal.Record{paid, capture("c-1", "1", "SGD", "9999", "2026")}, []string{"more-than-authorized SGD 99.99 SGD 42.00"}},
		"more than authorized, in two":         {[]journal.Record{paid, whole, capture("c-2", "2", "SGD", "1", "2026")}, []string{"more-than-authorized SGD 42.01 SGD 42.00"}},
		"captured in another currency":         {[]journal.Record{paid, capture("c-1", "1", "USD", "4200", "2026")}, []string{"other-currency USD 42.00 SGD 42.00"}},
		"one captureId, two requests":          {[]journal.Record{paid, capture("c-1", "1", "SGD", "1", "2026"), capture("c-2", "1", "SGD", "1", "2026")}, []string{"same-part CAPTURE 1 c-1"}},
		"captured, and it was declined":        {[]journal.Record{declined, whole}, []string{"declined-before"}},
		"captured, declined and reopened":      {[]journal.Record{reopened, whole}, []string{"declined-before"}},
		"captured after F":                     {[]journal.Record{unknown, payment("F", "4200"), whole}, []string{"declined-before"}},
		"captured of another's paymentId":      {[]journal.Record{paid, capture("c-1", "1", "SGD", "4200", "2027")}, []string{"other-payment 2027"}},
		"F after it was captured":              {[]journal.Record{unknown, whole, payment("F", "4200")}, []string{"captured-before"}},
		"F after it was refunded":              {[]journal.Record{unknown, refund("r-1", "1", "1"), payment("F", "4200")}, []string{"refunded-before"}},
		"F after it was disputed":              {[]journal.Record{unknown, opened, payment("F", "4200")}, []string{"disputed-before"}},
		"in doubt, captured otherwise":         {[]journal.Record{paid, call("capture", "4200", apo.InDoubt), capture("c-1", "1", "SGD", "1", "2026")}, []string{"part-amount SGD 0.01 SGD 42.00 CAPTURE c-1"}},
		"in doubt, captured of another":        {[]journal.Record{call("capture", "4200", apo.InDoubt), capture("c-1", "1", "SGD", "4200", "2027")}, []string{"other-payment 2027"}},
		"in doubt, refunded otherwise":         {[]journal.Record{paid, whole, call("refund", "4200", apo.InDoubt), refund("r-1", "1", "1")}, []string{"part-amount SGD 0.01 SGD 42.00 REFUND r-1"}},
		"in doubt, and it fits":                {[]journal.Record{paid, call("capture", "4200", apo.InDoubt), whole}, nil},
		"refunded in two parts":                {[]journal.Record{paid, whole, refund("r-1", "1", "4000"), refund("r-2", "2", "200")}, nil},
		"refunded what was captured by itself": {[]journal.Record{automatic, refund("r-1", "1", "4200")}, nil},
		"refunded, and nothing was captured":   {[]journal.Record{paid, refund("r-1", "1", "1")}, []string{"nothing-captured"}},
		"refunded elsewhere":                   {[]journal.Record{payment("S", "4200"), refund("r-1", "1", "4200")}, nil},
		"refunded more than captured":          {[]journal.Record{paid, capture("c-1", "1", "SGD", "100", "2026"), refund("r-1", "1", "101")}, []string{"more-than-captured SGD 1.01 SGD 1.00"}},
		"refunded more, in two":                {[]journal.Record{automatic, refund("r-1", "1", "4000"), refund("r-2", "2", "4000")}, []string{"more-than-captured SGD 80.00 SGD 42.00"}},
		"one refundId, two requests":           {[]journal.Record{automatic, refund("r-1", "1", "1"), refund("r-2", "1", "1")}, []string{"same-part REFUND 1 r-1"}},
		"refunded, and it was declined":        {[]journal.Record{declined, whole, refund("r-1", "1", "1")}, []string{"declined-before"}},
		"disputed":                             {[]journal.Record{paid, whole, opened, lost}, nil},
		"disputed, and it was declined":        {[]journal.Record{declined, opened}, []string{"declined-before"}},
		"disputed of another payment":          {[]journal.Record{paid, whole, dispute("DISPUTE_CREATED", "", "4200", "2027")}, []string{"other-payment 2027"}},
		"disputed for more":                    {[]journal.Record{paid, capture("c-1", "1", "SGD", "100", "2026"), opened}, []string{"more-than-captured SGD 42.00 SGD 1.00"}},
		"lost, and then won":                   {[]journal.Record{paid, whole, lost, won}, []string{"judged-otherwise lost"}},
		"won, and won again":                   {[]journal.Record{paid, whole, won, won}, nil},
		"saved, and then not":                  {[]journal.Record{saved("SUCCESS"), saved("FAIL")}, []string{"notified-otherwise S"}},
		"not saved, and then saved":            {[]journal.Record{saved("FAIL"), saved("SUCCESS")}, []string{"notified-otherwise F"}},
		"saved twice":                          {[]journal.Record{saved("SUCCESS"), saved("SUCCESS")}, nil},
		"a negative amount":                    {[]journal.Record{payment("S", "-4200")}, []string{"bad-amount SGD -4200"}},
		"a negative amount was told before":    {[]journal.Record{payment("S", "-4200"), payment("S", "4200")}, nil},
		"an amount in major units":             {[]journal.Record{paid, payment("S", "42.00")}, []string{"bad-amount SGD 42.00"}},
		"a captured amount in major units":     {[]journal.Record{paid, call("capture", "4200", apo.Succeeded), capture("c-1", "1", "SGD", "42.00", "2026")}, []string{"bad-amount SGD 42.00"}},
	} {
		events := journal.History(c.list, time.Now())
		if got := short(events[len(events)-1].Contradictions); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// addsUp makes records of the story of one payment.
type addsUp struct{}

func (addsUp) call(endpoint, value string, outcome apo.Outcome) journal.Record {
	r := journal.Record{Endpoint: endpoint, Amount: apo.Amount{Currency: "SGD", Value: value}, Numbers: apo.Numbers{PaymentRequestID: "p-1", PaymentID: "2026"}}
	r.State, r.Outcome, r.Answer, r.Verification = journal.Answered, outcome, []byte(`{"paymentId":"2026"}`), "verified"
	if outcome == apo.InDoubt {
		r.State, r.Answer = journal.InDoubt, nil
	}
	switch endpoint {
	case "capture":
		r.Numbers.CaptureRequestID = "c-1"
	case "refund":
		r.Numbers.RefundRequestID = "r-1"
	}
	return r
}

func (addsUp) news(endpoint, body string, n apo.Numbers) journal.Record {
	r := journal.Record{Endpoint: endpoint, Reads: true, Numbers: n}
	r.State, r.Verification, r.Answer = journal.Answered, "verified", []byte(body)
	return r
}

func (addsUp) result(status string) string {
	return fmt.Sprintf(`"result":{"resultStatus":%q,"resultCode":%q}`, status, map[string]string{"S": "SUCCESS", "F": "PROCESS_FAIL"}[status])
}

func (addsUp) payment(status, value string) journal.Record {
	r := addsUp{}.news("notifyPayment", `{"notifyType":"PAYMENT_RESULT",`+addsUp{}.result(status)+`}`, apo.Numbers{PaymentRequestID: "p-1"})
	r.Amount = apo.Amount{Currency: "SGD", Value: value}
	return r
}

func (addsUp) capture(id, number, currency, value, paymentID string) journal.Record {
	r := addsUp{}.news("notifyCapture", `{"notifyType":"CAPTURE_RESULT",`+addsUp{}.result("S")+`}`, apo.Numbers{CaptureRequestID: id, CaptureID: number, PaymentID: paymentID})
	r.Amount = apo.Amount{Currency: currency, Value: value}
	return r
}

func (addsUp) refund(id, number, value string) journal.Record {
	return addsUp{}.news("notifyRefund", `{"notifyType":"REFUND_RESULT",`+addsUp{}.result("S")+`,"refundStatus":"SUCCESS","refundAmount":{"currency":"SGD","value":"`+value+`"}}`,
		apo.Numbers{RefundRequestID: id, RefundID: number, PaymentID: "2026"})
}

func (addsUp) dispute(kind, judged, value, paymentID string) journal.Record {
	return addsUp{}.news("notifyDispute", `{"disputeNotificationType":"`+kind+`","disputeId":"d-1","disputeJudgedResult":"`+judged+`","disputeAmount":{"currency":"SGD","value":"`+value+`"}}`,
		apo.Numbers{PaymentRequestID: "p-1", PaymentID: paymentID})
}

func (addsUp) saved(status string) journal.Record {
	return addsUp{}.news("notifyVaulting", `{"vaultingRequestId":"v-1","vaultingStatus":"`+status+`",`+addsUp{}.result("S")+`}`, apo.Numbers{})
}
