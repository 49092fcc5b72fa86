package apo

import (
	"encoding/base64"
	"fmt"
)

// mostEvidence is how long the document of a defense may be, in characters of base64.
const mostEvidence = 1000000

// ams checks the APIs that Antom's other products have and APO has not.
func (v *validation) ams(endpoint string) {
	switch endpoint {
	case "consult":
		v.consult()
	case "updateAmount":
		v.requestID("updateRequestId")
		v.text("paymentId", required, 64)
		v.amount("amount", required)
	case "acceptDispute":
		v.text("disputeId", required, 64)
	case "supplyDefenseDocument":
		v.text("disputeId", required, 64)
		if text, ok := v.text("disputeEvidence", required, mostEvidence); ok {
			if _, err := base64.StdEncoding.DecodeString(text); err != nil {
				v.fail("disputeEvidence", "format", "is not base64")
			}
		}
	case "downloadDisputeEvidence":
		v.text("disputeId", required, 64)
		v.enum("disputeEvidenceType", required, "DISPUTE_EVIDENCE_TEMPLATE", "DISPUTE_EVIDENCE_FILE")
	}
}

func (v *validation) consult() {
	v.enum("productCode", required, "CASHIER_PAYMENT")
	v.amount("paymentAmount", required)
	if v.rules == nil && !v.object("env") {
		if len(v.found) == 0 || v.found[len(v.found)-1].Path != "env" {
			v.fail("env", "required", "is missing")
		}
	} else {
		v.enum("env.terminalType", required, "WEB", "WAP", "APP", "MINI_APP")
		v.enum("env.osType", optional, "IOS", "ANDROID")
	}
	v.text("userRegion", optional, 2)
	v.text("merchantRegion", optional, 2)
	v.text("merchantAccountId", optional, 32)
	if s, ok := v.get("settlementStrategy.settlementCurrency", optional); ok {
		v.currency("settlementStrategy.settlementCurrency", s)
	}
	v.rules.note(FieldRule{Path: "allowedPaymentMethodRegions[]", Form: FormText, Most: 6})
	regions := v.doc.Get("allowedPaymentMethodRegions")
	if regions.Exists() && !regions.IsArray() {
		v.fail("allowedPaymentMethodRegions", "type", "is not a list")
		return
	}
	for i := range regions.Array() {
		v.text(fmt.Sprintf("allowedPaymentMethodRegions.%d", i), required, 6)
	}
}
