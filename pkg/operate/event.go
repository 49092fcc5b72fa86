package operate

import (
	"time"

	"github.com/apo-cli/apo/pkg/journal"
)

// Stage says what happens with a request at this moment.
type Stage string

const (
	Announced  Stage = "announced"  // it is about to be sent; Result.ID is its own
	AskFirst   Stage = "ask-first"  // Record is an earlier try, or one beside it, that is asked about before
	Differs    Stage = "differs"    // Field is other than in the earlier try Record; it is sent all the same
	Lost       Stage = "lost"       // no usable answer came, and it is asked what became of it
	Waiting    Stage = "waiting"    // it is pending, and may take its time
	Asking     Stage = "asking"     // between two inquiries; Waited so far. Result is what they told, Record the first of several
	Reconciled Stage = "reconciled" // an inquiry tells that Record succeeded, although it came to something else
	Doubted    Stage = "doubted"    // verified messages contradict each other about Record, as it was before: it is in doubt
	Unrecorded Stage = "unrecorded" // Err: the journal could not write down what became of it
)

// Event is told to [Operator.Watch] while a request is under way.
type Event struct {
	Stage  Stage
	Result Result // so far
	Record *journal.Record
	Field  string
	Waited time.Duration
	Open   int // of Asking: how many are still asked about
	Err    error
}
