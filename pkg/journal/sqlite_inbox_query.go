package journal

import (
	"bytes"
	"context"
	"iter"
	"strconv"
	"strings"
	"time"
)

const receptionColumns = `r.id, r.call, r.attempt, r.time, r.method, r.target, r.headers, coalesce(r.body, c.answer),
	r.verified, r.cause, r.other_client, r.stale, r.kind, r.masked,
	c.profile, c.mode, c.client_id, coalesce(c.notice_type,''), coalesce(c.notice_time,''), coalesce(c.status,''), coalesce(c.code,''), c.currency, c.value
	FROM receptions AS r JOIN calls AS c ON c.id = r.call`

// scanReception reads a row of the columns.
func scanReception(row scanner) (r Reception, err error) {
	var at int64
	var headers []byte
	err = row.Scan(&r.ID, &r.Record, &r.Attempt, &at, &r.Method, &r.Target, &headers, &r.Body,
		&r.Verified, &r.Cause, &r.OtherClient, &r.Stale, &r.Kind, &r.Masked,
		&r.Profile, &r.Mode, &r.ClientID, &r.Notice.Type, &r.Notice.Time, &r.Result.Status, &r.Result.Code, &r.Amount.Currency, &r.Amount.Value)
	r.Time, r.Headers = time.UnixMilli(at), headersIn(headers)
	return r, err
}

// Receptions is as [Inbox] says.
func (j *SQLite) Receptions(ctx context.Context, records ...int64) ([]Reception, error) {
	if len(records) == 0 {
		return nil, nil
	}
	var args []any
	for _, id := range records {
		args = append(args, id)
	}
	in := ` IN (?` + strings.Repeat(",?", len(records)-1) + `)`
	rows, err := j.db.QueryContext(ctx, `SELECT `+receptionColumns+`
		WHERE r.id IN (SELECT id FROM receptions WHERE call`+in+` ORDER BY id DESC LIMIT `+strconv.Itoa(MostReceptions)+`) ORDER BY r.id`, args...)
	if err != nil {
		return nil, j.failed(err)
	}
	defer rows.Close()
	var list []Reception
	at := map[int64]int{} // positions in the list, by ID
	for rows.Next() {
		r, err := scanReception(rows)
		if err != nil {
			return nil, j.failed(err)
		}
		if n := len(list); n > 0 && bytes.Equal(list[n-1].Body, r.Body) {
			r.Body = list[n-1].Body // of a thousand receptions of one notification there is one body
		}
		at[r.ID] = len(list)
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, j.failed(err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, j.failed(j.deliveries(ctx, in+` AND reception >= ?`, append(args, list[0].ID), func(d Delivery) {
		if i, found := at[d.Reception]; found {
			list[i].Deliveries = append(list[i].Deliveries, d)
		}
	}))
}

// deliveries hands out those of the calls that a condition wants, as they were tried.
func (j *SQLite) deliveries(ctx context.Context, calls string, args []any, do func(Delivery)) error {
	rows, err := j.db.QueryContext(ctx, `SELECT reception, time, url, status, answer, received, why, took, resigned
		FROM deliveries WHERE call`+calls+` ORDER BY id`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var d Delivery
		var at, took int64
		if err := rows.Scan(&d.Reception, &at, &d.URL, &d.Status, &d.Answer, &d.Received, &d.Why, &took, &d.Resigned); err != nil {
			return err
		}
		d.Time, d.Took = time.UnixMilli(at), time.Duration(took)*time.Microsecond
		do(d)
	}
	return rows.Err()
}

// NotReceived is as [Inbox] says.
func (j *SQLite) NotReceived(ctx context.Context, since time.Time) iter.Seq2[Reception, error] {
	return func(yield func(Reception, error) bool) {
		rows, err := j.db.QueryContext(ctx, notReceived, since.UnixMilli())
		if err != nil {
			yield(Reception{}, j.failed(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanReception(rows)
			if !yield(r, j.failed(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Reception{}, j.failed(err))
		}
	}
}

// UnverifiedNotReceived counts the messages that did not verify, or are for another
// client ID, and that a target was given since a time and did not take.
func (j *SQLite) UnverifiedNotReceived(ctx context.Context, since time.Time) (count int, err error) {
	err = j.db.QueryRowContext(ctx, `SELECT count(*) FROM receptions WHERE NOT (verified AND NOT other_client) AND id IN (
		SELECT reception FROM deliveries WHERE received = 0 AND time >= ?)`, since.UnixMilli()).Scan(&count)
	return count, j.failed(err)
}

// notReceived walks the deliveries that failed, and nothing else.
const notReceived = `SELECT ` + receptionColumns + ` WHERE r.verified AND NOT r.other_client AND r.id IN (
	SELECT (SELECT id FROM receptions WHERE notice = d.notice ORDER BY attempt DESC LIMIT 1) FROM deliveries AS d
	WHERE received = 0 AND time >= ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE notice = d.notice AND received = 1)) ORDER BY r.id`
