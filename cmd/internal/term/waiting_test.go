package term

import (
	"strings"
	"testing"
	"time"
)

// In a pipe a wait is said at its beginning and every ten seconds, whatever the
// pauses in between are.
func TestWaiting(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*Streams)
		want string
	}{
		"words": {func(*Streams) {}, "apo: waiting for a\napo: waiting for a; 10s so far\napo: waiting for a; 20s so far\napo: waiting for a; 34s so far\napo: waiting for b\n"},
		"JSON": {
			func(s *Streams) { s.TalksJSON = true },
			`{"progress":"waiting for a"}` + "\n" + `{"progress":"waiting for a; 10s so far"}` + "\n" + `{"progress":"waiting for a; 20s so far"}` + "\n" +
				`{"progress":"waiting for a; 34s so far"}` + "\n" + `{"progress":"waiting for b"}` + "\n",
		},
		"quiet": {func(s *Streams) { s.Quiet = true }, ""},
	} {
		var talk strings.Builder
		s := New(strings.NewReader(""), &strings.Builder{}, &talk)
		c.set(s)
		for second := range 25 {
			s.Waiting("waiting for a", time.Duration(second)*time.Second)
		}
		s.Waiting("waiting for a", 34*time.Second)
		s.Waiting("waiting for a", 39*time.Second)
		s.EndLive()
		s.Waiting("waiting for b", 300*time.Millisecond)
		if talk.String() != c.want {
			t.Errorf("%s:\n%swant\n%s", name, &talk, c.want)
		}
	}
}
