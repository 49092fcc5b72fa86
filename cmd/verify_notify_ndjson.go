package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"syscall"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
)

const maxLearnt = 4 // key orders of one type that a stream remembers

// checkedLine is a line of --ndjson after its signature was looked at.
type checkedLine struct {
	verdict say.Line
	message *examined // nil: there is none in it, or it has no signature
}

// stream is the state of one --ndjson.
type stream struct {
	*verifier
	lines                int // that got a verdict
	verified, unreadable int
	others               int // of the verified, for another client ID
	loose                int // verified, and no strict JSON
	causes               map[diagnose.Cause]int
	keyOrders            map[string][][]byte // by the type of the notification
}

// verifyLines reads a message a line and writes a verdict a line, in their
// order. Verifying is spread over all cores; what fails is diagnosed in the
// order of the lines, so that the same input has the same output.
func verifyLines(ctx context.Context, d *app.Run, o *verifyOptions) error {
	from, err := openLines(d, o.ndjson)
	if err != nil {
		return err
	}
	defer from.Close()
	v, err := newVerifier(ctx, d, o)
	if err != nil {
		return err
	}
	s := &stream{verifier: v, causes: map[diagnose.Cause]int{}, keyOrders: map[string][][]byte{}}
	for list, err := range received.Lines(ctx, from, s.check) {
		switch {
		case ctx.Err() != nil:
		case err != nil:
			return s.broken(err)
		default:
			if err := s.write(ctx, list); errors.Is(err, syscall.EPIPE) {
				s.IO.Note("the reader of the verdicts went away; reading stopped")
				return s.end()
			} else if err != nil {
				return say.Fail(say.Error, "the verdicts cannot be written: %v", err)
			}
		}
	}
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted: %s", s.summary())
	}
	return s.end()
}

// openLines opens what --ndjson names; - is standard input.
func openLines(d *app.Run, name string) (io.ReadCloser, error) {
	if name == "-" {
		if d.IO.InTTY {
			return nil, say.Fail(say.Usage, "--ndjson - reads standard input, which is the terminal; pipe a file into it")
		}
		return io.NopCloser(d.IO.In), nil
	}
	return d.Source().Open("--ndjson", name)
}

// check looks at the signature of one line. It runs on many lines at once.
func (s *stream) check(number int, data []byte) (c checkedLine) {
	c.verdict.Line = number
	defer func() {
		if recover() != nil { // one line must not end the stream
			c = checkedLine{verdict: say.Line{Line: number, Error: "apo met a fault of its own at this line"}}
		}
	}()
	line, err := received.ReadLine(data)
	if err != nil {
		c.verdict.Error = err.Error()
		return c
	}
	if c.verdict.ID = json.RawMessage(line.ID); len(line.ID) > 12 { // the sender's, whatever it holds
		c.verdict.ID = s.IO.Masker.JSON(c.verdict.ID)
	}
	if name := line.Twice(); name != "" {
		c.verdict.Error = "the header " + name + " comes twice, with different values"
		return c
	}
	m, header, err := s.options.signed(line.Message, s.clientID)
	switch {
	case err != nil:
		c.verdict.Unsigned(s.expected)
		return c
	case m.Path == "" || m.Time == "" || !line.HasBody:
		c.verdict.Error = "it lacks uri, the time header or body"
		return c
	}
	message := s.verifier.check(m, header, line.Message)
	if c.message = &message; message.verified() {
		s.Words().VerifiedLine(&c.verdict, s.facts(message))
	}
	return c
}

// write writes the verdicts of some lines, in their order. Nothing is written
// once ctx is done: what was being looked at then has no verdict.
func (s *stream) write(ctx context.Context, list []checkedLine) error {
	var out []byte
	for _, c := range list {
		if out = s.append(ctx, out, c); ctx.Err() != nil {
			return nil
		}
		s.lines++
	}
	return s.IO.WriteLines(out)
}

func (s *stream) append(ctx context.Context, out []byte, c checkedLine) []byte {
	v := &c.verdict
	switch {
	case c.message != nil && !c.message.verified():
		v.Failed(s.explain(ctx, *c.message, s.keyOrders[app.TypeIn(c.message.message.Body)]))
		s.causes[v.Cause]++
	case v.FailedLine != nil:
		s.causes[v.Cause]++
	case v.Verified && v.Error == "":
		s.verified++
		if v.OtherClient {
			s.others++
		}
		s.learn(c.message.message.Body)
	case v.Verified:
		s.loose++
	default:
		s.unreadable++
	}
	text, err := v.Encode()
	if err != nil {
		return out
	}
	if !v.Verified { // it quotes what nobody vouches for
		text = s.IO.Masker.JSON(text)
	}
	if s.Global.Query != "" {
		s.Printer().Show(text)
		return out
	}
	return append(append(out, bytes.TrimSpace(text)...), '\n')
}

// learn keeps the order of the keys of the first few bodies of each type.
func (s *stream) learn(body []byte) {
	if s.options.side() != diagnose.Notification {
		return
	}
	notifyType := app.TypeIn(body)
	known := s.keyOrders[notifyType]
	if len(known) >= maxLearnt {
		return
	}
	if order := diagnose.KeyOrder(body); order != nil {
		s.keyOrders[notifyType] = append(known, order)
		if len(known) == 0 {
			s.KeepKeyOrder(body)
		}
	}
}

// end says how the stream went.
func (s *stream) end() error {
	switch failed := s.failed(); {
	case s.lines == 0:
		return say.Fail(say.Usage, "--ndjson %s: there is no line", s.options.ndjson)
	case failed > 0:
		return say.Fail(say.Signature, "%d of %d lines do not verify: %s", failed, s.lines, s.summary())
	case s.loose > 0:
		return say.Fail(say.Error, "%d of %d lines verify and are no strict JSON: %s", s.loose, s.lines, s.summary())
	case s.unreadable > 0:
		return say.Fail(say.Usage, "%d of %d lines cannot be read: %s", s.unreadable, s.lines, s.summary())
	}
	s.IO.Note(s.summary())
	return nil
}

func (s *stream) summary() string {
	return say.Summary(s.verified, s.others, s.unreadable+s.loose, s.causes)
}

func (s *stream) failed() int {
	failed := 0
	for _, n := range s.causes {
		failed += n
	}
	return failed
}

// broken ends a stream that cannot be read any further.
func (s *stream) broken(err error) error {
	k := say.Usage
	if s.failed() > 0 {
		k = say.Signature
	}
	return say.Fail(k, "--ndjson %s: %v, behind line %d: %s", s.options.ndjson, err, s.lines, s.summary())
}
