package sandbox

import (
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// The answers have the fields of APO's samples, in their order.

type result struct {
	Code    string `json:"resultCode"`
	Message string `json:"resultMessage"`
	Status  string `json:"resultStatus"`
}

type resultOnly struct {
	Result result `json:"result"`
}

// refuse is an F without anything else. What the message repeats of the request
// is masked and fits into a resultMessage.
func refuse(code, message string) any { return resultOnly{result{code, excerpt(message, 256), "F"}} }

// resultOf is the result of a payment, with the spelling that is wanted.
func (l ledger) resultOf(code string) result {
	if code == "ORDER_IS_CANCELED" {
		code = l.settings.Options.value("cancelled-code")
	}
	return resultOf(code)
}

// cancelled refuses what a cancelled payment does not allow.
func (l ledger) cancelled(message string) any {
	return refuse(l.settings.Options.value("cancelled-code"), message)
}

// authEnd is the end of an authorization, as it is told.
func (l ledger) authEnd(p payment) time.Time {
	if l.settings.Options.is("auth-expiry", "payment-time") {
		return p.Paid
	}
	return p.AuthExpires
}

// answerFor is an answer of a result alone, with the status that its code has.
func answerFor(code string) any { return resultOnly{resultOf(code)} }

// resultOf takes status and words of a code from the catalogue.
func resultOf(code string) result {
	switch code {
	case "SUCCESS":
		return result{code, "success.", "S"}
	case "PAYMENT_IN_PROCESS":
		return result{code, "payment in process", "U"}
	}
	r := result{code, strings.ToLower(strings.ReplaceAll(code, "_", " ")), "F"}
	if c, known := apo.Lookup(code); known {
		r.Message, r.Status = c.Meaning, c.Status
	}
	return r
}

// inquiryResult is a result in an answer of inquiryPayment: the samples have it in
// another order there.
type inquiryResult struct {
	Status  string `json:"resultStatus"`
	Code    string `json:"resultCode"`
	Message string `json:"resultMessage"`
}

func inquiryResultOf(r result) inquiryResult { return inquiryResult{r.Status, r.Code, r.Message} }

type acquirerJSON struct {
	MerchantID    string `json:"acquirerMerchantId"`
	Name          string `json:"acquirerName"`
	ResultCode    string `json:"acquirerResultCode,omitempty"`
	ResultMessage string `json:"acquirerResultMessage,omitempty"`
	TransactionID string `json:"acquirerTransactionId"`
	Reference     string `json:"referenceRequestId"`
}

func acquirerAnswer(a acquirerInfo) *acquirerJSON {
	if a.Name == "" {
		return nil
	}
	return &acquirerJSON{MerchantID: a.MerchantID, Name: a.Name, TransactionID: a.TransactionID, Reference: a.ReferenceRequestID}
}

// inquiryAcquirer is acquirerInfo in an answer of inquiryPayment, in the order of its
// samples.
type inquiryAcquirer struct {
	Reference     string `json:"referenceRequestId"`
	TransactionID string `json:"acquirerTransactionId"`
	MerchantID    string `json:"acquirerMerchantId"`
	Name          string `json:"acquirerName"`
}

func inquiryAcquirerOf(a acquirerInfo) *inquiryAcquirer {
	if a.Name == "" {
		return nil
	}
	return &inquiryAcquirer{a.ReferenceRequestID, a.TransactionID, a.MerchantID, a.Name}
}

type payAnswer struct {
	Acquirer         *acquirerJSON `json:"acquirerInfo,omitempty"`
	AppLinkURL       string        `json:"applinkUrl,omitempty"`
	AuthExpiryTime   string        `json:"authExpiryTime,omitempty"`
	NormalURL        string        `json:"normalUrl,omitempty"`
	PaymentAmount    apo.Amount    `json:"paymentAmount,omitzero"`
	CreateTime       string        `json:"paymentCreateTime,omitempty"`
	PaymentID        string        `json:"paymentId,omitempty"`
	PaymentRequestID string        `json:"paymentRequestId,omitempty"`
	ResultInfo       *resultInfo   `json:"paymentResultInfo,omitempty"`
	PaymentTime      string        `json:"paymentTime,omitempty"`
	Result           result        `json:"result"`
	SchemeURL        string        `json:"schemeUrl,omitempty"`
}

// payAnswer is what pay answers.
func (l ledger) payAnswer(p payment) payAnswer {
	a := payAnswer{
		Acquirer:         acquirerAnswer(p.Acquirer),
		PaymentAmount:    p.Amount,
		CreateTime:       isoTime(p.Created),
		PaymentID:        p.ID,
		PaymentRequestID: p.RequestID,
		ResultInfo:       p.cardInfo(),
		Result:           l.resultOf(p.Code),
	}
	if p.Status == success {
		a.AuthExpiryTime, a.PaymentTime = isoTime(l.authEnd(p)), isoTime(p.Paid)
		if p.Acquirer.Name == "ALIPAY" { // seen of Antom as acquirer alone, and in pay's answer alone
			a.Acquirer.ResultCode, a.Acquirer.ResultMessage = "SUCCESS", "success"
		}
	}
	a.NormalURL, a.AppLinkURL, a.SchemeURL = l.pageURLs(p)
	if l.settings.Options.is("pay-ids", "in-process") && p.Status != processing {
		a.PaymentAmount, a.CreateTime, a.PaymentID, a.PaymentRequestID = apo.Amount{}, "", "", ""
	}
	return a
}

// inquiryAnswer has the order of the samples.
type inquiryAnswer struct {
	ResultCode        string            `json:"paymentResultCode"`
	PaymentRequestID  string            `json:"paymentRequestId"`
	ResultInfo        *inquiryInfo      `json:"paymentResultInfo,omitempty"`
	Transactions      []transactionJSON `json:"transactions,omitempty"`
	PaymentAmount     apo.Amount        `json:"paymentAmount"`
	AcquirerReference string            `json:"acquirerReferenceNo,omitempty"`
	Result            inquiryResult     `json:"result"`
	PaymentID         string            `json:"paymentId"`
	ResultMessage     string            `json:"paymentResultMessage"`
	PaymentTime       string            `json:"paymentTime,omitempty"`
	Acquirer          *inquiryAcquirer  `json:"acquirerInfo,omitempty"`
	Status            status            `json:"paymentStatus"`
	CreateTime        string            `json:"paymentCreateTime"`
}

type transactionJSON struct {
	Type      string           `json:"transactionType"`
	Status    status           `json:"transactionStatus"`
	RequestID string           `json:"transactionRequestId"`
	Amount    apo.Amount       `json:"transactionAmount"`
	Time      string           `json:"transactionTime"`
	Acquirer  *inquiryAcquirer `json:"acquirerInfo,omitempty"`
	ID        string           `json:"transactionId"`
	Result    inquiryResult    `json:"transactionResult"`
}

func (l ledger) inquiryAnswer(b paymentRecord) inquiryAnswer {
	reason := l.resultOf(b.Code)
	a := inquiryAnswer{
		Acquirer:          inquiryAcquirerOf(b.Acquirer),
		AcquirerReference: b.Acquirer.TransactionID,
		PaymentAmount:     b.Amount,
		CreateTime:        isoTime(b.Created),
		PaymentID:         b.ID,
		PaymentRequestID:  b.RequestID,
		ResultCode:        reason.Code,
		ResultInfo:        b.inquiryInfo(),
		ResultMessage:     reason.Message,
		Status:            b.Status,
		Result:            inquiryResultOf(resultOf("SUCCESS")),
	}
	if b.Status == success {
		a.PaymentTime = isoTime(b.Paid)
	}
	for _, t := range b.transactions {
		result := inquiryResultOf(resultOf(t.Code))
		if t.Code == "SUCCESS" {
			result.Message = "success" // without a full stop, as in the sample
		}
		a.Transactions = append(a.Transactions, transactionJSON{
			Type: t.Kind, Status: t.Status, RequestID: t.RequestID, Amount: t.Amount, Time: isoTime(t.Time),
			Acquirer: inquiryAcquirerOf(t.Acquirer), ID: t.ID, Result: result,
		})
	}
	return a
}

type captureAnswer struct {
	AcquirerReference string     `json:"acquirerReferenceNo,omitempty"`
	CaptureAmount     apo.Amount `json:"captureAmount"`
	CaptureID         string     `json:"captureId"`
	CaptureRequestID  string     `json:"captureRequestId"`
	CaptureTime       string     `json:"captureTime,omitempty"`
	PaymentID         string     `json:"paymentId"`
	Result            result     `json:"result"`
}

type cancelAnswer struct {
	CancelTime       string `json:"cancelTime"`
	PaymentID        string `json:"paymentId"`
	PaymentRequestID string `json:"paymentRequestId"`
	Result           result `json:"result"`
}

type refundAnswer struct {
	Acquirer          *acquirerJSON `json:"acquirerInfo,omitempty"`
	AcquirerReference string        `json:"acquirerReferenceNo,omitempty"` // refund has these two, inquiryRefund has not
	PaymentID         string        `json:"paymentId,omitempty"`
	RefundAmount      apo.Amount    `json:"refundAmount"`
	RefundID          string        `json:"refundId"`
	RefundRequestID   string        `json:"refundRequestId"`
	RefundStatus      status        `json:"refundStatus,omitempty"` // the other way round
	RefundTime        string        `json:"refundTime,omitempty"`
	Result            result        `json:"result"`
}
