package sandbox

import (
	"fmt"
	"path/filepath"
	"testing"
)

// Of two that have one state, each takes back what it told alone, whichever ends first;
// and what one told that was killed ends with the next.
func TestForgetLeavesOthersAlone(t *testing.T) {
	keys, err := PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, firstEnds := range []bool{true, false} {
		file := filepath.Join(t.TempDir(), "state.db")
		open := func(c Config) *Sandbox {
			c.State, c.Keys, c.Passive = file, keys, true
			box, err := Open(c)
			must(err)
			t.Cleanup(func() { box.Close() })
			return box
		}
		a := open(Config{Scenario: "late-success", Options: Options{"notify-declines": "no"}, Speed: 60})
		b := open(Config{Acquirers: []Acquirer{{Name: "ADYEN", Weight: 1}}, NotifyURL: "http://127.0.0.1:9/b", Options: Options{"amount-11": "risk"}})
		told := func(box *Sandbox) string {
			rules, err := box.Rules()
			must(err)
			clock, err := box.Clock()
			must(err)
			return fmt.Sprintf("%d rules, speed %v, %v", len(rules), clock.Speed, box.options())
		}
		end := func(box *Sandbox) {
			must(box.Forget())
			must(box.Close())
		}
		if firstEnds {
			end(a)
			if got := told(b); got != "0 rules, speed 1, map[amount-11:risk]" {
				t.Errorf("the first has ended: %s", got)
			}
			end(b)
		} else {
			end(b)
			if got := told(a); got != "1 rules, speed 60, map[notify-declines:no]" {
				t.Errorf("the second has ended: %s", got)
			}
			end(a)
		}
		killed := open(Config{Scenario: "declines"})
		must(killed.Close()) // as after a kill: nothing is taken back
		c := open(Config{NotifyURL: "http://127.0.0.1:9/c"})
		must(c.Forget())
		if got := told(c); got != "0 rules, speed 1, map[]" {
			t.Errorf("all have ended: %s", got)
		}
	}
}
