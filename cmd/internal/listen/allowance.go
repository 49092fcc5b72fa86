package listen

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// What is kept and shown of messages that do not verify: anybody may send them.
const (
	unverifiedBurst   = 1000
	unverifiedMinute  = 300
	unverifiedBytes   = 8 << 20 // of as many as come in a burst
	keptOfUnverified  = 16 << 10
	wordAboutRefusals = time.Minute
)

// allowance is how many messages that do not verify may still be kept. It grows with
// time.
type allowance struct {
	mu       sync.Mutex
	messages float64
	bytes    float64
	at       time.Time // when it was last reckoned up
	said     time.Time // when it was last said that it is used up
	refused  int       // since then
}

func newAllowance(now time.Time) *allowance {
	return &allowance{messages: unverifiedBurst, bytes: unverifiedBytes, at: now}
}

// take reports whether a message of so many bytes may be kept. trouble is what to say
// about those that may not, every now and then.
func (a *allowance) take(now time.Time, size int) (allowed bool, trouble error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	minutes := max(now.Sub(a.at), 0).Minutes()
	a.at = now
	a.messages = min(a.messages+minutes*unverifiedMinute, unverifiedBurst)
	a.bytes = min(a.bytes+minutes*unverifiedBytes/2, unverifiedBytes)
	if a.messages >= 1 && a.bytes >= float64(size) {
		a.messages--
		a.bytes -= float64(size)
		return true, nil
	}
	a.refused++
	switch {
	case a.said.IsZero():
		trouble = errors.New("too many messages that do not verify: the next ones are neither kept nor shown, until there are fewer")
	case now.Sub(a.said) >= wordAboutRefusals:
		trouble = fmt.Errorf("%d more messages that do not verify were neither kept nor shown", a.refused)
	default:
		return false, nil
	}
	a.said, a.refused = now, 0
	return false, trouble
}

// sizeOf is about what the journal keeps of a message that does not verify.
func sizeOf(c came) int {
	size := min(len(c.message.Body), keptOfUnverified) + len(c.message.Path)
	for _, h := range c.received.Headers {
		size += len(h.Name) + len(h.Value)
	}
	return size
}
