package apo

import (
	"fmt"
	"math"
	"strings"

	"github.com/tidwall/gjson"
)

// The values of paymentStatus, transactionStatus and refundStatus.
const (
	StatusSuccess    = "SUCCESS"
	StatusFail       = "FAIL"
	StatusProcessing = "PROCESSING"
	StatusCancelled  = "CANCELLED"
	StatusPending    = "PENDING"
)

// Payment is what an answer to pay or inquiryPayment says of a payment. Fields
// that the answer lacks are empty.
type Payment struct {
	PaymentRequestID string
	PaymentID        string
	Amount           Amount
	Status           string // of inquiryPayment: "SUCCESS", "FAIL", "PROCESSING", "CANCELLED" or "PENDING"
	ResultCode       string // of inquiryPayment: why the status is what it is
	CreateTime       string // ISO 8601
	Time             string // ISO 8601; of the authorization
	AuthExpiryTime   string // ISO 8601; after it no capture
	NormalURL        string // 3DS page, where one is needed
	Acquirer         Acquirer
	Card             PaidCard
	Transactions     []Transaction
}

// Acquirer is acquirerInfo: who took the payment, and under which numbers.
type Acquirer struct {
	Name               string // "ADYEN"
	MerchantID         string
	TransactionID      string
	ReferenceRequestID string
}

// PaidCard is the part of paymentResultInfo that tells a card from another.
type PaidCard struct {
	Brand    string // "VISA"
	LastFour string
	Funding  string // "CREDIT"
	Issuer   string
	Token    string // cardToken
	Refusal  string // refusalReasonRaw: the issuer's own words
}

// Transaction is one capture or refund of a payment.
type Transaction struct {
	Type      string // "CAPTURE" or "REFUND"
	Status    string // as Payment.Status
	ID        string // captureId or refundId
	RequestID string // captureRequestId or refundRequestId
	Amount    Amount
	Time      string
	Result    Result
}

// ReadPayment decodes an answer to pay or inquiryPayment. Where sources spell
// a field in two ways, both are read.
func ReadPayment(a *Answer) Payment { return PaymentIn(a.Raw) }

// PaymentIn is ReadPayment for an answer that was kept, as a journal has it: that
// it verified is for the caller to know.
func PaymentIn(answer []byte) Payment {
	doc := gjson.ParseBytes(answer)
	p := Payment{
		PaymentRequestID: doc.Get("paymentRequestId").String(),
		PaymentID:        doc.Get("paymentId").String(),
		Amount:           AmountOf([]byte(doc.Get("paymentAmount").Raw)),
		Status:           doc.Get("paymentStatus").String(),
		ResultCode:       doc.Get("paymentResultCode").String(),
		CreateTime:       doc.Get("paymentCreateTime").String(),
		Time:             doc.Get("paymentTime").String(),
		AuthExpiryTime:   either(doc, "authExpiryTime", "authExpirytime"),
		NormalURL:        doc.Get("normalUrl").String(),
		Acquirer: Acquirer{
			Name:               doc.Get("acquirerInfo.acquirerName").String(),
			MerchantID:         doc.Get("acquirerInfo.acquirerMerchantId").String(),
			TransactionID:      doc.Get("acquirerInfo.acquirerTransactionId").String(),
			ReferenceRequestID: doc.Get("acquirerInfo.referenceRequestId").String(),
		},
		Card: readCard(doc.Get("paymentResultInfo")),
	}
	if p.Acquirer.TransactionID == "" {
		p.Acquirer.TransactionID = doc.Get("acquirerReferenceNo").String()
	}
	for _, t := range doc.Get("transactions").Array() {
		result := t.Get("transactionResult")
		p.Transactions = append(p.Transactions, Transaction{
			Type:      t.Get("transactionType").String(),
			Status:    t.Get("transactionStatus").String(),
			ID:        t.Get("transactionId").String(),
			RequestID: text(t.Get("transactionRequestId")),
			Amount:    AmountOf([]byte(t.Get("transactionAmount").Raw)),
			Time:      t.Get("transactionTime").String(),
			Result: Result{
				result.Get("resultStatus").String(), result.Get("resultCode").String(), result.Get("resultMessage").String(),
			},
		})
	}
	return p
}

// text is a JSON string; what is none is no text.
func text(v gjson.Result) string {
	if v.Type != gjson.String {
		return ""
	}
	return v.String()
}

// PaidCardIn is Card of [PaymentIn], and several times as fast.
func PaidCardIn(answer []byte) PaidCard { return readCard(gjson.GetBytes(answer, "paymentResultInfo")) }

