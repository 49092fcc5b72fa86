package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

const (
	// eventsEvery is how often changes are sent at most: many windows, each woken at each
	// commit, would take what the payments need.
	eventsEvery = 250 * time.Millisecond

	stillThere = 15 * time.Second // a comment goes then, so that nothing on the way gives up
	slowReader = 5 * time.Second  // who takes longer for what is sent is dropped
)

// streamEvents sends changes as they come, until the reader goes away, is too slow, or
// the server stops.
func (s *Sandbox) streamEvents(w http.ResponseWriter, r *http.Request) {
	last := s.changes.newest()
	if from := r.Header.Get("Last-Event-ID"); from != "" {
		n, err := strconv.ParseInt(from, 10, 64)
		if err != nil || n < 0 {
			controlFails(w, http.StatusBadRequest, "Last-Event-ID is the number of a change")
			return
		}
		last = n
	}
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // that of the server is one for requests
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(text []byte) bool {
		_ = rc.SetWriteDeadline(time.Now().Add(slowReader))
		_, err := w.Write(text)
		return err == nil && rc.Flush() == nil
	}
	if r.Method == http.MethodHead || !send([]byte(": changes of the state\n\n")) {
		return
	}
	still, elsewhere := time.NewTicker(stillThere), time.NewTicker(eventsEvery)
	defer still.Stop()
	defer elsewhere.Stop()
	for {
		grown := s.changes.grown.next()
		text, now := s.changes.after(last)
		if last = now; len(text) > 0 {
			if !send(text) {
				return
			}
			select { // what comes meanwhile goes together
			case <-time.After(eventsEvery):
			case <-r.Context().Done():
				return
			case <-s.ending:
				return
			}
			continue
		}
		select {
		case <-grown:
		case <-elsewhere.C:
			s.seeElsewhere()
		case <-still.C:
			if !send([]byte(": still there\n\n")) {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.ending:
			return
		}
	}
}

// seeElsewhere notes that another process has changed the state. Of many readers one
// looks.
func (s *Sandbox) seeElsewhere() {
	last, now := s.changes.looked.Load(), time.Now().UnixNano()
	if !s.shared() || now-last < int64(eventsEvery)*9/10 || !s.changes.looked.CompareAndSwap(last, now) {
		return
	}
	s.store.turn.Lock()
	version := s.store.seen
	t := &tx{sql: s.store.sql}
	if err := t.readVersion(); err == nil {
		s.store.seen = t.version
	}
	other := version != 0 && version != s.store.seen
	s.store.turn.Unlock()
	if other {
		s.changes.add(s.Now(), []StateChange{{Kind: "state"}})
	}
}

// EndStreams ends what of the control API has no end of its own, for a server that stops.
func (s *Sandbox) EndStreams() { s.end.Do(func() { close(s.ending) }) }
