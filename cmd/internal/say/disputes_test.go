package say

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// How much time is left to answer a dispute is told of those that are still to be
// answered.
func TestTimeLeftOfDisputes(t *testing.T) {
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		state journal.DisputeState
		due   time.Duration
		want  string
		tone  term.Tone
	}{
		{journal.DisputeOpen, 7 * 24 * time.Hour, "7 d 00 h", term.Plain},
		{journal.DisputeOpen, 47 * time.Hour, "1 d 23 h", term.Doubt},
		{journal.DisputeOpen, 90 * time.Minute, "1 h 30 min", term.Doubt},
		{journal.DisputeOpen, 0, "ended 0 ms ago", term.Failure},
		{journal.DisputeUnclear, -26 * time.Hour, "ended 1 d 02 h ago", term.Failure},
		{journal.DisputeDefended, time.Hour, "", term.Doubt},
		{journal.DisputeWon, time.Hour, "", term.Doubt},
		{journal.DisputeLost, -time.Hour, "", term.Failure},
	} {
		d := journal.Dispute{
			ID: "2026120112345678901234567890", State: c.state, Due: now.Add(c.due), Amount: apo.Amount{Currency: "KRW", Value: "14204"},
			Numbers: apo.Numbers{Acquirer: "PAYPAL", AcquirerTransactionID: "PP-R-VAD-1"},
		}
		if got := timeLeft(d, now); got != c.want || got != "" && leftTone(d, now) != c.tone {
			t.Errorf("%s, due in %s: %q, want %q", c.state, c.due, got, c.want)
		}
		var out, err bytes.Buffer
		if bad := Dispute(Printer{Streams: term.New(strings.NewReader(""), &out, &err), Format: term.JSON}, d, now); bad != nil {
			t.Fatal(bad)
		}
		seconds := gjson.GetBytes(out.Bytes(), "secondsLeft")
		if !gjson.ValidBytes(out.Bytes()) || seconds.Exists() != (c.want != "") || seconds.Exists() && seconds.Int() != int64(c.due/time.Second) || gjson.GetBytes(out.Bytes(), "disputeAmount.value").String() != "14204" {
			t.Errorf("%s", &out)
		}
		out.Reset()
		if bad := Disputes(Printer{Streams: term.New(strings.NewReader(""), &out, &err), Format: term.Table}, []journal.Dispute{d}, now); bad != nil {
			t.Fatal(bad)
		}
		if want := string(c.state) + "\t" + c.want + "\tKRW 14204\t" + d.ID; !strings.HasPrefix(out.String(), want) {
			t.Errorf("%q, want %q", &out, want)
		}
		if where := WhereToDefend([]journal.Dispute{d}); (where != "") != d.State.Undecided() {
			t.Errorf("%s: %q", c.state, where)
		}
	}
}