func readCard(info gjson.Result) PaidCard {
	c := PaidCard{
		Brand:    info.Get("cardBrand").String(),
		LastFour: info.Get("lastFour").String(),
		Funding:  info.Get("funding").String(),
		Issuer:   info.Get("issuerName").String(),
		Token:    info.Get("cardToken").String(),
		Refusal:  info.Get("refusalReasonRaw").String(),
	}
	if masked := info.Get("cardNo").String(); c.LastFour == "" && len(masked) > 4 {
		c.LastFour = masked[len(masked)-4:]
	}
	return c
}

func either(doc gjson.Result, names ...string) string {
	for _, name := range names {
		if v := doc.Get(name).String(); v != "" {
			return v
		}
	}
	return ""
}

// Find returns the transaction of a type with the given request ID.
func (p Payment) Find(kind, requestID string) (Transaction, bool) {
	for _, t := range p.Transactions {
		if t.Type == kind && t.RequestID == requestID {
			return t, true
		}
	}
	return Transaction{}, false
}

// Balance is what became of a payment's money, in smallest units.
type Balance struct {
	Currency                       string
	Authorized, Captured, Refunded int64
	Capturing, Refunding           int64 // not final yet

	// Unclear says why the books cannot be added up, as in "capture c-1 is of JPY
	// 4200, and the payment of SGD 42.00"; empty where they can. Then the sums are
	// of some of it, and what is left is not known.
	Unclear string
}

// Balance adds up the transactions. What is still in process counts as taken.
func (p Payment) Balance() Balance {
	b := Balance{Currency: p.Amount.Currency}
	if p.Status == StatusSuccess {
		var err error
		if b.Authorized, err = p.Amount.Units(); err != nil {
			b.Unclear = fmt.Sprintf("the payment's amount is %q", p.Amount.Value)
		}
	}
	for _, t := range p.Transactions {
		if problem := b.add(t, p.Amount); problem != "" && b.Unclear == "" {
			b.Unclear = strings.TrimSpace(strings.ToLower(t.Type)+" "+t.RequestID) + " " + problem
		}
	}
	return b
}

// add takes a capture or refund in, or says why that cannot be done.
func (b *Balance) add(t Transaction, paid Amount) (problem string) {
	var done, open *int64
	switch t.Type {
	case "CAPTURE":
		done, open = &b.Captured, &b.Capturing
	case "REFUND":
		done, open = &b.Refunded, &b.Refunding
	default:
		return ""
	}
	sum := done
	switch t.Status {
	case StatusSuccess:
	case StatusProcessing, StatusPending:
		sum = open
	case StatusFail, StatusCancelled:
		return ""
	default:
		return fmt.Sprintf("has the status %q", t.Status)
	}
	n, err := t.Amount.Units()
	switch {
	case err != nil:
		return fmt.Sprintf("has the amount %q", t.Amount.Value)
	case t.Amount.Currency != paid.Currency:
		return "is of " + t.Amount.String() + ", and the payment of " + paid.String()
	case n > math.MaxInt64-*sum:
		return "makes the sum greater than any amount"
	}
	*sum += n
	return ""
}

// Capturable is what may still be captured; nothing where that is not clear.
func (b Balance) Capturable() int64 {
	return b.left(b.Authorized, b.Captured, b.Capturing)
}

// Refundable is what may still be refunded; nothing where that is not clear.
func (b Balance) Refundable() int64 {
	return b.left(b.Captured, b.Refunded, b.Refunding)
}

// left subtracts in two steps: a sum of what is taken may be greater than any
// number.
func (b Balance) left(of, done, open int64) int64 {
	if b.Unclear != "" {
		return 0
	}
	return max(0, max(0, of-done)-open)
}

// Refund is what an answer to refund or inquiryRefund says of a refund.
type Refund struct {
	RefundRequestID string
	RefundID        string
	PaymentID       string
	Amount          Amount
	Status          string // of inquiryRefund: "SUCCESS", "PROCESSING" or "FAIL"
	Time            string
}

// ReadRefund decodes an answer to refund or inquiryRefund.
func ReadRefund(a *Answer) Refund {
	doc := gjson.ParseBytes(a.Raw)
	return Refund{
		RefundRequestID: doc.Get("refundRequestId").String(),
		RefundID:        doc.Get("refundId").String(),
		PaymentID:       doc.Get("paymentId").String(),
		Amount:          AmountOf([]byte(doc.Get("refundAmount").Raw)),
		Status:          doc.Get("refundStatus").String(),
		Time:            doc.Get("refundTime").String(),
	}
}
