package cmd

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// journalFile is where the record of all calls is kept.
func journalFile(paths profile.Paths) string { return filepath.Join(paths.State, "journal.db") }

// openJournal opens the record of what is sent, or says what is lost without
// one.
func (s *session) openJournal(paths profile.Paths) error {
	off := s.global.noJournal
	switch value, _ := s.lookup("APO_JOURNAL"); value {
	case "", "on":
	case "off":
		off = true
	default:
		return say.Fail(say.Config, "APO_JOURNAL=%s is neither on nor off", value)
	}
	if off && s.profile.Live() {
		return refused("profile %s is live, where nothing is sent without a record; leave out --no-journal and APO_JOURNAL=off", s.profile.Name)
	}
	if off {
		s.io.Note("no journal: this call cannot be found again, and apo resume will not resolve it")
		return nil
	}
	j, err := journal.Open(journalFile(paths), s.now)
	if err != nil {
		return say.Fail(say.Config, "%v; nothing was sent", err).Hint("apo keeps a record of what it sends, so that no payment is lost; --no-journal goes on without one, except on live")
	}
	j.Masker = s.io.Masker
	s.journal, s.operator.Journal = j, j
	s.cleanup = append(s.cleanup, j.Leave)
	s.remind(j)
	return nil
}

// remind says in one line what has been in doubt for over a minute.
func (d *deps) remind(j *journal.SQLite) {
	if d.global.quiet || d.noReminder {
		return
	}
	list, err := journal.List(context.Background(), j, journal.Filter{Open: true, Moving: true, Before: d.now().Add(-time.Minute), Limit: 100})
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
		d.io.Hint("in doubt since an earlier run: " + which + "; " + d.words().Command("resume") + " asks what became of it")
	case count > 1:
		d.io.Hint(strconv.Itoa(count) + " calls in doubt since earlier runs; " + d.words().Command("resume") + " asks what became of them")
	}
}
