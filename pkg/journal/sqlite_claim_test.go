package journal_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// inFlight reads a record and says whether somebody is at it.
func inFlight(t *testing.T, j *journal.SQLite, id int64) bool {
	t.Helper()
	r, err := j.Get(t.Context(), id)
	must(t, err)
	if r.InFlight != (r.Process != 0) || r.InFlight && r.Process != os.Getpid() {
		t.Errorf("in flight: %v, by process %d", r.InFlight, r.Process)
	}
	return r.InFlight
}

// A call is in flight from its beginning to an end that is not open, for
// everybody who reads, or until whoever is at it goes.
func TestInFlight(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	ours, theirs := open(t, file), open(t, file)
	want := func(id int64, want bool, when string) {
		t.Helper()
		if inFlight(t, ours, id) != want || inFlight(t, theirs, id) != want {
			t.Errorf("%s: in flight is not %v for both", when, want)
		}
	}
	r := begin(t, ours, "pay", payBody)
	if !r.InFlight || r.Process != os.Getpid() {
		t.Errorf("begun: %+v", r)
	}
	want(r.ID, true, "begun")
	must(t, ours.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}))
	want(r.ID, true, "in doubt, and its sender is going to ask")
	must(t, ours.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: apo.Pending}))
	want(r.ID, true, "pending")
	must(t, ours.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: apo.Succeeded}))
	want(r.ID, false, "resolved")
	answered := begin(t, ours, "pay", payBody)
	must(t, ours.End(t.Context(), answered.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}))
	want(answered.ID, false, "answered")
	left := begin(t, ours, "pay", payBody)
	must(t, ours.Close())
	if inFlight(t, theirs, left.ID) {
		t.Error("whoever ended is still at it")
	}
}

// A process that goes on can come back to what it left in doubt; meanwhile nobody
// else is kept from it, and two are never at it.
func TestClaim(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	ours, theirs := open(t, file), open(t, file)
	r := begin(t, ours, "pay", payBody)
	must(t, ours.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}))
	claim := func(j *journal.SQLite, want bool, when string) {
		t.Helper()
		if free, err := j.Claim(t.Context(), r.ID); err != nil || free != want {
			t.Errorf("%s: free %v, %v; want %v", when, free, err, want)
		}
	}
	claim(ours, false, "its sender is at it, for another goroutine")
	claim(theirs, false, "its sender is at it, for another process")
	must(t, ours.Release(t.Context(), r.ID))
	if inFlight(t, ours, r.ID) || inFlight(t, theirs, r.ID) {
		t.Error("released, and still in flight")
	}
	claim(ours, true, "the same process again")
	claim(ours, false, "another goroutine of it")
	claim(theirs, false, "another process")
	must(t, ours.Release(t.Context(), r.ID))
	must(t, ours.Release(t.Context(), r.ID))
	claim(theirs, true, "another process, once it is free")
	must(t, ours.Release(t.Context(), r.ID)) // which is not theirs to give back
	claim(ours, false, "its sender, while another asks")
	must(t, theirs.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: apo.Succeeded}))
	claim(ours, true, "closed")
	must(t, ours.Release(t.Context(), r.ID))
	if _, err := ours.Claim(t.Context(), 99); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("an ID that is none: %v", err)
	}
}

