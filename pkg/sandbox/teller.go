package sandbox

import (
	"crypto/rand"
	"maps"
	"os"
	"strconv"
	"strings"
)

// teller is a Sandbox as the one whose Config told its state something. Several may
// have one state, and each takes back what it told alone.
type teller struct {
	name string
	file *os.File // locked for as long as it lives; nil: it tells nothing, or to nobody else
}

// What a Config tells has these names in the settings, beside "option NAME" and
// "rule ID".
const (
	toldAcquirers = "acquirers"
	toldNotifyURL = "notify-url"
	toldClock     = "clock"
	toldOption    = "option "
	toldRule      = "rule "
)

// beginTelling names a teller. Others that have the state see that it lives.
func (s *Sandbox) beginTelling() {
	s.teller.name = strings.ToLower(rand.Text())
	if s.shared() {
		s.teller.file = holdAlive(s.tellerFile(s.teller.name))
	}
}

func (s *Sandbox) tellerFile(name string) string { return s.file + "-told-" + name }

// endTelling lets go of the state.
func (s *Sandbox) endTelling() {
	if s.teller.file != nil {
		os.Remove(s.teller.file.Name())
		s.teller.file.Close()
	}
}

// takesBack reports whether it is for this Sandbox to take something back: it told it,
// or nobody knows who did, or who did was killed.
func (s *Sandbox) takesBack(t *tx, what string) bool {
	by := t.settings.Told[what]
	if by == "" || by == s.teller.name {
		return true
	}
	if s.shared() && isAlive(s.tellerFile(by)) {
		return false
	}
	os.Remove(s.tellerFile(by))
	return true
}

// tells writes down who told something.
func (t *tx) tells(who string, what ...string) {
	t.settings.Told = maps.Clone(t.settings.Told) // what is kept counts on, if this is undone
	if t.settings.Told == nil {
		t.settings.Told = map[string]string{}
	}
	for _, name := range what {
		t.settings.Told[name] = who
	}
}

func ruleTold(id int64) string { return toldRule + strconv.FormatInt(id, 10) }
