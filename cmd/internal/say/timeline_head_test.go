package say

import (
	"testing"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// The head of a timeline says what its events come to, and never more than they
// do: what is in doubt, or contradicts itself, is neither a success nor a failure.
func TestTimelineHead(t *testing.T) {
	sgd := func(n int64) apo.Amount { return apo.Units64("SGD", n) }
	call := func(endpoint, id string, n int64, state journal.State, outcome apo.Outcome) journal.Event {
		r := journal.Record{Endpoint: endpoint, Amount: sgd(n), Ending: journal.Ending{State: state, Outcome: outcome}}
		switch endpoint {
		case "pay":
			r.Card = "VISA 0768"
		case "capture":
			r.Numbers.CaptureRequestID = id
		case "refund":
			r.Numbers.RefundRequestID = id
		}
		return journal.Event{Record: r}
	}
	inquired := func(status string, parts ...apo.Transaction) journal.Event {
		return journal.Event{
			Record:  journal.Record{Endpoint: "inquiryPayment", Reads: true, Ending: journal.Ending{State: journal.Answered}},
			Payment: &apo.Payment{Status: status, Amount: sgd(4200), ResultCode: "DO_NOT_HONOR", Transactions: parts},
		}
	}
	part := func(kind, id string, n int64, status string) apo.Transaction {
		return apo.Transaction{Type: kind, RequestID: id, Amount: sgd(n), Status: status}
	}
	paid := call("pay", "", 4200, journal.Answered, apo.Succeeded)
	odd := inquired(apo.StatusFail)
	odd.Contradictions = []journal.Contradiction{{Kind: journal.AuthorizedBefore}}
	told := func(kind string) journal.Event {
		return journal.Event{Record: journal.Record{Endpoint: "notifyPayment", Reads: true, Amount: sgd(4200), Notice: journal.Notice{Type: kind}, Ending: journal.Ending{State: journal.Answered, Result: apo.Result{Status: "S", Code: "SUCCESS"}}}}
	}
	for name, c := range map[string]struct {
		events []journal.Event
		state  term.Cell
		left   string
	}{
		"authorized":                  {[]journal.Event{paid}, term.Cell{Text: "authorized", Tone: term.Success}, "SGD 42.00 to capture"},
		"the buyer has paid, alone":   {[]journal.Event{told("PAYMENT_PENDING")}, term.Cell{Text: "pending: not all of it is final yet; apo inquire asks", Tone: term.Doubt}, ""},
		"captured":                    {[]journal.Event{paid, call("capture", "c", 3000, journal.Answered, apo.Succeeded)}, term.Cell{Text: "captured in part", Tone: term.Success}, "SGD 12.00 to capture, SGD 30.00 to refund"},
		"counted once":                {[]journal.Event{paid, call("capture", "c", 3000, journal.Answered, apo.Succeeded), inquired(apo.StatusSuccess, part("CAPTURE", "c", 3000, apo.StatusSuccess))}, term.Cell{Text: "captured in part", Tone: term.Success}, "SGD 12.00 to capture, SGD 30.00 to refund"},
		"what was captured elsewhere": {[]journal.Event{paid, inquired(apo.StatusSuccess, part("CAPTURE", "x", 4200, apo.StatusSuccess), part("REFUND", "r", 4200, apo.StatusSuccess))}, term.Cell{Text: "refunded", Tone: term.Over}, ""},
		"declined":                    {[]journal.Event{call("pay", "", 4200, journal.Answered, apo.Declined), inquired(apo.StatusFail)}, term.Cell{Text: "declined: " + reason("DO_NOT_HONOR"), Tone: term.Failure}, ""},
		"cancelled":                   {[]journal.Event{paid, call("cancel", "", 4200, journal.Answered, apo.Succeeded)}, term.Cell{Text: "cancelled", Tone: term.Over}, ""},
		"in doubt":                    {[]journal.Event{call("pay", "", 4200, journal.InDoubt, apo.InDoubt)}, term.Cell{Text: "in doubt: not all of it is known yet; apo resume asks", Tone: term.Doubt}, ""},
		"a capture in doubt":          {[]journal.Event{paid, call("capture", "c", 3000, journal.InDoubt, apo.InDoubt)}, term.Cell{Text: "in doubt: not all of it is known yet; apo resume asks", Tone: term.Doubt}, "SGD 12.00 to capture"},
		"a pending refund":            {[]journal.Event{paid, call("capture", "c", 4200, journal.Answered, apo.Succeeded), call("refund", "r", 200, journal.Pending, apo.Pending)}, term.Cell{Text: "pending: not all of it is final yet; apo inquire asks", Tone: term.Doubt}, "SGD 40.00 to refund"},
		"a declined capture":          {[]journal.Event{paid, call("capture", "c", 3000, journal.Answered, apo.Declined)}, term.Cell{Text: "authorized", Tone: term.Success}, "SGD 42.00 to capture"},
		"never arrived":               {[]journal.Event{call("pay", "", 4200, journal.Resolved, apo.NeverArrived)}, term.Cell{Text: "never arrived: repeat it under its own ID alone", Tone: term.Doubt}, ""},
		"arrived after all":           {[]journal.Event{call("pay", "", 4200, journal.Resolved, apo.NeverArrived), inquired(apo.StatusSuccess)}, term.Cell{Text: "authorized", Tone: term.Success}, "SGD 42.00 to capture"},
		"not sent":                    {[]journal.Event{call("pay", "", 4200, journal.Answered, apo.NotSent)}, term.Cell{Text: "not sent", Tone: term.Over}, ""},
		"a capture not sent":          {[]journal.Event{paid, call("capture", "c", 3000, journal.Answered, apo.NotSent)}, term.Cell{Text: "authorized", Tone: term.Success}, "SGD 42.00 to capture"},
		"contradictions":              {[]journal.Event{paid, odd}, term.Cell{Text: "not clear: its messages contradict each other, see ✖; apo inquire asks", Tone: term.Doubt}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]term.Cell{}
			for _, f := range timelineHead(c.events) {
				got[f.Name] = f.Cell
			}
			if got["payment"] != c.state || got["left"].Text != c.left {
				t.Errorf("%+v, left %q", got["payment"], got["left"].Text)
			}
			if got["amount"].Text != "SGD 42.00" {
				t.Errorf("the amount is %q", got["amount"].Text)
			}
		})
	}
}
