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

type acquirerJSON struct {
	MerchantID    string `json:"acquirerMerchantId"`
	Name          string `json:"acquirerName"`
	ResultCode    string `json:"acquirerResultCode,omitempty"`
	ResultMessage string `json:"acquirerResultMessage,omitempty"`
	TransactionID string `json:"acquirerTransactionId"`
	Reference     string `json:"referenceRequestId"`
}

func acquirerAnswer(a acquirerInfo, ok bool) *acquirerJSON {
	if a.Name == "" {
		return nil
	}
	j := &acquirerJSON{MerchantID: a.MerchantID, Name: a.Name, TransactionID: a.TransactionID, Reference: a.ReferenceRequestID}
	if a.Name == "ALIPAY" && ok { // seen of Antom as acquirer alone
		j.ResultCode, j.ResultMessage = "SUCCESS", "success"
	}
	return j
}

type payAnswer struct {
	Acquirer         *acquirerJSON `json:"acquirerInfo,omitempty"`
	AuthExpiryTime   string        `json:"authExpiryTime,omitempty"`
	NormalURL        string        `json:"normalUrl,omitempty"`
	PaymentAmount    apo.Amount    `json:"paymentAmount,omitzero"`
	CreateTime       string        `json:"paymentCreateTime,omitempty"`
	PaymentID        string        `json:"paymentId,omitempty"`
	PaymentRequestID string        `json:"paymentRequestId,omitempty"`
	ResultInfo       *resultInfo   `json:"paymentResultInfo,omitempty"`
	PaymentTime      string        `json:"paymentTime,omitempty"`
	Result           result        `json:"result"`
}

type resultInfo struct {
	AVS           string       `json:"avsResultRaw,omitempty"`
	CardBin       string       `json:"cardBin,omitempty"`
	CardBrand     string       `json:"cardBrand,omitempty"`
	CardNo        string       `json:"cardNo"`
	CardToken     string       `json:"cardToken,omitempty"`
	CVV           string       `json:"cvvResultRaw"`
	ExpiryMonth   string       `json:"expiryMonth,omitempty"`
	ExpiryYear    string       `json:"expiryYear,omitempty"`
	Funding       string       `json:"funding,omitempty"`
	IssuerName    string       `json:"issuerName,omitempty"`
	IssuingRegion string       `json:"issuingCountry,omitempty"`
	LastFour      string       `json:"lastFour,omitempty"`
	Network       string       `json:"networkTransactionId,omitempty"`
	RefusalCode   string       `json:"refusalCodeRaw,omitempty"`
	RefusalReason string       `json:"refusalReasonRaw,omitempty"`
	ThreeDS       *threeDSJSON `json:"threeDSResult,omitempty"`
}

type threeDSJSON struct {
	Cavv    string `json:"cavv"`
	Eci     string `json:"eci"`
	Type    string `json:"threeDSType,omitempty"`
	Version string `json:"threeDSVersion,omitempty"`
}

// cardInfo is paymentResultInfo: full in an inquiry, shorter in pay.
func cardInfo(p payment, full bool) *resultInfo {
	if p.Status == processing || p.Card.LastFour == "" {
		return nil
	}
	c := p.Card
	info := &resultInfo{
		AVS: c.AVS, CardBrand: c.Brand, CardNo: "************" + c.LastFour, CardToken: c.Token,
		CardBin: c.Bin, CVV: c.CVV, LastFour: c.LastFour, Funding: c.Funding,
	}
	if p.Status == failed { // of a card that was declined none is kept for later
		info.CardToken = ""
	}
	if full {
		info.ExpiryMonth, info.ExpiryYear = "**", "**"
		info.IssuerName, info.IssuingRegion = c.Issuer, c.Region
	}
	info.RefusalCode, info.RefusalReason, _ = strings.Cut(p.Refusal, " ")
	if p.Status == success || p.Status == cancelled {
		info.Network = c.Network
	}
	switch p.ThreeDS.Result {
	case "passed", "frictionless":
		info.ThreeDS = &threeDSJSON{Cavv: "AAIBBYNoEwAAACcKhAJkdQAAAAA=", Eci: eci(c.Brand, true), Type: "INTERNAL", Version: "2.2.0"}
	default:
		info.ThreeDS = &threeDSJSON{Eci: eci(c.Brand, false)}
	}
	return info
}

