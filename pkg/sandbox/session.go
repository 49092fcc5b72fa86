package sandbox

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// sessionLife is how long a session may be submitted, and the longest that a request may
// ask for.
const sessionLife = time.Hour

// scheduledSession: a session that nobody submitted ends.
const scheduledSession = "5-session"

// session is a payment that its buyer has not made yet. The request of its pay is in
// the forms, under its nonce.
type session struct {
	ID        string
	RequestID string // paymentRequestId, which its payment will have
	Scene     string // productScene
	Terminal  string `json:",omitempty"` // of the buyer, see terminalOf
	Amount    apo.Amount
	Nonce     string // of its page, and of its payment's
	Status    status
	PaymentID string `json:",omitempty"` // once it was submitted

	Created, Expires time.Time
}

func (s *session) transition(e event) { s.Status = mustTransition("session", s.Status, e) }

type sessionAnswer struct {
	NormalURL string `json:"normalUrl,omitempty"`
	Data      string `json:"paymentSessionData"`
	Expiry    string `json:"paymentSessionExpiryTime"`
	ID        string `json:"paymentSessionId"`
	Result    result `json:"result"`
}

// createPaymentSession records a session. The payment comes into the books when it is
// submitted.
func (l ledger) createPaymentSession(r gjson.Result) (any, error) {
	requestID, amount, scene := r.Get("paymentRequestId").String(), amountOf(r.Get("paymentAmount")), r.Get("productScene").String()
	known, found, err := l.sessionBy("request_id", requestID)
	switch {
	case err != nil:
		return nil, err
	case found && (known.Amount != amount || known.Scene != scene):
		return refuse("REPEAT_REQ_INCONSISTENT", "paymentRequestId is in use with another amount or productScene"), nil
	case found && known.Status == expired:
		return refuse("ORDER_IS_CLOSED", "the session under this paymentRequestId has ended; nobody submitted it"), nil
	case found:
		return l.sessionAgain(known)
	}
	if _, found, err := l.paymentByRequestID(requestID); err != nil || found {
		return refuse("REPEAT_REQ_INCONSISTENT", "paymentRequestId is in use for a payment without a session"), err
	}
	c, err := l.callOf("createPaymentSession", requestID, "", r)
	if err != nil {
		return nil, err
	}
	if o, err := l.outcome(c); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	refusal := l.late(r)
	expires, wrong := l.sessionEnd(r)
	if refusal = cmp.Or(refusal, wrong); refusal != nil {
		return refusal, nil
	}
	if kind := r.Get("paymentMethod.paymentMethodType").String(); kind != "" && kind != "CARD" {
		return refuse("NO_PAY_OPTIONS", "this sandbox has CARD alone, not "+kind), nil
	}
	numbers := l.ids.of("session", requestID)
	s := session{
		RequestID: requestID, Scene: scene, Amount: amount, Terminal: terminalOf(r),
		Nonce: numbers.nonce(), Created: l.now, Expires: expires,
	}
	if s.ID, err = l.freeSessionID(numbers); err != nil {
		return nil, err
	}
	s.transition(accept)
	request, err := payOfSession(r)
	if err == nil {
		err = l.saveForm(s.Nonce, request)
	}
	if err == nil {
		err = l.saveSession(&s)
	}
	if err == nil {
		err = l.scheduleAt(s.Expires, scheduledSession, s.ID)
	}
	return l.sessionAnswer(s), err
}

// sessionAgain answers a createPaymentSession that is repeated.
func (l ledger) sessionAgain(s session) (any, error) {
	b, _, err := l.paymentByID(s.PaymentID)
	if b.Closed {
		return refuse("ORDER_IS_CLOSED", "the payment of the session under this paymentRequestId was closed unpaid"), err
	}
	return l.sessionAnswer(s), err
}

// freeSessionID is the first ID drawn for a session that no other has.
func (l ledger) freeSessionID(n numbers) (id string, err error) {
	for taken := true; taken && err == nil; {
		id = "PAYMENT_SESSIONID_" + n.sessionTime(l.now) + "_AUTO"
		_, taken, err = l.sessionBy("id", id)
	}
	return id, err
}

// sessionTime is the part of a session's ID that looks like a time to the
// millisecond: the date, and a moment of it that is drawn, so that sessions of one
// moment differ.
func (n numbers) sessionTime(now time.Time) string {
	const day = 24 * time.Hour
	moment := time.Duration(n.share() * float64(day))
	return now.UTC().Truncate(day).Add(moment).Format("20060102150405") + fmt.Sprintf("%03d", moment/time.Millisecond%1000)
}

