package sandbox

import (
	"sync"
	"time"
)

// unwritten are exchanges that are not in the state yet. They go along with the next
// commit that writes, or are written once somebody asks or there are many.
type unwritten struct {
	mu   sync.Mutex
	list []heard
	last time.Time // when some were written
}

func (u *unwritten) add(h heard) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) >= 4*mostUnwritten { // the state cannot be written; what is newest counts
		u.list = append(u.list[:0], u.list[len(u.list)/2:]...)
	}
	u.list = append(u.list, h)
}

// some are those that a commit takes along. One that writes anyway takes what there
// is, but not each: what is kept of an exchange is larger than what it did.
func (u *unwritten) some(writes bool) []heard {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) < mostUnwritten && (!writes || time.Since(u.last) < unwrittenFor) {
		return nil
	}
	return u.list[:len(u.list):len(u.list)]
}

// written says that so many are in the state.
func (u *unwritten) written(count int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if count > 0 {
		u.last = time.Now()
	}
	u.list = append([]heard(nil), u.list[min(count, len(u.list)):]...)
}

func (u *unwritten) any() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.list) > 0
}

// hearAll has the commit take along what there is.
func (s *store) hearAll() func(*tx) error {
	s.heard.mu.Lock()
	s.heard.last = time.Time{}
	s.heard.mu.Unlock()
	return func(t *tx) error {
		t.sql.wrote = true
		return nil
	}
}

// takeAlong writes exchanges, and forgets those that are too old.
func (t *tx) takeAlong(list []heard) error {
	for _, h := range list {
		if err := t.put(`INSERT INTO exchanges (ref, doc) VALUES (?, ?)`, h, h.ref); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	_, err := t.sql.Exec(`DELETE FROM exchanges WHERE id <= (SELECT max(id) FROM exchanges) - ?`, mostExchanges)
	return err
}
