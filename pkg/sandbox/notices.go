package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"time"

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
}

// notifyDisputeBody has neither notifyType nor result.
type notifyDisputeBody struct {
	PaymentRequestID string `json:"paymentRequestId"`
	DisputeID        string `json:"disputeId"`
	PaymentID        string `json:"paymentId"`
	Type             string `json:"disputeNotificationType"`

	Time       string     `json:"disputeTime,omitempty"`
	Amount     apo.Amount `json:"disputeAmount,omitzero"`
	DefenseDue string     `json:"defenseDueTime,omitempty"`
	ReasonCode string     `json:"disputeReasonCode,omitempty"`
	Reason     string     `json:"disputeReasonMsg,omitempty"`
	Source     string     `json:"disputeSource,omitempty"`
	Kind       string     `json:"disputeType,omitempty"`
	Defendable bool       `json:"defendable,omitempty"`

	JudgedTime   string     `json:"disputeJudgedTime,omitempty"`
	JudgedAmount apo.Amount `json:"disputeJudgedAmount,omitzero"`
	JudgedResult string     `json:"disputeJudgedResult,omitempty"`

	Acquirer disputeAcquirer `json:"acquirerInfo"`
}

type disputeAcquirer struct {
	Name          string `json:"acquirerName"`
	MerchantID    string `json:"acquirerMerchantId"`
	TransactionID string `json:"acquirerTransactionId"`
	ReasonCode    string `json:"acquirerReasonCode,omitempty"`
	Reason        string `json:"acquirerReasonDescription,omitempty"`
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
		RefundStatus: t.Status, RefundTime: isoTime(t.done()), Result: resultOf(t.Code),
	}
	return Notification{Type: body.NotifyType, RequestID: "refundRequestId " + t.RequestID, PaymentID: b.ID, URL: t.NotifyURL}, body
}

// defenseTime is how long a merchant has to answer a dispute.
const defenseTime = 7 * 24 * time.Hour

// disputeAs is what notifyDispute tells of a dispute about a payment. It goes to
// the dashboard's address alone.
func (l ledger) disputeAs(outcome string, n News, p payment) (Notification, any, error) {
	amount := p.Amount
	if n.Amount != (apo.Amount{}) {
		amount = n.Amount
	}
	id := p.ID[:min(8, len(p.ID))] + l.ids.of("DISPUTE", p.ID).digits(20)
	body := notifyDisputeBody{
		PaymentRequestID: p.RequestID, DisputeID: id, PaymentID: p.ID, Type: "DISPUTE_CREATED",
		Acquirer: disputeAcquirer{Name: p.Acquirer.Name, MerchantID: p.Acquirer.MerchantID, TransactionID: p.Acquirer.TransactionID},
	}
	if outcome == "created" {
		body.Time, body.Amount, body.DefenseDue = isoTime(l.now), amount, isoTime(l.now.Add(defenseTime))
		body.ReasonCode, body.Reason, body.Source, body.Kind, body.Defendable = "2006", "Other Fraud", p.Card.Brand, "CHARGEBACK", true
		body.Acquirer.ReasonCode, body.Acquirer.Reason = "10.4", "Other Fraud: Card-Absent Environment"
	} else {
		body.Type, body.JudgedTime, body.JudgedAmount = "DISPUTE_JUDGED", isoTime(l.now), amount
		results := []string{"ACCEPT_BY_MERCHANT", "ACCEPT_BY_CUSTOMER"}
		if body.JudgedResult = cmp.Or(n.Code, results[0]); !slices.Contains(results, body.JudgedResult) {
			return Notification{}, nil, fmt.Errorf("a dispute is judged ACCEPT_BY_MERCHANT (the merchant pays) or ACCEPT_BY_CUSTOMER, not %q", n.Code)
		}
	}
	return Notification{Type: body.Type, RequestID: "disputeId " + id, PaymentID: p.ID}, body, nil
}
