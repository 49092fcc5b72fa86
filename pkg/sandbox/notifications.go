package sandbox

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Notification is one piece of news for the merchant, and what became of it.
type Notification struct {
	ID        int64           `json:"id"`
	Type      string          `json:"notifyType"` // "PAYMENT_RESULT"
	Time      time.Time       `json:"time"`       // when it became known
	RequestID string          `json:"of"`         // "paymentRequestId demo-0001"
	PaymentID string          `json:"paymentId"`
	URL       string          `json:"url"`
	State     string          `json:"state"`          // "queued", "accepted" or "given-up"
	Next      time.Time       `json:"next,omitzero"`  // the next attempt of one that is queued
	Body      json.RawMessage `json:"body,omitempty"` // as it is sent, byte for byte
	Attempts  []Attempt       `json:"attempts,omitempty"`

	// What faults make of it.
	Together int `json:"together,omitempty"` // so many deliveries of an attempt at the same time
	Repeat   int `json:"repeat,omitempty"`   // how often it is delivered again after it was accepted
	tried    int
}

// Attempt is one delivery of a notification.
type Attempt struct {
	Time     time.Time `json:"time"`
	Status   int       `json:"httpStatus,omitempty"` // 0: there was no answer
	Answer   string    `json:"answer,omitempty"`     // the beginning of it, masked
	Accepted bool      `json:"accepted"`
	Why      string    `json:"why,omitempty"`    // it did not count
	TookMs   float64   `json:"tookMs,omitempty"` // in real time; not where the clock is not the real one
}

// The states of a notification.
const (
	Queued   = "queued"
	Accepted = "accepted"
	GivenUp  = "given-up" // after the last attempt
)

// retries are the times between the attempts of a notification; the first is
// made at once.
//
// Source: APO's guide for cards, server to server.
func retries() []time.Duration {
	return []time.Duration{
		0, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
	}
}

