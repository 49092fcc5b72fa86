package journal

import (
	"context"
	"path/filepath"
	"time"

	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// Recent returns the newest calls of a profile that move something, the newest first,
// at most limit of the last few thousand records; profile "" is every one. It only
// looks at the file: it makes, changes and waits for nothing, and a file that is
// missing, locked or of another version is an error. Of a record it has what tells
// which call it is: ID, Time, Profile, Mode, Endpoint, Numbers, Amount, Card, State,
// Outcome, the status and code of Result, Verification and Resolved.Outcome; of one of a
// card to be saved the Request too.
func Recent(ctx context.Context, file, profile string, limit int) ([]Record, error) {
	return recent(ctx, file, "reads = 0 AND id > (SELECT max(id) FROM calls WHERE reads = 0) - 4000", profile, limit)
}

// RecentNotifications is [Recent] of what came to a listener or was verified.
func RecentNotifications(ctx context.Context, file, profile string, limit int) ([]Record, error) {
	return recent(ctx, file, "endpoint LIKE 'notify%' AND id > (SELECT max(id) FROM calls) - 4000", profile, limit)
}

func recent(ctx context.Context, file, which, profile string, limit int) ([]Record, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	db, err := sqlite.OpenReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT id, time, profile, mode, endpoint, coalesce(payment_request_id,''), coalesce(payment_id,''),
		coalesce(capture_request_id,''), coalesce(refund_request_id,''), coalesce(currency,''), coalesce(value,''), coalesce(card,''),
		state, outcome, coalesce(status,''), coalesce(code,''), coalesce(verification,''), coalesce(resolved,''),
		CASE WHEN endpoint IN ('vaultPaymentMethod', 'createVaultingSession') THEN request END
		FROM calls WHERE `+which+` AND (? = '' OR profile = ?) ORDER BY id DESC LIMIT ?`, profile, profile, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Record
	for rows.Next() {
		var r Record
		var at int64
		n := &r.Numbers
		if err := rows.Scan(&r.ID, &at, &r.Profile, &r.Mode, &r.Endpoint, &n.PaymentRequestID, &n.PaymentID, &n.CaptureRequestID, &n.RefundRequestID,
			&r.Amount.Currency, &r.Amount.Value, &r.Card, &r.State, &r.Outcome, &r.Result.Status, &r.Result.Code, &r.Verification, &r.Resolved.Outcome, &r.Request); err != nil {
			return list, err
		}
		r.Time = time.UnixMilli(at)
		list = append(list, r)
	}
	return list, rows.Err()
}
