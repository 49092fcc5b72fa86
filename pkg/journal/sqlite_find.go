package journal

import (
	"context"
	"encoding/json"
	"slices"
)

// MostFound is how many records [Archive].Find finds of a number that leads to many: where
// there are as many, there may be more. A query has it as it stands: SQLite plans one
// twice whose limit it is told later.
const MostFound = 200

// MostPayments is of how many payments it is enough to know: where as many were found,
// there may be more.
const MostPayments = MostFound / 2

// telling are the records that say something of a number. Of an inquiry that found
// nothing it is only what somebody once asked for.
const telling = `SELECT call FROM numbers CROSS JOIN calls ON calls.id = call AND NOT (reads AND outcome = 'not-found') `

// Find is as [Archive] says.
func (j *SQLite) Find(ctx context.Context, number string) ([]Record, error) {
	if number == "" {
		return nil, nil
	}
	end := number + "\U0010FFFF"
	list, err := j.records(ctx, `SELECT `+columns+` FROM calls WHERE id IN (
		`+telling+`WHERE number >= ? AND number < ? ORDER BY number, call DESC LIMIT 200) ORDER BY id DESC`, number, end)
	if err == nil && len(list) >= MostFound && payments(list) < MostPayments {
		list, err = j.beyond(ctx, list, number, end)
	}
	if err != nil || slices.ContainsFunc(list, func(r Record) bool { return r.Tells() && r.Carries(number) }) {
		return list, err
	}
	return j.findCaseAside(ctx, number, list)
}

// Known are those of some numbers that records carry, as they are written.
func (j *SQLite) Known(ctx context.Context, numbers []string) (known []string, err error) {
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	rows, err := j.db.QueryContext(ctx, `SELECT each.value FROM json_each(?) AS each WHERE EXISTS (`+telling+`WHERE number = each.value)`, string(list))
	if err != nil {
		return nil, j.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		var number string
		if err := rows.Scan(&number); err != nil {
			return nil, j.failed(err)
		}
		known = append(known, number)
	}
	return known, j.failed(rows.Err())
}

// beyond adds what the records that were found of a number may hide, because they
// are many: the newest of each payment that carries the number, and of each number
// that begins so.
func (j *SQLite) beyond(ctx context.Context, found []Record, number, end string) ([]Record, error) {
	ofEach, err := j.records(ctx, `SELECT `+columns+` FROM calls WHERE id IN (
		SELECT max(id) FROM calls WHERE id IN (`+telling+`WHERE number = ?)
		GROUP BY client_id, profile, gateway, payment_id, payment_request_id, refund_request_id, endpoint LIMIT 200)`, number)
	if err != nil {
		return nil, err
	}
	numbers, err := j.records(ctx, `WITH RECURSIVE each(number) AS (
			SELECT min(number) FROM numbers WHERE number >= ?1 AND number < ?2
			UNION ALL SELECT (SELECT min(n.number) FROM numbers AS n WHERE n.number > each.number AND n.number < ?2) FROM each WHERE each.number IS NOT NULL LIMIT 200)
		SELECT `+columns+` FROM calls WHERE id IN (SELECT (`+telling+`WHERE number = each.number ORDER BY call DESC LIMIT 1) FROM each)`, number, end)
	if err != nil {
		return nil, err
	}
	return newestFirst(append(append(found, ofEach...), numbers...)), nil
}

// payments is how many payments the records are of.
func payments(list []Record) int {
	each := map[PaymentID]bool{}
	for _, r := range list {
		id := IDOf(r)
		if id.PaymentID != "" {
			id.PaymentRequestID = ""
		}
		each[id] = true
	}
	return len(each)
}

// newestFirst puts records in order, each once.
func newestFirst(list []Record) []Record {
	slices.SortFunc(list, func(a, b Record) int { return int(b.ID - a.ID) })
	return slices.CompactFunc(list, func(a, b Record) bool { return a.ID == b.ID })
}