// What was told while the answer was under way is not undone by its end: a
// notification may be faster.
func TestEndAfterItWasTold(t *testing.T) {
	for name, c := range map[string]struct {
		told apo.Outcome
		end  journal.Ending
		want journal.Ending
	}{
		"done, and then lost":          {apo.Succeeded, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, journal.Ending{State: journal.Resolved, Outcome: apo.Succeeded}},
		"declined, and then lost":      {apo.Declined, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, journal.Ending{State: journal.Resolved, Outcome: apo.Declined}},
		"never arrived, and then done": {apo.NeverArrived, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}},
		"pending, and then lost":       {apo.Pending, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, journal.Ending{State: journal.Pending, Outcome: apo.Pending}},
		"pending, and then declined":   {apo.Pending, journal.Ending{State: journal.Answered, Outcome: apo.Declined}, journal.Ending{State: journal.Answered, Outcome: apo.Declined}},
	} {
		j := open(t, filepath.Join(t.TempDir(), "journal.db"))
		r := begin(t, j, "pay", payBody)
		must(t, j.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: c.told}))
		c.end.Note = "as it ended"
		must(t, j.End(t.Context(), r.ID, c.end))
		got, err := j.Get(t.Context(), r.ID)
		if err != nil || got.State != c.want.State || got.Outcome != c.want.Outcome || got.Note != "as it ended" || got.Resolved.Outcome != c.told {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A loop over records keeps nobody from reading and writing inside it.
func TestTheJournalIsUsedInALoop(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	for range 5 {
		begin(t, j, "pay", payBody)
	}
	seen := 0
	for r, err := range j.Records(t.Context(), journal.Filter{}) {
		must(t, err)
		got, err := j.Get(t.Context(), r.ID)
		if seen++; err != nil || got.ID != r.ID {
			t.Errorf("%+v, %v", got, err)
		}
		must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}))
		begin(t, j, "pay", payBody)
		for range j.Records(t.Context(), journal.Filter{Open: true}) {
			must(t, j.Release(t.Context(), r.ID))
		}
	}
	if seen != 5 {
		t.Errorf("%d records, want the 5 that were there when the loop began", seen)
	}
}

var errInUse = errors.New("in use")

// beginOnce begins a pay unless one of its request ID was begun.
func beginOnce(t *testing.T, j *journal.SQLite) error {
	_, err := j.Begin(t.Context(), journal.Record{Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: "pay", Request: []byte(payBody)}, func(earlier []journal.Record) error {
		if len(earlier) == 0 {
			return nil
		}
		if !earlier[0].InFlight {
			t.Errorf("nobody is at what somebody has just begun: %+v", earlier[0])
		}
		return errInUse
	})
	return err
}

// Of many who begin one request at the same moment, one does.
func TestOneBegins(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	var begun atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			switch err := beginOnce(t, j); {
			case err == nil:
				begun.Add(1)
			case err != errInUse:
				t.Errorf("%v; want the error of allow as it is", err)
			}
		})
	}
	if all.Wait(); begun.Load() != 1 {
		t.Errorf("%d began, want 1", begun.Load())
	}
}

// So it is with processes, and what one that was killed has left is free.
func TestOneProcessBegins(t *testing.T) {
	file := os.Getenv("JOURNAL_OF_THE_TEST")
	if file != "" {
		if err := beginOnce(t, open(t, file)); err == nil {
			os.Stdout.WriteString("begun\n")
		} else {
			os.Stdout.WriteString(err.Error() + "\n")
		}
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until it is killed
		return
	}
	file = filepath.Join(t.TempDir(), "journal.db")
	said := map[string]int{}
	var lines []*bufio.Reader
	var running []*exec.Cmd
	for range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOneProcessBegins$")
		cmd.Env = append(os.Environ(), "JOURNAL_OF_THE_TEST="+file)
		out, err := cmd.StdoutPipe()
		must(t, err)
		in, err := cmd.StdinPipe()
		must(t, err)
		defer in.Close()
		must(t, cmd.Start())
		lines, running = append(lines, bufio.NewReader(out)), append(running, cmd)
	}
	for _, r := range lines {
		line, _ := r.ReadString('\n')
		said[line]++
	}
	j := open(t, file)
	if free, err := j.Claim(t.Context(), 1); err != nil || free {
		t.Errorf("what a process is at: free %v, %v", free, err)
	}
	for _, cmd := range running {
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
	if said["begun\n"] != 1 || said[errInUse.Error()+"\n"] != 3 {
		t.Errorf("they say %v, want one begun", said)
	}
	if free, err := j.Claim(t.Context(), 1); err != nil || !free {
		t.Errorf("what a process that was killed was at: free %v, %v", free, err)
	}
}
