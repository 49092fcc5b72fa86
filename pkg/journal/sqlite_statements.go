package journal

import "database/sql"

// statements are those of one transaction. SQLite plans each once, however often it
// is run.
type statements struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

func prepare(tx *sql.Tx) *statements { return &statements{tx, map[string]*sql.Stmt{}} }

func (s *statements) of(query string) (*sql.Stmt, error) {
	if p := s.prepared[query]; p != nil {
		return p, nil
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
