package journal_test

import (
	"errors"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// A number means one payment, or it is said that it does not.
func TestPaymentOf(t *testing.T) {
	call := func(clientID, endpoint string, n apo.Numbers) journal.Record {
		return journal.Record{Account: journal.Account{ClientID: clientID}, Endpoint: endpoint, Numbers: n, Ending: journal.Ending{Outcome: apo.Succeeded}}
	}
	pay := call("mine", "pay", apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2025", ReferenceOrderID: "A"})
	lost := call("mine", "pay", apo.Numbers{PaymentRequestID: "A-1", ReferenceOrderID: "A"})
	capture := call("mine", "capture", apo.Numbers{PaymentID: "2025", CaptureRequestID: "c-1"})
	again := call("mine", "pay", apo.Numbers{PaymentRequestID: "A-2", PaymentID: "2026", ReferenceOrderID: "A"})
	others := call("other", "pay", apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2027"})
	asked := call("other", "inquiryPayment", apo.Numbers{PaymentRequestID: "A-1"})
	asked.Reads, asked.Outcome = true, apo.NotFound
	notified := call("mine", "notifyPayment", apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2025"})
	notified.Reads, notified.Outcome, notified.Notice = true, "", journal.Notice{Type: "PAYMENT_RESULT"}
	one := journal.PaymentID{ClientID: "mine", PaymentID: "2025", PaymentRequestID: "A-1"}
	for name, c := range map[string]struct {
		list   []journal.Record
		number string
		want   journal.PaymentID
		err    error
	}{
		"by its request ID":                   {[]journal.Record{pay}, "A-1", one, nil},
		"each ID leads to others":             {[]journal.Record{capture, lost, pay}, "A", one, nil},
		"the whole number before a beginning": {[]journal.Record{again, pay}, "A-1", one, nil},
		"a beginning of one":                  {[]journal.Record{pay}, "A-", one, nil},
		"of an order that was paid twice":     {[]journal.Record{again, pay}, "A", journal.PaymentID{}, journal.ErrSeveral},
		"of another client ID too":            {[]journal.Record{others, pay}, "A-1", journal.PaymentID{}, journal.ErrSeveral},
		"asked for in the wrong profile":      {[]journal.Record{asked, pay}, "A-1", one, nil},
		"known by a notification":             {[]journal.Record{asked, notified}, "A-1", one, nil},
		"asked for in vain alone":             {[]journal.Record{asked}, "A-1", journal.PaymentID{}, journal.ErrNone},
		"of nothing":                          {nil, "A-1", journal.PaymentID{}, journal.ErrNone},
		"of what is no payment":               {[]journal.Record{call("mine", "vaulting", apo.Numbers{ReferenceOrderID: "A"})}, "A", journal.PaymentID{}, journal.ErrNone},
	} {
		got, err := journal.PaymentOf(c.list, c.number)
		if !errors.Is(err, c.err) || err == nil && got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
