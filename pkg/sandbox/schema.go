package sandbox

import (
	"fmt"
)

// migrations bring a state file from each version to the next.
//
// due holds what time will bring; at is in nanoseconds since 1970.
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
CREATE TABLE attempts (notification INTEGER NOT NULL, n INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (notification, n)) WITHOUT ROWID;`}
}

func migrate(p *prepared) error {
	steps := migrations()
	var version int
	if err := p.row("PRAGMA user_version", nil, &version); err != nil || version == len(steps) {
		return err
	}
	if err := p.begin(); err != nil {
		return err
	}
	defer p.rollback()
	// Another process may have done it while this one waited.
	if err := p.row("PRAGMA user_version", nil, &version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("it has schema %d, written by a newer apo; this one knows schema %d", version, len(steps))
	}
	if version < 0 {
		return fmt.Errorf("it has schema %d, which no apo writes", version)
	}
	for _, step := range steps[version:] {
		if err := p.script(step); err != nil {
			return err
		}
	}
	if version == 1 {
		if err := scheduleAll(p); err != nil {
			return err
		}
	}
	if err := p.script(fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return err
	}
	return p.commit()
}
