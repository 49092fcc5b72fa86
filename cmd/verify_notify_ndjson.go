package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/files"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

const maxLearnt = 4 // key orders of one type that a stream remembers

// checkedLine is a line of --ndjson after its signature was looked at.
type checkedLine struct {
	verdict say.Line
	message *examined // nil: there is none in it, or it has no signature
	problem error     // why it could not be read
}

// stream is the state of one --ndjson.
type stream struct {
	*verifier
	where                string // "--ndjson FILE", for errors
	unit                 string // "lines" or "messages"
	lines                int    // that got a verdict
	verified, unreadable int
	others               int // of the verified, for another client ID
	loose                int // verified, and no strict JSON
	causes               map[diagnose.Cause]int
	keyOrders            map[string][][]byte // by the type of the notification
	unread               received.Tally
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
	where := "--ndjson " + o.ndjson
	begun, err := begin(ctx, from, o)
	switch {
	case ctx.Err() != nil:
		return say.Fail(say.Interrupted, "interrupted before the first line was there")
	case err != nil:
		return say.Fail(say.Usage, "%s: %v", where, err).Hint("%s", formsHint)
	case begun.lines == nil:
		return verifyMessages(ctx, d, o, where, begun.whole)
	}
	s, err := newStream(ctx, d, o, where, "lines")
	if err != nil {
		return err
	}
	for list, err := range received.Lines(ctx, begun.lines, s.check) {
		if ctx.Err() == nil && err != nil {
			return s.broken(err)
		}
		if ended, err := s.tell(ctx, list); ended {
			return err
		}
	}
	return s.end(ctx)
}

// begun is an input whose form is known: a message a line, or the whole of it.
type begun struct {
	lines io.Reader // nil: there are none
	whole received.Capture
}

// begin looks at the beginning of an input, and reads the whole where its form
// needs that. Nothing may come for long: it ends when ctx does.
func begin(ctx context.Context, from io.Reader, o *verifyOptions) (b begun, err error) {
	done := make(chan struct{})
	var found begun
	var problem error
	go func() {
		defer close(done)
		byLine, all, err := received.Start(files.Text(from), o.from)
		if found.lines, problem = all, err; byLine || err != nil {
			return
		}
		data, err := io.ReadAll(io.LimitReader(all, maxCapture+1))
		if found.lines, problem = nil, err; err != nil {
			return
		}
		if len(data) > maxCapture {
			problem = fmt.Errorf("it is no message a line, and as a whole it is larger than %d MiB", maxCapture>>20)
			return
		}
		found.whole, problem = received.Read(data, o.from, o.part())
	}()
	select {
	case <-ctx.Done():
		return b, ctx.Err()
	case <-done:
		return found, problem
	}
}

// verifyMessages writes a verdict for each message of one file, in their order.
func verifyMessages(ctx context.Context, d *app.Run, o *verifyOptions, where string, c received.Capture) error {
	s, err := newStream(ctx, d, o, where, "messages")
	if err != nil {
		return err
	}
	if c.LeftOut > 0 {
		d.IO.Note(leftOut(c))
	}
	for i, m := range c.Messages {
		if ended, err := s.tell(ctx, []checkedLine{s.examine(i+1, m, m.Problem)}); ended {
			return err
		}
	}
	return s.end(ctx)
}

func newStream(ctx context.Context, d *app.Run, o *verifyOptions, where, unit string) (*stream, error) {
	v, err := newVerifier(ctx, d, o)
	if err != nil {
		return nil, err
	}
	return &stream{verifier: v, where: where, unit: unit, causes: map[diagnose.Cause]int{}, keyOrders: map[string][][]byte{}}, nil
}

