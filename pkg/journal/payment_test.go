package journal

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// A number means one payment, several, or none.
func TestHowManyPaymentsHaveANumber(t *testing.T) {
	call := func(clientID, endpoint string, n apo.Numbers) Record {
		return Record{Account: Account{ClientID: clientID}, Endpoint: endpoint, Numbers: n, Ending: Ending{Outcome: apo.Succeeded}}
	}
	pay := call("mine", "pay", apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2025", ReferenceOrderID: "A"})
	lost := call("mine", "pay", apo.Numbers{PaymentRequestID: "A-1", ReferenceOrderID: "A"})
	capture := call("mine", "capture", apo.Numbers{PaymentID: "2025", CaptureRequestID: "c-1"})
	again := call("mine", "pay", apo.Numbers{PaymentRequestID: "A-2", PaymentID: "2026", ReferenceOrderID: "A"})
	others := call("other", "pay", apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2027"})
	asked := call("other", "inquiryPayment", apo.Numbers{PaymentRequestID: "A-1"})
	asked.Reads, asked.Outcome = true, apo.NotFound
	notified := call("mine", "notifyPayment", apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2025"})
	notified.Reads, notified.Outcome, notified.Notice = true, "", Notice{Type: "PAYMENT_RESULT"}
	one := PaymentID{ClientID: "mine", PaymentID: "2025", PaymentRequestID: "A-1"}
	for name, c := range map[string]struct {
		list   []Record
		number string
		want   PaymentID
		many   int
	}{
		"by its request ID":                   {[]Record{pay}, "A-1", one, 1},
		"each ID leads to others":             {[]Record{capture, lost, pay}, "A", one, 1},
		"the whole number before a beginning": {[]Record{again, pay}, "A-1", one, 1},
		"a beginning of one":                  {[]Record{pay}, "A-", one, 1},
		"of an order that was paid twice":     {[]Record{again, pay}, "A", PaymentID{}, 2},
		"of another client ID too":            {[]Record{others, pay}, "A-1", PaymentID{}, 2},
		"asked for in the wrong profile":      {[]Record{asked, pay}, "A-1", one, 1},
		"known by a notification":             {[]Record{asked, notified}, "A-1", one, 1},
		"asked for in vain alone":             {[]Record{asked}, "A-1", PaymentID{}, 0},
		"of nothing":                          {nil, "A-1", PaymentID{}, 0},
		"of what is no payment":               {[]Record{call("mine", "vaulting", apo.Numbers{ReferenceOrderID: "A"})}, "A", PaymentID{}, 0},
	} {
		got := matches(c.list, Key{Number: c.number})
		if len(got) != c.many || c.many == 1 && got[0].Payment != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
