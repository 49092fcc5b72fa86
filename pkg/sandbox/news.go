package sandbox

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// News is a notification that somebody wants: of a payment that exists or of one
// that is made up. The books of the sandbox stay as they are.
type News struct {
	Kind    string // one of AllNews: "capture.failed"; without an outcome the first of its kind
	Of      string // any number of a payment that exists; empty: it is made up
	ID      string // of one made up: its request ID, of which the other numbers are a function; empty: any
	Amount  apo.Amount
	Code    string    // result code of what failed; of a judged dispute disputeJudgedResult; empty: the usual one
	URL     string    // where it is for; empty: where the sandbox notifies
	Time    time.Time // when it is sent; zero: now, in the sandbox's time
	Changes []Change  // of its body, before it is signed
	Corrupt string    // one of Corruptions; empty: it verifies
}

// NewsKind is a kind of notification with its outcome.
type NewsKind struct {
	Name    string // "payment.succeeded"
	Meaning string // one line
}

// AllNews lists the kinds.
func AllNews() []NewsKind {
	return []NewsKind{
		{"payment.succeeded", "notifyPayment: the card was authorized; nothing is captured yet"},
		{"payment.failed", "notifyPayment: declined, with the issuer's reason"},
		{"payment.pending", "notifyPayment: the buyer has paid, and the result comes later"},
		{"payment.closed", "notifyPayment: never finished, and closed"},
		{"capture.succeeded", "notifyCapture: the money was taken; ship now"},
		{"capture.failed", "notifyCapture: refused; nothing was taken"},
		{"capture.pending", "notifyCapture: not decided yet"},
		{"refund.succeeded", "notifyRefund: the money goes back"},
		{"refund.failed", "notifyRefund: refused; nothing goes back"},
		{"refund.pending", "notifyRefund: not decided yet"},
		{"vaulting.succeeded", "notifyVaulting: a card was saved; it has no notifyType"},
		{"vaulting.failed", "notifyVaulting: the card was not saved; it has no notifyType"},
		{"vaulting.pending", "notifyVaulting: the card is still being verified; it has no notifyType"},
		{"dispute.created", "notifyDispute: the buyer disputes the payment; it has no notifyType"},
		{"dispute.judged", "notifyDispute: the dispute was decided; it has no notifyType"},
	}
}

// FindNews finds a kind by its name; a name without an outcome is the first of
// its kind.
func FindNews(name string) (NewsKind, bool) {
	all := AllNews()
	i := slices.IndexFunc(all, func(k NewsKind) bool { return k.Name == name || strings.HasPrefix(k.Name, name+".") })
	if i < 0 || name == "" {
		return NewsKind{}, false
	}
	return all[i], true
}

// ErrNoPayment says that the sandbox has no payment of a number.
var ErrNoPayment = errors.New("the sandbox has no payment of this number")

// ErrNoAddress says that nobody said where a notification is for.
var ErrNoAddress = errors.New("the sandbox knows no address for the notification")

// Compose makes a notification as the sandbox itself would, and signs it with its
// key; nothing is sent or written down. It wraps [ErrNoPayment], [ErrNoAddress]
// or an [*UnknownPathError] where these are why it cannot.
func (s *Sandbox) Compose(n News) (Message, error) {
	if n.Corrupt != "" && !slices.ContainsFunc(Corruptions(), func(c Corruption) bool { return c.Name == n.Corrupt }) {
		return Message{}, fmt.Errorf("%q is not one of the corruptions", n.Corrupt)
	}
	var note Notification
	var w way
	err := s.store.do(func(t *tx) (err error) {
		note, err = s.ledger(t).compose(n)
		w = t.way()
		return err
	})
	if err != nil {
		return Message{}, err
	}
	m, err := s.seal(note.URL, note.Body, note.Next, w, n.Corrupt)
	m.Type, m.Of, m.PaymentID = note.Type, note.RequestID, note.PaymentID
	return m, err
}

// Tell makes a notification as [Sandbox.Compose] does and queues it: it is
// delivered as any other, until it is acknowledged. Time and Corrupt are not for
// it.
func (s *Sandbox) Tell(n News) (Notification, error) {
	if n.Corrupt != "" || !n.Time.IsZero() {
		return Notification{}, errors.New("what is queued is sent at its own time, and as it should be")
	}
	var note Notification
	err := s.store.do(func(t *tx) (err error) {
		l := s.ledger(t)
		if note, err = l.compose(n); err == nil {
			err = l.tell(&note)
		}
		return err
	})
	return note, err
}