// tell writes verdicts; ended: nobody reads them any more, or they cannot be
// written.
func (s *stream) tell(ctx context.Context, list []checkedLine) (ended bool, err error) {
	if ctx.Err() != nil {
		return false, nil
	}
	switch err := s.write(ctx, list); {
	case errors.Is(err, syscall.EPIPE):
		s.IO.Note("the reader of the verdicts went away; reading stopped")
		return true, s.end(ctx)
	case err != nil:
		return true, say.Fail(say.Error, "the verdicts cannot be written: %v", err)
	}
	return false, nil
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

// check reads one line and looks at its signature. It runs on many lines at once.
func (s *stream) check(number int, data []byte) checkedLine {
	m, err := received.ReadLine(data, s.options.from, s.options.part())
	return s.examine(number, m, err)
}

// examine looks at the signature of one message, unless problem says why it
// could not be read.
func (s *stream) examine(number int, from received.Message, problem error) (c checkedLine) {
	c.verdict.Line = number
	defer func() {
		if recover() != nil { // one line must not end the stream
			c = checkedLine{verdict: say.Line{Line: number, Error: "apo met a fault of its own at this line"}}
		}
	}()
	if c.verdict.ID = json.RawMessage(from.ID); len(from.ID) > 12 { // the sender's, whatever it holds
		c.verdict.ID = s.IO.Masker.JSON(c.verdict.ID)
	}
	if problem != nil {
		c.verdict.Error, c.problem = problem.Error(), problem
		return c
	}
	if name := from.Twice(); name != "" {
		c.verdict.Error = "the header " + name + " comes twice, with different values"
		return c
	}
	m, header, err := s.options.signed(from, s.clientIDOf(from))
	switch {
	case err != nil && from.Signed():
		c.verdict.Error = "it lacks the header client-id, and neither --client-id nor a profile says whose it is"
		return c
	case err != nil && !from.Notifies():
		c.verdict.Error = "it is a message without the headers client-id, request-time and signature, so no notification"
		return c
	case err != nil:
		c.verdict.Unsigned(s.expected)
		return c
	case m.Path == "" || m.Time == "" || !from.HasBody:
		c.verdict.Error = "it lacks " + lacking(m, from)
		return c
	case len(m.Body) == 0:
		c.verdict.Error = say.EmptyBody
		return c
	}
	message := s.verifier.check(m, header, from)
	if c.message = &message; message.verified() {
		s.Words().VerifiedLine(&c.verdict, s.facts(message))
	}
	return c
}

func lacking(m sign.Message, from received.Message) string {
	var list []string
	if m.Path == "" {
		list = append(list, "the path (uri)")
	}
	if m.Time == "" {
		list = append(list, "the header request-time")
	}
	if !from.HasBody {
		list = append(list, "the body")
	}
	text := strings.Join(list, ", ")
	if from.Lossy != "" {
		text += ": " + from.Lossy
	}
	return text
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
		found := s.explain(ctx, *c.message, s.keyOrders[app.TypeIn(c.message.message.Body)])
		if c.message.spoilt(found) {
			v.Error = say.CannotTell + c.message.from.Lossy
			s.unreadable++
			break
		}
		v.Failed(found)
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
		s.unread.Add(c.problem)
	}
	text, err := v.Encode()
	if err != nil {
		return out
	}
	if !v.Verified || v.Notice != nil && strings.ContainsAny(v.NotifyType, "0123456789") { // it quotes what nobody vouches for
		text = s.IO.Masker.JSON(text)
	}
	switch {
	case s.Global.Query != "":
		s.Printer().Show(text)
		return out
	case s.Printer().AsTable():
		s.Printer().ShowLine(text)
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
func (s *stream) end(ctx context.Context) error {
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted: %s", s.summary())
	}
	switch failed := s.failed(); {
	case s.lines == 0:
		return say.Fail(say.Usage, "%s: there is no line", s.where)
	case failed > 0:
		return say.Fail(say.Signature, "%d of %d %s do not verify: %s", failed, s.lines, s.unit, s.summary())
	case s.loose > 0:
		return say.Fail(say.Error, "%d of %d %s verify and are no strict JSON: %s", s.loose, s.lines, s.unit, s.summary())
	case s.unreadable > 0:
		f := say.Fail(say.Usage, "%d of %d %s cannot be read: %s", s.unreadable, s.lines, s.unit, s.summary())
		if seems := s.unread.Sentence(); seems != "" {
			f.Hint("%s", seems)
		}
		return f
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
	return say.Fail(k, "%s: %v, behind line %d: %s", s.where, err, s.lines, s.summary())
}
