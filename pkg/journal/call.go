package journal

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// Begin writes a call down, masked, before it is sent. It is on disk when Begin
// returns. State, ID, Time and Sender of the record are Begin's to set.
//
// allow, if not nil, is given the earlier calls of the same client ID that
// moved something and share a number with this one, the newest first. Where it
// returns an error nothing is written and Begin returns that error. No other
// process writes meanwhile. The error is [ErrSecretNumber] where the request could
// not be asked for under what may be written down of its IDs.
func (j *Journal) Begin(r Record, allow func(earlier []Record) error) (Record, error) {
	var err error
	if r.Sender, err = j.sender.name(); err != nil {
		return r, fmt.Errorf("journal %s: %w", j.file, err)
	}
	r.Time, r.State = j.now().Truncate(time.Millisecond), Begun
	given := NumbersOf(r.Request)
	r.Request, r.Endpoint = j.masked(r.Request, r.Reads), j.Masker.Text(r.Endpoint)
	if !r.Reads && NumbersOf(r.Request) != given {
		return r, ErrSecretNumber
	}
	r.Numbers = r.Numbers.Or(NumbersOf(r.Request))
	var refusal error
	err = j.change(func(tx *sql.Tx) error {
		if allow != nil {
			earlier, err := sharing(tx, r, false)
			if err != nil {
				return err
			}
			if refusal = allow(earlier); refusal != nil {
				return refusal
			}
		}
		r.ID, err = begin(tx, r)
		return err
	})
	if refusal != nil {
		return r, refusal
	}
	return r, err
}

// ErrSecretNumber says that an ID of a request holds what is never written down.
// Under what would be left of it nobody could ask for the request.
var ErrSecretNumber = errors.New("an ID of the request holds a card number, a token or a key, which is never written down; give it another")