// eci is 05 for a full authentication and 07 for none; Mastercard has its own
// numbers.
func eci(brand string, authenticated bool) string {
	switch {
	case brand == "MASTERCARD" && authenticated:
		return "02"
	case brand == "MASTERCARD":
		return "00"
	case authenticated:
		return "05"
	}
	return "07"
}

// payAnswer is what pay answers.
func (l ledger) payAnswer(p payment) payAnswer {
	a := l.paymentNews(p)
	if l.settings.Options.is("pay-ids", "in-process") && p.Status != processing {
		a.PaymentAmount, a.CreateTime, a.PaymentID, a.PaymentRequestID = apo.Amount{}, "", "", ""
	}
	return a
}

// paymentNews is what pay's answer and notifyPayment say of a payment.
func (l ledger) paymentNews(p payment) payAnswer {
	a := payAnswer{
		Acquirer:         acquirerAnswer(p.Acquirer, p.Status == success),
		PaymentAmount:    p.Amount,
		CreateTime:       isoTime(p.Created),
		PaymentID:        p.ID,
		PaymentRequestID: p.RequestID,
		ResultInfo:       cardInfo(p, false),
		Result:           l.resultOf(p.Code),
	}
	if p.Status == success {
		a.AuthExpiryTime, a.PaymentTime = isoTime(l.authEnd(p)), isoTime(p.Paid)
	}
	a.NormalURL = l.pageOf(p)
	return a
}

type inquiryAnswer struct {
	Acquirer          *acquirerJSON     `json:"acquirerInfo,omitempty"`
	AcquirerReference string            `json:"acquirerReferenceNo,omitempty"`
	AuthExpiryTime    string            `json:"authExpiryTime,omitempty"`
	PaymentAmount     apo.Amount        `json:"paymentAmount"`
	CreateTime        string            `json:"paymentCreateTime"`
	PaymentID         string            `json:"paymentId"`
	PaymentRequestID  string            `json:"paymentRequestId"`
	ResultCode        string            `json:"paymentResultCode"`
	ResultInfo        *resultInfo       `json:"paymentResultInfo,omitempty"`
	ResultMessage     string            `json:"paymentResultMessage"`
	Status            status            `json:"paymentStatus"`
	PaymentTime       string            `json:"paymentTime,omitempty"`
	Result            result            `json:"result"`
	Transactions      []transactionJSON `json:"transactions,omitempty"`
}

type transactionJSON struct {
	Acquirer  *acquirerJSON `json:"acquirerInfo,omitempty"`
	Amount    apo.Amount    `json:"transactionAmount"`
	ID        string        `json:"transactionId"`
	RequestID string        `json:"transactionRequestId"`
	Result    result        `json:"transactionResult"`
	Status    status        `json:"transactionStatus"`
	Time      string        `json:"transactionTime"`
	Type      string        `json:"transactionType"`
}

func (l ledger) inquiryAnswer(b paymentRecord) inquiryAnswer {
	reason := l.resultOf(b.Code)
	a := inquiryAnswer{
		Acquirer:          acquirerAnswer(b.Acquirer, b.Status == success),
		AcquirerReference: b.Acquirer.TransactionID,
		PaymentAmount:     b.Amount,
		CreateTime:        isoTime(b.Created),
		PaymentID:         b.ID,
		PaymentRequestID:  b.RequestID,
		ResultCode:        reason.Code,
		ResultInfo:        cardInfo(b.payment, true),
		ResultMessage:     reason.Message,
		Status:            b.Status,
		Result:            resultOf("SUCCESS"),
	}
	if b.Status == success {
		a.AuthExpiryTime, a.PaymentTime = isoTime(l.authEnd(b.payment)), isoTime(b.Paid)
	}
	for _, t := range b.transactions {
		a.Transactions = append(a.Transactions, transactionJSON{
			Acquirer: acquirerAnswer(t.Acquirer, t.Status == success), Amount: t.Amount, ID: t.ID, RequestID: t.RequestID,
			Result: resultOf(t.Code), Status: t.Status, Time: isoTime(t.Time), Type: t.Kind,
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
