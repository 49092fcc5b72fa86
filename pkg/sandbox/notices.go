package sandbox

import (
	"cmp"

	"github.com/apo-cli/apo/pkg/apo"
)

// The bodies of notifications have the fields of APO's samples, in their order.

type notifyPaymentBody struct {
	NotifyType string `json:"notifyType"`
	payAnswer
	AcquirerReference string `json:"acquirerReferenceNo,omitempty"`
}

type notifyCaptureBody struct {
	NotifyType string `json:"notifyType"`
	captureAnswer
	Acquirer *acquirerJSON `json:"acquirerInfo,omitempty"`
}

type notifyRefundBody struct {
	NotifyType      string     `json:"notifyType"`
	RefundAmount    apo.Amount `json:"refundAmount"`
	RefundID        string     `json:"refundId"`
	RefundRequestID string     `json:"refundRequestId"`
	RefundStatus    status     `json:"refundStatus"`
	RefundTime      string     `json:"refundTime,omitempty"`
	Result          result     `json:"result"`
}

// notifyVaultingBody has no notifyType.
type notifyVaultingBody struct {
	Result            result       `json:"result"`
	VaultingRequestID string       `json:"vaultingRequestId"`
	VaultingStatus    status       `json:"vaultingStatus,omitempty"` // where the result is S
	Method            vaultMethod  `json:"paymentMethodDetail"`
	Acquirer          acquirerName `json:"acquirerInfo"`
}

type vaultMethod struct {
	Type string     `json:"paymentMethodType"`
	Card *vaultCard `json:"card,omitempty"`
}

type vaultCard struct {
	Token  string `json:"cardToken"`
	Brand  string `json:"brand"`
	Masked string `json:"maskedCardNo"`
}

type acquirerName struct {
	Name string `json:"acquirerName"`
}

// paymentNotice is what notifyPayment tells of a payment.
func (l ledger) paymentNotice(p payment) (Notification, notifyPaymentBody) {
	body := notifyPaymentBody{"PAYMENT_RESULT", l.paymentNews(p), p.Acquirer.TransactionID}
	if info := body.ResultInfo; info != nil { // more than pay's answer says
		info.IssuerName, info.IssuingRegion = p.Card.Issuer, p.Card.Region
	}
	return Notification{Type: body.NotifyType, RequestID: "paymentRequestId " + p.RequestID, PaymentID: p.ID, URL: p.NotifyURL}, body
}

// captureNotice is what notifyCapture tells of a capture. Its address is the
// dashboard's where there is one, unless an option says otherwise.
func (l ledger) captureNotice(t transaction, b paymentRecord) (Notification, notifyCaptureBody) {
	body := notifyCaptureBody{"CAPTURE_RESULT", captureAnswerOf(t), acquirerAnswer(t.Acquirer, t.Status == success)}
	body.CaptureTime = isoTime(t.Time) // of one that failed, too
	to := b.NotifyURL
	if !l.settings.Options.is("capture-notify-url", "request") {
		to = cmp.Or(l.settings.NotifyURL, to)
	}
	return Notification{Type: body.NotifyType, RequestID: "captureRequestId " + t.RequestID, PaymentID: b.ID, URL: to}, body
}

// refundNotice is what notifyRefund tells of a refund.
func (l ledger) refundNotice(t transaction, b paymentRecord) (Notification, notifyRefundBody) {
	body := notifyRefundBody{
		NotifyType: "REFUND_RESULT", RefundAmount: t.Amount, RefundID: t.ID, RefundRequestID: t.RequestID,
		RefundStatus: t.Status, RefundTime: isoTime(t.done()), Result: resultOf(t.Code),
	}
	return Notification{Type: body.NotifyType, RequestID: "refundRequestId " + t.RequestID, PaymentID: b.ID, URL: t.NotifyURL}, body
}

// vaultingAs is what notifyVaulting tells of the card of a payment.
func (l ledger) vaultingAs(outcome string, n News, p payment) (Notification, any, error) {
	body := notifyVaultingBody{
		Result: resultOf("SUCCESS"), VaultingRequestID: n.ID, VaultingStatus: success,
		Method: vaultMethod{Type: "CARD"}, Acquirer: acquirerName{p.Acquirer.Name},
	}
	switch outcome {
	case "succeeded":
		body.Method.Card = &vaultCard{cmp.Or(p.Card.Token, l.ids.of("card token", n.ID).token()), p.Card.Brand, "************" + p.Card.LastFour}
	case "pending":
		body.VaultingStatus = processing
	default:
		body.Result, body.VaultingStatus = resultOf(cmp.Or(n.Code, "VERIFICATION_FAIL")), ""
	}
	return Notification{Type: "VAULTING", RequestID: "vaultingRequestId " + n.ID}, body, nil
}
