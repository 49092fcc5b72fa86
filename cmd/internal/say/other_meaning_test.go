package say

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// A number that the gateway does not know may be another of a payment's, which
// the journal knows.
func TestOtherMeaning(t *testing.T) {
	record := func(profile, request string) journal.Record {
		return journal.Record{Account: journal.Account{Profile: profile, ClientID: "c"}, Endpoint: "pay", Numbers: apo.Numbers{
			PaymentRequestID: request, PaymentID: "2025", CaptureRequestID: "c-1", RefundRequestID: "r-1", ReferenceOrderID: "A-17", AcquirerTransactionID: "T-1", NetworkTransactionID: "5704",
		}}
	}
	own, other := record("sg", "p-1"), record("th", "p-2")
	asked := own
	asked.Reads = true
	w := Words{ProfileName: "sg"}
	const unknown = "the gateway takes IDs of payments and refunds alone, no order or acquirer's number; the journal of this machine does not have it either"
	for name, c := range map[string]struct {
		list     []journal.Record
		number   string
		asRefund bool
		want     string
		found    bool
	}{
		"an order":                {[]journal.Record{own}, "A-17", false, "the journal has it as an order number: apo inquire p-1", true},
		"an acquirer's":           {[]journal.Record{own}, "T-1", false, "the journal has it as an acquirer's number: apo inquire p-1", true},
		"the scheme's":            {[]journal.Record{own}, "5704", false, "the journal has it as the card scheme's number: apo inquire p-1", true},
		"a capture":               {[]journal.Record{own}, "c-1", false, "the journal has it as a capture: apo inquire p-1", true},
		"a refund":                {[]journal.Record{own}, "r-1", false, "the journal has it as a refund: apo inquire-refund r-1", true},
		"a payment, as a refund":  {[]journal.Record{own}, "p-1", true, "the journal has it as a payment: apo inquire p-1", true},
		"another profile's":       {[]journal.Record{other}, "p-2", false, "the journal has it as a payment: apo inquire p-2 --profile th", true},
		"what was asked for":      {[]journal.Record{own}, "p-1", false, unknownNow([]journal.Record{own}), true},
		"that refund":             {[]journal.Record{own}, "r-1", true, unknownNow([]journal.Record{own}), true},
		"several":                 {[]journal.Record{own, other}, "A-17", false, "the journal has it on several payments: apo find A-17", true},
		"known to inquiries only": {[]journal.Record{asked}, "A-17", false, unknown, false},
		"a beginning":             {[]journal.Record{own}, "A-", false, "the journal has numbers that begin so, or in another case: apo find A-", true},
		"rounded":                 {nil, "20261125123456700000000000000000000", false, "behind its 15th digit there is nothing but zeros: a spreadsheet rounded it, and 202611251234567 is what is left of it: apo find 202611251234567", true},
	} {
		if got, found := w.OtherMeaning(c.list, c.number, c.asRefund); got != c.want || found != c.found {
			t.Errorf("%s: %q, %v", name, got, found)
		}
	}
}
