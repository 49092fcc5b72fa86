package cmd

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
)

// What has been in doubt for over a minute is said in one line; what is
// younger, pending or being sent is not.
func TestReminder(t *testing.T) {
	for name, c := range map[string]struct {
		states []journal.State
		age    time.Duration
		want   string
	}{
		"nothing":           {nil, time.Hour, ""},
		"one":               {[]journal.State{journal.InDoubt}, 2 * time.Minute, "in doubt since an earlier run: pay demo-0; apo resume asks what became of it"},
		"two":               {[]journal.State{journal.InDoubt, journal.InDoubt}, 2 * time.Minute, "2 calls in doubt since earlier runs; apo resume asks what became of them"},
		"young":             {[]journal.State{journal.InDoubt}, 30 * time.Second, ""},
		"pending, answered": {[]journal.State{journal.Pending, journal.Answered}, time.Hour, ""},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			file := filepath.Join(t.TempDir(), "journal.db")
			j, err := journal.Open(file, func() time.Time { return now.Add(-c.age) })
			if err != nil {
				t.Fatal(err)
			}
			for i, state := range c.states {
				r, err := j.Begin(journal.Record{Endpoint: "pay", Numbers: journal.Numbers{PaymentRequestID: "demo-" + string(rune('0'+i))}}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := j.End(r.ID, journal.Ending{State: state}); err != nil {
					t.Fatal(err)
				}
			}
			j.Close() // the process that sent them ends
			if j, err = journal.Open(file, time.Now); err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			var said, data strings.Builder
			d := &deps{io: term.New(strings.NewReader(""), &data, &said), now: func() time.Time { return now }}
			d.remind(j)
			if got := strings.TrimPrefix(strings.TrimSpace(said.String()), "apo: hint: "); got != c.want || data.Len() > 0 {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}
