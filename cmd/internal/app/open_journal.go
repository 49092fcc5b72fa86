package app

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// JournalFile is where the record of all calls is kept.
func JournalFile(paths profile.Paths) string { return filepath.Join(paths.State, "journal.db") }

// WithoutJournal reports whether no record is wanted.
func (d *Run) WithoutJournal() bool { return d.Global.NoJournal || d.Getenv("APO_JOURNAL") == "off" }

// openJournal begins to open the record of what is sent, and returns what waits for
// it: opening takes as long as that of the embedded sandbox, and both at once half of
// that.
func (s *Session) openJournal(paths profile.Paths) (wait func() error, err error) {
	off := s.Global.NoJournal
	switch value, _ := s.Lookup("APO_JOURNAL"); value {
	case "", "on":
	case "off":
		off = true
	default:
		return nil, say.Fail(say.Config, "APO_JOURNAL=%s is neither on nor off", value)
	}
	if off && s.Profile.Live() {
		return nil, Refused("profile %s is live, where nothing is sent without a record; leave out --no-journal and APO_JOURNAL=off", s.Profile.Name)
	}
	if off {
		return func() error { s.readEarlier(paths); return nil }, nil
	}
	if paths.State == "" {
		f := say.Fail(say.Config, "%v; nothing was sent", profile.ErrNoHome)
		if s.Profile.Name == profile.Local {
			return nil, f.Hint("the sandbox inside apo keeps its state there; apo sandbox --memory is one that keeps none")
		}
		return nil, f.Hint("apo keeps a record of what it sends there; --no-journal goes on without one, except on live")
	}
	var j *journal.SQLite
	opened := make(chan error, 1)
	go func() {
		var err error
		j, err = journal.Open(JournalFile(paths), s.Now)
		opened <- err
	}()
	return func() error {
		if err := <-opened; err != nil {
			return say.Fail(say.Config, "%v; nothing was sent", err).Hint("apo keeps a record of what it sends, so that no payment is lost; --no-journal goes on without one, except on live")
		}
		j.Masker = s.IO.Masker
		s.Journal, s.Operator.Journal = j, j
		s.Cleanup = append(s.Cleanup, j.Leave)
		return nil
	}, nil
}

// readEarlier opens an existing journal to know of earlier tries, although nothing is
// written into it. One that cannot be read stops nobody who wants none.
func (s *Session) readEarlier(paths profile.Paths) {
	file := JournalFile(paths)
	if _, err := os.Stat(file); err != nil || paths.State == "" {
		return
	}
	if j, err := journal.Open(file, s.Now); err == nil {
		s.Operator.Earlier = j
		s.Cleanup = append(s.Cleanup, j.Leave)
	}
}

// remember says what the journal knows to be in doubt, or what is lost without one.
func (s *Session) remember() {
	if s.Journal == nil {
		s.IO.Note("no journal: this call cannot be found again, and apo resume will not resolve it")
		return
	}
	s.remind(s.Journal)
}

// remind says in one line what has been in doubt for over a minute.
func (d *Run) remind(j journal.Archive) {
	if d.Global.quiet || d.NoReminder {
		return
	}
	list, err := journal.List(context.Background(), j, journal.Filter{Open: true, Moving: true, Before: d.Now().Add(-time.Minute), Limit: 100})
	if err != nil {
		return
	}
	count, which := 0, ""
	for _, r := range list {
		if r.State != journal.Pending && !r.InFlight {
			count++
			which = r.Endpoint + " " + r.Number()
		}
	}
	switch {
	case count == 1:
		d.IO.Hint("in doubt since an earlier run: " + which + "; " + d.Words().Command("resume") + " asks what became of it")
	case count > 1:
		d.IO.Hint(strconv.Itoa(count) + " calls in doubt since earlier runs; " + d.Words().Command("resume") + " asks what became of them")
	}
}

// ReadJournal opens the journal for a command that calls nothing.
func (d *Run) ReadJournal() (j *journal.SQLite, err error) {
	paths, err := profile.FindPaths(d.Getenv, d.Global.config)
	if err == nil && paths.State == "" {
		err = profile.ErrNoHome
	}
	if err != nil {
		return nil, say.Fail(say.Config, "%v", err)
	}
	if j, err = journal.Open(JournalFile(paths), d.Now); err != nil {
		return nil, say.Fail(say.Config, "%v", err)
	}
	j.Masker = d.IO.Masker
	d.Cleanup = append(d.Cleanup, j.Leave)
	d.remind(j)
	return j, nil
}

// Unread ends a run that could not read or write the journal.
func Unread(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted")
	}
	return say.Fail(say.Config, "%v", err)
}