// compose makes a notification that is due at the time at which it shall be sent.
func (l ledger) compose(n News) (Notification, error) {
	kind, found := FindNews(n.Kind)
	if !found {
		return Notification{}, fmt.Errorf("%q is not a kind of notification", n.Kind)
	}
	if !n.Time.IsZero() {
		l.now = n.Time
	}
	if _, err := n.Amount.Units(); n.Amount != (apo.Amount{}) && (err != nil || n.Amount.Currency == "") {
		return Notification{}, fmt.Errorf("the amount %s %s is not a number of smallest units of a currency", n.Amount.Currency, n.Amount.Value)
	}
	of, outcome, _ := strings.Cut(kind.Name, ".")
	n.ID = cmp.Or(n.ID, "trigger-"+strings.ToLower(rand.Text()[:16]))
	about := n
	if _, vaulted, err := l.vaultingByRequestID(n.Of); err == nil && vaulted && of == "vaulting" {
		about.Of = "" // it is no payment's, and has no need of one
	}
	b, err := l.subject(about)
	if err != nil {
		return Notification{}, err
	}
	note, body, err := l.newsOf(of, outcome, n, b)
	if err != nil {
		return Notification{}, err
	}
	if note.Body, err = json.Marshal(body); err != nil {
		return Notification{}, err
	}
	for _, c := range n.Changes {
		if note.Body, err = c.apply(note.Body); err != nil {
			return Notification{}, err
		}
	}
	note.URL = cmp.Or(n.URL, note.URL, l.settings.NotifyURL)
	if note.URL == "" {
		return Notification{}, ErrNoAddress
	}
	note.Time, note.Next, note.State = l.now, l.now, Queued
	return note, nil
}

// newsOf is the body of a notification.
func (l ledger) newsOf(kind, outcome string, n News, b paymentRecord) (Notification, any, error) {
	switch kind {
	case "payment":
		return l.paymentAs(outcome, n, b.payment)
	case "capture", "refund":
		return l.partAs(kind, outcome, n, b)
	case "vaulting":
		return l.vaultingAs(outcome, n, b.payment)
	}
	return l.disputeAs(outcome, n, b.payment)
}

// subject is the payment that is told of: one of the books, or one made up.
func (l ledger) subject(n News) (paymentRecord, error) {
	if n.Of == "" {
		p, err := l.invented(n)
		return paymentRecord{payment: p}, err
	}
	id, err := l.paymentOfNumber(n.Of)
	if err != nil {
		return paymentRecord{}, err
	}
	b, found, err := l.paymentByID(id)
	if err == nil && !found {
		err = fmt.Errorf("%q: %w", n.Of, ErrNoPayment)
	}
	return b, err
}

// paymentOfNumber is the paymentId of a payment by any of its numbers, or of its
// captures', refunds' or acquirer's.
func (l ledger) paymentOfNumber(number string) (id string, err error) {
	list, err := l.names(`SELECT id FROM payments WHERE id = ?1 UNION SELECT id FROM payments WHERE request_id = ?1
		UNION SELECT payment_id FROM transactions WHERE id = ?1 UNION SELECT payment_id FROM transactions WHERE request_id = ?1 AND kind IN ('CAPTURE', 'REFUND')
		UNION SELECT payment_id FROM disputes WHERE id = ?1`, number)
	if err == nil && len(list) == 0 {
		list, err = l.names(`SELECT id FROM payments WHERE ?1 IN (json_extract(doc, '$.Acquirer.TransactionID'), json_extract(doc, '$.Acquirer.ReferenceRequestID'), json_extract(doc, '$.OrderID'))
			UNION SELECT payment_id FROM transactions WHERE ?1 IN (json_extract(doc, '$.Acquirer.TransactionID'), json_extract(doc, '$.Acquirer.ReferenceRequestID'))`, number)
	}
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		return "", fmt.Errorf("%q: %w", number, ErrNoPayment)
	case len(list) > 1:
		return "", fmt.Errorf("%q is a number of several payments: %s", number, strings.Join(list, ", "))
	}
	return list[0], nil
}

