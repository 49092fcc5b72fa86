package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What is undone leaves no trace in what the store keeps, and a list that was
// given out is the caller's.
func TestUndoneIsNotKept(t *testing.T) {
	box := openBox(t)
	if _, err := box.AddRule(Rule{API: "pay", Times: 1, Outcome: Outcome{Result: "DO_NOT_HONOR"}}); err != nil {
		t.Fatal(err)
	}
	undone := errors.New("undone")
	for range 2 {
		err := box.store.do(func(tx *tx) error {
			o, found, err := tx.draw(call{api: "pay"}, func(Rule) bool { return true })
			if !found || o.Result != "DO_NOT_HONOR" || err != nil {
				t.Errorf("%v %v %v", o, found, err)
			}
			tx.clock = tx.clock.after(box.real(), time.Now().Add(time.Hour), 1)
			tx.settings.NotifyURL = "http://127.0.0.1:1/"
			return undone
		})
		if err != undone {
			t.Fatal(err)
		}
		rules, err := box.Rules()
		if err != nil || len(rules) != 1 || rules[0].Hits != 0 || rules[0].Seen != 0 {
			t.Fatalf("%+v, %v", rules, err)
		}
		rules[0].Hits = 7
		clock, err := box.Clock()
		if err != nil || !clock.Natural() {
			t.Fatal(clock, err)
		}
	}
}

// Where a sync fails nobody knows what the disk has: the work is not done a
// second time, and nothing more is promised.
func TestFailedSync(t *testing.T) {
	t.Parallel()
	box := openState(t, filepath.Join(t.TempDir(), "state.db"))
	write := func(tx *tx) error { return tx.setting("settings", tx.settings) }
	if err := box.store.do(write); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(box.store.file+"-wal", box.store.file+"-away"); err != nil {
		t.Skip("this system does not let an open file be renamed:", err)
	}
	runs := 0
	var results []chan error
	box.store.turn.Lock() // until there are several to share a commit
	for range 3 {
		j := job{func(tx *tx) error { runs++; return write(tx) }, make(chan error, 1)}
		box.store.jobs <- j
		results = append(results, j.result)
	}
	box.store.turn.Unlock()
	for _, result := range results {
		if err := <-result; !errors.Is(err, os.ErrNotExist) {
			t.Errorf("work that was not synced: %v", err)
		}
	}
	if runs > len(results) {
		t.Errorf("%d pieces of work ran %d times", len(results), runs)
	}
	if err := os.Rename(box.store.file+"-away", box.store.file+"-wal"); err != nil {
		t.Fatal(err)
	}
	if err := box.store.do(write); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after a sync that failed: %v", err)
	}
}

func openState(t *testing.T, file string) *Sandbox {
	t.Helper()
	keys, err := PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	box, err := Open(Config{State: file, Keys: keys, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}
