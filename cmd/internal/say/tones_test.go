package say

import (
	"testing"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What is not known looks neither like a success nor like a failure.
func TestRecordTone(t *testing.T) {
	record := func(state journal.State, outcome apo.Outcome, status, code string) journal.Record {
		return journal.Record{Endpoint: "pay", Ending: journal.Ending{State: state, Outcome: outcome, Result: apo.Result{Status: status, Code: code}}}
	}
	inquiry := record(journal.Answered, apo.Succeeded, "S", "SUCCESS")
	inquiry.Endpoint, inquiry.Reads = "inquiryPayment", true
	told := func(endpoint, answer string) journal.Record {
		r := inquiry
		r.Endpoint, r.Answer = endpoint, []byte(answer)
		return r
	}
	for name, c := range map[string]struct {
		record journal.Record
		want   term.Tone
	}{
		"succeeded":                       {record(journal.Answered, apo.Succeeded, "S", "SUCCESS"), term.Success},
		"declined":                        {record(journal.Answered, apo.Declined, "F", "DO_NOT_HONOR"), term.Failure},
		"F, and open":                     {record(journal.InDoubt, apo.InDoubt, "F", "SYSTEM_ERROR"), term.Doubt},
		"F, and done":                     {record(journal.Resolved, apo.Succeeded, "F", "SYSTEM_ERROR"), term.Success},
		"lost, and declined":              {record(journal.Resolved, apo.Declined, "", ""), term.Failure},
		"begun":                           {record(journal.Begun, "", "", ""), term.Doubt},
		"pending":                         {record(journal.Pending, apo.Pending, "U", "PAYMENT_IN_PROCESS"), term.Doubt},
		"never arrived":                   {record(journal.Resolved, apo.NeverArrived, "", ""), term.Doubt},
		"cancelled":                       {record(journal.Answered, apo.Cancelled, "F", "ORDER_IS_CANCELED"), term.Over},
		"an inquiry about who knows what": {inquiry, term.Plain},
		"an inquiry of a declined one":    {told("inquiryPayment", `{"paymentStatus":"FAIL","paymentResultCode":"DO_NOT_HONOR"}`), term.Failure},
		"an inquiry of an authorized one": {told("inquiryPayment", `{"paymentStatus":"SUCCESS"}`), term.Success},
		"an inquiry of a failed refund":   {told("inquiryRefund", `{"refundStatus":"FAIL"}`), term.Failure},
	} {
		if got := RecordTone(c.record); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	for want, r := range map[term.Tone]apo.Result{
		term.Success: {Status: "S", Code: "SUCCESS"}, term.Failure: {Status: "F", Code: "DO_NOT_HONOR"}, term.Doubt: {Status: "F", Code: "SYSTEM_ERROR"},
	} {
		if got := resultTone(r); got != want {
			t.Errorf("%v: %d, want %d", r, got, want)
		}
	}
}

func TestPaymentTone(t *testing.T) {
	for state, want := range map[journal.PaymentState]term.Tone{
		"authorized": term.Success, "captured in part": term.Success, "declined": term.Failure, "cancelled": term.Over, "refunded": term.Over,
		"in doubt": term.Doubt, "pending": term.Doubt, "not known": term.Doubt, "never arrived": term.Doubt, "not clear": term.Doubt,
	} {
		if got := paymentTone(state); got != want {
			t.Errorf("%s: %d, want %d", state, got, want)
		}
	}
}