// invented is a payment that was never made. Its numbers are a function of the
// state's seed and of the ID.
func (l ledger) invented(n News) (payment, error) {
	test, _ := FindTestCard("visa")
	method, err := json.Marshal(map[string]any{"paymentMethodMetaData": map[string]string{"cardNo": test.Number, "cvv": "123"}})
	if err != nil {
		return payment{}, err
	}
	card, _, err := l.cardOf(n.ID, gjson.ParseBytes(method))
	numbers := l.ids.of("payment", n.ID)
	id, acquirer := numbers.transaction(l.now), numbers.route(l.settings.Acquirers)
	p := payment{
		ID: id, RequestID: n.ID, OrderID: "order-" + n.ID, Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Card: card,
		Acquirer: numbers.acquirer(acquirer, "pay_", id, n.ID, l.now), CaptureMode: "MANUAL",
		Created: l.now, Closes: l.now.Add(PaymentLife), Code: "PAYMENT_IN_PROCESS",
	}
	if n.Amount != (apo.Amount{}) {
		p.Amount = n.Amount
	}
	p.transition(accept)
	return l.authorized(p), err
}

// paymentAs is what is told of a payment that ended in a way, whatever it did.
func (l ledger) paymentAs(outcome string, n News, p payment) (Notification, any, error) {
	was := p.Code
	if n.Amount != (apo.Amount{}) {
		p.Amount = n.Amount
	}
	paid, ends := p.Paid, p.AuthExpires
	p.Status = begun
	p.transition(accept)
	p.Code, p.ThreeDS.Nonce = "PAYMENT_IN_PROCESS", ""
	switch outcome {
	case "succeeded":
		if p = l.authorized(p); !paid.IsZero() {
			p.Paid, p.AuthExpires = paid, ends
		}
	case "failed":
		p.transition(decline)
		p.Code = cmp.Or(n.Code, failureOf(was, "DO_NOT_HONOR"))
		p.Refusal = l.refusalOf(p.Code)
	case "closed":
		p.transition(lapse)
		p.Code, p.Closed = "ORDER_IS_CLOSED", true
	}
	note, body := l.paymentNotice(p)
	if outcome == "pending" {
		note.Type, body.NotifyType, body.Result = "PAYMENT_PENDING", "PAYMENT_PENDING", resultOf("SUCCESS")
	}
	return note, body, nil
}

// failureOf is the code with which something failed, where it did.
func failureOf(was, otherwise string) string {
	if c, known := apo.Lookup(was); known && c.Status == "F" && was != "ORDER_IS_CANCELED" && was != "ORDER_IS_CLOSED" {
		return was
	}
	return otherwise
}

// partAs is what is told of a capture or refund that ended in a way: the one that
// is meant, or the payment's newest, or one made up.
func (l ledger) partAs(kind, outcome string, n News, b paymentRecord) (Notification, any, error) {
	t, found := b.part(strings.ToUpper(kind), n.Of)
	was := t.Code
	if !found {
		t = l.inventedPart(strings.ToUpper(kind), n, b)
	}
	if n.Amount != (apo.Amount{}) {
		t.Amount = n.Amount
	}
	t.Status, t.Code = begun, notYet(kind)
	t.transition(accept)
	switch outcome {
	case "succeeded":
		t.transition(complete)
		t.Code = "SUCCESS"
	case "failed":
		t.transition(refuseIt)
		t.Code = cmp.Or(n.Code, failureOf(was, "PROCESS_FAIL"))
	}
	if kind == "capture" {
		note, body := l.captureNotice(t, b)
		return note, body, nil
	}
	note, body := l.refundNotice(t, b)
	return note, body, nil
}

// part is the capture or refund of a number or, of any other number, the newest.
func (b paymentRecord) part(kind, number string) (newest transaction, found bool) {
	for _, t := range b.transactions {
		if t.Kind != kind {
			continue
		}
		if newest, found = t, true; t.ID == number || t.RequestID == number {
			break
		}
	}
	return newest, found
}

func (l ledger) inventedPart(kind string, n News, b paymentRecord) transaction {
	requestID := n.ID
	if n.Of != "" {
		requestID = strings.ToLower(kind) + "-" + b.RequestID
	}
	numbers := l.ids.of(kind, requestID)
	t := transaction{Kind: kind, ID: numbers.transaction(l.now), RequestID: requestID, PaymentID: b.ID, Amount: b.Amount, Time: l.now}
	t.Acquirer = numbers.acquirer(b.Acquirer.Name, "act_", t.ID, requestID, l.now)
	t.Acquirer.MerchantID = b.Acquirer.MerchantID
	return t
}
