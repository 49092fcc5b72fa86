package journal

import "strings"

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
		if n > 1 {
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

// count adds what a query finds of values to how often they occur.
func (s *statements) count(of map[any]int, query string) error {
	if len(of) == 0 {
		return nil
	}
	args := make([]any, 0, len(of))
	for value := range of {
		args = append(args, value)
	}
	rows, err := s.tx.Query(query+`?`+strings.Repeat(",?", len(args)-1)+`)`, args...)
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
	insert := func(into, row string, args []any) (first int64, err error) {
		last, err := s.insert(into+row+strings.Repeat(","+row, len(came)-1), args...)
		return last - int64(len(came)) + 1, err // SQLite numbers new rows one after another
	}
	var args []any
	for _, e := range ready {
		args = append(args, receivedValues(e.record, e.digest, nil)...)
	}
	call, err := insert(intoCalls, receivedRow, args)
	if err != nil {
		return err
	}
	args = args[:0]
	var numbers []any
	for i, e := range ready {
		r := &came[i]
		r.Record, r.Attempt, r.Fresh, r.Others = call+int64(i), 1, true, 0
		args = append(args, receptionValues(*r, e, r.Record, nil)...)
		for _, number := range e.numbers {
			numbers = append(numbers, number, r.Record)
		}
	}
	reception, err := insert(intoReceptions, receptionRow, args)
	if err != nil {
		return err
	}
	for i := range came {
		came[i].ID = reception + int64(i)
	}
	if len(numbers) == 0 {
		return nil
	}
	_, err = s.exec(`INSERT OR IGNORE INTO numbers (number, call) VALUES (?, ?)`+strings.Repeat(`, (?, ?)`, len(numbers)/2-1), numbers...)
	return err
}
