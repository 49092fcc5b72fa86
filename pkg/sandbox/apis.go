package sandbox

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// api is one of the gateway's.
type api struct {
	name   string // "pay"
	folder string // "payments": the part of its path before the name

	// key is the field with the ID by which a call is the same when it is repeated;
	// id finds it where a request may name another ID instead. It may be nil.
	key string
	id  func(ledger, gjson.Result) (string, error)

	// do is its business: it changes the books and answers.
	do func(ledger, gjson.Result) (any, error)
}

// apis are all that the gateway has.
func apis() []api {
	return []api{
		{"pay", "payments", "paymentRequestId", nil, ledger.pay},
		{"inquiryPayment", "payments", "paymentRequestId", ledger.idOfPayment, ledger.inquiryPayment},
		{"capture", "payments", "captureRequestId", nil, ledger.capture},
		{"cancel", "payments", "paymentRequestId", ledger.idOfPayment, ledger.cancel},
		{"refund", "payments", "refundRequestId", nil, ledger.refund},
		{"inquiryRefund", "payments", "refundRequestId", ledger.idOfRefund, ledger.inquiryRefund},
		{"verifyAndCompletePayment", "payments", "paymentRequestId", ledger.idOfPayment, ledger.verifyAndCompletePayment},
		{"createPaymentSession", "payments", "paymentRequestId", nil, ledger.createPaymentSession},
		{"retrievePaymentSession", "payments", "paymentRequestId", ledger.idOfSession, ledger.retrievePaymentSession},
		{"submitPay", "payments", "paymentSessionId", ledger.idOfSession, ledger.submitPay},
		{"vaultPaymentMethod", "vaults", "vaultingRequestId", nil, ledger.vaultPaymentMethod},
		{"createVaultingSession", "vaults", "vaultingRequestId", nil, ledger.createVaultingSession},
		{"inquireVaulting", "vaults", "vaultingRequestId", nil, ledger.inquireVaulting},
		{"consult", "payments", "", nil, ledger.consult},
		{"updateAmount", "payments", "updateRequestId", nil, ledger.updateAmount},
		{"acceptDispute", "payments", "disputeId", nil, ledger.acceptDispute},
		{"supplyDefenseDocument", "payments", "disputeId", nil, ledger.supplyDefenseDocument},
		{"downloadDisputeEvidence", "payments", "disputeId", nil, ledger.downloadDisputeEvidence},
	}
}

// apiAt finds the API of a path in both spellings, with /sandbox and without.
func apiAt(path string) (found api, spelling string, known bool) {
	if strings.Replace(path, "/ams/sandbox/api/", "/ams/api/", 1) == apo.SDKRetrievePath {
		path = strings.Replace(path, "//", "/", 1)
	}
	spelling = "sandbox"
	rest, cut := strings.CutPrefix(path, "/ams/sandbox/api/v1/")
	if !cut {
		spelling = "production"
		rest, cut = strings.CutPrefix(path, "/ams/api/v1/")
	}
	if !cut {
		return api{}, "", false
	}
	for _, a := range apis() {
		if rest == a.folder+"/"+a.name {
			return a, spelling, true
		}
	}
	return api{}, spelling, false
}

// idOf is the ID by which a call is the same when it is repeated; "" where it
// names none that is known.
func (a api) idOf(l ledger, request gjson.Result) (string, error) {
	if a.id != nil {
		if id, err := a.id(l, request); id != "" || err != nil {
			return id, err
		}
	}
	return request.Get(a.key).String(), nil
}

func (l ledger) idOfPayment(request gjson.Result) (string, error) {
	if id := request.Get("paymentId").String(); id != "" {
		return l.requestIDOfPayment(id)
	}
	return "", nil
}

func (l ledger) idOfRefund(request gjson.Result) (string, error) {
	if id := request.Get("refundId").String(); id != "" {
		t, _, err := l.transaction("REFUND", "id", id)
		return t.RequestID, err
	}
	return "", nil
}