type notifyPaymentBody struct {
	NotifyType string `json:"notifyType"`
	payAnswer
	AcquirerReference string `json:"acquirerReferenceNo,omitempty"`
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

// notifyPayment tells the final state of a payment. A cancellation is not told.
func (l ledger) notifyPayment(p payment) error {
	body := notifyPaymentBody{"PAYMENT_RESULT", l.paymentNews(p), p.Acquirer.TransactionID}
	if info := body.ResultInfo; info != nil { // more than pay's answer says
		info.IssuerName, info.IssuingRegion = p.Card.Issuer, p.Card.Region
	}
	return l.post(Notification{Type: body.NotifyType, RequestID: "paymentRequestId " + p.RequestID, PaymentID: p.ID, URL: p.NotifyURL}, body)
}

// notifyCapture tells the result of a capture.
func (l ledger) notifyCapture(t transaction, b paymentRecord) error {
	body := notifyCaptureBody{"CAPTURE_RESULT", captureAnswerOf(t), acquirerAnswer(t.Acquirer, t.Status == success)}
	body.CaptureTime = isoTime(t.Time) // of one that failed, too
	n := Notification{Type: body.NotifyType, RequestID: "captureRequestId " + t.RequestID, PaymentID: b.ID, URL: b.NotifyURL}
	if err := l.post(n, body); err != nil {
		return err
	}
	twice, _, err := l.draw(call{"notify", b.Card.Behaviour, b.Acquirer.Name, t.RequestID}, isFault("capture-twice"))
	if err != nil || twice.Fault == "" {
		return err
	}
	body.CaptureID = l.ids.of("CAPTURE again", t.RequestID).transaction(l.now)
	return l.post(n, body)
}

// notifyRefund tells the result of a refund.
func (l ledger) notifyRefund(t transaction, b paymentRecord) error {
	body := notifyRefundBody{
		NotifyType: "REFUND_RESULT", RefundAmount: t.Amount, RefundID: t.ID, RefundRequestID: t.RequestID,
		RefundStatus: t.Status, RefundTime: isoTime(t.done()), Result: resultOf(t.Code),
	}
	return l.post(Notification{Type: body.NotifyType, RequestID: "refundRequestId " + t.RequestID, PaymentID: b.ID, URL: t.NotifyURL}, body)
}

func isFault(names ...string) func(Rule) bool {
	return func(r Rule) bool { return slices.Contains(names, r.Fault) }
}

// post queues a notification, to the address of the request or else to the
// sandbox's own. Without either nobody is told.
func (l ledger) post(n Notification, body any) error {
	if n.URL == "" {
		n.URL = l.settings.NotifyURL
	}
	if n.URL == "" {
		return nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	n.Body, n.Time, n.State, n.Next = text, l.now, Queued, l.now
	if err := l.distort(&n); err != nil {
		return err
	}
	l.posted = true
	l.planned(n.Next)
	result, err := l.sql.Exec(`INSERT INTO notifications (payment_id, due, doc) VALUES (?, ?, '{}')`, n.PaymentID, dueOf(n))
	if err != nil {
		return err
	}
	if n.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	return l.saveNotification(n)
}

// distort is what faults make of a notification before it is queued.
func (l ledger) distort(n *Notification) error {
	_, id, _ := strings.Cut(n.RequestID, " ")
	o, _, err := l.draw(call{api: "notify", requestID: id}, isFault("notify-two-at-once", "notify-duplicate", "notify-reordered", "notify-lost"))
	switch o.Fault {
	case "notify-two-at-once":
		n.Together = 2
	case "notify-duplicate":
		n.Repeat = 1
	case "notify-reordered":
		n.Next = n.Next.Add(reordered(n.Type))
	case "notify-lost":
		n.State = GivenUp
	}
	return err
}

// reordered is how much later a notification comes that later ones shall
// overtake, in the sandbox's time. What comes first waits longest, so that the
// order changes where all notifications are late, too.
func reordered(notifyType string) time.Duration {
	switch notifyType {
	case "PAYMENT_RESULT":
		return 90 * time.Second
	case "CAPTURE_RESULT":
		return 60 * time.Second
	}
	return 30 * time.Second
}

func dueOf(n Notification) sql.NullInt64 {
	return sql.NullInt64{Int64: n.Next.UnixNano(), Valid: n.State == Queued}
}

func (t *tx) saveNotification(n Notification) error {
	n.Attempts = nil // they have their own table
	return t.put(`UPDATE notifications SET due = ?1, doc = ?3 WHERE id = ?2`, n, dueOf(n), n.ID)
}

// dueNotifications are those whose time has come, in its order.
func (t *tx) dueNotifications(most int) ([]Notification, error) {
	return t.notifications(`WHERE due <= ? ORDER BY due, id LIMIT ?`, t.now.UnixNano(), most)
}

func (t *tx) notifications(where string, args ...any) ([]Notification, error) {
	rows, err := t.sql.Query(`SELECT id, doc, (SELECT count(*) FROM attempts WHERE notification = id) FROM notifications `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Notification{}
	for rows.Next() {
		var id int64
		var doc string
		var tried int
		if err := rows.Scan(&id, &doc, &tried); err != nil {
			return nil, err
		}
		var n Notification
		if err := json.Unmarshal([]byte(doc), &n); err != nil {
			return nil, err
		}
		n.ID, n.tried = id, tried
		list = append(list, n)
	}
	return list, rows.Err()
}

// nextDue is when the next notification is due; the zero time: none is queued.
func (t *tx) nextDue() (time.Time, error) {
	var due sql.NullInt64
	if err := t.sql.row(`SELECT min(due) FROM notifications WHERE due IS NOT NULL`, nil, &due); err != nil || !due.Valid {
		return time.Time{}, err
	}
	return time.Unix(0, due.Int64), nil
}

// attempted writes down how an attempt ended, and when the next one is.
func (t *tx) attempted(n Notification, a Attempt) error {
	n.tried++
	if err := t.put(`INSERT INTO attempts (notification, n, doc) VALUES (?, ?, ?)`, a, n.ID, n.tried); err != nil {
		return err
	}
	switch all := t.tries(); {
	case a.Accepted && n.Repeat > 0:
		n.Repeat--
		n.Next = a.Time.Add(time.Second)
	case a.Accepted:
		n.State, n.Next = Accepted, time.Time{}
	case n.tried >= len(all):
		n.State, n.Next = GivenUp, time.Time{}
	default:
		n.Next = a.Time.Add(all[n.tried])
	}
	return t.saveNotification(n)
}

// tries are the times between the attempts.
func (t *tx) tries() []time.Duration {
	if t.settings.Options.is("first-retry", "at-once") {
		return append([]time.Duration{0}, retries()...)
	}
	return retries()
}

// Notifications lists them, the newest first, with their attempts.
func (s *Sandbox) Notifications(most int) ([]Notification, error) {
	var list []Notification
	err := s.store.do(func(t *tx) (err error) {
		if list, err = t.notifications(`ORDER BY id DESC LIMIT ?`, most); err != nil {
			return err
		}
		return t.show(list)
	})
	return list, err
}

// show adds the attempts of notifications, and takes the password out of their
// addresses.
func (t *tx) show(list []Notification) (err error) {
	for i, n := range list {
		if u, err := url.Parse(n.URL); err == nil && u.User != nil {
			list[i].URL = u.Redacted()
		}
		if list[i].Attempts, err = t.attempts(n.ID); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoNotification says that there is no notification of an ID.
var ErrNoNotification = errors.New("there is no such notification")

// Notification returns one, with its attempts.
func (s *Sandbox) Notification(id int64) (n Notification, err error) {
	err = s.store.do(func(t *tx) error {
		list, err := t.notifications(`WHERE id = ?`, id)
		if err == nil && len(list) == 0 {
			return ErrNoNotification
		}
		if err != nil {
			return err
		}
		err = t.show(list)
		n = list[0]
		return err
	})
	return n, err
}

// Resend queues a notification for delivery now, whatever became of it.
func (s *Sandbox) Resend(id int64) error {
	return s.store.do(func(t *tx) error {
		list, err := t.notifications(`WHERE id = ?`, id)
		if err == nil && len(list) == 0 {
			return ErrNoNotification
		}
		if err != nil {
			return err
		}
		n := list[0]
		n.State, n.Next = Queued, t.now
		t.posted = true
		return t.saveNotification(n)
	})
}

func (t *tx) attempts(id int64) ([]Attempt, error) {
	return documents[Attempt](t.sql, `SELECT doc FROM attempts WHERE notification = ? ORDER BY n`, id)
}
