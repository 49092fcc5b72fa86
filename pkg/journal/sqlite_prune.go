package journal

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/internal/wait"
)

// Prune removes records that ended before a time, never open ones, nor those of
// payments whose authorization still waits for a capture, and returns how many.
// It works in portions, between which others can write.
func (j *SQLite) Prune(ctx context.Context, before time.Time) (int64, error) {
	return j.pruneIn(ctx, before, 20_000) // which takes 1 s
}

// pruneIn prunes in portions of so many records.
func (j *SQLite) pruneIn(ctx context.Context, before time.Time, portion int64) (int64, error) {
	// More than the 100 ms after which SQLite tries again for a lock that was held.
	const pause = 120 * time.Millisecond
	j.sender.sweep()
	var removed int64
	for {
		n, more, err := j.prune(ctx, before, portion)
		removed += n
		if err != nil || !more {
			return removed, err
		}
		if !wait.For(ctx, pause) {
			return removed, ctx.Err()
		}
	}
}

// old are the calls that go. An inquiry leaves nothing open.
const old = ` FROM calls WHERE time < ? AND (reads = 1 OR state NOT IN ('begun', 'pending', 'in-doubt') AND coalesce(auth_end, 0) <= ?) ORDER BY time, id LIMIT ?`

func (j *SQLite) prune(ctx context.Context, before time.Time, most int64) (removed int64, more bool, err error) {
	now := j.now().UnixMilli()
	err = j.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`PRAGMA cache_size = -64000`); err != nil { // KiB: the numbers of a portion are all over the file
			return err
		}
		if more, err = pruneInbox(tx, before.UnixMilli(), now, most); err != nil || more {
			return err
		}
		var carried []string
		for _, column := range []string{
			"payment_request_id", "payment_id", "capture_request_id", "capture_id", "refund_request_id", "refund_id",
			"reference_order_id", "acquirer_transaction_id", "acquirer_reference_id", "network_transaction_id", "arn", "rrn",
		} {
			carried = append(carried, `SELECT `+column+`, id FROM old`)
		}
		for _, name := range []string{"vaultingRequestId", "updateRequestId", "disputeId"} { // see indexed
			carried = append(carried, `SELECT json_extract(CAST(message AS TEXT), '$.`+name+`'), id
				FROM (SELECT id, iif(substr(endpoint, 1, 6) = 'notify', answer, request) AS message FROM old)
				WHERE instr(message, '`+name+`') AND json_valid(CAST(message AS TEXT))`)
		}
		// The first condition is for speed: without it SQLite reads all numbers.
		_, err := tx.Exec(`WITH old AS MATERIALIZED (SELECT *`+old+`), carried(number, call) AS MATERIALIZED (`+strings.Join(carried, ` UNION ALL `)+`)
			DELETE FROM numbers WHERE number IN (SELECT number FROM carried) AND (number, call) IN (SELECT number, call FROM carried)`, before.UnixMilli(), now, most)
		if err != nil {
			return err
		}
		result, err := tx.Exec(`DELETE FROM calls WHERE id IN (SELECT id`+old+`)`, before.UnixMilli(), now, most)
		if err != nil {
			return err
		}
		removed, err = result.RowsAffected()
		more = removed == most
		return err
	})
	return removed, more, err
}

// pruneInbox removes what came for the old calls, and its deliveries, but not more
// than most of either, and reports whether there is more of it: one notification may
// have come a million times.
func pruneInbox(tx *sql.Tx, before, now, most int64) (more bool, err error) {
	for _, table := range []string{"deliveries", "receptions"} {
		// The calls are few, and an index leads from each to what came for it.
		result, err := tx.Exec(`DELETE FROM `+table+` WHERE id IN (
			SELECT t.id FROM (SELECT id`+old+`) AS old CROSS JOIN `+table+` AS t ON t.call = old.id LIMIT ?)`, before, now, most, most)
		if err != nil {
			return false, err
		}
		if n, err := result.RowsAffected(); err != nil || n == most {
			return true, err
		}
	}
	return false, nil
}
