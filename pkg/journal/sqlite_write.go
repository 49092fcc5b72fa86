package journal

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// Begin is as [Store] says.
func (j *SQLite) Begin(ctx context.Context, r Record, allow func(earlier []Record) error) (Record, error) {
	name, err := j.sender.name()
	if err != nil {
		return r, j.failed(err)
	}
	r.Time, r.State = j.now().Truncate(time.Millisecond), Begun
	r.Request, r.Endpoint = j.masked(r.Request, r.Reads), j.Masker.Text(r.Endpoint)
	r.Numbers = j.maskedNumbers(r.Numbers, r.Reads).Or(apo.NumbersOf(r.Request))
	var refusal error
	err = j.change(ctx, func(tx *sql.Tx) error {
		if allow != nil {
			earlier, err := j.sharing(tx, r.ClientID, r.indexed(), "")
			if err != nil {
				return err
			}
			if refusal = allow(earlier); refusal != nil {
				return refusal
			}
		}
		if r.ID, err = j.begin(tx, r, name); err == nil {
			j.sender.take(r.ID)
		}
		return err
	})
	if err != nil {
		j.sender.drop(r.ID)
	}
	if refusal != nil {
		return r, refusal
	}
	r.InFlight, r.Process = true, os.Getpid()
	return r, err
}

// acquirerOf is that of a payment, as far as one of its first records has it.
const acquirerOf = `SELECT acquirer FROM calls WHERE acquirer <> '' AND id IN (SELECT call FROM numbers WHERE number = ? LIMIT 100) LIMIT 1`

func (j *SQLite) begin(tx *sql.Tx, r Record, sender string) (int64, error) {
	if n := &r.Numbers; n.Acquirer == "" && n.PaymentID != "" { // captures and refunds do not say whose they are
		err := tx.QueryRow(acquirerOf, n.PaymentID).Scan(&n.Acquirer)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	result, err := tx.Exec(`INSERT INTO calls (payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
		reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id, network_transaction_id, arn, rrn,
		time, profile, mode, client_id, gateway, endpoint, reads,
		currency, value, card, request, claimed_by, auth_end, state, outcome, notice_type, notice_time) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'',?,?)`,
		append(values(r.Numbers), r.Time.UnixMilli(), r.Profile, r.Mode, r.ClientID, r.Gateway, r.Endpoint, r.Reads,
			r.Amount.Currency, r.Amount.Value, r.Card, r.Request, sender, noAuthorization(r), r.State, r.Notice.Type, r.Notice.Time)...)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	return id, index(tx, id, r.indexed())
}

// masked hides card data for good. Somebody may ask for a payment by a card's
// number: in an inquiry, which nobody will have to resolve, what could be one is
// hidden among the IDs too.
func (j *SQLite) masked(message []byte, reads bool) []byte {
	m := j.Masker
	m.IDs = m.IDs || reads
	return m.JSON(message)
}

// maskedNumbers is masked for numbers that stand beside a message.
func (j *SQLite) maskedNumbers(n apo.Numbers, reads bool) apo.Numbers {
	if !reads || n == (apo.Numbers{}) {
		return n
	}
	for _, id := range []*string{
		&n.PaymentRequestID, &n.PaymentID, &n.CaptureRequestID, &n.CaptureID, &n.RefundRequestID, &n.RefundID,
		&n.ReferenceOrderID, &n.AcquirerTransactionID, &n.AcquirerReferenceID,
	} {
		*id = j.Masker.ID(*id)
	}
	return n
}

// values are those of the columns of the numbers, in their order.
func values(n apo.Numbers) []any {
	return []any{
		n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.CaptureID, n.RefundRequestID, n.RefundID,
		n.ReferenceOrderID, n.Acquirer, n.AcquirerTransactionID, n.AcquirerReferenceID, n.NetworkTransactionID, n.ARN, n.RRN,
	}
}

const setNumbers = `UPDATE calls SET payment_request_id=?, payment_id=?, capture_request_id=?, capture_id=?, refund_request_id=?, refund_id=?,
	reference_order_id=?, acquirer=?, acquirer_transaction_id=?, acquirer_reference_id=?, network_transaction_id=?, arn=?, rrn=?`

// index makes numbers lead to a record.
func index(tx *sql.Tx, id int64, numbers []string) error { return prepare(tx).index(id, numbers) }

// End is as [Store] says.
func (j *SQLite) End(ctx context.Context, id int64, e Ending) error {
	err := j.change(ctx, func(tx *sql.Tx) error {
		r, err := j.get(tx, id)
		if err != nil {
			return err
		}
		return j.end(tx, r, e)
	})
	if err == nil && !e.State.Open() {
		j.sender.drop(id)
	}
	return err
}

func (j *SQLite) end(tx *sql.Tx, r Record, e Ending) error {
	e.Answer = j.masked(e.Answer, r.Reads)
	if !outweighs(e, r) {
		e.State, e.Outcome = r.State, r.Outcome
	}
	n := r.Numbers.Or(apo.NumbersOf(e.Answer))
	answered := r
	answered.Numbers, answered.Answer = n, e.Answer
	if err := index(tx, r.ID, slices.DeleteFunc(answered.indexed(), r.Carries)); err != nil {
		return err
	}
	e.Poll = r.Reads && !r.IsNotification() && e.Outcome == apo.Succeeded && !final(e.Answer)
	mask := j.Masker.Text
	_, err := tx.Exec(setNumbers+`, state=?, outcome=?, status=?, code=?, message=?, verification=?, answer=?, connect=?, tls=?, first_byte=?, total=?, note=?, gateway_time=?, poll=nullif(?,0),
		card=coalesce(?,card), claimed_by=iif(?,claimed_by,'') WHERE id=?`,
		append(values(n), e.State, e.Outcome, mask(e.Result.Status), mask(e.Result.Code), mask(e.Result.Message), e.Verification, e.Answer,
			e.Timing.Connect.Microseconds(), e.Timing.TLS.Microseconds(), e.Timing.FirstByte.Microseconds(), e.Timing.Total.Microseconds(),
			mask(e.Note), milliseconds(e.GatewayTime), e.Poll, toldCard(r, e.Answer), e.State.Open(), r.ID)...)
	if err != nil {
		return err
	}
	r.Numbers, r.Ending = n, e
	return authorization(tx, r)
}

// final reports whether what an inquiry told will not change by itself.
func final(answer []byte) bool {
	p := apo.PaymentIn(answer)
	waits := func(status string) bool { return status == apo.StatusProcessing || status == apo.StatusPending }
	return !waits(p.Status) && !waits(gjson.GetBytes(answer, "refundStatus").String()) &&
		!slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool { return waits(t.Status) })
}

