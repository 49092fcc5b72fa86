package operate_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
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
				e, err := apo.FindEndpoint("pay")
				if err != nil {
					t.Fatal(err)
				}
				pay := operate.Request{Endpoint: e}
				d.gateway.set("pay", answer(payID, "p-1"), answer(payID, "p-2"))
				d.gateway.set("inquiryPayment", signed(paymentOf("4200", c.inquiry, "p-2", "SUCCESS", "SUCCESS")))
				pay.Body = []byte(payBody)
				if r := d.Send(t.Context(), pay); r.Outcome != apo.Succeeded {
					t.Fatalf("the first: %+v", r)
				}
				pay.Body, pay.Again = []byte(second), true
				if r := d.Send(t.Context(), pay); r.Outcome != c.want || c.want == apo.InDoubt && (r.Cause == nil || !strings.Contains(r.Cause.Error(), "p-1")) {
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
