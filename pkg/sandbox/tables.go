package sandbox

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

func (t *tx) put(query string, doc any, args ...any) error {
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = t.sql.Exec(query, append(args, string(text))...)
	return err
}

func (t *tx) get(doc any, query, key string) (bool, error) {
	var text string
	err := t.sql.row(query, []any{key}, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal([]byte(text), doc)
}

func (t *tx) savePayment(p *payment) error {
	t.changed("payment", p.ID)
	page := cmp.Or(p.ThreeDS.Nonce, p.Page)
	nonce := sql.NullString{String: page, Valid: page != ""}
	return t.put(`INSERT INTO payments (id, request_id, nonce, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, nonce = excluded.nonce`, p, p.ID, p.RequestID, nonce)
}

func (t *tx) saveTransaction(r *transaction) error {
	t.changed(strings.ToLower(r.Kind), r.ID)
	return t.put(`INSERT INTO transactions (id, kind, request_id, payment_id, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, r, r.ID, r.Kind, r.RequestID, r.PaymentID)
}

func (t *tx) saveCard(c card) error {
	return t.put(`INSERT INTO cards (token, doc) VALUES (?, ?)`, c, c.Token)
}

func (t *tx) cardByToken(token string) (c card, found bool, err error) {
	found, err = t.get(&c, `SELECT doc FROM cards WHERE token = ?`, token)
	return c, found, err
}

func (t *tx) paymentByID(id string) (b paymentRecord, found bool, err error) {
	return t.paymentRecord(`SELECT doc FROM payments WHERE id = ?`, id)
}

func (t *tx) paymentByRequestID(id string) (b paymentRecord, found bool, err error) {
	return t.paymentRecord(`SELECT doc FROM payments WHERE request_id = ?`, id)
}

func (t *tx) paymentByNonce(nonce string) (b paymentRecord, found bool, err error) {
	b, found, err = t.paymentRecord(`SELECT doc FROM payments WHERE nonce = ?`, nonce)
	return b, found && b.ThreeDS.Nonce == nonce, err
}

func (t *tx) paymentRecord(query, key string) (b paymentRecord, found bool, err error) {
	if found, err = t.get(&b.payment, query, key); !found || err != nil {
		return b, found, err
	}
	b.transactions, err = documents[transaction](t.sql, `SELECT doc FROM transactions WHERE payment_id = ?`, b.ID)
	sortByTime(b.transactions)
	return b, err == nil, err
}

func sortByTime(ts []transaction) {
	slices.SortStableFunc(ts, func(a, b transaction) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Number, b.Number)) })
}

// requestIDOfPayment is the paymentRequestId of a paymentId; "" where there is
// no such payment.
func (t *tx) requestIDOfPayment(id string) (requestID string, err error) {
	err = t.sql.row(`SELECT request_id FROM payments WHERE id = ?`, []any{id}, &requestID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return requestID, err
}

// paymentIDs are those of some payments.
func (t *tx) paymentIDs(which string, arg any) ([]string, error) {
	rows, err := t.sql.Query(`SELECT id FROM payments `+which, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func (t *tx) transaction(kind, column, key string) (r transaction, found bool, err error) {
	if column == "id" {
		if r, found, err = t.transactionByID(key); found && r.Kind != kind {
			return transaction{}, false, err
		}
		return r, found, err
	}
	found, err = t.get(&r, `SELECT doc FROM transactions WHERE kind = '`+kind+`' AND request_id = ?`, key)
	return r, found, err
}

func (t *tx) transactionByID(id string) (r transaction, found bool, err error) {
	found, err = t.get(&r, `SELECT doc FROM transactions WHERE id = ?`, id)
	return r, found, err
}
