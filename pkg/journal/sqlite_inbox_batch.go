package journal

import (
	"database/sql"
	"slices"
	"strings"
)

// takeAll writes down what came. Of most news the journal knows nothing before: those
// that stand together are written with one statement a table, which takes half as
// long.
func (j *SQLite) takeAll(s *statements, came []Reception, ready []entry) error {
	first, err := unheard(s, came, ready)
	if err != nil {
		return err
	}
	for i := 0; i < len(came); {
		n := 0
		for i+n < len(came) && first[i+n] {
			n++
		}
		if n > 0 {
			err = takeUnheard(s, came[i:i+n], ready[i:i+n])
		} else {
			n = 1
			err = j.take(s, &came[i], ready[i])
		}
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

// unheard says of each whether it is news, and neither the journal nor anything else
// that came with it knows it, or one of its numbers.
func unheard(s *statements, came []Reception, ready []entry) ([]bool, error) {
	first := make([]bool, len(came))
	if len(came) == 1 {
		return first, nil
	}
	digests, times, numbers := map[any]int{}, map[any]int{}, map[any]int{} // how often they occur
	for i, e := range ready {
		if first[i] = came[i].IsNews(); !first[i] {
			continue
		}
		digests[e.digest]++
		times[e.record.Notice.Time] = 1
		for _, number := range e.numbers {
			numbers[number]++
		}
	}
	const notices = ` FROM calls WHERE substr(endpoint, 1, 6) = 'notify' AND notice_digest IS NOT NULL AND `
	for _, known := range []struct {
		query string
		of    map[any]int
	}{
		{`SELECT notice_digest` + notices + `notice_digest IN (`, digests},
		{`SELECT notice_time` + notices + `notice_digest = 0 AND notice_time IN (`, times}, // of older versions
		{`SELECT number FROM numbers WHERE number IN (`, numbers},
	} {
		if err := s.count(known.of, known.query); err != nil {
			return nil, err
		}
	}
	for i, e := range ready {
		first[i] = first[i] && digests[e.digest] == 1 && times[e.record.Notice.Time] == 1
		for _, number := range e.numbers {
			first[i] = first[i] && numbers[number] == 1
		}
	}
	return first, nil
}

// mostCounted are the values that one query asks for.
const mostCounted = 1024

// count adds what a query finds of values to how often they occur. It asks for some
// twice, so that there are few queries.
func (s *statements) count(of map[any]int, query string) error {
	values := make([]any, 0, len(of))
	for value := range of {
		values = append(values, value)
	}
	for asked := range slices.Chunk(values, mostCounted) {
		size := 4
		for size < len(asked) {
			size *= 4
		}
		args := append(slices.Clone(asked), slices.Repeat(asked[:1], size-len(asked))...)
		p, err := s.of(query + `?` + strings.Repeat(",?", size-1) + `)`)
		if err != nil {
			return err
		}
		if err := countIn(p, of, args); err != nil {
			return err
		}
	}
	return nil
}

func countIn(p *sql.Stmt, of map[any]int, args []any) error {
	rows, err := p.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var value any
		if err := rows.Scan(&value); err != nil {
			return err
		}
		of[value]++
	}
	return rows.Err()
}

// takeUnheard writes news down of which nothing is known.
func takeUnheard(s *statements, came []Reception, ready []entry) error {
	var args []any
	for _, e := range ready {
		args = append(args, receivedValues(e.record, e.digest, nil)...)
	}
	// SQLite numbers new rows one after another.
	n := int64(len(came))
	last, err := s.insertRows(intoCalls, receivedRow, len(args)/len(came), args)
	if err != nil {
		return err
	}
	args = args[:0]
	var numbers []any
	for i, e := range ready {
		r := &came[i]
		r.Record, r.Attempt, r.Fresh, r.Others = last-n+1+int64(i), 1, true, 0
		args = append(args, receptionValues(*r, e, r.Record, nil)...)
		for _, number := range e.numbers {
			numbers = append(numbers, number, r.Record)
		}
	}
	if last, err = s.insertRows(intoReceptions, receptionRow, len(args)/len(came), args); err != nil {
		return err
	}
	for i := range came {
		came[i].ID = last - n + 1 + int64(i)
	}
	_, err = s.insertRows(`INSERT OR IGNORE INTO numbers (number, call) VALUES `, `(?, ?)`, 2, numbers)
	return err
}
