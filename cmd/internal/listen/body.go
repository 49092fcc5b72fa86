package listen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	mostBody   = 1 << 20
	smallBody  = 64 << 10 // APO's have a few thousand bytes
	mostBodies = 32 << 20 // of all that are not small and under way
	bodyWithin = 10 * time.Second
)

// body is the body of a message, within bounds. leave gives back the room that it
// takes. Whoever says that he will send much, and sends little, takes none.
func (s *Server) body(w http.ResponseWriter, r *http.Request) (body []byte, leave func(), status int, err error) {
	leave = func() {}
	tooMuch := fmt.Errorf("%s sent more than %d bytes: refused unread", r.RemoteAddr, mostBody)
	if r.ContentLength > mostBody {
		return nil, leave, http.StatusRequestEntityTooLarge, tooMuch
	}
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Now().Add(bodyWithin))
	in := http.MaxBytesReader(w, r.Body, mostBody)
	body, err = io.ReadAll(io.LimitReader(in, smallBody))
	if err == nil && len(body) == smallBody {
		size := int64(mostBody)
		if r.ContentLength > 0 {
			size = r.ContentLength
		}
		waiting, cancel := context.WithTimeout(s.handing, bodyWithin)
		defer cancel()
		if !s.room.enter(waiting, size) {
			return nil, leave, http.StatusServiceUnavailable, fmt.Errorf("too many long bodies at once: that of %s was refused", r.RemoteAddr)
		}
		leave = sync.OnceFunc(func() { s.room.leave(size) })
		_ = connection.SetReadDeadline(time.Now().Add(bodyWithin))
		whole := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
		whole.Write(body)
		_, err = whole.ReadFrom(in)
		body = whole.Bytes()
	}
	switch {
	case err == nil:
		_ = connection.SetReadDeadline(time.Time{}) // a target may take longer
		return body, leave, 0, nil
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, leave, http.StatusRequestEntityTooLarge, tooMuch
	}
	return nil, leave, http.StatusBadRequest, fmt.Errorf("%s sent a body that broke off or took more than %s", r.RemoteAddr, bodyWithin)
}

// room is the memory that long bodies may take together. Who waits for it is let in
// in turn.
type room struct {
	mu   sync.Mutex
	free int64
	line []*guest
}

type guest struct {
	size int64
	in   chan struct{} // closed when it is let in
}

// enter reports whether there was room before ctx ended.
func (r *room) enter(ctx context.Context, size int64) bool {
	g := &guest{size, make(chan struct{})}
	r.mu.Lock()
	r.line = append(r.line, g)
	r.admit()
	r.mu.Unlock()
	select {
	case <-g.in:
		return true
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, waiting := range r.line {
		if waiting == g {
			r.line = append(r.line[:i], r.line[i+1:]...)
			r.admit()
			return false
		}
	}
	return true // just now
}

func (r *room) leave(size int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free += size
	r.admit()
}

func (r *room) admit() {
	for len(r.line) > 0 && r.line[0].size <= r.free {
		r.free -= r.line[0].size
		close(r.line[0].in)
		r.line = r.line[1:]
	}
}
