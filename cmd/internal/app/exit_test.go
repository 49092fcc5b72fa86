package app

import (
	"testing"

	"github.com/apo-cli/apo/pkg/journal"
)

// A call that was begun, and of which nothing more is known, has not succeeded.
func TestTheExitOfWhatWasBegun(t *testing.T) {
	if got := RecordExit(journal.Record{Ending: journal.Ending{State: journal.Begun}}); got != 6 {
		t.Errorf("exit %d, want 6", got)
	}
}
