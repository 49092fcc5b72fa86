package operate_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// An answer that names the payment of an earlier request is of that one, or of nothing:
// no pay succeeds by it, whoever tells so, and what was found under it is another's.
func TestThePaymentOfAnotherRequest(t *testing.T) {
	second := strings.ReplaceAll(strings.ReplaceAll(payBody, "p-1", "p-2"), "o-1", "o-2")
	answer := func(id, request string) reply {
		return signed(said("S", "SUCCESS", `"paymentId":"`+id+`","paymentRequestId":"`+request+`"`, `"paymentAmount":`+amount("SGD", "4200")))
	}
	for name, c := range map[string]struct {
		inquiry string // the paymentId that it names
		want    apo.Outcome
	}{
		"the inquiry names its own":          {otherID, apo.Succeeded},
		"the inquiry names the other's, too": {payID, apo.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set("pay", answer(payID, "p-1"), answer(payID, "p-2"))
				d.gateway.set("inquiryPayment", signed(paymentOf("4200", c.inquiry, "p-2", "SUCCESS", "SUCCESS")))
				if r := d.send("pay", payBody); r.Outcome != apo.Succeeded {
					t.Fatalf("the first: %+v", r)
				}
				if r := d.send("pay", second); r.Outcome != c.want || c.want == apo.InDoubt && (r.Cause == nil || !strings.Contains(r.Cause.Error(), "p-1")) {
					t.Errorf("the second: %s, %v", r.Outcome, r.Cause)
				}
				found, err := d.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: "p-2"})
				if err != nil || (found.Other == "") != (c.inquiry == otherID) {
					t.Errorf("%+v, %v", found, err)
				}
			})
		})
	}
}

// A cancel is answered, and found cancelled, for the payment that it is about. Whoever
// names another's request says nothing of it.
func TestTheCancelOfAnotherPayment(t *testing.T) {
	answer := func(request string) reply {
		return signed(said("S", "SUCCESS", `"paymentId":"`+payID+`","paymentRequestId":"`+request+`"`))
	}
	inquired := func(request string) reply {
		return signed(paymentOf("4200", payID, request, "CANCELLED", "SUCCESS"))
	}
	for name, c := range map[string]struct {
		answer, inquiry reply
		inquiredFirst   bool // the payment was, and nothing of it is in the journal
		want            apo.Outcome
	}{
		"its own":                             {answer("p-1"), reply{}, false, apo.Succeeded},
		"another's, and the inquiry its own":  {answer("p-9"), inquired("p-1"), false, apo.Succeeded},
		"another's, and the inquiry too":      {answer("p-9"), inquired("p-9"), false, apo.InDoubt},
		"lost, and the inquiry another's":     {reply{}, inquired("p-9"), false, apo.InDoubt},
		"lost, and the inquiry its own":       {reply{}, inquired("p-1"), false, apo.Succeeded},
		"another's than was inquired before":  {answer("p-9"), inquired("p-9"), true, apo.InDoubt},
		"the one that was inquired before it": {answer("p-1"), reply{}, true, apo.Succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, d *desk) {
				d.gateway.set("pay", answer("p-1"))
				d.gateway.set("cancel", c.answer)
				d.gateway.set("inquiryPayment", c.inquiry)
				var inquired *apo.Payment
				if c.inquiredFirst {
					inquired = &apo.Payment{PaymentID: payID, PaymentRequestID: "p-1"}
				} else if r := d.send("pay", payBody); r.Outcome != apo.Succeeded {
					t.Fatalf("the pay: %+v", r)
				}
				cancel := d.request("cancel", cancelBody)
				cancel.Payment = inquired
				if r := d.Send(t.Context(), cancel); r.Outcome != c.want {
					t.Errorf("%s, %v", r.Outcome, r.Cause)
				}
				if list, err := journal.List(t.Context(), d.store, journal.Filter{Open: true}); err != nil || (len(list) > 0) != (c.want == apo.InDoubt) {
					t.Errorf("open: %v, %v", list, err)
				}
			})
		})
	}
}
