package journal

import (
	"bytes"
	"context"
	"database/sql"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Receive is as [Store] says.
func (j *SQLite) Receive(ctx context.Context, r Record) (got Record, fresh bool, err error) {
	r.Time, r.State, r.Reads = j.now().Truncate(time.Millisecond), Answered, true
	r.Answer = j.masked(r.Answer, true)
	r.Numbers = j.maskedNumbers(r.Numbers, true).Or(apo.NumbersOf(r.Answer))
	err = j.change(ctx, func(tx *sql.Tx) error {
		earlier, err := j.sharing(tx, r.ClientID, r.Numbers.All(), "AND reads")
		if err != nil {
			return err
		}
		for _, e := range earlier {
			if e.Endpoint == r.Endpoint && e.Notice == r.Notice && bytes.Equal(e.Answer, r.Answer) {
				got = e
				return nil
			}
		}
		if r.ID, err = j.begin(tx, r, ""); err != nil {
			return err
		}
		got, fresh = r, true
		return j.end(tx, r, r.Ending)
	})
	if err != nil {
		return r, false, err
	}
	return got, fresh, nil
}
