package sandbox

import (
	"cmp"

	"github.com/apo-cli/apo/pkg/apo"
)

// The bodies of notifications have the fields of APO's samples, in their order.

type notifyPaymentBody struct {
	Acquirer          *acquirerJSON `json:"acquirerInfo,omitempty"`
	AcquirerReference string        `json:"acquirerReferenceNo,omitempty"`
	NotifyType        string        `json:"notifyType"`
	PaymentAmount     apo.Amount    `json:"paymentAmount"`
	CreateTime        string        `json:"paymentCreateTime"`
	PaymentID         string        `json:"paymentId"`
	PaymentRequestID  string        `json:"paymentRequestId"`
	ResultInfo        *resultInfo   `json:"paymentResultInfo,omitempty"`
	PaymentTime       string        `json:"paymentTime,omitempty"`
	Result            result        `json:"result"`
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
	ARN             string     `json:"arn,omitempty"` // as in the reports; of a success

	Acquirer *acquirerJSON `json:"acquirerInfo,omitempty"`
}

// paymentNotice is what notifyPayment tells of a payment.
func (l ledger) paymentNotice(p payment) (Notification, notifyPaymentBody) {
	body := notifyPaymentBody{
		Acquirer: acquirerAnswer(p.Acquirer), AcquirerReference: p.Acquirer.TransactionID, NotifyType: "PAYMENT_RESULT",
		PaymentAmount: p.Amount, CreateTime: isoTime(p.Created), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		ResultInfo: p.noticeInfo(), Result: l.resultOf(p.Code),
	}
	if p.Status == success {
		body.PaymentTime = isoTime(p.Paid)
	}
	return Notification{Type: body.NotifyType, RequestID: "paymentRequestId " + p.RequestID, PaymentID: p.ID, URL: p.NotifyURL}, body
}

// captureNotice is what notifyCapture tells of a capture. Its address is the
// dashboard's where there is one, unless an option says otherwise.
func (l ledger) captureNotice(t transaction, b paymentRecord) (Notification, notifyCaptureBody) {
	body := notifyCaptureBody{"CAPTURE_RESULT", captureAnswerOf(t), acquirerAnswer(t.Acquirer)}
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
		RefundStatus: t.Status, RefundTime: isoTime(t.done()), Result: resultOf(t.Code), Acquirer: acquirerAnswer(t.Acquirer),
	}
	if t.Status == success {
		body.ARN = arn(t.ID)
	}
	return Notification{Type: body.NotifyType, RequestID: "refundRequestId " + t.RequestID, PaymentID: b.ID, URL: t.NotifyURL}, body
}
