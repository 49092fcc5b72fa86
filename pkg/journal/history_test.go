package journal_test

import (
	"bytes"
	"slices"
	"strings"
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
	told := func(endpoint, kind, status, code, value, more string) journal.Record {
		r := done(endpoint, value, `{"notifyType":"`+kind+`","result":{"resultStatus":"`+status+`","resultCode":"`+code+`"}`+more+`}`)
		r.Result = apo.Result{Status: status, Code: code}
		r.Numbers.CaptureRequestID = "demo-c"
		return r
	}
	notified := func(endpoint, status, value string) journal.Record {
		kind := map[string]string{"notifyPayment": "PAYMENT_RESULT", "notifyCapture": "CAPTURE_RESULT"}[endpoint]
		return told(endpoint, kind, status, map[string]string{"S": "SUCCESS", "F": "PROCESS_FAIL"}[status], value, "")
	}
	pending := done("capture", "4200", `{}`)
	pending.State, pending.Outcome, pending.Result = journal.Pending, apo.Pending, apo.Result{Status: "U", Code: "CAPTURE_IN_PROCESS"}
	pending.Numbers.CaptureRequestID = "demo-c"
	pending.Time = time.UnixMilli(0)
	capture := done("capture", "4200", `{}`)
	capture.Numbers.CaptureRequestID = "demo-c"
	otherCapture := capture
	otherCapture.Numbers.CaptureRequestID = "demo-other"
	resolved := capture
	resolved.State, resolved.Resolved.By = journal.Resolved, 7
	teller := inquiry("SUCCESS", "4200") // which told of it
	teller.ID = 7
	found := done("pay", "4200", "")
	found.Ending = journal.Ending{State: journal.Resolved, Outcome: apo.Succeeded}
	refund := done("refund", "100", `{}`)
	refund.Numbers.RefundRequestID = "demo-r"
	refunded := told("notifyRefund", "REFUND_RESULT", "S", "SUCCESS", "", `,"refundStatus":"SUCCESS","refundAmount":{"currency":"SGD","value":"99"}`)
	refunded.Numbers.RefundRequestID = "demo-r"
	refusedRefund := told("notifyRefund", "REFUND_RESULT", "F", "PROCESS_FAIL", "", "")
	refusedRefund.Numbers.RefundRequestID = "demo-r"
	withAmounts := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"4200"},"transactions":[
		{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"demo-c","transactionAmount":{"currency":"SGD","value":"42"}},
		{"transactionType":"REFUND","transactionStatus":"SUCCESS","transactionRequestId":"demo-r","transactionAmount":{"currency":"SGD","value":"101"}}]}`)
	failedCapture := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"CAPTURE","transactionStatus":"FAIL","transactionRequestId":"demo-c"}]}`)
	failedRefund := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"REFUND","transactionStatus":"FAIL","transactionRequestId":"demo-r"}]}`)
	withRefund := done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"REFUND","transactionStatus":"SUCCESS","transactionRequestId":"demo-r"}]}`)
	against := found
	against.Result, against.Verification = apo.Result{Status: "F", Code: "SYSTEM_ERROR"}, "verified"
	otherRefund := refunded
	otherRefund.Answer = []byte(strings.Replace(string(refunded.Answer), `"99"`, `"999999"`, 1))
	acceptedRefund := refunded // an S says no more than that
	acceptedRefund.Answer = []byte(`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundStatus":"FAIL"}`)
	buyerPaid := told("notifyPayment", "PAYMENT_PENDING", "S", "SUCCESS", "4200", "")
	paidAs := func(r journal.Record, paymentID string) journal.Record {
		r.Numbers.PaymentID, r.Answer = paymentID, bytes.Replace(r.Answer, []byte("{"), []byte(`{"paymentId":"`+paymentID+`",`), 1)
		return r
	}
	okRefund := refunded
	okRefund.Answer = []byte(`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundStatus":"SUCCESS"}`)
	unknown := done("pay", "4200", `{}`)
	unknown.State, unknown.Outcome, unknown.Result = journal.Pending, apo.Pending, apo.Result{Status: "U", Code: "PAYMENT_IN_PROCESS"}
	automatic := done("pay", "4200", `{}`)
	automatic.Request = []byte(`{"paymentFactor":{"captureMode":"AUTOMATIC"}}`)
	paid := done("pay", "4200", `{"paymentAmount":{"currency":"SGD","value":"4200"}}`)
	late := done("pay", "4200", "")
	late.Ending, late.Resolved.Outcome = journal.Ending{State: journal.Resolved, Outcome: apo.NeverArrived}, apo.NeverArrived
	numbered := func(r journal.Record, number string) journal.Record {
		r.Numbers.CaptureID, r.Numbers.RefundID = number, number
		return r
	}
	for name, c := range map[string]struct {
		list []journal.Record
		want []string // of the last event
	}{
		"all fits":                               {[]journal.Record{paid, done("capture", "4200", `{}`), withCapture}, nil},
		"notified, and it fits":                  {[]journal.Record{paid, notified("notifyPayment", "S", "4200"), notified("notifyCapture", "S", "4200"), withCapture}, nil},
		"notified of another payment":            {[]journal.Record{paidAs(done("pay", "4200", `{"result":{}}`), "1"), paidAs(notified("notifyPayment", "S", "4200"), "2")}, []string{"other-payment 2"}},
		"notified of the same payment":           {[]journal.Record{paidAs(done("pay", "4200", `{"result":{}}`), "1"), paidAs(notified("notifyPayment", "S", "4200"), "1")}, nil},
		"notified of two things":                 {[]journal.Record{paid, told("notifyPayment", "PAYMENT_RESULT", "F", "DO_NOT_HONOR", "4200", `,"paymentStatus":"SUCCESS"`)}, nil},
		"notified of an F that is open":          {[]journal.Record{paid, told("notifyPayment", "PAYMENT_RESULT", "F", "SYSTEM_ERROR", "4200", "")}, nil},
		"notified of another amount":             {[]journal.Record{paid, notified("notifyPayment", "S", "42")}, []string{"paid-amount SGD 0.42 SGD 42.00"}},
		"notified of a failure":                  {[]journal.Record{paid, notified("notifyPayment", "F", "4200")}, []string{"authorized-before"}},
		"paid elsewhere, notified S and F":       {[]journal.Record{notified("notifyPayment", "S", "4200"), notified("notifyPayment", "F", "4200")}, []string{"authorized-before"}},
		"paid elsewhere, of other amounts":       {[]journal.Record{notified("notifyPayment", "S", "4200"), inquiry("SUCCESS", "42")}, []string{"paid-amount SGD 0.42 SGD 42.00"}},
		"notified S, told PROCESSING":            {[]journal.Record{notified("notifyPayment", "S", "4200"), inquiry("PROCESSING", "4200")}, []string{"notified-otherwise S"}},
		"notified F, told SUCCESS":               {[]journal.Record{notified("notifyPayment", "F", "4200"), inquiry("SUCCESS", "4200")}, []string{"notified-otherwise F"}},
		"told FAIL, notified S":                  {[]journal.Record{inquiry("FAIL", "4200"), notified("notifyPayment", "S", "4200")}, []string{"inquired-otherwise FAIL"}},
		"captured, and it is not there":          {[]journal.Record{paid, done("capture", "4200", `{}`), inquiry("SUCCESS", "4200")}, []string{"capture-missing"}},
		"not captured by itself":                 {[]journal.Record{automatic, inquiry("SUCCESS", "4200")}, []string{"capture-missing"}},
		"a capture without a result":             {[]journal.Record{paid, pending}, []string{"result-missing"}},
		"captured, and then cancelled":           {[]journal.Record{paid, done("capture", "4200", `{}`), done("cancel", "", `{}`)}, []string{"cancelled-after-capture"}},
		"captured, and notified of F":            {[]journal.Record{paid, done("capture", "4200", `{}`), notified("notifyCapture", "F", "4200")}, []string{"captured-before"}},
		"another amount is answered":             {[]journal.Record{done("pay", "4200", `{"paymentAmount":{"currency":"SGD","value":"42"}}`)}, []string{"answered-amount SGD 0.42 SGD 42.00"}},
		"another amount is told":                 {[]journal.Record{paid, inquiry("SUCCESS", "42")}, []string{"paid-amount SGD 0.42 SGD 42.00"}},
		"authorized, and then pending":           {[]journal.Record{paid, inquiry("PROCESSING", "4200")}, []string{"authorized-before"}},
		"authorized, and then failed":            {[]journal.Record{paid, inquiry("FAIL", "4200")}, []string{"authorized-before"}},
		"failed, and then successful":            {[]journal.Record{inquiry("FAIL", "4200"), inquiry("SUCCESS", "4200")}, []string{"inquired-otherwise FAIL"}},
		"captured after it was given up":         {[]journal.Record{paid, done("cancel", "", `{}`), done("capture", "4200", `{}`)}, []string{"captured-after-cancel"}},
		"never arrived, and it is there":         {[]journal.Record{late, inquiry("SUCCESS", "4200")}, []string{"pay-ended-otherwise never-arrived"}},
		"never arrived, and notified":            {[]journal.Record{late, notified("notifyPayment", "S", "4200")}, []string{"pay-ended-otherwise never-arrived"}},
		"never arrived, and repeated":            {[]journal.Record{late, paid, inquiry("SUCCESS", "4200")}, nil},
		"pending, notified of another amount":    {[]journal.Record{unknown, notified("notifyPayment", "S", "42")}, []string{"requested-amount SGD 0.42 SGD 42.00"}},
		"pending, another amount is told":        {[]journal.Record{unknown, inquiry("PROCESSING", "42")}, []string{"requested-amount SGD 0.42 SGD 42.00"}},
		"notified S, told FAIL":                  {[]journal.Record{unknown, notified("notifyPayment", "S", "4200"), inquiry("FAIL", "4200")}, []string{"notified-otherwise S"}},
		"capturing, and it is not there":         {[]journal.Record{paid, pending, inquiry("SUCCESS", "4200")}, []string{"capture-missing demo-c"}},
		"one capture of two is not there":        {[]journal.Record{paid, done("capture", "1", `{}`), capture, withCapture, done("inquiryPayment", "", `{"paymentStatus":"SUCCESS","transactions":[{"transactionType":"CAPTURE","transactionRequestId":"c-2"}]}`)}, []string{"capture-missing demo-c"}},
		"found, and not there any more":          {[]journal.Record{paid, resolved, teller, inquiry("SUCCESS", "4200")}, []string{"capture-missing demo-c"}},
		"found, and then in process":             {[]journal.Record{found, inquiry("PROCESSING", "4200")}, []string{"authorized-before"}},
		"captured another amount, notified":      {[]journal.Record{paid, capture, notified("notifyCapture", "S", "42")}, []string{"part-amount SGD 0.42 SGD 42.00 CAPTURE demo-c"}},
		"refunded another amount, notified":      {[]journal.Record{paid, refund, refunded}, []string{"part-amount SGD 0.99 SGD 1.00 REFUND demo-r", "nothing-captured"}},
		"notified of another's F":                {[]journal.Record{paid, otherCapture, pending, notified("notifyCapture", "F", "4200")}, nil},
		"refunded, notified of F":                {[]journal.Record{paid, refund, refusedRefund}, []string{"refunded-before"}},
		"other amounts are told":                 {[]journal.Record{paid, capture, refund, withAmounts}, []string{"part-amount SGD 0.42 SGD 42.00 CAPTURE demo-c", "part-amount SGD 1.01 SGD 1.00 REFUND demo-r"}},
		"captured, and told that it failed":      {[]journal.Record{paid, capture, failedCapture}, []string{"part-failed CAPTURE demo-c"}},
		"told that it worked, and failed":        {[]journal.Record{paid, withCapture, failedCapture}, []string{"part-failed CAPTURE demo-c"}},
		"notified S, told that it failed":        {[]journal.Record{paid, pending, notified("notifyCapture", "S", "4200"), failedCapture}, []string{"part-failed CAPTURE demo-c"}},
		"notified S, and then F":                 {[]journal.Record{paid, pending, notified("notifyCapture", "S", "4200"), notified("notifyCapture", "F", "4200")}, []string{"captured-before"}},
		"notified S, and it is not there":        {[]journal.Record{paid, notified("notifyCapture", "S", "4200"), inquiry("SUCCESS", "4200")}, []string{"capture-missing demo-c"}},
		"another capture failed":                 {[]journal.Record{paid, otherCapture, failedCapture}, []string{"capture-missing demo-other"}},
		"it failed, as was told":                 {[]journal.Record{paid, pending, failedCapture}, nil},
		"refunded, and told that it failed":      {[]journal.Record{paid, okRefund, failedRefund}, []string{"part-failed REFUND demo-r"}},
		"notified of a refund, and then of F":    {[]journal.Record{paid, okRefund, refusedRefund}, []string{"refunded-before"}},
		"notified that a refund failed, then S":  {[]journal.Record{paid, refusedRefund, okRefund}, []string{"notified-otherwise F"}},
		"a refund failed, was asked again, S":    {[]journal.Record{paid, refusedRefund, refund, okRefund}, nil},
		"told that a refund failed, then S":      {[]journal.Record{paid, failedRefund, okRefund}, []string{"inquired-otherwise FAIL"}},
		"a refund failed, told that it worked":   {[]journal.Record{paid, refusedRefund, withRefund}, []string{"notified-otherwise F"}},
		"notified that a capture failed, then S": {[]journal.Record{paid, pending, notified("notifyCapture", "F", "4200"), notified("notifyCapture", "S", "4200")}, []string{"notified-otherwise F"}},
		"notified F, and then S":                 {[]journal.Record{unknown, notified("notifyPayment", "F", "4200"), notified("notifyPayment", "S", "4200")}, []string{"notified-otherwise F"}},
		"a refund failed, and failed again":      {[]journal.Record{paid, acceptedRefund, refusedRefund}, nil},
		"refunded, and notified of FAIL":         {[]journal.Record{paid, okRefund, acceptedRefund}, []string{"refunded-before"}},
		"the buyer has paid, and it failed":      {[]journal.Record{buyerPaid, notified("notifyPayment", "F", "4200")}, nil},
		"captured, notified as another":          {[]journal.Record{paid, numbered(capture, "1"), numbered(notified("notifyCapture", "S", "4200"), "2")}, []string{"other-part CAPTURE 2 1"}},
		"two captures of one request":            {[]journal.Record{paid, pending, numbered(notified("notifyCapture", "S", "4200"), "1"), numbered(notified("notifyCapture", "S", "4200"), "2")}, []string{"other-part CAPTURE 2 1"}},
		"one capture, notified twice":            {[]journal.Record{paid, numbered(pending, "1"), numbered(notified("notifyCapture", "S", "4200"), "1"), numbered(notified("notifyCapture", "S", "4200"), "1")}, nil},
		"captures of two requests":               {[]journal.Record{paid, numbered(otherCapture, "1"), numbered(notified("notifyCapture", "S", "4200"), "2")}, []string{"more-than-authorized SGD 84.00 SGD 42.00"}},
		"refunded, notified as another":          {[]journal.Record{paid, numbered(refund, "1"), numbered(okRefund, "2")}, []string{"other-part REFUND 2 1"}},
		"it worked against its answer":           {[]journal.Record{against}, []string{"answered-otherwise F SYSTEM_ERROR"}},
		"given up, and still there":              {[]journal.Record{paid, done("cancel", "", `{}`), inquiry("SUCCESS", "4200")}, []string{"cancelled-before"}},
		"refunded elsewhere, twice":              {[]journal.Record{refunded, otherRefund}, []string{"told-amount SGD 9999.99 SGD 0.99 REFUND demo-r"}},
	} {
		events := journal.History(c.list, time.UnixMilli(0).Add(time.Hour))
		if got := short(events[len(events)-1].Contradictions); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// Before it was found nobody could know that it is missing.
	events := journal.History([]journal.Record{paid, resolved, inquiry("SUCCESS", "4200"), teller}, time.UnixMilli(0))
	if got := short(events[2].Contradictions); got != nil {
		t.Errorf("an inquiry before the one that told: %q", got)
	}
	// A pay that was waited for, and is authorized in the end, was not so before.
	waited := found
	waited.Resolved.By = 7
	for i, e := range journal.History([]journal.Record{waited, inquiry("PROCESSING", "4200"), teller, inquiry("PROCESSING", "4200")}, time.UnixMilli(0)) {
		if got := short(e.Contradictions); (i == 3) != slices.Equal(got, []string{"authorized-before"}) {
			t.Errorf("event %d of a pay that was waited for: %q", i, got)
		}
	}
	if events[2].Payment == nil || events[2].Payment.Status != "SUCCESS" || events[0].Payment != nil {
		t.Errorf("what inquiries told: %+v, %+v", events[2].Payment, events[0].Payment)
	}
}

