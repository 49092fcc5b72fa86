package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Filter says which records are wanted; the zero value wants all.
type Filter struct {
	Since    time.Time
	Before   time.Time
	Profile  string
	Endpoint string
	State    State
	Moving   bool      // no inquiries
	Open     bool      // of which it is not known what became of them
	Failed   bool      // that did not succeed
	AuthEnd  time.Time // payments authorized until then at the latest, and neither captured nor cancelled
	Limit    int       // newest; 0: all
}

const columns = `id, time, profile, mode, client_id, endpoint, reads,
	payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
	reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
	currency, value, card, request, sender, state,
	coalesce(status,''), coalesce(code,''), coalesce(message,''), coalesce(verification,''), coalesce(answer,''),
	coalesce(connect,0), coalesce(tls,0), coalesce(first_byte,0), coalesce(total,0), coalesce(exit,0), coalesce(note,''),
	coalesce(settled_by,0), coalesce(settling,''), coalesce(auth_end,0)`

// ErrNotFound says that there is no record of an ID.
var ErrNotFound = errors.New("the journal has no such record")

type scanner interface{ Scan(...any) error }

func scan(row scanner) (Record, error) {
	var r Record
	var at, connect, tls, first, total, authEnd int64
	n := &r.Numbers
	err := row.Scan(&r.ID, &at, &r.Profile, &r.Mode, &r.ClientID, &r.Endpoint, &r.Reads,
		&n.PaymentRequestID, &n.PaymentID, &n.CaptureRequestID, &n.CaptureID, &n.RefundRequestID, &n.RefundID,
		&n.ReferenceOrderID, &n.Acquirer, &n.AcquirerTransactionID, &n.AcquirerReferenceID,
		&r.Amount.Currency, &r.Amount.Value, &r.Card, &r.Request, &r.Sender, &r.State,
		&r.Result.Status, &r.Result.Code, &r.Result.Message, &r.Verification, &r.Answer,
		&connect, &tls, &first, &total, &r.Exit, &r.Note, &r.SettledBy, &r.Settling, &authEnd)
	if authEnd > 0 {
		r.AuthEnd = time.UnixMilli(authEnd)
	}
	r.Time = time.UnixMilli(at)
	micro := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	r.Timing = apo.Timing{Connect: micro(connect), TLS: micro(tls), FirstByte: micro(first), Total: micro(total)}
	return r, err
}

