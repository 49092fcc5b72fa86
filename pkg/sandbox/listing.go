package sandbox

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Payment is a payment as the sandbox's owner sees it.
type Payment struct {
	PaymentID        string     `json:"paymentId"`
	PaymentRequestID string     `json:"paymentRequestId"`
	OrderID          string     `json:"referenceOrderId"`
	Time             time.Time  `json:"time"`
	Amount           apo.Amount `json:"amount"`
	Status           string     `json:"paymentStatus"` // "SUCCESS"
	Code             string     `json:"paymentResultCode"`
	Card             string     `json:"card"` // "VISA 0768"
	Acquirer         string     `json:"acquirer"`
	Captured         int64      `json:"captured"` // in smallest units
	Refunded         int64      `json:"refunded"`
	Released         int64      `json:"released,omitempty"`  // of the authorization, by a last capture
	Dispute          string     `json:"disputeId,omitempty"` // of the one that is open
	Lost             int64      `json:"lost,omitempty"`      // to disputes
	Page             string     `json:"page,omitempty"`      // of the 3DS challenge, or the card, that is waited for
	Routing          *Routing   `json:"routing,omitempty"`

	Inquiry       json.RawMessage `json:"inquiry,omitempty"` // what inquiryPayment answers; of one payment alone
	Notifications []Notification  `json:"notifications,omitempty"`
}

func (l ledger) paymentOf(b paymentRecord) Payment {
	p := Payment{
		PaymentID: b.ID, PaymentRequestID: hiddenID(b.RequestID), OrderID: hiddenID(b.OrderID), Time: b.Created, Amount: b.Amount,
		Status: string(b.Status), Code: b.Code, Card: strings.TrimSpace(b.Card.Brand + " " + b.Card.LastFour),
		Acquirer: b.Acquirer.Name, Routing: routingOf(b.Routing), Captured: b.done("CAPTURE"), Refunded: b.done("REFUND"),
		Dispute: b.Dispute, Lost: b.Lost,
	}
	if b.lastCapture() != "" {
		authorized, _ := b.Amount.Units()
		p.Released = authorized - b.sum("CAPTURE")
	}
	p.Page, _, _ = l.pageURLs(b.payment)
	return p
}

// Payments lists the newest payments, at most so many.
func (s *Sandbox) Payments(most int) (list []Payment, err error) {
	err = s.store.do(func(t *tx) error {
		list, err = s.page(t, newestPayments, most)
		return err
	})
	return list, err
}

const newestPayments = `ORDER BY julianday(json_extract(doc, '$.Created')) DESC, id DESC LIMIT ?`

// AllPayments gives out all payments by their paymentId, until yield returns
// false. It takes a few at a time, so that nobody waits long for it.
func (s *Sandbox) AllPayments(yield func(Payment) bool) error {
	for last := ""; ; {
		var list []Payment
		err := s.store.do(func(t *tx) (err error) {
			list, err = s.page(t, `WHERE id > ? ORDER BY id LIMIT 500`, last)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, p := range list {
			if !yield(p) {
				return nil
			}
			last = p.PaymentID
		}
	}
}

func (s *Sandbox) page(t *tx, which string, arg any) ([]Payment, error) {
	ids, err := t.paymentIDs(which, arg)
	if err != nil {
		return nil, err
	}
	return s.payments(t, ids)
}

func (s *Sandbox) payments(t *tx, ids []string) ([]Payment, error) {
	list := []Payment{}
	for _, id := range ids {
		b, found, err := t.paymentByID(id)
		if err != nil {
			return nil, err
		}
		if found {
			list = append(list, s.ledger(t).paymentOf(b))
		}
	}
	return list, nil
}

// Payment returns one payment by its paymentId or paymentRequestId, with all
// that is known of it; found is false where there is none.
func (s *Sandbox) Payment(id string) (p Payment, found bool, err error) {
	err = s.store.do(func(t *tx) error {
		p, found, err = s.ledger(t).wholePayment(id)
		return err
	})
	return p, found, err
}

func (l ledger) wholePayment(id string) (p Payment, found bool, err error) {
	b, found, err := l.paymentByID(id)
	if err == nil && !found {
		b, found, err = l.paymentByRequestID(id)
	}
	if err != nil || !found {
		return p, found, err
	}
	p = l.paymentOf(b)
	if p.Inquiry, err = json.Marshal(l.inquiryAnswer(b)); err != nil {
		return p, true, err
	}
	p.Inquiry = hiddenJSON(p.Inquiry)
	if p.Notifications, err = l.notifications(`WHERE payment_id = ? ORDER BY id`, b.ID); err != nil {
		return p, true, err
	}
	return p, true, l.show(p.Notifications)
}
