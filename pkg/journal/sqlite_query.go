package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

const columns = `id, time, profile, mode, client_id, coalesce(gateway,''), endpoint, reads,
	payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
	reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id, coalesce(network_transaction_id,''), coalesce(arn,''), coalesce(rrn,''),
	currency, value, card, request, claimed_by, state, outcome,
	coalesce(status,''), coalesce(code,''), coalesce(message,''), coalesce(verification,''), coalesce(answer,''),
	coalesce(connect,0), coalesce(tls,0), coalesce(first_byte,0), coalesce(total,0), coalesce(note,''), coalesce(notice_type,''), coalesce(notice_time,''),
	coalesce(resolved,''), coalesce(resolved_code,''), coalesce(resolved_by,0), coalesce(resolved_note,''), coalesce(auth_end,0), coalesce(gateway_time,0), coalesce(poll,0)`

type scanner interface{ Scan(...any) error }

// scan reads a row of the columns.
func (j *SQLite) scan(row scanner) (Record, error) {
	var r Record
	var at, connect, tls, first, total, authEnd, gatewayTime int64
	var sender string
	n := &r.Numbers
	err := row.Scan(&r.ID, &at, &r.Profile, &r.Mode, &r.ClientID, &r.Gateway, &r.Endpoint, &r.Reads,
		&n.PaymentRequestID, &n.PaymentID, &n.CaptureRequestID, &n.CaptureID, &n.RefundRequestID, &n.RefundID,
		&n.ReferenceOrderID, &n.Acquirer, &n.AcquirerTransactionID, &n.AcquirerReferenceID, &n.NetworkTransactionID, &n.ARN, &n.RRN,
		&r.Amount.Currency, &r.Amount.Value, &r.Card, &r.Request, &sender, &r.State, &r.Outcome,
		&r.Result.Status, &r.Result.Code, &r.Result.Message, &r.Verification, &r.Answer,
		&connect, &tls, &first, &total, &r.Note, &r.Notice.Type, &r.Notice.Time,
		&r.Resolved.Outcome, &r.Resolved.Code, &r.Resolved.By, &r.Resolved.Note, &authEnd, &gatewayTime, &r.Poll)
	r.Resolved.Contradicted = r.State.Open() && r.Resolved.Note == contradicted
	if authEnd > 0 {
		r.AuthEnd = time.UnixMilli(authEnd)
	}
	if gatewayTime > 0 {
		r.GatewayTime = time.UnixMilli(gatewayTime)
	}
	r.Time = time.UnixMilli(at)
	micro := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	r.Timing = apo.Timing{Connect: micro(connect), TLS: micro(tls), FirstByte: micro(first), Total: micro(total)}
	if r.State.Open() && j.sender.alive(sender, r.ID) {
		r.InFlight, r.Process = true, process(sender)
	}
	return r, err
}

