package sandbox

import (
	"context"
	"database/sql"
	"encoding/json"
)

// prepared is the connection of a store. It keeps each statement that it was
// given, so that SQLite reads it once: the texts are few.
type prepared struct {
	conn  *sql.Conn
	known map[string]*sql.Stmt

	before func(query string) error // is called before each; nil: nothing is

	wrote bool // something, in the transaction that began last

	changed bool // something may have, since the last event of the books
}

func prepare(conn *sql.Conn) *prepared {
	return &prepared{conn: conn, known: map[string]*sql.Stmt{}}
}

func (p *prepared) statement(query string) (*sql.Stmt, error) {
	if p.before != nil {
		if err := p.before(query); err != nil {
			return nil, err
		}
	}
	if s := p.known[query]; s != nil {
		return s, nil
	}
	s, err := p.conn.PrepareContext(context.Background(), query)
	if err == nil {
		p.known[query] = s
	}
	return s, err
}

// begin begins a transaction that may write, once no other one does.
func (p *prepared) begin() error {
	_, err := p.Exec("BEGIN IMMEDIATE")
	p.wrote, p.changed = false, false
	return err
}

func (p *prepared) commit() error {
	wrote := p.wrote
	_, err := p.Exec("COMMIT")
	p.wrote = wrote
	return err
}

// rollback undoes what was not committed.
func (p *prepared) rollback() { _, _ = p.Exec("ROLLBACK") }

func (p *prepared) Exec(query string, args ...any) (sql.Result, error) {
	p.wrote, p.changed = true, true
	s, err := p.statement(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

func (p *prepared) Query(query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// row reads the one row of a query into values; without one it returns
// sql.ErrNoRows.
func (p *prepared) row(query string, args []any, values ...any) error {
	s, err := p.statement(query)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(values...)
}

// forget gives the statements back.
func (p *prepared) forget() {
	for _, s := range p.known {
		s.Close()
	}
}

func (p *prepared) close() error {
	p.forget()
	return p.conn.Close()
}

// documents reads the JSON documents that a query finds.
func documents[T any](p *prepared, query string, args ...any) ([]T, error) {
	rows, err := p.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var text []byte
		var doc T
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			return nil, err
		}
		list = append(list, doc)
	}
	return list, rows.Err()
}
