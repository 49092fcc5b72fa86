package sandbox

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A state that takes no attempt does not make the sandbox a flood for the
// merchant.
func TestAttemptsThatCannotBeWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, err := PublishedKeys()
		if err != nil {
			t.Fatal(err)
		}
		var told atomic.Int32
		box, err := Open(Config{Keys: keys, NotifyURL: "http://127.0.0.1:1/", Deliver: transport(func(*http.Request) { told.Add(1) })})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		err = box.store.do(func(tx *tx) error {
			_, err := tx.sql.Exec(`CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT raise(ABORT, 'the disk is full'); END`)
			return errors.Join(err, box.ledger(tx).post(Notification{Type: "PAYMENT_RESULT"}, told.Load()))
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := told.Load(); n < 2 || n > 10 {
			t.Errorf("%d deliveries in a minute", n)
		}
	})
}
