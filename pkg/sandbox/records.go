package sandbox

import (
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// payment is a payment as it is recorded. The exported names are its stored form.
type payment struct {
	ID          string
	RequestID   string
	OrderID     string
	Buyer       string `json:",omitempty"` // order.buyer.referenceBuyerId
	Description string `json:",omitempty"` // order.orderDescription; the 3DS page shows it
	Amount      apo.Amount
	MethodID    string // paymentMethodId of the request; compared when it is repeated
	CaptureMode string
	Terminal    string `json:",omitempty"` // env.terminalType, where it is not WEB
	RedirectURL string
	NotifyURL   string
	SettleIn    string `json:",omitempty"` // settlementStrategy.settlementCurrency

	Status   status
	Code     string // result code of the status
	Refusal  string // the issuer's words for a decline
	Closed   bool   // it lapsed before it was paid
	Plan     Outcome
	Wants3DS bool   `json:",omitempty"` // its request asked for the check, and the card is not exempt
	Page     string `json:",omitempty"` // nonce of the page that collects its card; "" where its request had one

	Dispute string     `json:",omitempty"` // ID of the one that is open
	Lost    int64      `json:",omitempty"` // what disputes took of what was captured, in smallest units
	Asked   apo.Amount `json:",omitzero"`  // what pay asked for, where updateAmount changed the amount since
	Updates int        `json:",omitempty"` // how often it did

	Card     card
	Acquirer acquirerInfo
	Routing  *course `json:",omitempty"` // nil: no routing rules were asked
	ThreeDS  threeDS
	Final    time.Time // when an acquirer that takes its time will have decided
	Closes   time.Time // when it is closed if it is not paid

	Created, Paid, AuthExpires, Cancelled time.Time
}

// card is what is kept of a card.
type card struct {
	Brand, Bin, LastFour    string
	Funding, Issuer, Region string
	Token                   string
	Behaviour               string // name of the test card, which decides what happens
	AVS, CVV                string // what came of the checks, see matches
	Network                 string // networkTransactionId
	Fingerprint             string `json:",omitempty"`
	HoldName                string `json:",omitempty"` // "EXAMPLE ADA"

	// Of a card that is saved alone; see [card.keeps].
	Ends  time.Time `json:",omitzero"`
	Buyer string    `json:",omitempty"` // referenceBuyerId
}

// acquirerInfo is who took a payment, and under which numbers.
type acquirerInfo struct {
	Name, MerchantID, TransactionID, ReferenceRequestID string
}

// threeDS is the state of an authentication.
type threeDS struct {
	Nonce  string // of the page; "" without a challenge
	Result string // "", "frictionless", "passed", "failed", or "external": the merchant's own

	Version, Eci, Cavv, ID string `json:",omitempty"` // of one that is external
}

// transaction is a capture or a refund.
type transaction struct {
	Kind      string // "CAPTURE" or "REFUND"
	ID        string
	RequestID string
	PaymentID string
	Amount    apo.Amount
	Status    status
	Code      string
	Acquirer  acquirerInfo
	NotifyURL string `json:",omitempty"` // of a refund; a capture's is the payment's
	Last      bool   `json:",omitempty"` // isLastCapture of a capture
	CaptureID string `json:",omitempty"` // of a refund that names the capture it is of
	Then      string `json:",omitempty"` // what it becomes, where it is in process
	Number    int    `json:",omitempty"` // how many of its payment came before it
	Time      time.Time
}

// done is when the money moved; the zero time: it has not.
func (t transaction) done() time.Time {
	if t.Status != success {
		return time.Time{}
	}
	return t.Time
}

// paymentRecord is a payment with its transactions.
type paymentRecord struct {
	payment
	transactions []transaction
}

// sum adds up the transactions of a kind that took effect or still may.
func (b paymentRecord) sum(kind string) int64 {
	return b.add(func(t transaction) bool { return t.Kind == kind && t.Status != failed })
}

// done adds up the transactions of a kind that took effect.
func (b paymentRecord) done(kind string) int64 {
	return b.add(func(t transaction) bool { return t.Kind == kind && t.Status == success })
}

func (b paymentRecord) add(counts func(transaction) bool) int64 {
	var total int64
	for _, t := range b.transactions {
		if n, err := t.Amount.Units(); err == nil && counts(t) {
			total += n
		}
	}
	return total
}
