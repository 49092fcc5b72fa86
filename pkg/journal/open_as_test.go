package journal_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What is not known leaves a call open; only what became of it closes it.
func TestOpenAs(t *testing.T) {
	for outcome, want := range map[apo.Outcome]journal.State{
		"": journal.InDoubt, apo.InDoubt: journal.InDoubt, apo.Different: journal.InDoubt, apo.Pending: journal.Pending,
		apo.Succeeded: "", apo.Declined: "", apo.Cancelled: "", apo.NeverArrived: "", apo.NotSent: "",
	} {
		if got := journal.OpenAs(outcome); got != want || got != "" && !got.Open() {
			t.Errorf("%q leaves it %q, want %q", outcome, got, want)
		}
	}
}
