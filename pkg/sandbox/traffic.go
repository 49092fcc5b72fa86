package sandbox

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	mostQuick = 16   // attempts at one receiver whose answer is still to be expected
	mostAtOne = 256  // attempts at one receiver
	mostInAll = 1024 // attempts, of which some take long
	mostRead  = 64   // notifications for one receiver that are read from the queue at once

	// quick is how long an attempt takes at most that does not count as slow: then
	// another one at the same receiver takes its place.
	quick = 100 * time.Millisecond

	// patient is how long the order of the past waits for a receiver. It halves
	// with each that uses it up, so that all together cost less than a second.
	patient   = 300 * time.Millisecond
	impatient = 5 * time.Millisecond // below which it does not fall

	// old is how long what was read from the queue is taken as it was read, and
	// older how long what the past brings is.
	old   = 50 * time.Millisecond
	older = time.Second
)

// traffic is what is being delivered. Each receiver has a lane of its own, which
// is never full for another's sake.
type traffic struct {
	picking sync.Mutex // one at a time decides what starts next
	read    time.Time  // when the queue was read last
	inPast  bool       // what was read then was past
	held    []Notification
	ahead   []Notification // what the past brings next, in its order

	mu       sync.Mutex
	under    map[string]*flight // what is under way, by Notification.turn
	lanes    map[string]*lane   // by receiver
	all      int
	awaited  int // attempts that the order of the past waits for
	answered int // attempts that were answered, and are written down now
	patience time.Duration
}

// lane is what is under way to one receiver.
type lane struct{ quick, slow int }

func newTraffic() traffic {
	return traffic{under: map[string]*flight{}, lanes: map[string]*lane{}, patience: patient}
}

// turn is what a notification is in turn with: others of its payment.
func (n Notification) turn() string { return cmp.Or(n.PaymentID, n.RequestID) }

// receiverOf is whose lane the way to an address takes.
func receiverOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// brings reports whether a notification of a payment is under way. Its receiver
// may be who asks: it does not acknowledge while it waits for an answer.
func (t *traffic) brings(payment string) bool { return t.flight(payment) != nil }

// flight is closed when what is under way of a payment has ended; nil: nothing is.
func (t *traffic) flight(turn string) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.under[turn]; f != nil {
		return f.over
	}
	return nil
}

// isIdle reports whether nothing is under way, nor about to be.
func (t *traffic) isIdle() bool {
	t.picking.Lock()
	defer t.picking.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.under) == 0 && len(t.held) == 0 && len(t.ahead) == 0
}

// awaits reports whether the order of the past waits for something.
func (t *traffic) awaits() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.awaited > 0
}

// settles reports whether the queue is about to change in what the past brings.
func (t *traffic) settles() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.awaited+t.answered > 0
}

// begins takes its turn and a place in its lane for a notification, unless they
// are taken. Where past is set, it waits for no place but within all bounds.
func (t *traffic) begins(n Notification, past bool) (f *flight, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	to := n.receiver
	l := t.lanes[to]
	if l == nil {
		l = &lane{}
	}
	if t.under[n.turn()] != nil || !t.takes(l, past) {
		return nil, false
	}
	t.lanes[to] = l
	f = &flight{traffic: t, turn: n.turn(), to: to, lane: l, over: make(chan struct{}), past: past}
	t.under[f.turn] = f
	t.all++
	if past && l.slow > 0 { // who is slow is not waited for again
		f.slow = true
		l.slow++
		return f, true
	}
	l.quick++
	t.awaited++
	return f, true
}

// takes reports whether there is a place in a lane. Where many hang, there is none
// for one more that does, but for others there is.
func (t *traffic) takes(l *lane, past bool) bool {
	return l.quick+l.slow < mostAtOne && (past || l.quick < mostQuick) && (t.all < mostInAll || l.slow == 0 && t.all < 4*mostInAll)
}

// jumps takes the turn of a notification that waits for no place; its caller does.
func (t *traffic) jumps(n Notification) (f *flight, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.under[n.turn()] != nil {
		return nil, false
	}
	f = &flight{traffic: t, turn: n.turn(), over: make(chan struct{})}
	t.under[f.turn] = f
	return f, true
}

// flight is an attempt that is under way.
type flight struct {
	traffic  *traffic
	turn, to string
	lane     *lane // nil: it has no place
	over     chan struct{}
	past     bool
	slow     bool
	answered bool // and not written down yet
}

// isAnswered lets the order of the past go on.
func (f *flight) isAnswered() {
	f.traffic.mu.Lock()
	defer f.traffic.mu.Unlock()
	if f.lane != nil && !f.slow {
		f.traffic.awaited--
		f.traffic.answered++
		f.answered = true
	}
}

// endsSoon reports whether the attempt that has the turn of a notification was
// answered, and is written down now.
func (t *traffic) endsSoon(n Notification) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.under[n.turn()]
	return f != nil && f.answered
}

// comes says that something comes at a time: what was read of the past counts as
// far as to there.
func (t *traffic) comes(at time.Time) {
	t.picking.Lock()
	defer t.picking.Unlock()
	if i := slices.IndexFunc(t.ahead, func(n Notification) bool { return !n.Next.Before(at) }); i >= 0 {
		t.ahead = t.ahead[:i]
	}
}

// grace is how long it counts as quick.
func (f *flight) grace() time.Duration {
	if !f.past {
		return quick
	}
	f.traffic.mu.Lock()
	defer f.traffic.mu.Unlock()
	return f.traffic.patience
}

// takesLong gives its place away.
func (f *flight) takesLong() {
	t := f.traffic
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-f.over:
		return
	default:
	}
	if f.slow || f.answered || f.lane == nil {
		return
	}
	f.slow = true
	f.lane.quick--
	f.lane.slow++
	t.awaited--
	if f.past {
		t.patience = max(t.patience/2, impatient)
	}
}

// ends gives back what it took.
func (f *flight) ends() {
	t := f.traffic
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.under, f.turn)
	close(f.over)
	if f.lane == nil {
		return
	}
	t.all--
	if f.slow {
		f.lane.slow--
	} else {
		f.lane.quick--
	}
	switch {
	case f.answered:
		t.answered--
	case !f.slow:
		t.awaited--
	}
	if *f.lane == (lane{}) {
		delete(t.lanes, f.to)
	}
	if t.all == 0 {
		t.patience = patient
	}
}

// taken are the turns and the lanes of which nothing need be read: what is under
// way, what is held, and who has no place. They are lists of JSON.
func (t *traffic) taken() (turns, now, past string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	busy, full, shut := []string{}, []string{}, []string{}
	for turn := range t.under {
		busy = append(busy, turn)
	}
	for _, n := range t.held {
		busy, full = append(busy, n.turn()), append(full, n.receiver)
	}
	for to, l := range t.lanes {
		if !t.takes(l, true) {
			shut = append(shut, to)
		}
		if !t.takes(l, false) {
			full = append(full, to)
		}
	}
	list := func(names []string) string {
		slices.Sort(names)
		text, _ := json.Marshal(slices.Compact(names))
		return string(text)
	}
	return list(busy), list(full), list(shut)
}
