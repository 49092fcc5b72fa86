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
		n, err := j.prune(ctx, before, portion)
		removed += n
		if err != nil || n < portion {
			return removed, err
		}
		if !wait.For(ctx, pause) {
			return removed, ctx.Err()
		}
	}
}

func (j *SQLite) prune(ctx context.Context, before time.Time, most int64) (int64, error) {
	var removed int64
	now := j.now().UnixMilli()
	err := j.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`PRAGMA cache_size = -64000`); err != nil { // KiB: the numbers of a portion are all over the file
			return err
		}
		// An inquiry leaves nothing open.
		const old = ` FROM calls WHERE time < ? AND (reads = 1 OR state NOT IN ('begun', 'pending', 'in-doubt') AND coalesce(auth_end, 0) <= ?) ORDER BY time, id LIMIT ?`
		var carried []string
		for _, column := range []string{
			"payment_request_id", "payment_id", "capture_request_id", "capture_id", "refund_request_id", "refund_id",
			"reference_order_id", "acquirer_transaction_id", "acquirer_reference_id", "network_transaction_id", "arn", "rrn",
		} {
			carried = append(carried, `SELECT `+column+`, id FROM old`)
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
		return err
	})
	return removed, err
}
