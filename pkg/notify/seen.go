package notify

import (
	"cmp"
	"context"
	"strings"
	"sync"
)

// Seen remembers which news was handled.
type Seen interface {
	// Once calls do unless do returned nil before for the same key, and remembers
	// the key, with its details, only if it returns nil. before are the details that
	// were remembered, where it was not called. While another is at the same key,
	// Once waits for its end or returns an error. key is one word of up to 64 ASCII
	// letters and digits; details are up to 512 bytes of text.
	Once(ctx context.Context, key, details string, do func(context.Context) error) (before string, err error)
}

// InMemory remembers the newest news, up to most, until the program ends.
func InMemory(most int) Seen { return &memory{most: max(1, most), news: map[string]*once{}} }

type memory struct {
	mu    sync.Mutex
	most  int
	news  map[string]*once
	order []string // of those that were handled, the oldest first
}

// once is news that is being handled, or was.
type once struct {
	over    chan struct{} // closed once handling has ended
	worked  bool
	details string
}

// Once is as [Seen] says.
func (m *memory) Once(ctx context.Context, key, details string, do func(context.Context) error) (string, error) {
	for {
		m.mu.Lock()
		other := m.news[key]
		if other == nil {
			break
		}
		m.mu.Unlock()
		select {
		case <-other.over:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if other.worked {
			return other.details, nil
		}
	}
	mine := &once{over: make(chan struct{}), details: details}
	m.news[key] = mine
	m.mu.Unlock()
	defer m.end(key, mine) // of what panics, too
	if err := do(ctx); err != nil {
		return "", err
	}
	mine.worked = true
	return "", nil
}

func (m *memory) end(key string, mine *once) {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(mine.over)
	if !mine.worked {
		delete(m.news, key)
		return
	}
	m.order = append(m.order, key)
	if len(m.order) > m.most {
		delete(m.news, m.order[0])
		m.order = m.order[1:]
	}
}

// key names a piece of news: what it is about, and what became of it. The same
// news again has the same key, whatever else it says.
func (n Notification) key() string {
	id := cmp.Or(n.PaymentRequestID, n.PaymentID)
	switch n.Kind {
	case KindCaptureResult:
		id = cmp.Or(n.CaptureRequestID, n.CaptureID)
	case KindRefundResult:
		id = cmp.Or(n.RefundRequestID, n.RefundID)
	case KindVaulting:
		id = n.VaultingRequestID
	case KindDispute:
		id = n.DisputeID
	}
	about := []string{n.ClientID, string(n.Kind), id, string(n.Status), string(n.Doubt)}
	if n.Kind == KindDispute || n.Kind == KindUnknown {
		about = append(about, n.Type, n.State)
	}
	if id == "" || n.Kind == KindUnknown {
		about = append(about, n.details(), n.Time)
	}
	return digest(about)
}

// details are what else the same news must say again.
func (n Notification) details() string {
	list := []string{n.Amount.Currency, n.Amount.Value, n.PaymentID, n.CaptureID, n.RefundID}
	for i, text := range list {
		list[i] = text[:min(len(text), 100)]
	}
	return strings.Join(list, "|") + "|"
}
