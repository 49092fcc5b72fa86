package journal

import (
	"database/sql"
	"errors"
	"fmt"
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
	Moving   bool // no inquiries
	Open     bool // of which it is not known what became of them
	Failed   bool // that did not succeed
	Limit    int  // newest; 0: all
}

const columns = `id, time, profile, mode, client_id, endpoint, reads,
	payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
	reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
	currency, value, card, request, sender, state,
	coalesce(status,''), coalesce(code,''), coalesce(message,''), coalesce(verification,''), coalesce(answer,''),
	coalesce(connect,0), coalesce(tls,0), coalesce(first_byte,0), coalesce(total,0), coalesce(exit,0), coalesce(note,''),
	coalesce(settled_by,0), coalesce(settling,'')`

// ErrNotFound says that there is no record of an ID.
var ErrNotFound = errors.New("the journal has no such record")

type scanner interface{ Scan(...any) error }

func scan(row scanner) (Record, error) {
	var r Record
	var at, connect, tls, first, total int64
	n := &r.Numbers
	err := row.Scan(&r.ID, &at, &r.Profile, &r.Mode, &r.ClientID, &r.Endpoint, &r.Reads,
		&n.PaymentRequestID, &n.PaymentID, &n.CaptureRequestID, &n.CaptureID, &n.RefundRequestID, &n.RefundID,
		&n.ReferenceOrderID, &n.Acquirer, &n.AcquirerTransactionID, &n.AcquirerReferenceID,
		&r.Amount.Currency, &r.Amount.Value, &r.Card, &r.Request, &r.Sender, &r.State,
		&r.Result.Status, &r.Result.Code, &r.Result.Message, &r.Verification, &r.Answer,
		&connect, &tls, &first, &total, &r.Exit, &r.Note, &r.SettledBy, &r.Settling)
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
	var where []string
	var args []any
	add := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
	}
	if !f.Since.IsZero() {
		add("time >= ?", f.Since.UnixMilli())
	}
	if !f.Before.IsZero() {
		add("time < ?", f.Before.UnixMilli())
	}
	if f.Profile != "" {
		add("profile = ?", f.Profile)
	}
	if f.Endpoint != "" {
		add("endpoint = ?", f.Endpoint)
	}
	if f.State != "" {
		add("state = ?", f.State)
	}
	if f.Moving {
		add("reads = 0")
	}
	if f.Open {
		add("state IN ('begun', 'pending', 'in-doubt')")
	}
	if f.Failed {
		add("exit <> 0")
	}
	query := `SELECT ` + columns + ` FROM calls`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	query += ` ORDER BY id DESC`
	if f.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return j.records(query, args...)
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

// Of returns the records of one payment in their order: its pay, whatever was
// done with it, the inquiries, and the notifications. Those of a refund may name
// the refund alone.
func (j *Journal) Of(n Numbers) ([]Record, error) {
	return j.records(`WITH own AS (SELECT call FROM numbers WHERE number IN (?, ?) AND number <> '')
		SELECT `+columns+` FROM calls WHERE id IN (
			SELECT call FROM own
			UNION SELECT numbers.call FROM own JOIN calls ON calls.id = own.call AND calls.refund_request_id <> ''
				JOIN numbers ON numbers.number = calls.refund_request_id) ORDER BY id`,
		n.PaymentID, n.PaymentRequestID)
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

// Prune removes records that ended before a time, never open ones, and returns
// how many.
func (j *Journal) Prune(before time.Time) (int64, error) {
	var removed int64
	err := j.change(func(tx *sql.Tx) error {
		const old = `time < ? AND (reads = 1 OR state NOT IN ('begun', 'pending', 'in-doubt'))` // an inquiry leaves nothing open
		if _, err := tx.Exec(`DELETE FROM numbers WHERE call IN (SELECT id FROM calls WHERE `+old+`)`, before.UnixMilli()); err != nil {
			return err
		}
		result, err := tx.Exec(`DELETE FROM calls WHERE `+old, before.UnixMilli())
		if err != nil {
			return err
		}
		removed, err = result.RowsAffected()
		return err
	})
	return removed, err
}
