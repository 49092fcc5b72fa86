package operate_test

import (
	"context"
	"errors"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// Under what may be written down of such an ID nobody could ask for the request.
func TestAnIDThatHoldsASecretIsNotSent(t *testing.T) {
	pay, err := apo.FindEndpoint("pay")
	if err != nil {
		t.Fatal(err)
	}
	known := new(apo.Known)
	known.Hide("814037265590271846305517294068137250946183726405")
	o := &operate.Operator{Masker: apo.Masker{Known: known}} // without a client, so that sending would fail otherwise
	for _, body := range []string{
		`{"paymentRequestId":"4929123456789015","paymentMethod":{"paymentMethodMetaData":{"cardNo":"4929123456789015"}}}`,
		`{"paymentRequestId":"a-4929-1234-5678-9015","paymentMethod":{"paymentMethodMetaData":{"cardNo":"4929 1234 5678 9015"}}}`,
		`{"paymentRequestId":"demo-1","order":{"referenceOrderId":"ALIPAY5f0c2e9aXk7"},"paymentMethod":{"paymentMethodId":"ALIPAY5f0c2e9aXk7"}}`,
		`{"paymentRequestId":"814037265590271846305517294068137250946183726405"}`,
	} {
		result := o.Send(context.Background(), operate.Request{Endpoint: pay, Body: []byte(body)})
		var refusal *operate.Refusal
		if result.Outcome != apo.Refused || !errors.As(result.Cause, &refusal) || refusal.Reason != operate.SecretNumber || result.MoneyMayHaveMoved() {
			t.Errorf("%s: %s, %v", body, result.Outcome, result.Cause)
		}
	}
}

// Nobody asks by a number that is known to be a card's: neither is it sent, nor
// written down.
func TestACardIsNoIDToAskBy(t *testing.T) {
	known := new(apo.Known)
	known.LearnTyped("4929 1234 5678 9015")
	o := &operate.Operator{Masker: apo.Masker{Known: known}} // without a client, so that asking would fail otherwise
	refused := func(id string, err error) {
		t.Helper()
		var refusal *operate.Refusal
		if !errors.As(err, &refusal) || refusal.Reason != operate.SecretNumber {
			t.Errorf("%s: %v", id, err)
		}
	}
	vault, err := apo.FindEndpoint("inquireVaulting")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"4929123456789015", `"4929123456789015"`, "4929-1234-5678-9015", "NDkyOTEyMzQ1Njc4OTAxNQ==", "34393239313233343536373839303135"} {
		_, err := o.Lookup(t.Context(), apo.PaymentKey{PaymentRequestID: id})
		refused(id, err)
		_, err = o.LookupRefund(t.Context(), apo.RefundKey{RefundID: id})
		refused(id, err)
		body, err := apo.Encode(map[string]string{"vaultingRequestId": id})
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Ask(t.Context(), vault, body)
		refused(id, err)
	}
}
