package sandbox

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/notify"
)

// Notification is one piece of news for the merchant, and what became of it.
type Notification struct {
	ID        int64           `json:"id"`
	Type      string          `json:"notifyType"` // "PAYMENT_RESULT"
	Time      time.Time       `json:"time"`       // when it became known
	RequestID string          `json:"of"`         // "paymentRequestId demo-0001"
	PaymentID string          `json:"paymentId"`
	URL       string          `json:"url"`
	To        string          `json:"to,omitempty"`   // where it is sent again, instead of URL
	State     string          `json:"state"`          // "queued", "accepted" or "given-up"
	Next      time.Time       `json:"next,omitzero"`  // the next attempt of one that is queued
	Body      json.RawMessage `json:"body,omitempty"` // as it is sent, byte for byte
	Attempts  []Attempt       `json:"attempts,omitempty"`

	// What faults make of it.
	Together int    `json:"together,omitempty"` // so many deliveries of an attempt at the same time
	Repeat   int    `json:"repeat,omitempty"`   // how often it is delivered again after it was accepted
	Spoil    string `json:"spoil,omitempty"`    // the fault that its first attempt has
	tried    int

	// What is known of one that is about to be delivered.
	receiver string // whose lane it takes
	queued   int64  // when it is due, as it is stored
	read     time.Time
	way      way
}

// Attempt is one delivery of a notification.
type Attempt struct {
	Time     time.Time `json:"time"`
	Status   int       `json:"httpStatus,omitempty"` // 0: there was no answer
	Answer   string    `json:"answer,omitempty"`     // the beginning of it, masked
	Accepted bool      `json:"accepted"`
	Why      string    `json:"why,omitempty"`    // it did not count
	Next     time.Time `json:"next,omitzero"`    // when it was to come again
	To       string    `json:"to,omitempty"`     // where it was sent, if not to the notification's URL
	TookMs   float64   `json:"tookMs,omitempty"` // in real time; not where the clock is not the real one
	took     time.Duration
}

// The states of a notification.
const (
	Queued   = "queued"
	Accepted = "accepted"
	GivenUp  = "given-up" // after the last attempt
)

// notifyPayment tells the final state of a payment. A cancellation is not told.
func (l ledger) notifyPayment(p payment) error {
	if err := l.notifyPending(p); err != nil {
		return err
	}
	n, body := l.paymentNotice(p)
	return l.post(n, body)
}

// notifyPending tells, where a fault wants it, that a payment is still in process,
// before its result is told.
func (l ledger) notifyPending(p payment) error {
	o, _, err := l.draw(call{"notify", p.Card.Behaviour, p.Acquirer.Name, p.RequestID, factsOf(p)}, isFault("notify-pending"))
	if err != nil || o.Fault == "" {
		return err
	}
	n, body, err := l.paymentAs("pending", News{}, p)
	if err != nil {
		return err
	}
	return l.post(n, body)
}

// notifyCapture tells the result of a capture.
func (l ledger) notifyCapture(t transaction, b paymentRecord) error {
	n, body := l.captureNotice(t, b)
	if err := l.post(n, body); err != nil {
		return err
	}
	twice, _, err := l.draw(call{"notify", b.Card.Behaviour, b.Acquirer.Name, t.RequestID, factsOf(b.payment).of(t.Amount)}, isFault("capture-twice"))
	if err != nil || twice.Fault == "" {
		return err
	}
	body.CaptureID = l.ids.of("CAPTURE again", t.RequestID).transaction(l.now)
	return l.post(n, body)
}

// notifyLapse tells, where an option wants it, that the authorization ended before
// anything was captured. There was no capture: it is named after its payment, as the
// automatic one is, and the books have none.
func (l ledger) notifyLapse(b paymentRecord) error {
	if !l.settings.Options.is("notify-lapse", "yes") {
		return nil
	}
	id, err := l.automaticID(b)
	if err != nil {
		return err
	}
	t := l.inventedPart("CAPTURE", News{ID: id}, b)
	t.ID, t.Status, t.Code = l.ids.of("CAPTURE lapsed", b.RequestID).transaction(l.now), failed, "AUTH_EXPIRED"
	return l.notifyCapture(t, b)
}

