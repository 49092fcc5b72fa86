package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Receive is as [Store] says.
func (j *SQLite) Receive(ctx context.Context, r Record) (got Record, fresh bool, err error) {
	r.Time = j.now().Truncate(time.Millisecond)
	r.Answer = j.masked(r.Answer, true)
	r = j.notification(r)
	err = j.change(ctx, func(tx *sql.Tx) error {
		id, _, isFresh, err := j.note(prepare(tx), r)
		if got, fresh = r, isFresh; err != nil || isFresh {
			got.ID = id
			return err
		}
		got, err = j.get(tx, id)
		return err
	})
	if err != nil {
		return r, false, err
	}
	return got, fresh, nil
}

// notification completes the record of a notification, whose Answer is masked.
func (j *SQLite) notification(r Record) Record {
	mask := j.Masker.Text
	r.State, r.Outcome, r.Reads = Answered, "", true
	r.Numbers = j.maskedNumbers(r.Numbers, true).Or(apo.NumbersOf(r.Answer))
	r.Endpoint, r.Note = mask(r.Endpoint), mask(r.Note)
	r.Notice = Notice{Type: j.Masker.ID(r.Notice.Type), Time: j.Masker.ID(r.Notice.Time)}
	if apo.IsCardNumber(r.ClientID) {
		r.ClientID = starred
	}
	if apo.IsCardNumber(r.Amount.Value) || apo.HoldsCard(r.Amount.Currency) {
		r.Amount = apo.Amount{}
	}
	r.Result = apo.Result{Status: mask(r.Result.Status), Code: mask(r.Result.Code), Message: mask(r.Result.Message)}
	if card, told := toldCard(r, r.Answer).(string); told {
		r.Card = card
	}
	return r
}

// ofTheSame are those of the conditions by which two notifications are the same that an
// index does not have.
const ofTheSame = ` AND notice_digest IS NOT NULL AND substr(endpoint, 1, 6) = 'notify' AND client_id = ?3 AND +endpoint = ?4 AND notice_type = ?5 AND answer IS ?6`

// sameNews finds the first record of the same news, whenever it was sent, along an
// index, which has of those that an older version wrote the time alone; sameNotice the
// one that was sent at the same time.
const (
	sameNews = `SELECT coalesce(notice_of, id) FROM calls WHERE notice_digest = ?1` + ofTheSame + `
		UNION ALL SELECT id FROM calls WHERE notice_digest = 0 AND notice_time = ?2` + ofTheSame + ` LIMIT 1`
	sameNotice = `SELECT id FROM calls WHERE notice_digest IN (?1, 0) AND notice_time = ?2` + ofTheSame + ` LIMIT 1`
)

// note writes the record of a notification, unless there is one of the same. news is
// the first record of the same news, which may have been sent at another time.
func (j *SQLite) note(s *statements, r Record) (id, news int64, fresh bool, err error) {
	digest := digestOf(r.Answer)
	same := []any{digest, r.Notice.Time, r.ClientID, r.Endpoint, r.Notice.Type, r.Answer}
	var first any
	known, err := s.find(&news, sameNews, same...)
	if err == nil && known {
		first = news
		known, err = s.find(&id, sameNotice, same...)
	}
	if err != nil || known {
		return id, news, false, err
	}
	if n := &r.Numbers; n.Acquirer == "" && n.PaymentID != "" {
		if _, err := s.find(&n.Acquirer, acquirerOf, n.PaymentID); err != nil {
			return 0, 0, false, err
		}
	}
	if id, err = j.insertReceived(s, r, digest, first); err != nil {
		return 0, 0, false, err
	}
	if first == nil {
		news = id
	}
	if err := s.index(id, r.indexed()); err != nil {
		return 0, 0, false, err
	}
	return id, news, true, authorization(s.tx, r)
}

// insertReceived writes the record of what was received. digest is nil where it is
// no news, and first is the record of the same news before, nil where there is none.
func (j *SQLite) insertReceived(s *statements, r Record, digest, first any) (int64, error) {
	return s.insert(intoCalls+receivedRow, receivedValues(r, digest, first)...)
}

const (
	intoCalls = `INSERT INTO calls (payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
		reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id, network_transaction_id, arn, rrn,
		time, profile, mode, client_id, gateway, endpoint, reads, currency, value, card, request, claimed_by, state, outcome,
		notice_type, notice_time, notice_digest, notice_of, status, code, message, verification, answer, note, gateway_time) VALUES `
	receivedRow = `(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,?,?,?,?,'',?,?,?,?,?,?,?,?,?,?,?,?,?)`
)

// receivedValues are those of a row of received calls.
func receivedValues(r Record, digest, first any) []any {
	return append(values(r.Numbers), r.Time.UnixMilli(), r.Profile, r.Mode, r.ClientID, r.Gateway, r.Endpoint,
		r.Amount.Currency, r.Amount.Value, r.Card, r.Request, r.State, r.Outcome, r.Notice.Type, r.Notice.Time, digest, first,
		r.Result.Status, r.Result.Code, r.Result.Message, r.Verification, r.Answer, r.Note, milliseconds(r.GatewayTime))
}

// digestOf finds a body among others; whoever finds one compares them.
func digestOf(masked []byte) int64 {
	sum := sha256.Sum256(masked)
	return int64(binary.BigEndian.Uint64(sum[:]) | 1)
}

// index makes numbers lead to a record.
func (s *statements) index(id int64, numbers []string) error {
	if len(numbers) == 0 {
		return nil
	}
	args := make([]any, 0, 2*len(numbers))
	for _, number := range numbers {
		args = append(args, number, id)
	}
	_, err := s.exec(`INSERT OR IGNORE INTO numbers (number, call) VALUES (?, ?)`+strings.Repeat(`, (?, ?)`, len(numbers)-1), args...)
	return err
}
