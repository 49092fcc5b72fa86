package listen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// mostAnswer is as much of a target's answer as the sender is given.
const mostAnswer = 1 << 20

// answer is what a target answered.
type answer struct {
	status int // 0: none
	header http.Header
	body   []byte
	err    error // why there is none
}

func (s *Server) hasTarget() bool { return s.config.Target != nil || len(s.config.Command) > 0 }

// handOn gives a message to the target, the target's answer to the sender, and
// writes down what became of it.
func (s *Server) handOn(w http.ResponseWriter, c came, answered bool) {
	d := s.deliver(w, c, answered)
	d.Reception = c.received
	s.keep(d)
}

// deliver gives a message to the target, and the target's answer to the sender
// unless that was answered already.
func (s *Server) deliver(w http.ResponseWriter, c came, answered bool) *Delivered {
	start := time.Now()
	d := &Delivered{News: c.news, Delivery: journal.Delivery{Time: s.config.Now()}}
	var got answer
	if len(s.config.Command) > 0 {
		d.Delivery.URL = "exec:" + s.config.Command[0]
		got = s.runCommand(c)
	} else {
		to := s.address(c)
		d.Delivery.URL = to.Redacted()
		if path, _, _ := strings.Cut(c.message.Path, "?"); path != to.EscapedPath() {
			d.OtherPath = to.EscapedPath()
		}
		got = s.post(to, c)
	}
	d.Delivery.Took = time.Since(start)
	if got.err != nil {
		d.Judgement.Why = got.err.Error()
	} else {
		d.Judgement = notify.Judge(got.status, got.header, got.body)
	}
	d.Delivery.Status, d.Delivery.Answer = got.status, got.body
	d.Delivery.Received, d.Delivery.Why = d.Judgement.Received, d.Judgement.Why
	switch {
	case answered:
		d.Sent = http.StatusOK
	case s.config.Ack == AckNever:
		d.Sent = http.StatusServiceUnavailable
		refuse(w, d.Sent)
	case got.err != nil:
		d.Sent = http.StatusBadGateway
		if errors.Is(got.err, context.DeadlineExceeded) {
			d.Sent = http.StatusGatewayTimeout
		}
		refuse(w, d.Sent)
	default:
		d.Sent = got.status
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

// address is where a message goes.
func (s *Server) address(c came) *url.URL {
	to := *s.config.Target
	if to.Path == "" || to.Path == "/" {
		if from, err := url.ParseRequestURI(c.message.Path); err == nil {
			to.Path, to.RawPath, to.RawQuery = from.Path, from.RawPath, from.RawQuery
		}
	}
	return &to
}

// post posts a message as it came.
func (s *Server) post(to *url.URL, c came) answer {
	ctx := s.handing
	if s.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.config.Timeout)
		defer cancel()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(c.message.Body))
	if err != nil {
		return answer{err: err}
	}
	for name, values := range c.message.Header {
		if !ofConnection(name, c.message.Header) && name != "Apo-Verified" {
			r.Header[name] = values
		}
	}
	r.Header.Set("Apo-Verified", strconv.FormatBool(c.verified()))
	got, err := s.config.Client.Do(r)
	if err != nil {
		return answer{err: s.why(ctx, err)}
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, mostAnswer+1))
	switch {
	case err != nil:
		return answer{status: got.StatusCode, err: fmt.Errorf("before the end of its answer: %w", s.why(ctx, err))}
	case len(body) > mostAnswer:
		return answer{status: got.StatusCode, err: fmt.Errorf("its answer has more than %d bytes", mostAnswer)}
	}
	return answer{status: got.StatusCode, header: got.Header, body: body}
}

// why says what went wrong on the way to the target.
func (s *Server) why(ctx context.Context, err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	var timeout net.Error
	switch {
	case s.handing.Err() != nil:
		return errStopped
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer within %s%w", s.config.Timeout, silently(context.DeadlineExceeded))
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("nothing listens there")
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return errors.New("it hung up")
	}
	return err
}

// silently is an error that is not read, but asked for.
func silently(err error) error { return unread{err} }

type unread struct{ error }

func (u unread) Error() string { return "" }
func (u unread) Unwrap() error { return u.error }

// ofConnection reports whether a header is about the connection and not handed on.
func ofConnection(name string, all http.Header) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Content-Length":
		return true
	}
	for _, list := range all["Connection"] {
		for named := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(named), name) {
				return true
			}
		}
	}
	return false
}
