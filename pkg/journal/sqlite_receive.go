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
		id, isFresh, err := j.note(prepare(tx), r)
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
	r.Result = apo.Result{Status: mask(r.Result.Status), Code: mask(r.Result.Code), Message: mask(r.Result.Message)}
	if card, told := toldCard(r, r.Answer).(string); told {
		r.Card = card
	}
	return r
}

// sameNotice finds the record of the same notification along an index, which has of
// those that an older version wrote the time alone.
const sameNotice = `SELECT id FROM calls WHERE notice_time = ? AND notice_digest IN (?, 0) AND notice_digest IS NOT NULL AND substr(endpoint, 1, 6) = 'notify'
	AND client_id = ? AND +endpoint = ? AND notice_type = ? AND answer IS ? LIMIT 1`

// note writes the record of a notification, unless there is one of the same.
func (j *SQLite) note(s *statements, r Record) (id int64, fresh bool, err error) {
	digest := digestOf(r.Answer)
	known, err := s.find(&id, sameNotice, r.Notice.Time, digest, r.ClientID, r.Endpoint, r.Notice.Type, r.Answer)
	if err != nil || known {
		return id, false, err
	}
	if n := &r.Numbers; n.Acquirer == "" && n.PaymentID != "" {
		if _, err := s.find(&n.Acquirer, acquirerOf, n.PaymentID); err != nil {
			return 0, false, err
		}
	}
	if id, err = j.insertReceived(s, r, digest); err != nil {
		return 0, false, err
	}
	if err := s.index(id, r.indexed()); err != nil {
		return 0, false, err
	}
	return id, true, authorization(s.tx, r)
}

// insertReceived writes the record of what was received. digest is nil where it is
// no news.
func (j *SQLite) insertReceived(s *statements, r Record, digest any) (int64, error) {
	return s.insert(`INSERT INTO calls (payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id,
		reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id, network_transaction_id, arn, rrn,
		time, profile, mode, client_id, gateway, endpoint, reads, currency, value, card, request, claimed_by, state, outcome,
		notice_type, notice_time, notice_digest, status, code, message, verification, answer, note, gateway_time)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,?,?,?,?,'',?,?,?,?,?,?,?,?,?,?,?,?)`,
		append(values(r.Numbers), r.Time.UnixMilli(), r.Profile, r.Mode, r.ClientID, r.Gateway, r.Endpoint,
			r.Amount.Currency, r.Amount.Value, r.Card, r.Request, r.State, r.Outcome, r.Notice.Type, r.Notice.Time, digest,
			r.Result.Status, r.Result.Code, r.Result.Message, r.Verification, r.Answer, r.Note, milliseconds(r.GatewayTime))...)
}

// digestOf finds a body among those of one time; whoever finds one compares them.
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
