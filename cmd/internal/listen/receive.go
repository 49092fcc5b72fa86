package listen

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// came is one message on its way through the listener.
type came struct {
	message  Message
	news     notify.Notification
	err      error // it did not verify, or cannot be read
	received journal.Reception
}

func (c came) verified() bool { return c.err == nil }

// trusted reports whether a target may act upon it: another client's news verifies, and
// is none of the target's.
func (c came) trusted() bool { return c.verified() && !c.news.OtherClient }

// ServeHTTP receives one message, or tells how the listener is.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == healthPath && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		answering(w)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set(healthHeader, "ok")
		if s.cannotStore() != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"status":"nothing can be written down"}`+"\n")
			return
		}
		_, _ = io.WriteString(w, `{"status":"ok"}`+"\n")
		return
	case strings.Contains(r.RequestURI, "#"): // no target could be given the same
		refuse(w, http.StatusBadRequest, whyAddress)
		return
	case s.config.Path != "" && s.config.Path != "/" && r.URL.Path != s.config.Path:
		refuse(w, http.StatusNotFound, whyPath)
		if r.Method == http.MethodPost {
			s.elsewhere(r.URL.EscapedPath())
		}
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, whyMethod)
		return
	}
	s.take(w, r)
}

// take receives one message.
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	s.underWay.RLock()
	var undo []func() // of what is held for it, the first last
	over := func() {
		for _, one := range slices.Backward(undo) {
			one()
		}
		s.underWay.RUnlock()
	}
	waits := false // to be explained: who does so calls over
	defer func() {
		if fault := recover(); fault != nil {
			refuse(w, http.StatusInternalServerError, whyFault)
			s.tell(Event{Trouble: errFault})
		}
		if !waits {
			over()
		}
	}()
	if s.ended {
		return
	}
	body, gone, status, err := s.body(w, r)
	undo = append(undo, gone)
	if err != nil {
		refuse(w, status, whyBody)
		s.tell(Event{Trouble: err})
		return
	}
	c := s.look(r, body)
	turn, leave := s.order.enter(s.payment(c))
	undo = append(undo, leave)
	<-turn
	if c.verified() {
		s.takeVerified(w, c)
	} else {
		waits = s.takeUnverified(w, c, over)
	}
}

// elsewhere tells of a message for a path that is not received.
func (s *Server) elsewhere(path string) {
	s.underWay.RLock()
	defer s.underWay.RUnlock()
	if s.ended {
		return
	}
	const most = 100
	if len(path) > most {
		path = path[:most] + "…"
	}
	s.tell(Event{Trouble: fmt.Errorf("a message for %q was answered with HTTP 404: %s alone is received, as --path says", path, s.config.Path)})
}

// look verifies a message.
func (s *Server) look(r *http.Request, body []byte) came {
	c := came{message: Message{Header: r.Header, Message: sign.Message{Method: r.Method, Path: r.RequestURI, Body: body}}}
	if !strings.HasPrefix(c.message.Path, "/") { // a proxy wrote the whole address
		c.message.Path = r.URL.RequestURI()
	}
	for _, header := range []struct {
		to    *string
		names []string
	}{
		{&c.message.ClientID, []string{"Client-Id"}},
		{&c.message.Time, []string{"Request-Time", "Response-Time"}}, // Antom's page of signatures prints the second
		{&c.message.Signature, []string{"Signature"}},
	} {
		for _, name := range header.names {
			values := r.Header.Values(name)
			if len(values) > 1 {
				c.err = fmt.Errorf("it has the header %s %d times", strings.ToLower(name), len(values))
			}
			if *header.to == "" && len(values) > 0 {
				*header.to = values[0]
			}
		}
	}
	if c.err == nil && len(r.Header.Values("Signature")) == 0 {
		c.err = withoutSignature(c.message)
	}
	if c.err == nil {
		c.news, c.err = s.config.Verifier.Verify(c.message.Message, c.message.Signature)
		c.news.Stale = c.news.Stale && s.staleThere(c.news.Time)
	}
	c.received = s.reception(c)
	return c
}

// withoutSignature says what is not there.
func withoutSignature(m Message) error {
	var others []string
	if m.ClientID == "" {
		others = append(others, "nor client-id")
	}
	if m.Time == "" {
		others = append(others, "nor request-time")
	}
	text := "there is no signature header"
	if len(others) > 0 {
		text += " (" + strings.Join(others, ", ") + ")"
	}
	return errors.New(text)
}

// staleThere reports whether a signed time that is far from now is far from the
// sender's own clock, too: that of a sandbox may have been moved.
func (s *Server) staleThere(signed string) bool {
	if s.config.SenderNow == nil {
		return true
	}
	at, err := apo.ParseTime(signed)
	now, known := s.config.SenderNow()
	return err != nil || !known || now.Sub(at).Abs() > s.config.Verifier.MaxAge
}

// reception is what is written down of a message.
func (s *Server) reception(c came) journal.Reception {
	r := journal.Reception{
		Time: s.config.Now(), Account: s.config.Account, Method: c.message.Method, Target: c.message.Path, Body: c.message.Body, Verified: c.verified(),
	}
	for _, name := range sorted(c.message.Header) {
		for _, value := range c.message.Header[name] {
			r.Headers = append(r.Headers, journal.Header{Name: name, Value: value})
		}
	}
	if n := c.news; c.verified() {
		r.Kind, r.OtherClient, r.Stale = n.Kind, n.OtherClient, n.Stale
		r.Notice = journal.Notice{Type: n.Type, Time: n.Time}
		r.Result, r.Amount = apo.Result{Status: n.Result.Status, Code: n.Result.Code}, n.Amount
	}
	return r
}

func sorted(header http.Header) []string {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// payment is the payment in whose order a message is handled; empty: in none.
func (s *Server) payment(c came) string {
	if !c.verified() {
		return ""
	}
	return s.config.Knows.PaymentOf(s.handing, c.news)
}

// takeVerified writes a notification down, hands it on, and answers.
func (s *Server) takeVerified(w http.ResponseWriter, c came) {
	wanted := len(s.config.Kinds) == 0 || slices.Contains(s.config.Kinds, c.news.Kind)
	written, err := s.store(c.received)
	if err != nil {
		refuse(w, http.StatusInternalServerError, whyJournal)
		s.tell(Event{Received: &Received{
			Reception: light(c.received), News: lightNews(c.news), Facts: s.heard(c, true), Refused: err, Again: again(http.StatusInternalServerError, 1),
		}})
		return
	}
	c.received = written
	handedOn := s.hasTarget() && wanted && (c.trusted() || !s.config.DropInvalid)
	told := &Received{Reception: light(written), News: lightNews(c.news), HandedOn: handedOn}
	switch {
	case s.config.Ack == AckNever:
		if !handedOn {
			refuse(w, http.StatusServiceUnavailable, whyNever)
			told.Again = again(http.StatusServiceUnavailable, written.Attempt)
		}
	case !handedOn || s.config.Ack == AckAlways:
		acknowledge(w)
		told.Acknowledged = true
	}
	if wanted {
		told.Facts = s.heard(c, false)
		s.tell(Event{Received: told})
	}
	if handedOn {
		s.handOn(w, c, told.Acknowledged)
	}
}

// heard are the facts of a notification. The journal is not asked where it knows
// nothing else of the payment and its amount is one, nor about the hundredth repetition of what it holds.
func (s *Server) heard(c came, alone bool) (facts say.Verified) {
	defer func() {
		if recover() != nil { // it is handed on all the same
			facts = say.Verified{News: lightNews(c.news)}
			s.tell(Event{Trouble: errFault})
		}
	}()
	r := c.received
	_, odd := c.news.Amount.Units()
	if alone || r.Others == 0 && (odd == nil || c.news.Amount.IsZero()) || r.Others >= journal.MostOthers && r.Attempt > 1 {
		r.Record = 0
	}
	facts = s.config.Knows.Heard(s.handing, c.news, r.Record)
	facts.News = lightNews(facts.News)
	return facts
}

func lightNews(n notify.Notification) notify.Notification {
	n.Body = nil
	return n
}

// light is a reception without what only the journal needs.
func light(r journal.Reception) journal.Reception {
	r.Body, r.Headers = nil, nil
	return r
}

// takeUnverified refuses a message, or lets the target do so. Why it did not verify is
// found out afterwards: what comes next on the same connection does not wait for that.
// over is called at the end of that; waits is false where there is none.
func (s *Server) takeUnverified(w http.ResponseWriter, c came, over func()) (waits bool) {
	told := &Received{Err: c.err, Message: c.message}
	kept, trouble := s.unverified.take(s.config.Now(), sizeOf(c))
	var handed *Delivered
	if s.hasTarget() && !s.config.DropInvalid && len(s.config.Kinds) == 0 {
		handed = s.deliver(w, c, false)
		told.HandedOn = true
	} else {
		refuse(w, http.StatusBadRequest, whySigned)
		told.Again = again(http.StatusBadRequest, 1)
	}
	if kept {
		s.unexplained.put(len(c.message.Body), func(explained bool) time.Duration {
			defer over()
			defer s.survive()
			return s.keepUnverified(c, told, handed, explained)
		})
		return true
	}
	if trouble != nil {
		s.tell(Event{Trouble: trouble})
	}
	return false
}

// keepUnverified explains a message where there is room for that, writes it down and
// tells of it. spent is the time that the explanation took.
func (s *Server) keepUnverified(c came, told *Received, handed *Delivered, explained bool) (spent time.Duration) {
	begun := time.Now()
	told.Cause = notExamined
	if explained {
		told.Cause, told.Found = s.explain(c)
	}
	spent = time.Since(begun)
	c.received.Cause = told.Cause
	written, err := s.store(c.received)
	if err != nil {
		told.Refused = err
		written = c.received
	}
	told.Reception = light(written)
	if len(c.message.Body) > smallBody {
		s.tellNow(Event{Received: told}) // many of them would fill the memory
	} else {
		s.tell(Event{Received: told})
	}
	if handed != nil {
		handed.Reception = told.Reception
		s.keep(handed)
	}
	return spent
}

// notExamined is the cause of what came while many others waited to be explained.
const notExamined = "not-examined"

// explain finds the cause, for one message at a time.
func (s *Server) explain(c came) (cause string, found *say.Verification) {
	defer func() {
		if recover() != nil { // it is written down all the same
			cause, found = notExamined, nil
			s.tell(Event{Trouble: errFault})
		}
	}()
	var unverified *notify.Unverified
	switch {
	case errors.As(c.err, new(*notify.Unreadable)):
		return "unreadable", nil
	case !errors.As(c.err, &unverified):
		return string(diagnose.SignatureHeader), nil
	case s.handing.Err() != nil:
		return notExamined, nil
	}
	all := s.config.Knows.Diagnose(s.handing, c.message.Message, c.message.Signature, c.message.Header)
	if all.Cause == "" { // those before took what there is for that, or the listener ends
		return notExamined, nil
	}
	return string(all.Cause), &all
}
