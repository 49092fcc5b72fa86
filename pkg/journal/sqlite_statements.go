package journal

import (
	"database/sql"
	"strings"
)

// statements are those of one transaction. SQLite plans each once, however often it
// is run.
type statements struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	plans    *plans // of other transactions; nil: none
}

func prepare(tx *sql.Tx) *statements { return &statements{tx: tx, prepared: map[string]*sql.Stmt{}} }

// plans outlive transactions: who writes often has each query planned once. Whoever
// uses them has the turn to write.
type plans struct {
	of     map[string]*sql.Stmt
	wanted []string // to be planned before the next transaction
}

// mostPlans bounds them, for each connection has its own.
const mostPlans = 64

func (p *plans) with(tx *sql.Tx) *statements {
	s := prepare(tx)
	s.plans = p
	return s
}

// catchUp plans what was wanted. It may need a connection of its own, and so is not
// called in a transaction.
func (p *plans) catchUp(db *sql.DB) {
	for _, query := range p.wanted {
		if p.of[query] != nil || len(p.of) >= mostPlans {
			continue
		}
		s, err := db.Prepare(query)
		if err != nil {
			break // who needs it is told why
		}
		if p.of == nil {
			p.of = map[string]*sql.Stmt{}
		}
		p.of[query] = s
	}
	p.wanted = p.wanted[:0]
}

func (s *statements) of(query string) (*sql.Stmt, error) {
	if p := s.prepared[query]; p != nil {
		return p, nil
	}
	if s.plans != nil {
		if known := s.plans.of[query]; known != nil {
			s.prepared[query] = s.tx.Stmt(known)
			return s.prepared[query], nil
		}
		s.plans.wanted = append(s.plans.wanted, query)
	}
	p, err := s.tx.Prepare(query)
	if err == nil {
		s.prepared[query] = p
	}
	return p, err
}

func (s *statements) exec(query string, args ...any) (sql.Result, error) {
	p, err := s.of(query)
	if err != nil {
		return nil, err
	}
	return p.Exec(args...)
}

// insert returns the ID of the new row.
func (s *statements) insert(query string, args ...any) (int64, error) {
	result, err := s.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// portions are how many rows are written with one statement, the most first: any
// number of them needs few queries.
func portions() []int { return []int{64, 16, 4, 1} }

// insertRows inserts rows, whose values stand one behind the other. It returns the ID of
// the last.
func (s *statements) insertRows(into, row string, width int, args []any) (last int64, err error) {
	for _, size := range portions() {
		for ; len(args) >= size*width; args = args[size*width:] {
			if last, err = s.insert(into+row+strings.Repeat(","+row, size-1), args[:size*width]...); err != nil {
				return 0, err
			}
		}
	}
	return last, nil
}

// find reports whether a query finds a row, and reads its only column.
func (s *statements) find(value any, query string, args ...any) (bool, error) {
	p, err := s.of(query)
	if err != nil {
		return false, err
	}
	switch err := p.QueryRow(args...).Scan(value); err {
	case nil:
		return true, nil
	case sql.ErrNoRows:
		return false, nil
	default:
		return false, err
	}
}