func get(tx *sql.Tx, id int64) (Record, error) {
	r, err := scan(tx.QueryRow(`SELECT `+columns+` FROM calls WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, err
}

// sharing are the calls of the same client ID that share a number with r, the
// newest first: those that read, or those that move something.
func sharing(tx *sql.Tx, r Record, reads bool) ([]Record, error) {
	numbers := r.Numbers.all()
	if len(numbers) == 0 {
		return nil, nil
	}
	args := []any{r.ClientID, reads}
	for _, n := range numbers {
		args = append(args, n)
	}
	rows, err := tx.Query(`SELECT `+columns+` FROM calls WHERE client_id = ? AND reads = ? AND id IN (
		SELECT call FROM numbers WHERE number IN (?`+strings.Repeat(",?", len(numbers)-1)+`)) ORDER BY id DESC`, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows)
}

// Get returns one record; the error is [ErrNotFound] where there is none.
func (j *Journal) Get(id int64) (Record, error) {
	r, err := scan(j.db.QueryRow(`SELECT `+columns+` FROM calls WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, j.failed(err)
}

// List returns records, the newest first.
func (j *Journal) List(f Filter) ([]Record, error) {
	var list []Record
	for r, err := range j.Each(f) {
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Each is List for many records, of which it holds one at a time. An error is
// the last that it yields. The journal answers nothing else until the loop ends.
func (j *Journal) Each(f Filter) iter.Seq2[Record, error] {
	return j.each(f, `SELECT `+columns+` FROM calls`, scan)
}

func (j *Journal) each(f Filter, from string, scan func(scanner) (Record, error)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		rest, args := f.rest()
		rows, err := j.db.Query(from+rest, args...)
		if err != nil {
			yield(Record{}, j.failed(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scan(rows)
			if !yield(r, j.failed(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Record{}, j.failed(err))
		}
	}
}

// rest is what follows the table's name in a query: condition, order and limit.
//
// SQLite does not know how many records an index leads to. A + keeps it from
// those of a condition, where another leads to fewer.
func (f Filter) rest() (string, []any) {
	const open, settled = "state IN ('begun', 'pending', 'in-doubt')", "state = 'settled'"
	var where []string
	var args []any
	add := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
	}
	few := false // the index of a condition before leads to few
	also := func(condition string, values ...any) {
		if few {
			condition = "+" + condition
		}
		few = true
		add(condition, values...)
	}
	if !f.AuthEnd.IsZero() {
		also("auth_end > 0")
		add(`auth_end <= ? AND exit = 0 AND NOT `+open+` AND NOT EXISTS (
			SELECT 1 FROM numbers CROSS JOIN calls AS taken ON taken.id = call
			WHERE number = calls.payment_id AND taken.endpoint IN ('capture', 'cancel') AND taken.payment_id = number AND taken.exit = 0 AND NOT taken.`+open+`)`, f.AuthEnd.UnixMilli())
	}
	switch {
	case f.Open, f.State.Open():
		also(open)
	case f.State == Settled:
		also(settled)
	}
	if f.State != "" {
		add("+state = ?", f.State)
	}
	if f.Failed {
		also("exit <> 0")
	}
	switch {
	case f.Profile != "" && f.Moving && !few:
		also("profile = ? AND reads = 0", f.Profile) // one index has both
	case f.Profile != "":
		add("profile = ?", f.Profile)
	}
	if f.Endpoint != "" {
		also("endpoint = ?", f.Endpoint)
	}
	if f.Moving {
		also("reads = 0")
	}
	if !f.Since.IsZero() {
		// Times may go back where IDs do not: with the clock.
		add("+time >= ? AND id >= (SELECT min(+id) FROM calls WHERE time >= ?)", f.Since.UnixMilli(), f.Since.UnixMilli())
	}
	if !f.Before.IsZero() {
		add("+time < ?", f.Before.UnixMilli())
	}
	rest := " ORDER BY id DESC"
	if len(where) > 0 {
		rest = " WHERE " + strings.Join(where, " AND ") + rest
	}
	if f.Limit > 0 {
		rest += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return rest, args
}

// Outcomes is [Journal.Each] for statistics and several times as fast: of a
// record it yields no more than Endpoint, Numbers.Acquirer, State,
// Result.Code, Exit and Timing.Total.
func (j *Journal) Outcomes(f Filter) iter.Seq2[Record, error] {
	return j.each(f, `SELECT endpoint, acquirer, state, coalesce(code,''), coalesce(exit,0), coalesce(total,0) FROM calls`, func(row scanner) (r Record, err error) {
		var total int64 // µs
		err = row.Scan(&r.Endpoint, &r.Numbers.Acquirer, &r.State, &r.Result.Code, &r.Exit, &total)
		r.Timing.Total = time.Duration(total) * time.Microsecond
		return r, err
	})
}

// Find returns the records that carry a number, or a number that begins so, the
// newest first and at most 200.
func (j *Journal) Find(number string) ([]Record, error) {
	if number == "" {
		return nil, nil
	}
	return j.records(`SELECT `+columns+` FROM calls WHERE id IN (
		SELECT call FROM numbers WHERE number >= ? AND number < ? ORDER BY number, call DESC LIMIT 200) ORDER BY id DESC`,
		number, number+"\U0010FFFF")
}

// Of returns the records of one payment of a client ID in their order: its pay,
// whatever was done with it, the inquiries, and the notifications. Those of a
// refund may name the refund alone. Who has the same number for another reason is
// not of this payment: another client ID may have used the same paymentRequestId,
// and an order is often named as its first payment was.
func (j *Journal) Of(clientID string, n Numbers) ([]Record, error) {
	return j.records(`WITH own AS (SELECT id, refund_request_id FROM calls
			WHERE id IN (SELECT call FROM numbers WHERE number IN (?2, ?3)) AND client_id = ?1
				AND (payment_id = nullif(?2, '') OR payment_request_id = nullif(?3, '')))
		SELECT `+columns+` FROM calls WHERE id IN (
			SELECT id FROM own
			UNION SELECT calls.id FROM own JOIN numbers ON number = own.refund_request_id AND number <> ''
				JOIN calls ON calls.id = call AND client_id = ?1 AND calls.refund_request_id = number AND payment_id = '') ORDER BY id`,
		clientID, n.PaymentID, n.PaymentRequestID)
}

func (j *Journal) records(query string, args ...any) ([]Record, error) {
	rows, err := j.db.Query(query, args...)
	if err != nil {
		return nil, j.failed(err)
	}
	list, err := collect(rows)
	return list, j.failed(err)
}

func collect(rows *sql.Rows) ([]Record, error) {
	defer rows.Close()
	var list []Record
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func (j *Journal) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("journal %s: %w", j.file, plain(err))
}
