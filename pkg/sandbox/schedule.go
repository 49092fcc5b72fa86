package sandbox

import (
	"database/sql"
	"errors"
	"time"
)

// What time brings to a payment, in the order in which it comes when several
// fall on one moment.
const (
	scheduledDecision = "1-decision" // the acquirer, which took its time, decides
	scheduledResult   = "2-result"   // the acquirer did, or refused, a capture or refund
	scheduledClose    = "3-close"    // a payment that was not finished is closed
	scheduledExpiry   = "4-expiry"   // an authorization that was not captured ends
	scheduledVaulting = "5-vaulting" // the acquirer decides about a card to be saved, or that is closed
	scheduledAlert    = "5-alert"    // the day before a dispute must be answered
	scheduledDefense  = "6-defense"  // the last moment to answer a dispute
)

// schedule writes down what time will bring to a payment.
func (t *tx) schedule(p *payment) error {
	var err error
	add := func(at time.Time, kind string) {
		if err == nil && !at.IsZero() {
			err = t.scheduleAt(at, kind, p.ID)
		}
	}
	switch {
	case p.Status == processing:
		add(p.Final, scheduledDecision)
		add(p.Closes, scheduledClose)
	case p.Status == failed && p.ThreeDS.Result == "failed":
		add(p.Closes, scheduledClose) // only then is it told
	case p.Status == success:
		add(p.AuthExpires, scheduledExpiry)
	}
	return err
}

// scheduleAt writes down what time will bring. What lies beyond the end of all
// clocks never comes, and cannot be counted in nanoseconds either.
func (t *tx) scheduleAt(at time.Time, kind, ref string) error {
	if at.After(latest()) {
		return nil
	}
	t.planned(at)
	_, err := t.sql.Exec(`INSERT OR IGNORE INTO due (at, kind, ref) VALUES (?, ?, ?)`, at.UnixNano(), kind, ref)
	return err
}

// planned remembers the soonest of what was planned.
func (t *tx) planned(at time.Time) {
	if n := at.UnixNano(); t.soonest == 0 || n < t.soonest {
		t.soonest = n
	}
}

// scheduleAll does it for the payments of a state file of before there was a
// schedule.
func scheduleAll(p *prepared) error {
	list, err := documents[payment](p, `SELECT doc FROM payments`)
	if err != nil {
		return err
	}
	t := &tx{sql: p}
	for _, p := range list {
		if p.Closes.IsZero() {
			p.Closes = p.Created.Add(PaymentLife)
		}
		if err := errors.Join(t.savePayment(&p), t.schedule(&p)); err != nil {
			return err
		}
	}
	return nil
}

// catchUp runs what time has brought, each at its own moment; at most so
// much of it, and more reports whether anything is left.
func (l ledger) catchUp(most int) (more bool, err error) {
	until := l.now
	for range most {
		var at int64
		var kind, ref string
		err := l.sql.row(`SELECT at, kind, ref FROM due WHERE at <= ? ORDER BY at, kind, ref LIMIT 1`, []any{until.UnixNano()}, &at, &kind, &ref)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if _, err := l.sql.Exec(`DELETE FROM due WHERE at = ? AND kind = ? AND ref = ?`, at, kind, ref); err != nil {
			return false, err
		}
		then := l
		then.now = time.Unix(0, at).In(until.Location())
		if err := then.run(kind, ref); err != nil {
			return false, err
		}
		if err := l.mark(at); err != nil {
			return false, err
		}
	}
	return true, nil
}

// nextEvent is when time brings something; the zero time: nothing is planned.
func (t *tx) nextEvent() (time.Time, error) {
	var at sql.NullInt64
	if err := t.sql.row(`SELECT min(at) FROM due`, nil, &at); err != nil || !at.Valid {
		return time.Time{}, err
	}
	return time.Unix(0, at.Int64), nil
}

// run does what time brings. Where the payment has gone another way meanwhile,
// nothing does.
func (l ledger) run(kind, ref string) error {
	switch kind {
	case scheduledResult:
		return l.complete(ref)
	case scheduledVaulting:
		return l.vaultingDue(ref)
	}
	if kind == scheduledSession {
		return l.expire(ref)
	}
	if kind == scheduledAlert || kind == scheduledDefense {
		return l.disputeTime(kind, ref)
	}
	b, found, err := l.paymentByID(ref)
	if err != nil || !found {
		return err
	}
	switch {
	case kind == scheduledDecision && b.Status == processing:
		_, err = l.decide(&b)
		return err
	case kind == scheduledClose && b.Status == processing && !b.Cancelled.IsZero():
		return l.end(&b) // the buyer could have gone on, and did not
	case kind == scheduledClose && b.Status == processing:
		b.transition(lapse)
		b.Code, b.Closed = "ORDER_IS_CLOSED", true
		return errors.Join(l.savePayment(&b.payment), l.notifyPayment(b.payment))
	case kind == scheduledClose && b.Status == failed && b.ThreeDS.Result == "failed":
		return l.notifyPayment(b.payment)
	case kind == scheduledExpiry && b.Status == success && b.sum("CAPTURE") == 0:
		b.transition(lapse)
		b.Code, b.Cancelled = "AUTH_EXPIRED", b.AuthExpires
		return errors.Join(l.savePayment(&b.payment), l.notifyLapse(b))
	}
	return nil
}