// toldCard is the card that an inquiry or a notification told; nil of others, which
// keep that of their request.
func toldCard(r Record, answer []byte) any {
	c := apo.PaidCardIn(answer)
	if !r.Reads || len(c.LastFour) != 4 {
		return nil
	}
	return strings.TrimSpace(c.Brand + " " + c.LastFour)
}

// outweighs reports whether an ending says more than what was told of the call
// while its answer was under way.
func outweighs(e Ending, r Record) bool {
	switch {
	case r.State == Resolved:
		return e.Outcome == apo.Succeeded
	case r.Resolved.Outcome == apo.Pending:
		return e.Outcome != apo.InDoubt
	}
	return true
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
		if r.Outcome != apo.Succeeded {
			return nil
		}
	case "notifyCapture":
		if said(r) != "S" {
			return nil
		}
	case "pay", "inquiryPayment":
		p := apo.PaymentIn(r.Answer)
		captured := func(t apo.Transaction) bool { return t.Type == "CAPTURE" && t.Status == apo.StatusSuccess }
		if p.Status == apo.StatusCancelled || slices.ContainsFunc(p.Transactions, captured) {
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
	limit := ""
	if r.IsNotification() { // of a payment there may be any number of them, and its pay is not the last
		limit = " LIMIT 100"
	}
	// A number leads to other payments too: one's order may be another's request.
	_, err := tx.Exec(`UPDATE calls SET auth_end = ?1 WHERE id IN (SELECT call FROM numbers WHERE number IN (?2, ?3)`+limit+`)
		AND +endpoint = 'pay' AND client_id = ?4 AND auth_end IS NOT 0 AND auth_end IS NOT ?1 AND (payment_id = nullif(?2, '') OR payment_request_id = nullif(?3, ''))`,
		until, r.Numbers.PaymentID, r.Numbers.PaymentRequestID, r.ClientID)
	return err
}

// Resolve is as [Store] says.
func (j *SQLite) Resolve(ctx context.Context, id int64, told Resolution) error {
	state := cmp.Or(OpenAs(told.Outcome), Resolved)
	err := j.change(ctx, func(tx *sql.Tx) error {
		r, err := j.get(tx, id)
		late := told.Outcome == apo.Succeeded && r.Outcome != apo.Succeeded
		if err != nil || r.Reads || !r.State.Open() && !late && !told.Contradicted {
			return err
		}
		if state.Open() && (told.Contradicted || r.Resolved.Contradicted) {
			told.Note = contradicted
		}
		if teller, err := j.get(tx, told.By); err == nil {
			r.Numbers = r.Numbers.Or(numbersFrom(teller, r))
		}
		if err := index(tx, id, r.Numbers.All()); err != nil {
			return err
		}
		mask := j.Masker.Text
		_, err = tx.Exec(setNumbers+`, state=?, outcome=?, resolved=?, resolved_code=?, resolved_by=?, resolved_note=?, claimed_by=iif(?,claimed_by,'') WHERE id=?`,
			append(values(r.Numbers), state, told.Outcome, told.Outcome, mask(told.Code), told.By, mask(told.Note), state.Open(), id)...)
		if err != nil {
			return err
		}
		r.State, r.Outcome = state, told.Outcome
		return authorization(tx, r)
	})
	if err == nil && !state.Open() {
		j.sender.drop(id)
	}
	return err
}

// contradicted is the note of a call about which verified messages contradict each other.
const contradicted = "its verified messages contradict each other"

// numbersFrom are the numbers of a call that another knows, an inquiry: those of
// its payment, and its own among the payment's transactions.
func numbersFrom(teller, r Record) apo.Numbers {
	n := teller.Numbers
	p := apo.PaymentIn(teller.Answer)
	if teller.Endpoint == "inquiryPayment" && r.Endpoint != "pay" {
		n.ARN, n.RRN = "", "" // those of the payment
	}
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

// change runs work in a transaction that is durable when it returns.
func (j *SQLite) change(ctx context.Context, work func(*sql.Tx) error) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if err := j.place.check(); err != nil {
		return j.failed(err)
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return j.failed(err)
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return j.failed(err)
	}
	if err := tx.Commit(); err != nil {
		return j.failed(err)
	}
	return j.failed(cmp.Or(sqlite.SyncLog(j.file), j.place.check()))
}

// milliseconds is a time as a column has it; nothing for none.
func milliseconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}
