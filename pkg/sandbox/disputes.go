package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// defenseTime is how long a merchant has to answer a dispute. AMS warns a day before.
const (
	defenseTime  = 7 * 24 * time.Hour
	defenseAlert = 24 * time.Hour
)

// The results of a judgement.
const (
	JudgedForMerchant = "ACCEPT_BY_CUSTOMER"
	JudgedForCustomer = "ACCEPT_BY_MERCHANT" // the merchant pays
)

// dispute is what a cardholder says against a payment, as it is recorded.
type dispute struct {
	ID        string
	PaymentID string
	Number    int // how many of its payment came before it
	Amount    apo.Amount
	Reason    string // disputeReasonCode
	Status    status
	Opened    time.Time
	Due       time.Time // until when to answer it
	Ended     time.Time
	Result    string `json:",omitempty"` // disputeJudgedResult
	Accepted  string `json:",omitempty"` // disputeAcceptReason
}

// transition is the only way to change the status of a dispute.
func (d *dispute) transition(e event) { d.Status = mustTransition("dispute", d.Status, e) }

func (d *dispute) can(e event) bool {
	_, ok := next("dispute", d.Status, e)
	return ok
}

// refundable is what is left of what was captured, in smallest units.
func (b paymentRecord) refundable() int64 { return b.done("CAPTURE") - b.sum("REFUND") - b.Lost }

// ErrNoDispute says that the sandbox has no dispute of a number.
var ErrNoDispute = errors.New("the sandbox has no dispute of this number")

// ErrNotDisputable says that a payment, or a dispute, is in no state for what was asked.
var ErrNotDisputable = errors.New("not possible now")

// notNow is an [ErrNotDisputable] that says why.
type notNow struct{ why string }

func (e notNow) Error() string { return e.why }

// Is reports whether target is ErrNotDisputable.
func (e notNow) Is(target error) bool { return target == ErrNotDisputable }

func isNotNow(format string, args ...any) error { return notNow{fmt.Sprintf(format, args...)} }

// newDispute is the next dispute of a payment, not yet recorded. Its ID is a function of
// the state's seed, of the payment and of how many there were.
func (l ledger) newDispute(p payment, number int, amount apo.Amount, reason string) dispute {
	key := p.ID
	if number > 0 {
		key = fmt.Sprintf("%s %d", p.ID, number)
	}
	return dispute{
		ID: p.ID[:8] + l.ids.of("DISPUTE", key).digits(20), PaymentID: p.ID, Number: number, Amount: amount,
		Reason: cmp.Or(reason, defaultReason), Opened: l.now, Due: l.now.Add(defenseTime),
	}
}

// openDispute records a dispute about what is left of a captured payment, and tells it.
// One at a time: what may be refunded meanwhile no source says of two, and a refund waits
// until "the dispute" is judged.
func (l ledger) openDispute(b paymentRecord, amount apo.Amount, reason string) (dispute, error) {
	earlier, err := l.disputesOf(b.ID)
	left := apo.Units64(b.Amount.Currency, b.refundable())
	if amount == (apo.Amount{}) {
		amount = left
	}
	units, bad := amount.Units()
	switch {
	case err != nil:
		return dispute{}, err
	case b.Dispute != "":
		return dispute{}, isNotNow("dispute %s of the payment is open; it has one at a time, as no source tells what may be refunded between two", b.Dispute)
	case b.Status != success:
		return dispute{}, isNotNow("the payment is %s: what was captured can be disputed alone", b.Status)
	case b.done("CAPTURE") == 0:
		return dispute{}, isNotNow("nothing of the payment was captured, so nothing can be disputed")
	case b.refundable() <= 0:
		return dispute{}, isNotNow("nothing is left of the payment that could be disputed")
	case bad != nil || amount.Currency != b.Amount.Currency || units <= 0 || units > b.refundable():
		return dispute{}, fmt.Errorf("the amount of a dispute of this payment is at most %s, not %s", left, amount)
	}
	d := l.newDispute(b.payment, len(earlier), amount, reason)
	d.ID = l.now.UTC().Format("20060102") + d.ID[8:] // of its own day
	d.transition(accept)
	b.Dispute = d.ID
	err = errors.Join(
		l.saveDispute(d), l.savePayment(&b.payment), l.notifyDispute(disputeCreated, d, b.payment),
		l.scheduleAt(d.Due.Add(-defenseAlert), scheduledAlert, d.ID), l.scheduleAt(d.Due, scheduledDefense, d.ID))
	return d, err
}

