package journal

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// findCaseAside adds to what was found of a number the records that carry it in
// another case; where nothing begins with it, those that begin so in another case.
func (j *SQLite) findCaseAside(ctx context.Context, number string, found []Record) ([]Record, error) {
	if asciiLower(number) == asciiUpper(number) {
		return found, nil
	}
	numbers, err := j.inOtherCase(ctx, number, len(found) > 0)
	if err != nil || len(numbers) == 0 {
		return found, j.failed(err)
	}
	args := []any{}
	for _, n := range numbers {
		args = append(args, n)
	}
	more, err := j.records(ctx, `SELECT `+columns+` FROM calls WHERE id IN (
		`+telling+`WHERE number IN (?`+strings.Repeat(",?", len(numbers)-1)+`) ORDER BY number, call DESC LIMIT 200) ORDER BY id DESC`, args...)
	if err != nil {
		return nil, err
	}
	if len(more) >= MostFound { // those of one spelling may hide the others
		for _, n := range numbers[:min(len(numbers), 8)] {
			if more, err = j.beyond(ctx, more, n, n+"\x00"); err != nil {
				return nil, err
			}
		}
	}
	return newestFirst(append(found, more...)), nil
}

// inOtherCase are the numbers of the journal that are the same but for the case of
// ASCII letters, or that begin so. It leaps along the index from one spelling to the
// next that there is, so that it takes a few steps among millions.
func (j *SQLite) inOtherCase(ctx context.Context, number string, whole bool) (list []string, err error) {
	next, err := j.db.PrepareContext(ctx, `SELECT number FROM numbers WHERE number >= ? ORDER BY number LIMIT 1`)
	if err != nil {
		return nil, err
	}
	defer next.Close()
	for from := ""; len(list) < MostFound; {
		from = spelling(number, from)
		if from == "" {
			return list, nil
		}
		var n string
		switch err := next.QueryRowContext(ctx, from).Scan(&n); {
		case errors.Is(err, sql.ErrNoRows):
			return list, nil
		case err != nil:
			return nil, err
		}
		switch {
		case len(n) < len(number) || asciiUpper(n[:len(number)]) != asciiUpper(number):
			from = n
		case whole && len(n) > len(number):
			from = n[:len(number)] + "\U0010FFFF" // past all that begin so
		default:
			list = append(list, n)
			from = n + "\x00"
		}
	}
	return list, nil
}

// spelling is the first text, in the order of bytes, that is not before from and
// begins as number, but for the case of ASCII letters; "" where there is none.
func spelling(number, from string) string {
	upper, lower := asciiUpper(number), asciiLower(number)
	at := 0 // so far from is spelt as number
	for at < len(number) && at < len(from) && (from[at] == upper[at] || from[at] == lower[at]) {
		at++
	}
	switch {
	case at == len(number):
		return from
	case at == len(from) || from[at] < upper[at]:
		return from[:at] + upper[at:]
	case from[at] < lower[at]:
		return from[:at] + lower[at:at+1] + upper[at+1:]
	}
	for at--; at >= 0; at-- { // the last capital that can become a small letter
		if from[at] < lower[at] {
			return from[:at] + lower[at:at+1] + upper[at+1:]
		}
	}
	return ""
}

func asciiUpper(s string) string {
	return mapped(s, 'a', 'z', 'A')
}

func asciiLower(s string) string {
	return mapped(s, 'A', 'Z', 'a')
}

func mapped(s string, first, last, to byte) string {
	b := []byte(s)
	for i, c := range b {
		if c >= first && c <= last {
			b[i] = c - first + to
		}
	}
	return string(b)
}
