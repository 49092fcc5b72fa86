package journal

import (
	"bytes"
	"database/sql"
	"time"
)

// Receive writes a notification down that verified: r has Endpoint
// ("notifyPayment"), and Answer holds the body. The same one again, with the
// same note, changes nothing. ID, Time and State of the record are Receive's to
// set.
func (j *Journal) Receive(r Record) error {
	r.Time, r.State, r.Reads = j.now().Truncate(time.Millisecond), Answered, true
	r.Answer = j.masked(r.Answer, true)
	r.Numbers = r.Numbers.Or(NumbersOf(r.Answer))
	return j.change(func(tx *sql.Tx) error {
		earlier, err := sharing(tx, r, true)
		if err != nil {
			return err
		}
		for _, e := range earlier {
			if e.Endpoint == r.Endpoint && e.Note == j.Masker.Text(r.Note) && bytes.Equal(e.Answer, r.Answer) {
				return nil
			}
		}
		if r.ID, err = begin(tx, r); err != nil {
			return err
		}
		return j.end(tx, r, r.Ending)
	})
}