// endDispute closes a dispute that is open, with what it did to the payment, and tells it.
func (l ledger) endDispute(d dispute, e event, kind string) (dispute, error) {
	b, found, err := l.paymentByID(d.PaymentID)
	if err != nil || !found {
		return d, err
	}
	d.transition(e)
	d.Ended = l.now
	if b.Dispute = ""; d.lost() {
		units, _ := d.Amount.Units()
		b.Lost += units
	}
	return d, errors.Join(l.saveDispute(d), l.savePayment(&b.payment), l.notifyDispute(kind, d, b.payment))
}

// lost reports whether the merchant pays.
func (d dispute) lost() bool { return d.Status == conceded || d.Result == JudgedForCustomer }

// judgeDispute decides a dispute.
func (l ledger) judgeDispute(d dispute, result string) (dispute, error) {
	if err := checkJudgement(result); err != nil {
		return d, err
	}
	if !d.can(judge) {
		return d, isNotNow("the dispute is %s", d.Status)
	}
	d.Result = result
	return l.endDispute(d, judge, disputeJudged)
}

func checkJudgement(result string) error {
	if !slices.Contains([]string{JudgedForMerchant, JudgedForCustomer}, result) {
		return fmt.Errorf("a dispute is judged %s (the merchant pays) or %s, not %q", JudgedForCustomer, JudgedForMerchant, result)
	}
	return nil
}

// withdrawDispute is the cardholder who takes it back. APO tells nothing of that.
func (l ledger) withdrawDispute(d dispute) (dispute, error) {
	switch {
	case !l.settings.Options.is("ams-apis", "on"):
		return d, isNotNow("APO tells no dispute that was taken back; Antom's other products do (option ams-apis)")
	case !d.can(cancel):
		return d, isNotNow("the dispute is %s", d.Status)
	}
	return l.endDispute(d, cancel, disputeCancelled)
}

// disputeTime is what time brings to a dispute. What APO does when nobody answers one in
// time no source says: it stays open until it is judged. AMS accepts it.
func (l ledger) disputeTime(kind, id string) error {
	d, found, err := l.disputeByID(id)
	if err != nil || !found || d.Status != opened || !l.settings.Options.is("ams-apis", "on") {
		return err
	}
	if kind == scheduledDefense {
		d.Accepted = "TIMEOUT"
		_, err = l.endDispute(d, concede, disputeAccepted)
		return err
	}
	b, found, err := l.paymentByID(d.PaymentID)
	if err != nil || !found {
		return err
	}
	return l.notifyDispute(defenseDueAlert, d, b.payment)
}

func (t *tx) saveDispute(d dispute) error {
	t.changed("dispute", d.ID)
	return t.put(`INSERT INTO disputes (id, payment_id, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, d, d.ID, d.PaymentID)
}

func (t *tx) disputeByID(id string) (d dispute, found bool, err error) {
	found, err = t.get(&d, `SELECT doc FROM disputes WHERE id = ?`, id)
	return d, found, err
}

// disputesOf are those of a payment, in their order.
func (t *tx) disputesOf(paymentID string) ([]dispute, error) {
	list, err := documents[dispute](t.sql, `SELECT doc FROM disputes WHERE payment_id = ?`, paymentID)
	slices.SortFunc(list, func(a, b dispute) int { return cmp.Compare(a.Number, b.Number) })
	return list, err
}
