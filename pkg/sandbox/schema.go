package sandbox

import (
	"database/sql"
	"errors"

	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// migrations bring a state file from each version to the next.
//
// due holds what time will bring; at is in nanoseconds since 1970.
//
// events numbers what changed the other tables; at is missing while one is under way.
// What they were is in tables beside them; see [book].
func migrations() []string {
	return []string{`
CREATE TABLE payments (id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, nonce TEXT, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX payments_nonce ON payments (nonce) WHERE nonce IS NOT NULL;
CREATE TABLE transactions (id TEXT PRIMARY KEY, kind TEXT NOT NULL, request_id TEXT NOT NULL, payment_id TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (kind, request_id)) WITHOUT ROWID;
CREATE INDEX transactions_payment ON transactions (payment_id);
CREATE TABLE cards (token TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;`, `
CREATE TABLE settings (name TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE rules (id INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE due (at INTEGER NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (at, kind, ref)) WITHOUT ROWID;
CREATE TABLE notifications (id INTEGER PRIMARY KEY, payment_id TEXT NOT NULL, due INTEGER, doc TEXT NOT NULL);
CREATE INDEX notifications_due ON notifications (due, id) WHERE due IS NOT NULL;
CREATE INDEX notifications_payment ON notifications (payment_id);
CREATE TABLE attempts (notification INTEGER NOT NULL, n INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (notification, n)) WITHOUT ROWID;`, `
ALTER TABLE notifications ADD COLUMN receiver TEXT NOT NULL DEFAULT '';
CREATE INDEX notifications_receiver ON notifications (receiver, due, id) WHERE due IS NOT NULL;`, `
CREATE TABLE forms (nonce TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, nonce TEXT NOT NULL UNIQUE, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE browser_tokens (token TEXT PRIMARY KEY) WITHOUT ROWID;`, `
CREATE TABLE vaultings (request_id TEXT PRIMARY KEY, nonce TEXT UNIQUE, doc TEXT NOT NULL) WITHOUT ROWID;`, `
CREATE TABLE disputes (id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX disputes_payment ON disputes (payment_id);
CREATE TABLE amount_updates (request_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;`, `
CREATE TABLE draws (rule INTEGER NOT NULL, key TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (rule, key)) WITHOUT ROWID;
CREATE INDEX payments_created ON payments (julianday(json_extract(doc, '$.Created')));`, `
CREATE TABLE exchanges (id INTEGER PRIMARY KEY, ref TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX exchanges_ref ON exchanges (ref, id);`, `
CREATE TABLE events (n INTEGER PRIMARY KEY, at INTEGER);`}
}

// schema is that of a state file. The first had no schedule.
func schema() sqlite.Schema {
	return sqlite.Schema{Steps: migrations(), Syncs: true, Then: func(conn *sql.Conn, from int) error {
		p := prepare(conn)
		defer p.forget()
		switch from {
		case 0:
			if err := (&tx{sql: p}).initialize(); err != nil {
				return err
			}
		case 1:
			if err := scheduleAll(p); err != nil {
				return err
			}
		}
		// Rows of another schema cannot be put back: the books begin with this one.
		return errors.Join(stopChanges(p), beginHistory(p), keepChanges(p))
	}}
}
