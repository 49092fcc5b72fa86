package notify

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Database remembers news in a table of a database, in the transaction in which it
// is handled: what handle does by way of [Tx], and that it was handled, is durable
// together or not at all. That holds across crashes and for many processes.
//
// It works with any driver of database/sql; [Database.Schema] is its table. Two
// deliveries at once of the same news meet at the primary key: one of them waits,
// or fails and is delivered again.
type Database struct {
	DB     *sql.DB
	Table  string // "" is "apo_notifications"; written as it is into statements
	Dollar bool   // parameters are written $1, as PostgreSQL wants, not ?
}

// Schema is the statement that makes the table if it is not there. MySQL, SQLite
// and PostgreSQL understand it.
func (d Database) Schema() string {
	return "CREATE TABLE IF NOT EXISTS " + d.table() + " (news CHAR(64) NOT NULL PRIMARY KEY, details VARCHAR(512) NOT NULL)"
}

type inTx struct{}

// Tx is the transaction in which a handler with [Database] handles a notification.
// Only the handler ends it. It is nil elsewhere.
func Tx(ctx context.Context) *sql.Tx {
	tx, _ := ctx.Value(inTx{}).(*sql.Tx)
	return tx
}

// Once is as [Seen] says.
func (d Database) Once(ctx context.Context, key, details string, do func(context.Context) error) (string, error) {
	tx, err := d.DB.BeginTx(ctx, nil)
	if err != nil {
		return "", fmt.Errorf("remember the notification: %w", err)
	}
	defer tx.Rollback() // does nothing after Commit
	insert := d.with("INSERT INTO %s (news, details) VALUES (?, ?)")
	if _, refused := tx.ExecContext(ctx, insert, key, details); refused != nil {
		if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
			return "", fmt.Errorf("remember the notification: %w", err)
		}
		var before string
		if err := d.DB.QueryRowContext(ctx, d.with("SELECT details FROM %s WHERE news = ?"), key).Scan(&before); err != nil {
			return "", fmt.Errorf("remember the notification: %w", refused) // it is not there: the key was not the reason
		}
		return before, nil
	}
	if err := do(context.WithValue(ctx, inTx{}, tx)); err != nil {
		return "", err
	}
	if err := tx.Commit(); err != nil {
		return "", fmt.Errorf("remember the notification: %w", err)
	}
	return "", nil
}

func (d Database) table() string {
	if d.Table == "" {
		return "apo_notifications"
	}
	return d.Table
}

// with writes the table and the parameters into a statement.
func (d Database) with(statement string) string {
	statement = fmt.Sprintf(statement, d.table())
	for n := 1; d.Dollar && strings.Contains(statement, "?"); n++ {
		statement = strings.Replace(statement, "?", fmt.Sprintf("$%d", n), 1)
	}
	return statement
}

// digest is one word for several. Case-blind collations of a database must not
// take two for one.
func digest(list []string) string {
	sum := sha256.New()
	for _, text := range list {
		fmt.Fprintf(sum, "%d:%s,", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
