package cmd

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What an inquiry told outweighs an answer that nothing vouched for: a charge
// that was settled as done is one, whatever was said before.
func TestTookEffect(t *testing.T) {
	refused := apo.Result{Status: "F", Code: "DO_NOT_HONOR"}
	for name, c := range map[string]struct {
		end  journal.Ending
		want bool
	}{
		"authorized":                 {journal.Ending{State: journal.Answered, Result: apo.Result{Status: "S", Code: "SUCCESS"}}, true},
		"declined":                   {journal.Ending{State: journal.Answered, Result: refused, Exit: 3}, false},
		"unsigned F, and it is done": {journal.Ending{State: journal.Settled, Result: refused, Verification: "unsigned"}, true},
		"never arrived":              {journal.Ending{State: journal.Settled, Exit: 6}, false},
		"in doubt":                   {journal.Ending{State: journal.InDoubt, Exit: 6}, true},
	} {
		if got := tookEffect(journal.Record{Ending: c.end}); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
