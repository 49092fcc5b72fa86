package say

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func TestContradiction(t *testing.T) {
	sgd := func(value string) apo.Amount { return apo.Amount{Currency: "SGD", Value: value} }
	amounts := func(kind journal.ContradictionKind, part string) journal.Contradiction {
		return journal.Contradiction{Kind: kind, Part: part, Says: sgd("42"), Known: sgd("4200")}
	}
	late := journal.Record{Endpoint: "pay", Ending: journal.Ending{State: journal.Resolved}, Resolved: journal.Resolution{Outcome: apo.NeverArrived, By: 1}}
	declined := journal.Record{Endpoint: "pay", Ending: journal.Ending{State: journal.Answered, Result: apo.Result{Status: "F", Code: "DO_NOT_HONOR"}}}
	for want, c := range map[string]journal.Contradiction{
		"its answer said F SYSTEM_ERROR":                               {Kind: journal.AnsweredOtherwise, Status: "F", Code: "SYSTEM_ERROR"},
		"the answer says SGD 0.42":                                     amounts(journal.AnsweredAmount, ""),
		"it says SGD 0.42, and SGD 42.00 were paid":                    amounts(journal.PaidAmount, ""),
		"it says SGD 0.42, and SGD 42.00 were asked for":               amounts(journal.RequestedAmount, ""),
		"it says SGD 0.42, and SGD 42.00 were to be captured":          amounts(journal.PartAmount, "CAPTURE"),
		"it says SGD 0.42, and SGD 42.00 were to be refunded":          amounts(journal.PartAmount, "REFUND"),
		"it says SGD 0.42, and SGD 42.00 were told before":             amounts(journal.ToldAmount, "REFUND"),
		"it was authorized before":                                     {Kind: journal.AuthorizedBefore},
		"it was cancelled before":                                      {Kind: journal.CancelledBefore},
		"it was captured before":                                       {Kind: journal.CapturedBefore},
		"it was refunded before":                                       {Kind: journal.RefundedBefore},
		"captured after it was cancelled":                              {Kind: journal.CapturedAfterCancel},
		"cancelled after it was captured":                              {Kind: journal.CancelledAfterCapture},
		"an inquiry said FAIL before":                                  {Kind: journal.InquiredOtherwise, Status: "FAIL"},
		"a notification said that it succeeded":                        {Kind: journal.NotifiedOtherwise, Status: "S"},
		"a notification said that it failed":                           {Kind: journal.NotifiedOtherwise, Status: "F"},
		"its paymentId came with another paymentRequestId before, r-1": {Kind: journal.OtherRequest, ID: "r-1"},
		"its pay came to: never arrived":                               {Kind: journal.PayEndedOtherwise, Pay: &late},
		"its pay came to: DO_NOT_HONOR":                                {Kind: journal.PayEndedOtherwise, Pay: &declined},
		"its refund failed, and had worked before: r-1":                {Kind: journal.PartFailed, Part: "REFUND", ID: "r-1"},
		"its capture is missing: c-1":                                  {Kind: journal.CaptureMissing, ID: "c-1"},
		"its capture is missing":                                       {Kind: journal.CaptureMissing},
		"its result is missing; inquire":                               {Kind: journal.ResultMissing},
		"a kind that is newer than these words, which is said":         {Kind: "a kind that is newer than these words, which is said"},
	} {
		if got := contradictionOf(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestEventOf(t *testing.T) {
	lost := journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.Resolved}, Resolved: journal.Resolution{Outcome: apo.Succeeded, By: 1}}
	against := lost
	against.Result = apo.Result{Status: "F", Code: "SYSTEM_ERROR"}
	byHand := lost
	byHand.Resolved = journal.Resolution{Outcome: apo.Declined, Note: "the dashboard"}
	notified := journal.Record{Endpoint: "notifyCapture", Notice: journal.Notice{Type: "CAPTURE_RESULT"}, Ending: journal.Ending{State: journal.Answered, Result: apo.Result{Status: "S", Code: "SUCCESS"}}}
	sending := journal.Record{Endpoint: "pay", InFlight: true, Process: 4711, Ending: journal.Ending{State: journal.Begun}}
	asking := journal.Record{Endpoint: "pay", InFlight: true, Process: 4711, Ending: journal.Ending{State: journal.InDoubt, Note: "no answer within 30s"}}
	news := func(endpoint, kind, body string, result apo.Result) journal.Event {
		return journal.Event{Record: journal.Record{
			Endpoint: endpoint, Reads: true, Notice: journal.Notice{Type: kind},
			Ending: journal.Ending{State: journal.Answered, Result: result, Verification: "verified", Answer: []byte(body)},
		}}
	}
	const success = `"result":{"resultStatus":"S","resultCode":"SUCCESS"}`
	part := apo.Transaction{Type: "CAPTURE", Status: "SUCCESS", RequestID: "c-1", Amount: apo.Amount{Currency: "SGD", Value: "100"}}
	paid := apo.Payment{Status: "SUCCESS", Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Transactions: []apo.Transaction{part}}
	unclear := paid
	part.Amount.Currency = "JPY"
	unclear.Transactions = []apo.Transaction{part}
	for want, e := range map[string]journal.Event{
		"lost its answer; resolved: captured":                       {Record: lost},
		"F SYSTEM_ERROR; resolved: captured":                        {Record: against},
		"lost its answer; resolved: failed, by hand: the dashboard": {Record: byHand},
		"S SUCCESS  CAPTURE_RESULT":                                 {Record: notified},
		"begun, no end known yet; process 4711 is at it":            {Record: sending},
		"in doubt: no answer within 30s; process 4711 is at it":     {Record: asking},
		"success captured SGD 1.00":                                 {Payment: &paid},
		"success what was taken cannot be added up: capture c-1 is of JPY 100, and the payment of SGD 42.00": {Payment: &unclear},
		"dispute lost  DISPUTE_JUDGED  disputeId d-1":                                                        news("notifyDispute", "DISPUTE_JUDGED", `{"disputeNotificationType":"DISPUTE_JUDGED","disputeId":"d-1","disputeJudgedResult":"ACCEPT_BY_MERCHANT"}`, apo.Result{}),
		"dispute won  DISPUTE_JUDGED  disputeId d-2":                                                         news("notifyDispute", "DISPUTE_JUDGED", `{"disputeNotificationType":"DISPUTE_JUDGED","disputeId":"d-2","disputeJudgedResult":"ACCEPT_BY_CUSTOMER"}`, apo.Result{}),
		"dispute opened  DISPUTE_CREATED  disputeId d":                                                       news("notifyDispute", "DISPUTE_CREATED", `{"disputeNotificationType":"DISPUTE_CREATED","disputeId":"d"}`, apo.Result{}),
		"buyer paid  PAYMENT_PENDING":                                                                        news("notifyPayment", "PAYMENT_PENDING", `{"notifyType":"PAYMENT_PENDING",`+success+`}`, apo.Result{Status: "S", Code: "SUCCESS"}),
		"refund failed  REFUND_RESULT":                                                                       news("notifyRefund", "REFUND_RESULT", `{"notifyType":"REFUND_RESULT","refundStatus":"FAIL",`+success+`}`, apo.Result{Status: "S", Code: "SUCCESS"}),
		"S SUCCESS  PAYMENT_RESULT":                                                                          news("notifyPayment", "PAYMENT_RESULT", `{"notifyType":"PAYMENT_RESULT",`+success+`}`, apo.Result{Status: "S", Code: "SUCCESS"}),
	} {
		if got := eventOf(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
