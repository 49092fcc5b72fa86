package verify

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
)

// What the diagnoses of one stream may cost, in bytes hashed. A message that is not
// explained costs 1,000 MiB by itself, which takes about a second.
const (
	allSearches = 32 << 30
	shortSearch = 4 << 20
)

const (
	maxInVain  = 2        // whole searches that explained nothing, of messages that look alike
	maxLike    = 4        // explanations that are tried first on what follows
	maxSame    = 1024     // diagnoses that are remembered in case the same message comes again
	remembered = 16 << 10 // bytes of a body above which none is
)

// diagnoses are those of a stream. Its messages mostly come from one sender, through
// one proxy, into one framework: what broke one of them broke the others. So what
// explained one is tried first on the next, and what explains none is not looked for
// all over again each time. They depend on the messages alone, not on how fast the
// machine is.
type diagnoses struct {
	left   int64 // bytes to hash
	whole  int64 // of them for one message; 0: what package diagnose takes
	like   [][]diagnose.Fault
	inVain map[looks]int // whole searches, by what they ended with
	same   map[[sha256.Size]byte]say.Verification
	since  time.Time // when left was last added to
}

// looks are what messages have in common that look alike.
type looks struct {
	notifyType string
	cause      diagnose.Cause
}

func newDiagnoses() diagnoses {
	return diagnoses{left: allSearches, inVain: map[looks]int{}, same: map[[sha256.Size]byte]say.Verification{}}
}

// diagnose finds out why a message of a stream does not verify.
func (s *Stream) diagnose(ctx context.Context, c Examined) say.Verification {
	notifyType := app.TypeIn(c.Message.Body)
	hints := s.hints(c.from)
	hints.Bodies = append(hints.Bodies, s.keyOrders[notifyType]...)
	identity := identityOf(c, hints)
	if known, found := s.diagnoses.same[identity]; found {
		known.ElapsedMs = 0
		return known
	}
	if s.diagnoses.left <= 0 {
		return say.Undiagnosed(s.expected, s.settings.Side)
	}
	found := s.search(ctx, c, hints, notifyType)
	if len(s.diagnoses.same) < maxSame && len(c.Message.Body) <= remembered {
		s.diagnoses.same[identity] = found
	}
	return found
}

// search looks for the likely causes, and for all of them as long as messages that
// look like this one were explained so.
func (s *Stream) search(ctx context.Context, c Examined, hints diagnose.Hints, notifyType string) say.Verification {
	d := &s.diagnoses
	hints.Like, hints.Budget = d.like, shortSearch
	found, told := s.explain(ctx, c, hints)
	d.left -= found.Hashed
	if !found.Proven && found.Exhausted {
		alike := looks{notifyType, found.Cause}
		if d.inVain[alike] >= maxInVain {
			told.Effort = say.ShortSearch
			return told
		}
		before := told.ElapsedMs
		hints.Budget = d.whole
		found, told = s.explain(ctx, c, hints)
		told.ElapsedMs += before
		d.left -= found.Hashed
		if d.inVain[alike]++; found.Proven {
			d.inVain[alike] = 0
		}
	}
	if found.Proven {
		d.learn(found.Faults)
	}
	return told
}

// A stream without an end gets some more to hash each minute. What anybody could fill
// up is forgotten before it is much.
const (
	searchesAMinute = 1 << 30
	maxInVainLooks  = 1024
)

// goOn is for a stream that has no end.
func (d *diagnoses) goOn(now time.Time) {
	if minutes := now.Sub(d.since).Minutes(); !d.since.IsZero() && minutes > 0 {
		d.left = min(allSearches, d.left+int64(min(minutes, 60)*searchesAMinute))
	}
	d.since = now
	if len(d.same) >= maxSame {
		clear(d.same)
	}
	if len(d.inVain) >= maxInVainLooks {
		clear(d.inVain)
	}
}

// learn puts an explanation in front of those that are tried first.
func (d *diagnoses) learn(faults []diagnose.Fault) {
	same := func(a, b diagnose.Fault) bool { return a.Cause == b.Cause && a.What == b.What }
	d.like = slices.DeleteFunc(d.like, func(known []diagnose.Fault) bool { return slices.EqualFunc(known, faults, same) })
	d.like = slices.Insert(d.like, 0, slices.Clone(faults))
	d.like = d.like[:min(len(d.like), maxLike)]
}

// identityOf is the same for messages of which the same is given and known.
func identityOf(c Examined, h diagnose.Hints) (sum [sha256.Size]byte) {
	hash := sha256.New()
	m := c.Message
	fmt.Fprintf(hash, "%q %q %q %q %q %q ", m.Method, m.Path, m.ClientID, m.Time, m.Body, c.header)
	fmt.Fprintf(hash, "%q %q %q %q %q %d %q", h.ClientIDs, h.Times, h.Paths, h.Hosts, h.Bodies, h.Length, c.from.Lossy)
	hash.Sum(sum[:0])
	return sum
}
