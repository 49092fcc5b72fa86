package apo

import (
	"bytes"
	"context"
	"encoding/json"
)

// PayRequest is the request of pay for a card, server to server. The fields
// that are not here can be set on its JSON.
type PayRequest struct {
	ProductCode        string      `json:"productCode"` // "CASHIER_PAYMENT"
	PaymentRequestID   string      `json:"paymentRequestId"`
	PaymentAmount      *Amount     `json:"paymentAmount,omitempty"`
	Order              *Order      `json:"order,omitempty"`
	PaymentMethod      *Method     `json:"paymentMethod,omitempty"`
	PaymentFactor      *Factor     `json:"paymentFactor,omitempty"`
	PaymentRedirectURL string      `json:"paymentRedirectUrl,omitempty"`
	PaymentNotifyURL   string      `json:"paymentNotifyUrl,omitempty"`
	SettlementStrategy *Settlement `json:"settlementStrategy,omitempty"`
	Env                *Env        `json:"env,omitempty"`
}

// Order is what is bought, and by whom.
type Order struct {
	ReferenceOrderID string  `json:"referenceOrderId,omitempty"`
	OrderDescription string  `json:"orderDescription,omitempty"`
	OrderAmount      *Amount `json:"orderAmount,omitempty"`
	Buyer            *Buyer  `json:"buyer,omitempty"`
}

// Buyer identifies the buyer on the merchant's side.
type Buyer struct {
	ReferenceBuyerID string `json:"referenceBuyerId,omitempty"`
	BuyerPhoneNo     string `json:"buyerPhoneNo,omitempty"`
	BuyerEmail       string `json:"buyerEmail,omitempty"`
}

// Method is the payment method: a card, or the token of a saved one.
type Method struct {
	PaymentMethodType     string    `json:"paymentMethodType"` // "CARD"
	PaymentMethodID       string    `json:"paymentMethodId,omitempty"`
	PaymentMethodMetaData *CardData `json:"paymentMethodMetaData,omitempty"`
}

// CardData is paymentMethodMetaData of a card.
type CardData struct {
	CardNo             string      `json:"cardNo,omitempty"`
	ExpiryYear         string      `json:"expiryYear,omitempty"`
	ExpiryMonth        string      `json:"expiryMonth,omitempty"`
	CVV                string      `json:"cvv,omitempty"`
	CardholderName     *PersonName `json:"cardholderName,omitempty"`
	Is3DSAuthenticated bool        `json:"is3DSAuthentication"`
	TokenizeMode       string      `json:"tokenizeMode,omitempty"`
}

// PersonName is APO's UserName.
type PersonName struct {
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
}

// Factor says how the payment is made.
type Factor struct {
	IsAuthorization bool   `json:"isAuthorization"`       // true for cards
	CaptureMode     string `json:"captureMode,omitempty"` // "AUTOMATIC" or "MANUAL"
}

// Settlement names the currency of settlement, where several are contracted.
type Settlement struct {
	SettlementCurrency string `json:"settlementCurrency,omitempty"`
}

// Env is where the buyer pays from.
type Env struct {
	TerminalType string `json:"terminalType,omitempty"` // "WEB", "WAP" or "APP"
	OSType       string `json:"osType,omitempty"`       // "IOS" or "ANDROID", for WAP
	ClientIP     string `json:"clientIp,omitempty"`
}

// PaymentKey names a payment by either of its IDs; PaymentID wins.
type PaymentKey struct {
	PaymentID        string `json:"paymentId,omitempty"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
}

// CaptureRequest is the request of capture.
type CaptureRequest struct {
	CaptureRequestID string `json:"captureRequestId"`
	PaymentID        string `json:"paymentId"`
	CaptureAmount    Amount `json:"captureAmount"`
}

// RefundRequest is the request of refund.
type RefundRequest struct {
	RefundRequestID string `json:"refundRequestId"`
	PaymentID       string `json:"paymentId"`
	RefundAmount    Amount `json:"refundAmount"`
	RefundReason    string `json:"refundReason,omitempty"`
	RefundNotifyURL string `json:"refundNotifyUrl,omitempty"`
}

// RefundKey names a refund by either of its IDs; RefundID wins.
type RefundKey struct {
	RefundID        string `json:"refundId,omitempty"`
	RefundRequestID string `json:"refundRequestId,omitempty"`
}

// Pay asks for an authorization. See [Client.Call] for answer and errors.
func (c *Client) Pay(ctx context.Context, r PayRequest) (*Answer, error) {
	return c.callNamed(ctx, "pay", r)
}

// InquiryPayment asks what became of a payment. The answer's result is that of
// the inquiry; [ReadPayment] has the payment's status.
func (c *Client) InquiryPayment(ctx context.Context, k PaymentKey) (*Answer, error) {
	return c.callNamed(ctx, "inquiryPayment", k)
}

// Capture takes authorized money.
func (c *Client) Capture(ctx context.Context, r CaptureRequest) (*Answer, error) {
	return c.callNamed(ctx, "capture", r)
}

// Cancel gives a payment back as a whole.
func (c *Client) Cancel(ctx context.Context, k PaymentKey) (*Answer, error) {
	return c.callNamed(ctx, "cancel", k)
}

// Refund gives captured money back.
func (c *Client) Refund(ctx context.Context, r RefundRequest) (*Answer, error) {
	return c.callNamed(ctx, "refund", r)
}

// InquiryRefund asks what became of a refund.
func (c *Client) InquiryRefund(ctx context.Context, k RefundKey) (*Answer, error) {
	return c.callNamed(ctx, "inquiryRefund", k)
}

func (c *Client) callNamed(ctx context.Context, name string, request any) (*Answer, error) {
	e, err := FindEndpoint(name)
	if err != nil {
		return nil, err
	}
	body, err := Encode(request)
	if err != nil {
		return nil, err
	}
	return c.Call(ctx, e, body)
}

// Encode writes a request as JSON on one line, without the escapes for HTML
// that encoding/json adds.
func Encode(request any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(request); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
