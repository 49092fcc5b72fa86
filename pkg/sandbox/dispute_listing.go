package sandbox

import (
	"fmt"
	"regexp"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Dispute is a dispute as the sandbox's owner sees it.
type Dispute struct {
	ID               string     `json:"disputeId"`
	PaymentID        string     `json:"paymentId"`
	PaymentRequestID string     `json:"paymentRequestId"`
	Status           string     `json:"status"` // "OPEN", "DEFENDED", "JUDGED", "ACCEPTED" or "CANCELLED"
	Amount           apo.Amount `json:"disputeAmount"`
	Reason           string     `json:"disputeReasonCode"`
	Time             time.Time  `json:"disputeTime"`
	Due              time.Time  `json:"defenseDueTime"`
	Ended            time.Time  `json:"endTime,omitzero"`
	Result           string     `json:"disputeJudgedResult,omitempty"`
	Accepted         string     `json:"disputeAcceptReason,omitempty"`
	Acquirer         string     `json:"acquirerName"`
	TransactionID    string     `json:"acquirerTransactionId"`
	Left             int64      `json:"refundable"` // of its payment, in smallest units; 0 while it is open

	Notified bool `json:"notified,omitempty"` // that it was opened, judged or taken back: it had an address to tell
}

// NewDispute is a dispute that a cardholder opens.
type NewDispute struct {
	Of     string     // any number of the payment
	Amount apo.Amount // zero: all that is left of what was captured
	Reason string     // disputeReasonCode; empty: "2006"
}

// OpenDispute has a cardholder dispute a captured payment: refunds are refused until it
// is judged, and the merchant is notified. It wraps [ErrNoPayment] or [ErrNotDisputable]
// where these are why it cannot.
func (s *Sandbox) OpenDispute(n NewDispute) (Dispute, error) {
	if !regexp.MustCompile(`^[\w.-]{0,64}$`).MatchString(n.Reason) {
		return Dispute{}, fmt.Errorf("a disputeReasonCode is letters and digits, at most 64, not %q", excerpt(n.Reason, 80))
	}
	return s.onDispute(func(l ledger) (dispute, error) {
		id, err := l.paymentOfNumber(n.Of)
		if err != nil {
			return dispute{}, err
		}
		b, _, err := l.paymentByID(id)
		if err != nil {
			return dispute{}, err
		}
		return l.openDispute(b, n.Amount, n.Reason)
	})
}

// JudgeDispute decides a dispute, as [JudgedForMerchant] or [JudgedForCustomer]: its
// acquirer, or the card scheme, does that. It wraps [ErrNoDispute] or [ErrNotDisputable]
// where these are why it cannot.
func (s *Sandbox) JudgeDispute(id, result string) (Dispute, error) {
	return s.onDispute(func(l ledger) (dispute, error) {
		d, err := l.disputeOf(id)
		if err != nil {
			return d, err
		}
		return l.judgeDispute(d, result)
	})
}

// CancelDispute has the cardholder take a dispute back, which AMS alone tells. It wraps
// [ErrNoDispute] or [ErrNotDisputable] where these are why it cannot.
func (s *Sandbox) CancelDispute(id string) (Dispute, error) {
	return s.onDispute(func(l ledger) (dispute, error) {
		d, err := l.disputeOf(id)
		if err != nil {
			return d, err
		}
		return l.withdrawDispute(d)
	})
}

// Disputes lists the newest disputes, at most so many.
func (s *Sandbox) Disputes(most int) (list []Dispute, err error) {
	err = s.store.do(func(t *tx) error {
		list, err = s.ledger(t).newestDisputes(most)
		return err
	})
	return list, err
}

func (l ledger) newestDisputes(most int) ([]Dispute, error) {
	docs, err := documents[dispute](l.sql, `SELECT doc FROM disputes ORDER BY julianday(json_extract(doc, '$.Opened')) DESC, id LIMIT ?`, most)
	list := []Dispute{}
	for _, d := range docs {
		one, bad := l.viewOf(d)
		if bad != nil {
			return list, bad
		}
		list = append(list, one)
	}
	return list, err
}

func (s *Sandbox) onDispute(do func(ledger) (dispute, error)) (view Dispute, err error) {
	err = s.store.do(func(t *tx) error {
		l, before := s.ledger(t), len(t.fresh)
		d, err := do(l)
		if err != nil {
			return err
		}
		view, err = l.viewOf(d)
		view.Notified = len(t.fresh) > before
		return err
	})
	return view, err
}

// disputeOf finds a dispute by its number, or the newest of a payment's.
func (l ledger) disputeOf(number string) (dispute, error) {
	d, found, err := l.disputeByID(number)
	if found || err != nil {
		return d, err
	}
	payment, err := l.paymentOfNumber(number)
	if err != nil {
		return dispute{}, fmt.Errorf("%q: %w", number, ErrNoDispute)
	}
	list, err := l.disputesOf(payment)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("payment %q: %w", number, ErrNoDispute)
	}
	if err != nil {
		return dispute{}, err
	}
	return list[len(list)-1], nil
}

func (l ledger) viewOf(d dispute) (Dispute, error) {
	b, _, err := l.paymentByID(d.PaymentID)
	view := Dispute{
		ID: d.ID, PaymentID: d.PaymentID, PaymentRequestID: hiddenID(b.RequestID), Status: string(d.Status), Amount: d.Amount, Reason: d.Reason,
		Time: d.Opened, Due: d.Due, Ended: d.Ended, Result: d.Result, Accepted: d.Accepted,
		Acquirer: b.Acquirer.Name, TransactionID: b.Acquirer.TransactionID,
	}
	if b.Dispute == "" {
		view.Left = b.refundable()
	}
	return view, err
}
