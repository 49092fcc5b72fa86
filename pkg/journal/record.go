package journal

import (
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// State is how far a call got.
type State string

const (
	Begun    State = "begun"    // about to be sent, or being sent
	Answered State = "answered" // a verified answer that is final, or a call that was never sent
	Pending  State = "pending"  // a verified U
	InDoubt  State = "in-doubt" // sent, and no usable answer came
	Settled  State = "settled"  // was in doubt or pending, and an inquiry told what became of it
)

// Open reports whether it is not known yet what became of a call.
func (s State) Open() bool { return s == Begun || s == Pending || s == InDoubt }

// Record is one call.
type Record struct {
	ID      int64
	Time    time.Time // when it began, to the millisecond
	Profile string    // "sg"
	Mode    string    // "LOCAL", "SANDBOX" or "LIVE"

	ClientID string
	Endpoint string // "pay"
	Reads    bool   // an inquiry: it moves nothing
	Numbers  Numbers
	Amount   apo.Amount // of the request; zero where it has none
	Card     string     // "VISA 0768"; brand and last four
	Request  []byte     // masked
	Sender   string     // of the process that sends it; see [Journal.Alive]

	Ending
	SettledBy int64  // the record that told; 0: none
	Settling  string // what it told: "authorized"

	// AuthEnd is when the authorization of a pay ends. It is zero where that is
	// not known, and once the payment was captured or cancelled.
	AuthEnd time.Time
}

// Numbers are all by which a call can be found.
type Numbers struct {
	PaymentRequestID, PaymentID, CaptureRequestID, CaptureID, RefundRequestID, RefundID string

	ReferenceOrderID      string
	Acquirer              string // "ADYEN"
	AcquirerTransactionID string
	AcquirerReferenceID   string
}

// Ending is how a call ended.
type Ending struct {
	State        State
	Result       apo.Result // of the answer
	Verification string     // "verified", "unsigned", "untrusted"; empty without an answer
	Answer       []byte     // masked; empty without an answer, or of one that does not verify
	Timing       apo.Timing
	Exit         int    // exit code of the command, as far as it is known
	Note         string // "no answer within 30s"
}

// all returns the numbers that are there, each once, but for the acquirer's
// name.
func (n Numbers) all() []string {
	var list []string
	seen := map[string]bool{"": true}
	for _, s := range []string{
		n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.CaptureID, n.RefundRequestID, n.RefundID,
		n.ReferenceOrderID, n.AcquirerTransactionID, n.AcquirerReferenceID,
	} {
		if !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}

// Has reports whether one of them is exactly number.
func (n Numbers) Has(number string) bool { return slices.Contains(n.all(), number) }

// Or takes from other what n lacks.
func (n Numbers) Or(other Numbers) Numbers {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&n.PaymentRequestID, other.PaymentRequestID)
	fill(&n.PaymentID, other.PaymentID)
	fill(&n.CaptureRequestID, other.CaptureRequestID)
	fill(&n.CaptureID, other.CaptureID)
	fill(&n.RefundRequestID, other.RefundRequestID)
	fill(&n.RefundID, other.RefundID)
	fill(&n.ReferenceOrderID, other.ReferenceOrderID)
	fill(&n.Acquirer, other.Acquirer)
	fill(&n.AcquirerTransactionID, other.AcquirerTransactionID)
	fill(&n.AcquirerReferenceID, other.AcquirerReferenceID)
	return n
}

// NumbersOf reads the numbers that a request or an answer carries.
func NumbersOf(message []byte) Numbers {
	var n Numbers
	_ = apo.Members(message, func(name, value []byte) {
		text := func() string { return string(apo.Text(value)) }
		switch string(name) {
		case "paymentRequestId":
			n.PaymentRequestID = text()
		case "paymentId":
			n.PaymentID = text()
		case "captureRequestId":
			n.CaptureRequestID = text()
		case "captureId":
			n.CaptureID = text()
		case "refundRequestId":
			n.RefundRequestID = text()
		case "refundId":
			n.RefundID = text()
		case "order":
			_ = apo.Members(value, func(name, value []byte) {
				if string(name) == "referenceOrderId" {
					n.ReferenceOrderID = string(apo.Text(value))
				}
			})
		case "acquirerReferenceNo":
			if n.AcquirerTransactionID == "" {
				n.AcquirerTransactionID = text()
			}
		case "acquirerInfo":
			_ = apo.Members(value, func(name, value []byte) {
				switch string(name) {
				case "acquirerName":
					n.Acquirer = string(apo.Text(value))
				case "acquirerTransactionId":
					n.AcquirerTransactionID = string(apo.Text(value))
				case "referenceRequestId":
					n.AcquirerReferenceID = string(apo.Text(value))
				}
			})
		}
	})
	return n
}
