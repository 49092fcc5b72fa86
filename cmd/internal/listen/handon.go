package listen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/pkg/journal"
)

func (s *Server) hasTarget() bool { return s.config.Target != nil || len(s.config.Command) > 0 }

// handOn gives a message to the target, the target's answer to the sender, and
// writes down what became of it.
func (s *Server) handOn(w http.ResponseWriter, c came, answered bool) {
	d := s.deliver(w, c, answered)
	d.Reception = light(c.received)
	s.keep(d)
}

// deliver gives a message to the target, and the target's answer to the sender
// unless that was answered already.
func (s *Server) deliver(w http.ResponseWriter, c came, answered bool) *Delivered {
	d := &Delivered{News: lightNews(c.news), Delivery: journal.Delivery{Time: s.config.Now()}}
	var got deliver.Answer
	if len(s.config.Command) > 0 {
		d.Delivery.URL = "exec:" + s.config.Command[0]
		got = s.runCommand(c)
	} else {
		m := s.message(c)
		d.Delivery.URL = m.URL.Redacted()
		d.WithoutQuery = c.leavesQuery()
		if path, _, _ := strings.Cut(c.message.Path, "?"); path != m.URL.EscapedPath() {
			d.OtherPath = m.URL.EscapedPath()
		}
		got = deliver.Poster{Client: s.config.Client, Timeout: s.config.Timeout}.Post(s.handing, m)
	}
	if errors.Is(got.Err, context.Canceled) {
		got.Err = errStopped
	}
	d.Judgement = got.Judgement()
	d.Delivery.Status, d.Delivery.Answer, d.Delivery.Took = got.Status, got.Kept(), got.Took
	d.Delivery.Received, d.Delivery.Why = d.Judgement.Received, d.Judgement.Why
	switch {
	case answered:
		d.Sent = http.StatusOK
	case s.config.Ack == AckNever:
		d.Sent = http.StatusServiceUnavailable
		refuse(w, d.Sent, whyNever)
	case got.Err != nil:
		d.Sent = http.StatusBadGateway
		why := whyNoAnswer
		switch {
		case errors.Is(got.Err, context.DeadlineExceeded):
			d.Sent, why = http.StatusGatewayTimeout, whyTime
		case len(s.config.Command) > 0:
			why = whyCommand
		}
		refuse(w, d.Sent, why)
	default:
		d.Sent = got.Status
		pass(w, got)
	}
	if d.Sent != http.StatusOK || !d.Judgement.Received && !answered {
		d.Again = again(max(d.Sent, 1), max(c.received.Attempt, 1))
	}
	return d
}

// keep writes a delivery down and tells of it.
func (s *Server) keep(d *Delivered) {
	if d.Reception.ID != 0 {
		d.Delivery.Reception = d.Reception.ID
		if _, err := s.deliveries.one(d.Delivery); err != nil {
			s.tell(Event{Trouble: fmt.Errorf("the delivery is not written down: %w", err)})
		}
	}
	s.tell(Event{Delivered: d})
}

// leavesQuery reports whether what verified has a query that nobody signed: a target
// would take it for verified, too.
func (c came) leavesQuery() bool { return c.verified() && c.news.QueryUncovered }

// message is what the target is given: all as it came, and whether it verified as
// the receiver's own. A target without a path gets that of the message, as far as
// somebody vouches for it.
func (s *Server) message(c came) deliver.Message {
	header := c.message.Header.Clone()
	header.Set("Apo-Verified", strconv.FormatBool(c.trusted()))
	path := c.message.Path
	if c.leavesQuery() {
		path, _, _ = strings.Cut(path, "?")
	}
	return deliver.Message{URL: deliver.At(s.config.Target, path), Header: header, Body: c.message.Body}
}