// sessionEnd is when a session ends; an hour after it was made, unless it, or its
// payment, shall end sooner.
func (l ledger) sessionEnd(r gjson.Result) (at time.Time, refusal any) {
	last := l.now.Add(sessionLife)
	if ends, err := apo.ParseTime(r.Get("paymentExpiryTime").String()); err == nil && ends.Before(last) {
		last = ends
	}
	text := r.Get("paymentSessionExpiryTime").String()
	if text == "" {
		return last, nil
	}
	at, err := apo.ParseTime(text)
	if err != nil || !at.After(l.now) || at.After(l.now.Add(sessionLife)) {
		return at, refuse("PARAM_ILLEGAL", "paymentSessionExpiryTime must be an ISO 8601 time within the next hour")
	}
	if at.After(last) {
		at = last
	}
	return at, nil
}

// payOfSession is the pay for which a session is made: what it says of the card that may
// be used counts as if the payment method had said it.
func payOfSession(r gjson.Result) (gjson.Result, error) {
	doc, err := objectOf([]byte(r.Raw))
	if err != nil {
		return r, err
	}
	method, err := objectOf([]byte(r.Get("paymentMethod").Raw))
	if err != nil {
		return r, err
	}
	meta, err := objectOf([]byte(r.Get("availablePaymentMethod.paymentMethodMetaData").Raw))
	if err != nil {
		return r, err
	}
	own, err := objectOf([]byte(r.Get(cardMeta[:len(cardMeta)-1]).Raw))
	if err != nil {
		return r, err
	}
	for name, value := range own {
		meta[name] = value
	}
	if method["paymentMethodMetaData"], err = json.Marshal(meta); err == nil {
		doc["paymentMethod"], err = json.Marshal(method)
	}
	if err != nil {
		return r, err
	}
	whole, err := json.Marshal(doc)
	return gjson.ParseBytes(whole), err
}

// sessionAnswer is what createPaymentSession answers. The data is for the browser's
// SDK, and says nothing to anybody else.
func (l ledger) sessionAnswer(s session) sessionAnswer {
	data := base64.StdEncoding.EncodeToString(l.ids.of("session data", s.RequestID).bytes(384)) + "&&SG&&111"
	a := sessionAnswer{Data: data, Expiry: isoTime(s.Expires), ID: s.ID, Result: resultOf("SUCCESS")}
	if s.Scene == "CHECKOUT_PAYMENT" {
		a.NormalURL, _, _ = l.addresses(s.Terminal, cardPrefix+"session/", s.Nonce)
	}
	return a
}

// findSession finds a session by its ID, which wins, or by paymentRequestId.
func (l ledger) findSession(r gjson.Result) (session, bool, error) {
	if id := r.Get("paymentSessionId").String(); id != "" {
		return l.sessionBy("id", id)
	}
	return l.sessionBy("request_id", r.Get("paymentRequestId").String())
}

func (l ledger) idOfSession(r gjson.Result) (string, error) {
	s, _, err := l.findSession(r)
	return s.RequestID, err
}

type retrieveAnswer struct {
	Order  json.RawMessage `json:"order,omitempty"`
	Result result          `json:"result"`
}

func (l ledger) retrievePaymentSession(r gjson.Result) (any, error) {
	s, found, err := l.findSession(r)
	if err != nil {
		return nil, err
	}
	if o, err := l.outcome(call{api: "retrievePaymentSession", requestID: s.RequestID, facts: facts{amount: s.Amount}}); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no session has this ID"), nil
	}
	request, err := l.form(s.Nonce)
	a := retrieveAnswer{Result: resultOf("SUCCESS")}
	if order := gjson.GetBytes(request, "order"); order.Exists() {
		a.Order = json.RawMessage(order.Raw)
	}
	return a, err
}

// expire ends a session that nobody submitted.
func (l ledger) expire(id string) error {
	s, found, err := l.sessionBy("id", id)
	if err != nil || !found || s.Status != waiting {
		return err
	}
	s.transition(lapse)
	return l.saveSession(&s)
}

func (t *tx) saveSession(s *session) error {
	t.changed("session", s.RequestID)
	return t.put(`INSERT INTO sessions (id, request_id, nonce, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, s, s.ID, s.RequestID, s.Nonce)
}

// sessionBy finds a session by one of its columns: id, request_id or nonce.
func (t *tx) sessionBy(column, key string) (s session, found bool, err error) {
	found, err = t.get(&s, `SELECT doc FROM sessions WHERE `+column+` = ?`, key)
	return s, found, err
}

// hasSession refuses a pay under the ID of a session: its payment is the buyer's to
// make.
func (l ledger) hasSession(requestID string) (refusal any, err error) {
	s, found, err := l.sessionBy("request_id", requestID)
	if err != nil || !found {
		return nil, err
	}
	return refuse("REPEAT_REQ_INCONSISTENT", "paymentRequestId is in use for the session "+s.ID), nil
}