func begin(tx *sql.Tx, r Record) (int64, error) {
	if n := &r.Numbers; n.Acquirer == "" && n.PaymentID != "" { // captures and refunds do not say whose they are
		err := tx.QueryRow(`SELECT acquirer FROM calls WHERE acquirer <> '' AND id IN (SELECT call FROM numbers WHERE number = ?) LIMIT 1`, n.PaymentID).Scan(&n.Acquirer)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	result, err := tx.Exec(`INSERT INTO calls (time, profile, mode, client_id, endpoint, reads,
		payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
		reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
		currency, value, card, request, sender, auth_end, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		append(append([]any{r.Time.UnixMilli(), r.Profile, r.Mode, r.ClientID, r.Endpoint, r.Reads}, r.Numbers.columns()...),
			r.Amount.Currency, r.Amount.Value, r.Card, r.Request, r.Sender, noAuthorization(r), r.State)...)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	return id, index(tx, id, r.Numbers)
}

// masked hides card data for good. Somebody may ask for a payment by a card's
// number: in an inquiry, which nobody will have to settle, what could be one is
// hidden among the IDs too.
func (j *Journal) masked(message []byte, reads bool) []byte {
	message = j.Masker.JSON(message)
	if !reads {
		return message
	}
	for _, id := range NumbersOf(message).all() {
		if hidden := j.Masker.Text(id); hidden != id {
			message = bytes.ReplaceAll(message, []byte(id), []byte(hidden))
		}
	}
	return message
}

func (n Numbers) columns() []any {
	return []any{
		n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.CaptureID, n.RefundRequestID, n.RefundID,
		n.ReferenceOrderID, n.Acquirer, n.AcquirerTransactionID, n.AcquirerReferenceID,
	}
}

func index(tx *sql.Tx, id int64, n Numbers) error {
	for _, number := range n.all() {
		if _, err := tx.Exec(`INSERT OR IGNORE INTO numbers (number, call) VALUES (?, ?)`, number, id); err != nil {
			return err
		}
	}
	return nil
}

// End writes down how a call ended.
func (j *Journal) End(id int64, e Ending) error {
	return j.change(func(tx *sql.Tx) error {
		r, err := get(tx, id)
		if err != nil {
			return err
		}
		return j.end(tx, r, e)
	})
}

func (j *Journal) end(tx *sql.Tx, r Record, e Ending) error {
	e.Answer = j.masked(e.Answer, r.Reads)
	n := r.Numbers.Or(NumbersOf(e.Answer))
	if err := index(tx, r.ID, n); err != nil {
		return err
	}
	mask := j.Masker.Text
	_, err := tx.Exec(`UPDATE calls SET payment_request_id=?, payment_id=?, capture_request_id=?, capture_id=?, refund_request_id=?, refund_id=?,
		reference_order_id=?, acquirer=?, acquirer_transaction_id=?, acquirer_reference_id=?,
		state=?, status=?, code=?, message=?, verification=?, answer=?, connect=?, tls=?, first_byte=?, total=?, exit=?, note=? WHERE id=?`,
		append(n.columns(), e.State, mask(e.Result.Status), mask(e.Result.Code), mask(e.Result.Message), e.Verification, e.Answer,
			e.Timing.Connect.Microseconds(), e.Timing.TLS.Microseconds(), e.Timing.FirstByte.Microseconds(), e.Timing.Total.Microseconds(),
			e.Exit, mask(e.Note), r.ID)...)
	if err != nil {
		return err
	}
	r.Numbers, r.Ending = n, e
	return authorization(tx, r)
}

// noAuthorization is the auth_end of a call before its answer: 0 for a payment
// that is captured without anybody's asking, nil where it is not known yet.
func noAuthorization(r Record) any {
	if gjson.GetBytes(r.Request, "paymentFactor.captureMode").String() == "AUTOMATIC" {
		return 0
	}
	return nil
}

// authorization keeps with a pay when its authorization ends, as the pay itself
// or an inquiry told, until a capture or a cancellation has worked, here or, as
// an inquiry or a notification tells, elsewhere: from then on it is 0.
func authorization(tx *sql.Tx, r Record) error {
	var until int64 // ms since the epoch
	switch r.Endpoint {
	case "capture", "cancel":
		if r.Exit != 0 || r.State.Open() {
			return nil
		}
	case "notifyCapture":
		if r.Result.Status != "S" {
			return nil
		}
	case "pay", "inquiryPayment":
		p := apo.ReadPayment(&apo.Answer{Raw: r.Answer})
		if p.Status == apo.StatusCancelled || p.Balance().Captured > 0 {
			break
		}
		t, err := apo.ParseTime(p.AuthExpiryTime)
		if err != nil {
			return nil
		}
		until = t.UnixMilli()
	default:
		return nil
	}
	// A number leads to other payments too: one's order may be another's request.
	_, err := tx.Exec(`UPDATE calls SET auth_end = ?1 WHERE id IN (SELECT call FROM numbers WHERE number IN (?2, ?3))
		AND +endpoint = 'pay' AND client_id = ?4 AND auth_end IS NOT 0 AND auth_end IS NOT ?1 AND (payment_id = nullif(?2, '') OR payment_request_id = nullif(?3, ''))`,
		until, r.Numbers.PaymentID, r.Numbers.PaymentRequestID, r.ClientID)
	return err
}

// Settle writes down what became of a call that was open, and which later call
// told: by is its ID, or 0; the numbers that it knows are taken over. Of a call
// that is not open any more it changes nothing: whoever was first knew. But what
// was settled or answered otherwise, and is done (exit 0) after all, is done.
func (j *Journal) Settle(id int64, what string, by int64, exit int) error {
	return j.change(func(tx *sql.Tx) error {
		r, err := get(tx, id)
		late := (r.State == Settled || r.State == Answered) && r.Exit != 0 && exit == 0
		if err != nil || !r.State.Open() && !late {
			return err
		}
		if teller, err := get(tx, by); err == nil {
			r.Numbers = r.Numbers.Or(told(r, teller))
		}
		if err := index(tx, id, r.Numbers); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE calls SET payment_request_id=?, payment_id=?, capture_request_id=?, capture_id=?, refund_request_id=?, refund_id=?,
			reference_order_id=?, acquirer=?, acquirer_transaction_id=?, acquirer_reference_id=?, state=?, settling=?, settled_by=?, exit=? WHERE id=?`,
			append(r.Numbers.columns(), Settled, j.Masker.Text(what), by, exit, id)...)
		if err != nil {
			return err
		}
		r.State, r.Exit = Settled, exit
		return authorization(tx, r)
	})
}

// told are the numbers of a call that an inquiry knows: those of its payment,
// and its own among the payment's transactions.
func told(r, teller Record) Numbers {
	n := teller.Numbers
	p := apo.ReadPayment(&apo.Answer{Raw: teller.Answer})
	switch r.Endpoint {
	case "capture":
		if t, found := p.Find("CAPTURE", r.Numbers.CaptureRequestID); found {
			n.CaptureID = t.ID
		}
	case "refund":
		if t, found := p.Find("REFUND", r.Numbers.RefundRequestID); found {
			n.RefundID = t.ID
		}
	}
	return n
}

// Mark changes the state of a call that is open to another open one, with a
// note: a sender that died left it in doubt.
func (j *Journal) Mark(id int64, s State, exit int, note string) error {
	return j.change(func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE calls SET state=?, exit=?, note=? WHERE id=? AND state IN ('begun', 'pending', 'in-doubt')`,
			s, exit, j.Masker.Text(note), id)
		return err
	})
}

// change runs work in a transaction that is durable when it returns.
func (j *Journal) change(work func(*sql.Tx) error) error {
	err := func() error {
		tx, err := j.db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := work(tx); err != nil {
			return err
		}
		return tx.Commit()
	}()
	if err != nil {
		return fmt.Errorf("journal %s: %w", j.file, plain(err))
	}
	return nil
}
