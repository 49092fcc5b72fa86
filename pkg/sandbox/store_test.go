package sandbox

import (
	"errors"
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
