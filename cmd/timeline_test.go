package cmd

import (
	"slices"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func TestContradictionsAreMarked(t *testing.T) {
	done := func(endpoint, value, answer string) journal.Record {
		return journal.Record{
			Endpoint: endpoint, Amount: apo.Amount{Currency: "SGD", Value: value},
			Ending: journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS"}, Answer: []byte(answer)},
		}
	}
	inquiry := func(status, value string) journal.Record {
		return done("inquiryPayment", "", `{"paymentStatus":"`+status+`","paymentAmount":{"currency":"SGD","value":"`+value+`"}}`)
	}
	withCapture := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"4200"},
		"transactions":[{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionId":"1","transactionRequestId":"demo-c"}]}`)
	notified := func(endpoint, status, value string) journal.Record {
		r := done(endpoint, value, `{}`)
		r.Result.Status, r.Numbers.CaptureRequestID = status, "demo-c"
		return r
	}
	pending := done("capture", "4200", `{}`)
	pending.State, pending.Result, pending.Numbers.CaptureRequestID = journal.Pending, apo.Result{Status: "U", Code: "CAPTURE_IN_PROCESS"}, "demo-c"
	pending.Time = time.UnixMilli(0)
	capture := done("capture", "4200", `{}`)
	capture.Numbers.CaptureRequestID = "demo-c"
	otherCapture := capture
	otherCapture.Numbers.CaptureRequestID = "demo-other"
	settled := capture
	settled.State, settled.Resolved.By = journal.Resolved, 7
	tooEarly := inquiry("SUCCESS", "4200")
	tooEarly.ID = 6
	tooLate := tooEarly
	tooLate.ID = 8
	found := done("pay", "4200", "")
	found.Ending = journal.Ending{State: journal.Resolved, Outcome: apo.Succeeded}
	refund := done("refund", "100", `{}`)
	refund.Numbers.RefundRequestID = "demo-r"
	refunded := done("notifyRefund", "", `{"refundAmount":{"currency":"SGD","value":"99"}}`)
	refunded.Numbers.RefundRequestID = "demo-r"
	refusedRefund := refunded
	refusedRefund.Answer, refusedRefund.Result.Status = nil, "F"
	withAmounts := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"4200"},"transactions":[
		{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"demo-c","transactionAmount":{"currency":"SGD","value":"42"}},
		{"transactionType":"REFUND","transactionStatus":"SUCCESS","transactionRequestId":"demo-r","transactionAmount":{"currency":"SGD","value":"101"}}]}`)
	failedCapture := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"CAPTURE","transactionStatus":"FAIL","transactionRequestId":"demo-c"}]}`)
	failedRefund := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"REFUND","transactionStatus":"FAIL","transactionRequestId":"demo-r"}]}`)
	okRefund := refunded
	okRefund.Answer, okRefund.Result.Status = nil, "S"
	unknown := done("pay", "4200", `{}`)
	unknown.State, unknown.Result = journal.Pending, apo.Result{Status: "U", Code: "PAYMENT_IN_PROCESS"}
	automatic := done("pay", "4200", `{}`)
	automatic.Request = []byte(`{"paymentFactor":{"captureMode":"AUTOMATIC"}}`)
	paid := done("pay", "4200", `{"paymentAmount":{"currency":"SGD","value":"4200"}}`)
	late := done("pay", "4200", "")
	late.Ending, late.Resolved.Outcome = journal.Ending{State: journal.Resolved, Outcome: apo.NeverArrived}, apo.NeverArrived
	for name, c := range map[string]struct {
		list []journal.Record
		want []string // of the last event
	}{
		"all fits":                            {[]journal.Record{paid, done("capture", "4200", `{}`), withCapture}, nil},
		"notified, and it fits":               {[]journal.Record{paid, notified("notifyPayment", "S", "4200"), notified("notifyCapture", "S", "4200"), withCapture}, nil},
		"notified of another amount":          {[]journal.Record{paid, notified("notifyPayment", "S", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were paid"}},
		"notified of a failure":               {[]journal.Record{paid, notified("notifyPayment", "F", "4200")}, []string{"it was authorized before"}},
		"paid elsewhere, notified S and F":    {[]journal.Record{notified("notifyPayment", "S", "4200"), notified("notifyPayment", "F", "4200")}, []string{"it was authorized before"}},
		"paid elsewhere, of other amounts":    {[]journal.Record{notified("notifyPayment", "S", "4200"), inquiry("SUCCESS", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were paid"}},
		"notified S, told PROCESSING":         {[]journal.Record{notified("notifyPayment", "S", "4200"), inquiry("PROCESSING", "4200")}, []string{"a notification said that it succeeded"}},
		"notified F, told SUCCESS":            {[]journal.Record{notified("notifyPayment", "F", "4200"), inquiry("SUCCESS", "4200")}, []string{"a notification said that it failed"}},
		"told FAIL, notified S":               {[]journal.Record{inquiry("FAIL", "4200"), notified("notifyPayment", "S", "4200")}, []string{"an inquiry said FAIL before"}},
		"captured, and it is not there":       {[]journal.Record{paid, done("capture", "4200", `{}`), inquiry("SUCCESS", "4200")}, []string{"its capture is missing"}},
		"not captured by itself":              {[]journal.Record{automatic, inquiry("SUCCESS", "4200")}, []string{"its capture is missing"}},
		"a capture without a result":          {[]journal.Record{paid, pending}, []string{"its result is missing; inquire"}},
		"captured, and then cancelled":        {[]journal.Record{paid, done("capture", "4200", `{}`), done("cancel", "", `{}`)}, []string{"cancelled after it was captured"}},
		"captured, and notified of F":         {[]journal.Record{paid, done("capture", "4200", `{}`), notified("notifyCapture", "F", "4200")}, []string{"it was captured before"}},
		"another amount is answered":          {[]journal.Record{done("pay", "4200", `{"paymentAmount":{"currency":"SGD","value":"42"}}`)}, []string{"the answer says SGD 0.42"}},
		"another amount is told":              {[]journal.Record{paid, inquiry("SUCCESS", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were paid"}},
		"authorized, and then pending":        {[]journal.Record{paid, inquiry("PROCESSING", "4200")}, []string{"it was authorized before"}},
		"authorized, and then failed":         {[]journal.Record{paid, inquiry("FAIL", "4200")}, []string{"it was authorized before"}},
		"failed, and then successful":         {[]journal.Record{inquiry("FAIL", "4200"), inquiry("SUCCESS", "4200")}, []string{"an earlier inquiry said FAIL"}},
		"captured after it was given up":      {[]journal.Record{paid, done("cancel", "", `{}`), done("capture", "4200", `{}`)}, []string{"captured after it was cancelled"}},
		"never arrived, and it is there":      {[]journal.Record{late, inquiry("SUCCESS", "4200")}, []string{"its pay came to: never arrived"}},
		"never arrived, and notified":         {[]journal.Record{late, notified("notifyPayment", "S", "4200")}, []string{"its pay came to: never arrived"}},
		"never arrived, and repeated":         {[]journal.Record{late, paid, inquiry("SUCCESS", "4200")}, nil},
		"pending, notified of another amount": {[]journal.Record{unknown, notified("notifyPayment", "S", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were asked for"}},
		"pending, another amount is told":     {[]journal.Record{unknown, inquiry("PROCESSING", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were asked for"}},
		"notified S, told FAIL":               {[]journal.Record{unknown, notified("notifyPayment", "S", "4200"), inquiry("FAIL", "4200")}, []string{"a notification said that it succeeded"}},
		"capturing, and it is not there":      {[]journal.Record{paid, pending, inquiry("SUCCESS", "4200")}, []string{"its capture is missing: demo-c"}},
		"one capture of two is not there":     {[]journal.Record{paid, done("capture", "1", `{}`), capture, withCapture, done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"CAPTURE","transactionRequestId":"c-2"}]}`)}, []string{"its capture is missing: demo-c"}},
		"not there before it was found":       {[]journal.Record{paid, settled, tooEarly}, nil},
		"found, and not there any more":       {[]journal.Record{paid, settled, tooLate}, []string{"its capture is missing: demo-c"}},
		"found, and then in process":          {[]journal.Record{found, inquiry("PROCESSING", "4200")}, []string{"it was authorized before"}},
		"captured another amount, notified":   {[]journal.Record{paid, capture, notified("notifyCapture", "S", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were to be captured"}},
		"refunded another amount, notified":   {[]journal.Record{paid, refund, refunded}, []string{"it says SGD 0.99, and SGD 1.00 were to be refunded"}},
		"notified of another's F":             {[]journal.Record{paid, otherCapture, pending, notified("notifyCapture", "F", "4200")}, nil},
		"refunded, notified of F":             {[]journal.Record{paid, refund, refusedRefund}, []string{"it was refunded before"}},
		"other amounts are told":              {[]journal.Record{paid, capture, refund, withAmounts}, []string{"it says SGD 0.42, and SGD 42.00 were to be captured", "it says SGD 1.01, and SGD 1.00 were to be refunded"}},
		"captured, and told that it failed":   {[]journal.Record{paid, capture, failedCapture}, []string{"its capture failed, and had worked before: demo-c"}},
		"told that it worked, and failed":     {[]journal.Record{paid, withCapture, failedCapture}, []string{"its capture failed, and had worked before: demo-c"}},
		"notified S, told that it failed":     {[]journal.Record{paid, pending, notified("notifyCapture", "S", "4200"), failedCapture}, []string{"its capture failed, and had worked before: demo-c"}},
		"notified S, and then F":              {[]journal.Record{paid, pending, notified("notifyCapture", "S", "4200"), notified("notifyCapture", "F", "4200")}, []string{"it was captured before"}},
		"notified S, and it is not there":     {[]journal.Record{paid, notified("notifyCapture", "S", "4200"), inquiry("SUCCESS", "4200")}, []string{"its capture is missing: demo-c"}},
		"another capture failed":              {[]journal.Record{paid, otherCapture, failedCapture}, []string{"its capture is missing: demo-other"}},
		"it failed, as was told":              {[]journal.Record{paid, pending, failedCapture}, nil},
		"refunded, and told that it failed":   {[]journal.Record{paid, okRefund, failedRefund}, []string{"its refund failed, and had worked before: demo-r"}},
		"notified of a refund, and then of F": {[]journal.Record{paid, okRefund, refusedRefund}, []string{"it was refunded before"}},
		"given up, and still there":           {[]journal.Record{paid, done("cancel", "", `{}`), inquiry("SUCCESS", "4200")}, []string{"it was cancelled before"}},
	} {
		events := tell(c.list, time.UnixMilli(0).Add(time.Hour))
		if got := events[len(events)-1].Contradictions; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
