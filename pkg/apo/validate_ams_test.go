package apo_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

func TestRequestsOfAMS(t *testing.T) {
	evidence := func(bytes int) string {
		return `"` + base64.StdEncoding.EncodeToString(make([]byte, bytes)) + `"`
	}
	for _, tt := range []struct {
		api, body string
		want      []string
	}{
		{"consult", `{}`, []string{"productCode required", "paymentAmount required", "env required"}},
		{"consult", `{"productCode":"CASHIER_PAYMENT","paymentAmount":{"currency":"SGD","value":"1"},"env":1}`, []string{"env type"}},
		{"consult", `{"productCode":"CASHIER_PAYMENT","paymentAmount":{"currency":"SGD","value":"1"},"env":{"terminalType":"WEB"},"userRegion":"SGP","allowedPaymentMethodRegions":["GLOBAL","ANYWHERE"],"settlementStrategy":{"settlementCurrency":"sgd"}}`, []string{"userRegion length", "settlementStrategy.settlementCurrency currency", "allowedPaymentMethodRegions.1 length"}},
		{"consult", `{"productCode":"CASHIER_PAYMENT","paymentAmount":{"currency":"SGD","value":"1"},"env":{"terminalType":"WAP"},"allowedPaymentMethodRegions":"SG"}`, []string{"allowedPaymentMethodRegions type"}},
		{"updateAmount", `{}`, []string{"updateRequestId required", "paymentId required", "amount required"}},
		{"updateAmount", `{"updateRequestId":"u","paymentId":"1","amount":{"currency":"SGD","value":"1.5"}}`, []string{"amount.value amount"}},
		{"acceptDispute", `{}`, []string{"disputeId required"}},
		{"acceptDispute", `{"disputeId":"` + strings.Repeat("1", 65) + `"}`, []string{"disputeId length"}},
		{"supplyDefenseDocument", `{}`, []string{"disputeId required", "disputeEvidence required"}},
		{"supplyDefenseDocument", `{"disputeId":"1","disputeEvidence":"a page"}`, []string{"disputeEvidence format"}},
		{"supplyDefenseDocument", `{"disputeId":"1","disputeEvidence":` + evidence(750000) + `}`, nil},
		{"supplyDefenseDocument", `{"disputeId":"1","disputeEvidence":` + evidence(750001) + `}`, []string{"disputeEvidence length"}},
		{"downloadDisputeEvidence", `{"disputeId":"1"}`, []string{"disputeEvidenceType required"}},
		{"downloadDisputeEvidence", `{"disputeId":"1","disputeEvidenceType":"PDF"}`, []string{"disputeEvidenceType value"}},
		{"downloadDisputeEvidence", `{"disputeId":"1","disputeEvidenceType":"DISPUTE_EVIDENCE_FILE"}`, nil},
	} {
		wantViolations(t, apo.Validate(tt.api, []byte(tt.body), noon()), tt.want...)
	}
}

// The table of methods is one: each has a name of its own, and countries, currencies and
// acquirers that can be asked for.
func TestPaymentMethods(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range apo.PaymentMethods() {
		if seen[m.Type] || m.Type == "" || m.Category == "" || len(m.Acquirers) == 0 {
			t.Errorf("%+v", m)
		}
		seen[m.Type] = true
		for _, c := range m.Currencies {
			if _, err := apo.CurrencyDigits(c); err != nil {
				t.Errorf("%s: %v", m.Type, err)
			}
		}
		for _, c := range m.Countries {
			if len(c) != 2 || !m.In(strings.ToLower(c)) {
				t.Errorf("%s is not in %q", m.Type, c)
			}
		}
	}
	card := apo.PaymentMethods()[0]
	if !card.Through("antom") || !card.Through("ALIPAY") || !card.Through("checkout") || card.Through("paypal") || !card.In("SG") || !card.Takes("JPY") {
		t.Errorf("%+v", card)
	}
	if len(seen) != 36 {
		t.Errorf("there are %d methods", len(seen))
	}
}