// notifyRefund tells the result of a refund.
func (l ledger) notifyRefund(t transaction, b paymentRecord) error {
	n, body := l.refundNotice(t, b)
	return l.post(n, body)
}

func isFault(names ...string) func(Rule) bool {
	return func(r Rule) bool { return slices.Contains(names, r.Fault) }
}

// post queues a notification, to its address or else to the sandbox's own, or else to
// who is there now. Without any nobody is told.
func (l ledger) post(n Notification, body any) error {
	if n.URL = cmp.Or(n.URL, l.settings.NotifyURL); n.URL == "" && l.elsewhere != nil {
		n.URL = l.elsewhere()
	}
	if n.URL == "" {
		return nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	n.Body, n.Time, n.State, n.Next = text, l.now, Queued, l.now
	return l.tell(&n)
}

// tell queues a notification, with what faults make of it.
func (l ledger) tell(n *Notification) error {
	doubled, err := l.distort(n)
	if err != nil {
		return err
	}
	if err := l.queue(n); err != nil || !doubled {
		return err
	}
	return l.again(*n)
}

// queue puts a notification among those that are to be delivered.
func (l ledger) queue(n *Notification) error {
	l.posted = true
	l.planned(n.Next)
	newest, err := l.newestNotification()
	if err != nil {
		return err
	}
	n.ID = newest + 1
	l.fresh = append(l.fresh, n.ID)
	stored := *n
	stored.Attempts = nil // they have their own table
	return l.put(`INSERT INTO notifications (id, payment_id, due, receiver, doc) VALUES (?, ?, ?, ?, ?)`, stored, n.ID, n.turn(), dueOf(stored), receiverOf(stored.address()))
}

// again queues what a notification told once more, under another number of APO's:
// the request ID is the same.
func (l ledger) again(n Notification) error {
	path := "disputeId"
	switch n.Type {
	case "PAYMENT_RESULT", "PAYMENT_PENDING":
		path = "paymentId"
	case "CAPTURE_RESULT":
		path = "captureId"
	case "REFUND_RESULT":
		path = "refundId"
	case "VAULTING": // it has no number of APO's
		return nil
	}
	other := l.ids.of(n.Type+" again", n.RequestID).transaction(l.now)
	body, err := Change{path, other}.apply(n.Body)
	if err != nil {
		return err
	}
	n.Body = body
	return l.queue(&n)
}

// address is where it is sent.
func (n Notification) address() string { return cmp.Or(n.To, n.URL) }

// distort is what faults make of a notification before it is queued; doubled
// says that it comes under another number as well.
func (l ledger) distort(n *Notification) (doubled bool, err error) {
	_, id, _ := strings.Cut(n.RequestID, " ")
	c, err := l.callOf("notify", id, n.PaymentID, gjson.ParseBytes(n.Body))
	if err != nil {
		return false, err
	}
	o, _, err := l.draw(c, func(r Rule) bool {
		return isFault("notify-two-at-once", "notify-duplicate", "notify-reordered", "notify-lost", "notify-doubled")(r) || spoilOf(r.Fault) != ""
	})
	switch o.Fault {
	case "notify-two-at-once":
		n.Together = 2
	case "notify-duplicate":
		n.Repeat = 1
	case "notify-reordered":
		n.Next = n.Next.Add(reordered(n.Type))
	case "notify-lost":
		n.State = GivenUp
	case "notify-doubled":
		doubled = true
	default:
		n.Spoil = o.Fault
	}
	return doubled, err
}

// spoilOf is what a fault spoils of the first attempt of a notification; empty: it
// is none that does.
func spoilOf(fault string) string {
	switch fault {
	case "notify-other-key":
		return corruptKey
	case "notify-changed":
		return corruptBody
	case "notify-stale":
		return spoilStale
	case "notify-other-client":
		return spoilOtherClient
	case "notify-unsigned":
		return corruptUnsigned
	case "notify-other-path":
		return corruptPath
	}
	return ""
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
	t.changed("notification", strconv.FormatInt(n.ID, 10))
	n.Attempts = nil // they have their own table
	return t.put(`UPDATE notifications SET due = ?1, receiver = ?2, doc = ?4 WHERE id = ?3`, n, dueOf(n), receiverOf(n.address()), n.ID)
}

func (t *tx) notifications(where string, args ...any) ([]Notification, error) {
	rows, err := t.sql.Query(`SELECT id, doc, receiver, ifnull(due, 0), (SELECT count(*) FROM attempts WHERE notification = id) FROM notifications `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Notification{}
	for rows.Next() {
		var n Notification
		var id int64
		var doc string
		if err := rows.Scan(&id, &doc, &n.receiver, &n.queued, &n.tried); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &n); err != nil {
			return nil, err
		}
		n.ID = id
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

// newestNotification is the number of the newest; 0: there is none.
func (t *tx) newestNotification() (id int64, err error) {
	err = t.sql.row(`SELECT ifnull(max(id), 0) FROM notifications`, nil, &id)
	return id, err
}

// anyDue reports whether any is due by a time, of those up to a number.
func (t *tx) anyDue(by time.Time, last int64) (is bool, err error) {
	err = t.sql.row(`SELECT EXISTS (SELECT 1 FROM notifications WHERE due <= ? AND id <= ?)`, []any{by.UnixNano(), last}, &is)
	return is, err
}

// attempted writes down how an attempt ended, and when the next one is, which it
// returns. Where the notification was queued anew meanwhile, that stays; where it
// was forgotten, so is the attempt.
func (t *tx) attempted(n Notification, a Attempt) (next time.Time, err error) {
	list, err := t.notifications(`WHERE id = ?`, n.ID)
	if err != nil || len(list) == 0 || !list[0].Time.Equal(n.Time) || list[0].RequestID != n.RequestID {
		return next, err
	}
	anew := list[0].queued != n.queued
	n.tried = list[0].tried + 1
	t.follows(&n, a)
	if a.Next = n.Next; anew {
		a.Next = list[0].Next
	}
	if err := t.put(`INSERT INTO attempts (notification, n, doc) VALUES (?, ?, ?)`, a, n.ID, n.tried); err != nil || anew {
		return a.Next, err
	}
	return a.Next, t.saveNotification(n)
}

// follows decides what comes after an attempt.
func (t *tx) follows(n *Notification, a Attempt) {
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
}

// tries are the times between the attempts.
func (t *tx) tries() []time.Duration {
	if t.settings.Options.is("first-retry", "at-once") {
		return append([]time.Duration{0}, notify.Schedule()...)
	}
	return notify.Schedule()
}

// Notifications lists them, the newest first, with their attempts.
func (s *Sandbox) Notifications(most int) ([]Notification, error) {
	var list []Notification
	err := s.store.do(func(t *tx) (err error) {
		list, err = t.newestNotifications(most)
		return err
	})
	return list, err
}

func (t *tx) newestNotifications(most int) ([]Notification, error) {
	list, err := t.notifications(`ORDER BY id DESC LIMIT ?`, most)
	if err != nil {
		return nil, err
	}
	return list, t.show(list)
}

// show adds the attempts of notifications, and hides the card numbers that are given as
// IDs. Of what an older sandbox kept it shows no password.
func (t *tx) show(list []Notification) (err error) {
	for i, n := range list {
		list[i].URL, list[i].To = hiddenURL(n.URL), hiddenURL(n.To)
		list[i].RequestID, list[i].Body = hiddenOf(n.RequestID), hiddenJSON(n.Body)
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

// Resend queues a notification for delivery now, whatever became of it: to its own
// address or, where to is not empty, to that one. It wraps [ErrNoNotification]
// where there is none.
func (s *Sandbox) Resend(id int64, to string) error {
	if to != "" {
		if err := CheckNotifyURL(to); err != nil {
			return err
		}
	}
	return s.store.do(func(t *tx) error {
		list, err := t.notifications(`WHERE id = ?`, id)
		if err == nil && len(list) == 0 {
			return ErrNoNotification
		}
		if err != nil {
			return err
		}
		n := list[0]
		n.State, n.Next, n.To = Queued, t.now, to
		t.posted = true
		return t.saveNotification(n)
	})
}

func (t *tx) attempts(id int64) ([]Attempt, error) {
	return documents[Attempt](t.sql, `SELECT doc FROM attempts WHERE notification = ? ORDER BY n`, id)
}
