package operate_test

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// memory is a journal that forgets, for tests that need thousands of them: the
// face of [journal.Store] and nothing more.
type memory struct {
	mu      sync.Mutex
	records []journal.Record
	at      map[int64]bool // who is at it
}

var _ journal.Store = (*memory)(nil)

func (m *memory) Begin(_ context.Context, r journal.Record, allow func([]journal.Record) error) (journal.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.Numbers = r.Numbers.Or(apo.NumbersOf(r.Request))
	if allow != nil {
		if err := allow(m.sharing(r.ClientID, r.Numbers, true)); err != nil {
			return r, err
		}
	}
	r.ID, r.Time, r.State = int64(len(m.records)+1), time.Now().Truncate(time.Millisecond), journal.Begun
	m.records = append(m.records, r)
	m.claim(r.ID)
	return m.get(r.ID), nil
}

func (m *memory) claim(id int64) {
	if m.at == nil {
		m.at = map[int64]bool{}
	}
	m.at[id] = true
}

func (m *memory) get(id int64) journal.Record {
	r := m.records[id-1]
	r.InFlight = r.State.Open() && m.at[id]
	return r
}

func (m *memory) sharing(clientID string, n apo.Numbers, reads bool) (list []journal.Record) {
	for _, r := range slices.Backward(m.records) {
		if r.ClientID == clientID && (reads || !r.Reads) && slices.ContainsFunc(n.All(), r.Numbers.Has) {
			list = append(list, m.get(r.ID))
		}
	}
	return list
}

func (m *memory) End(_ context.Context, id int64, e journal.Ending) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &m.records[id-1]
	r.Numbers = r.Numbers.Or(apo.NumbersOf(e.Answer))
	e.GatewayTime = e.GatewayTime.Truncate(time.Millisecond)
	r.Ending = e
	return nil
}

func (m *memory) Resolve(_ context.Context, id int64, told journal.Resolution) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &m.records[id-1]
	if !r.State.Open() && (told.Outcome != apo.Succeeded || r.Outcome == apo.Succeeded) && !told.Contradicted {
		return nil
	}
	r.Resolved, r.Outcome = told, told.Outcome
	switch told.Outcome {
	case apo.Pending:
		r.State = journal.Pending
	case apo.InDoubt, apo.Different:
		r.State = journal.InDoubt
	default:
		r.State = journal.Resolved
	}
	return nil
}

func (m *memory) Claim(_ context.Context, id int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at[id] {
		return false, nil
	}
	m.claim(id)
	return true, nil
}

func (m *memory) Release(_ context.Context, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.at, id)
	return nil
}

func (m *memory) Receive(context.Context, journal.Record) (journal.Record, bool, error) {
	panic("no test receives here")
}

func (m *memory) Payment(_ context.Context, clientID string, n apo.Numbers) (list []journal.Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.records {
		same := r.Numbers.PaymentID != "" && r.Numbers.PaymentID == n.PaymentID ||
			r.Numbers.PaymentRequestID != "" && r.Numbers.PaymentRequestID == n.PaymentRequestID
		if r.ClientID == clientID && same {
			list = append(list, m.get(r.ID))
		}
	}
	return list, nil
}

func (m *memory) Records(_ context.Context, f journal.Filter) iter.Seq2[journal.Record, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []journal.Record
	for _, r := range m.records {
		if !r.Time.Before(f.Since) && r.Time.Before(f.Before) {
			list = append(list, m.get(r.ID))
		}
	}
	slices.SortStableFunc(list, func(a, b journal.Record) int { return b.Time.Compare(a.Time) })
	return func(yield func(journal.Record, error) bool) {
		for _, r := range list[:min(len(list), f.Limit)] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (m *memory) Sharing(_ context.Context, clientID string, n apo.Numbers) ([]journal.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sharing(clientID, n, false), nil
}

// last is the newest record of a call that moves something.
func (m *memory) last() journal.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range slices.Backward(m.records) {
		if !r.Reads {
			return m.get(r.ID)
		}
	}
	return journal.Record{}
}

// moving are the records of the calls that move something, as they began.
func (m *memory) moving() (list []journal.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.records {
		if !r.Reads {
			list = append(list, m.get(r.ID))
		}
	}
	return slices.SortedFunc(slices.Values(list), func(a, b journal.Record) int { return cmp.Compare(a.ID, b.ID) })
}
