package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// StateChange says that something in the state became another. What it is now, its reader asks.
type StateChange struct {
	Number int64     `json:"number"` // 1, 2, …
	Time   time.Time `json:"time"`   // in the sandbox
	Kind   string    `json:"kind"`   // "payment", "capture", "refund", "notification", "dispute", "vaulting", "session", "rule", "clock", "settings", "state"
	ID     string    `json:"id,omitempty"`
}

// mostChanges bounds how many are kept for who comes back.
const mostChanges = 4096

// changeLog has the newest changes, each as it is sent. It is safe for concurrent use.
type changeLog struct {
	grown  signal
	looked atomic.Int64 // when it was looked for those of other processes, in nanoseconds since 1970

	mu   sync.Mutex
	last int64
	ring [mostChanges][]byte
}

// changed notes that something became another, once the transaction is durable.
func (t *tx) changed(kind, id string) { t.changes = append(t.changes, StateChange{Kind: kind, ID: id}) }

// add numbers the changes of a transaction that was committed.
func (l *changeLog) add(now time.Time, list []StateChange) {
	if len(list) == 0 {
		return
	}
	l.mu.Lock()
	for _, c := range list {
		l.last++
		c.Number, c.Time = l.last, now.UTC()
		text, _ := json.Marshal(c)
		l.ring[l.last%mostChanges] = fmt.Appendf(nil, "id: %s\ndata: %s\n\n", strconv.FormatInt(c.Number, 10), withoutCards(text))
	}
	l.mu.Unlock()
	l.grown.raise()
}

// after are the changes behind a number, as they are sent, and the number of the last of
// them. Of a number that is not known, such as one of an earlier server, all that there
// are.
func (l *changeLog) after(number int64) (text []byte, last int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number > l.last || number < 0 {
		number = 0
	}
	for n := max(number, l.last-mostChanges) + 1; n <= l.last; n++ {
		text = append(text, l.ring[n%mostChanges]...)
	}
	return text, l.last
}

// newest is the number of the last change.
func (l *changeLog) newest() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}