// One paymentId under two paymentRequestIds is marked, whoever told of them.
func TestOnePaymentIDOfTwoRequests(t *testing.T) {
	told := func(endpoint, request string) journal.Record {
		return journal.Record{
			Endpoint: endpoint, Numbers: apo.Numbers{PaymentRequestID: request, PaymentID: "2026"},
			Ending: journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Answer: []byte(`{"paymentStatus":"PROCESSING","paymentRequestId":"` + request + `","paymentId":"2026"}`)},
		}
	}
	for _, first := range []string{"pay", "notifyPayment", "inquiryPayment"} {
		for _, second := range []string{"notifyPayment", "inquiryPayment"} {
			for request, wrong := range map[string]bool{"r-1": false, "r-2": true, "": false} {
				events := journal.History([]journal.Record{told(first, "r-1"), told(second, request)}, time.Now())
				if got := slices.Contains(short(events[1].Contradictions), "other-request r-1"); got != wrong || len(events[0].Contradictions) > 0 {
					t.Errorf("%s of r-1, then %s of %q: %+v", first, second, request, events)
				}
			}
		}
	}
}

// short writes contradictions as words to compare.
func short(list []journal.Contradiction) (all []string) {
	for _, c := range list {
		words := []string{string(c.Kind)}
		for _, a := range []apo.Amount{c.Says, c.Known} {
			if !a.IsZero() {
				words = append(words, a.String())
			}
		}
		for _, word := range []string{c.Part, c.ID, c.Status, c.Code} {
			if word != "" {
				words = append(words, word)
			}
		}
		if c.Pay != nil {
			words = append(words, string(c.Pay.Outcome))
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}

// Where messages put two payments together, whatever names another's ID is marked:
// that of a second pay, of a notification and of an inquiry.
func TestMixedHistoriesAreMarked(t *testing.T) {
	said := func(endpoint, request, id string) journal.Record {
		return journal.Record{
			Endpoint: endpoint, Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Numbers: apo.Numbers{PaymentRequestID: request, PaymentID: id},
			Ending: journal.Ending{
				State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS"},
				Answer: []byte(`{"result":{"resultStatus":"S"},"paymentStatus":"SUCCESS","paymentRequestId":"` + request + `","paymentId":"` + id + `"}`),
			},
		}
	}
	own := []journal.Record{said("pay", "r-1", "2026"), said("pay", "r-2", "2027")}
	for name, c := range map[string]struct {
		last  journal.Record
		wrong bool
	}{
		"a notification of the first":         {said("notifyPayment", "r-1", "2026"), false},
		"a notification of both":              {said("notifyPayment", "r-1", "2027"), true},
		"an inquiry of the second":            {said("inquiryPayment", "r-2", "2027"), false},
		"an inquiry of both":                  {said("inquiryPayment", "r-2", "2026"), true},
		"a third pay, with the first's":       {said("pay", "r-3", "2026"), true},
		"the first pay again, which is legal": {said("pay", "r-1", "2026"), false},
	} {
		events := journal.History(append(slices.Clone(own), c.last), time.Now())
		marked := slices.ContainsFunc(events[2].Contradictions, func(o journal.Contradiction) bool { return o.Kind == journal.OtherPayment })
		if marked != c.wrong || len(events[0].Contradictions)+len(events[1].Contradictions) > 0 {
			t.Errorf("%s: %+v", name, events)
		}
	}
}