func (j *SQLite) get(tx *sql.Tx, id int64) (Record, error) {
	r, err := j.scan(tx.QueryRow(`SELECT `+columns+` FROM calls WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, err
}

// Sharing is as [Store] says.
func (j *SQLite) Sharing(ctx context.Context, clientID string, n apo.Numbers) ([]Record, error) {
	list, err := j.sharing(querier{ctx, j.db}, clientID, n.All(), "AND NOT reads")
	return list, j.failed(err)
}

// querier reads outside of a transaction.
type querier struct {
	ctx context.Context
	db  *sql.DB
}

func (q querier) Query(query string, args ...any) (*sql.Rows, error) {
	return q.db.QueryContext(q.ctx, query, args...)
}

// sharing are the records of a client ID that share a number, the newest first, and
// for which a further condition holds.
func (j *SQLite) sharing(in interface {
	Query(string, ...any) (*sql.Rows, error)
}, clientID string, numbers []string, and string,
) ([]Record, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var args []any
	for _, n := range numbers {
		args = append(args, n)
	}
	calls := `SELECT call FROM numbers WHERE number IN (?` + strings.Repeat(",?", len(numbers)-1) + `)`
	// Most share none, and then SQLite need not read all the columns' names.
	first, err := in.Query(calls+` LIMIT 1`, args...)
	if err != nil {
		return nil, err
	}
	if !first.Next() {
		return nil, first.Err()
	}
	if err := first.Close(); err != nil {
		return nil, err
	}
	rows, err := in.Query(`SELECT `+columns+` FROM calls WHERE id IN (`+calls+`) AND client_id = ? `+and+` ORDER BY id DESC`, append(args, clientID)...)
	if err != nil {
		return nil, err
	}
	return j.collect(rows)
}

// Get is as [Archive] says.
func (j *SQLite) Get(ctx context.Context, id int64) (Record, error) {
	r, err := j.scan(j.db.QueryRowContext(ctx, `SELECT `+columns+` FROM calls WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, j.failed(err)
}

// Records is as [Store] says.
func (j *SQLite) Records(ctx context.Context, f Filter) iter.Seq2[Record, error] {
	return j.each(ctx, f, `SELECT `+columns+` FROM calls`, j.scan)
}

func (j *SQLite) each(ctx context.Context, f Filter, from string, scan func(scanner) (Record, error)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		rest, args := f.rest()
		rows, err := j.db.QueryContext(ctx, from+rest, args...)
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
	const open, resolved = "state IN ('begun', 'pending', 'in-doubt')", "state = 'resolved'"
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
		add(`auth_end <= ? AND outcome = 'succeeded' AND NOT EXISTS (
			SELECT 1 FROM numbers CROSS JOIN calls AS taken ON taken.id = call
			WHERE number = calls.payment_id AND taken.endpoint IN ('capture', 'cancel') AND taken.payment_id = number AND taken.outcome = 'succeeded')`, f.AuthEnd.UnixMilli())
	}
	switch {
	case f.Open, f.State.Open():
		also(open)
	case f.State == Resolved:
		also(resolved)
	}
	if f.State != "" {
		add("+state = ?", f.State)
	}
	switch {
	case f.Failed && (f.Moving || f.Called || f.Endpoint != "" && !strings.HasPrefix(f.Endpoint, "notify")): // along an index
		also("outcome NOT IN ('', 'succeeded')")
	case f.Failed:
		add("(outcome NOT IN ('', 'succeeded') OR substr(endpoint, 1, 6) = 'notify' AND coalesce(verification, '') <> 'verified')")
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
	if f.Called {
		add("substr(endpoint, 1, 6) <> 'notify'")
	}
	if f.LastFour != "" {
		card := "substr(card, -4) = ? AND card <> ''"
		if f.Amount.IsZero() { // of a card that many paid with, those of a day are fewer
			card = "+" + card
		}
		add(card, f.LastFour)
	}
	if !f.Amount.IsZero() {
		add("value = ? AND currency = ?", f.Amount.Value, f.Amount.Currency)
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

// Outcomes is as [Archive] says. What most records have is not worth a string of
// its own each.
func (j *SQLite) Outcomes(ctx context.Context, f Filter) iter.Seq2[Record, error] {
	const most = `SELECT endpoint, acquirer, nullif(state,'answered'), coalesce(code,''), nullif(outcome,'succeeded'), coalesce(total,0), coalesce(poll,0), time,
		iif(reads,NULL,currency), iif(reads,NULL,value),
		iif(endpoint IN ('capture','refund'),payment_id,NULL), iif(endpoint='capture',capture_request_id,NULL), iif(endpoint='refund',refund_request_id,NULL),
		iif(reads AND coalesce(poll,0)=0 AND verification='verified'
			AND (endpoint IN ('notifyCapture','notifyRefund','inquiryRefund') OR endpoint='inquiryPayment' AND instr(answer,'"transactionType"')>0),answer,NULL) FROM calls`
	return j.each(ctx, f, most, func(row scanner) (r Record, err error) {
		var state, outcome sql.NullString
		var currency, value, payment, capture, refund sql.NullString
		var total, at int64 // µs, ms
		err = row.Scan(&r.Endpoint, &r.Numbers.Acquirer, &state, &r.Result.Code, &outcome, &total, &r.Poll, &at, &currency, &value, &payment, &capture, &refund, &r.Answer)
		r.Time, r.Amount = time.UnixMilli(at), apo.Amount{Currency: currency.String, Value: value.String}
		r.Numbers.PaymentID, r.Numbers.CaptureRequestID, r.Numbers.RefundRequestID = payment.String, capture.String, refund.String
		if r.State = State(state.String); !state.Valid {
			r.State = Answered
		}
		if r.Outcome = apo.Outcome(outcome.String); !outcome.Valid {
			r.Outcome = apo.Succeeded
		}
		r.Timing.Total = time.Duration(total) * time.Microsecond
		return r, err
	})
}

// Payment is as [Store] says. Another client ID may have used the same
// paymentRequestId, and an order is often named as its first payment was.
func (j *SQLite) Payment(ctx context.Context, clientID string, n apo.Numbers) ([]Record, error) {
	return j.records(ctx, `WITH own AS (SELECT id, refund_request_id FROM calls
			WHERE id IN (SELECT call FROM numbers WHERE number IN (?2, ?3)) AND client_id = ?1
				AND (payment_id = nullif(?2, '') OR payment_request_id = nullif(?3, '')))
		SELECT `+columns+` FROM calls WHERE id IN (
			SELECT id FROM own
			UNION SELECT calls.id FROM own JOIN numbers ON number = own.refund_request_id AND number <> ''
				JOIN calls ON calls.id = call AND client_id = ?1 AND calls.refund_request_id = number AND payment_id = '') ORDER BY id`,
		clientID, n.PaymentID, n.PaymentRequestID)
}

func (j *SQLite) records(ctx context.Context, query string, args ...any) ([]Record, error) {
	rows, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, j.failed(err)
	}
	list, err := j.collect(rows)
	return list, j.failed(err)
}

func (j *SQLite) collect(rows *sql.Rows) ([]Record, error) {
	defer rows.Close()
	var list []Record
	for rows.Next() {
		r, err := j.scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func (j *SQLite) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("journal %s: %w", j.file, plain(err))
}
