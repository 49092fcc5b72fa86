package cmd

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// notice is what a verified notification says.
type notice struct {
	NotifyType       string `json:"notifyType"`
	ResultStatus     string `json:"resultStatus"`
	ResultCode       string `json:"resultCode"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
	CaptureRequestID string `json:"captureRequestId,omitempty"`
	CaptureID        string `json:"captureId,omitempty"`
	RefundRequestID  string `json:"refundRequestId,omitempty"`
	RefundID         string `json:"refundId,omitempty"`
	Amount           string `json:"amount,omitempty"`
	Meaning          string `json:"meaning"`
	Next             string `json:"next,omitempty"`

	amount apo.Amount // Amount is this one in words
}

// read takes from a verified notification what decides the next step. It must
// be strict JSON.
func read(body []byte) (notice, error) {
	var n notice
	var amounts [4][]byte // the more telling ones first
	err := apo.Members(body, func(name, value []byte) {
		switch string(name) {
		case "notifyType", "disputeNotificationType":
			n.NotifyType = cmp.Or(n.NotifyType, string(apo.Text(value)))
		case "result":
			_ = apo.Members(value, func(name, value []byte) {
				switch string(name) {
				case "resultStatus":
					n.ResultStatus = string(apo.Text(value))
				case "resultCode":
					n.ResultCode = string(apo.Text(value))
				}
			})
		case "paymentRequestId":
			n.PaymentRequestID = string(apo.Text(value))
		case "paymentId":
			n.PaymentID = string(apo.Text(value))
		case "captureRequestId":
			n.CaptureRequestID = string(apo.Text(value))
		case "captureId":
			n.CaptureID = string(apo.Text(value))
		case "refundRequestId":
			n.RefundRequestID = string(apo.Text(value))
		case "refundId":
			n.RefundID = string(apo.Text(value))
		case "captureAmount":
			amounts[0] = value
		case "refundAmount":
			amounts[1] = value
		case "paymentAmount":
			amounts[2] = value
		case "disputeAmount":
			amounts[3] = value
		}
	})
	if err != nil {
		return notice{}, err
	}
	for _, a := range amounts {
		if len(a) > 0 && a[0] == '{' {
			n.amount = apo.Amount{Currency: gjson.GetBytes(a, "currency").String(), Value: gjson.GetBytes(a, "value").String()}
			n.Amount = n.amount.String()
			break
		}
	}
	n.Meaning = meaning(n.NotifyType, n.ResultStatus, n.ResultCode)
	return n, nil
}

func meaning(kind, status, code string) string {
	why := ""
	if status != "S" {
		why = ": " + say.Reason(code)
	}
	switch {
	case kind == "PAYMENT_PENDING":
		return "the buyer has paid, the result comes later"
	case kind == "PAYMENT_RESULT" && status == "S":
		return "authorized, not captured yet; capture next, ship after the capture"
	case kind == "PAYMENT_RESULT":
		return "the payment failed" + why
	case kind == "CAPTURE_RESULT" && status == "S":
		return "captured; the order may be shipped"
	case kind == "CAPTURE_RESULT":
		return "the capture failed" + why
	case kind == "REFUND_RESULT" && status == "S":
		return "refunded"
	case kind == "REFUND_RESULT":
		return "the refund failed" + why
	case strings.HasPrefix(kind, "DISPUTE"), strings.HasPrefix(kind, "DEFENSE"), kind == "RDR_RESOLVED":
		return "a dispute; see the dashboard"
	}
	return strings.TrimSpace("a notification that apo does not know " + status + " " + code)
}

// nextOf is the command that follows from a notification.
func (d *deps) nextOf(n notice) string {
	switch {
	case n.NotifyType == "PAYMENT_RESULT" && n.ResultStatus == "S" && n.PaymentID != "":
		return d.words().Command("capture", n.PaymentID)
	case n.NotifyType == "REFUND_RESULT" && n.RefundRequestID != "":
		return d.words().Command("inquire-refund", n.RefundRequestID)
	case n.PaymentID != "":
		return d.words().Command("inquire", n.PaymentID)
	case n.PaymentRequestID != "":
		return d.words().Command("inquire", n.PaymentRequestID)
	}
	return ""
}
