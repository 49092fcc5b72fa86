package verify

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
)

const (
	maxLearnt = 4   // key orders of one type that a stream remembers
	garbage   = 400 // percent of what is in use, before it is collected: a line leaves some, and lives short
)

// Stream verifies many messages and writes a verdict of each, in their order.
// Verifying is spread over all cores; what fails is diagnosed in the order of the
// messages, so that the same input has the same output.
type Stream struct {
	*Engine
	words                say.Words
	where                string // "--ndjson FILE", for errors
	form                 string // of each line; empty: whatever it is
	unit                 string // "lines" or "messages"
	lines                int    // that got a verdict
	verified, unreadable int
	others               int // of the verified, for another client ID
	loose                int // verified, and no strict JSON
	causes               map[diagnose.Cause]int
	keyOrders            map[string][][]byte // by the type of the notification
	learnt               map[string]bool     // types of which enough are there
	diagnoses            diagnoses
	unread               received.Tally // why lines could not be read
	short                int            // that were searched for the likely causes alone
	began, said          time.Time      // when it began, and when it was last said how far it is
}

// Stream begins one. where names its source in errors; form is the form of each
// line, a name of [received.Forms], empty: whatever it is.
func (e *Engine) Stream(where, form string) *Stream {
	now := e.run.Now()
	return &Stream{
		Engine: e, words: e.run.Words(), where: where, form: form, unit: "lines", began: now, said: now,
		causes: map[diagnose.Cause]int{}, keyOrders: map[string][][]byte{}, learnt: map[string]bool{}, diagnoses: newDiagnoses(),
	}
}

// Lines reads a message a line. The error says how the stream went.
func (s *Stream) Lines(ctx context.Context, from io.Reader) error {
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	for list, err := range received.Lines(ctx, from, s.read) {
		if ctx.Err() == nil && err != nil {
			return s.broken(err)
		}
		if ended, err := s.tell(ctx, list); ended {
			return err
		}
	}
	return s.end(ctx)
}

// Messages takes those of one file. The error says how they went.
func (s *Stream) Messages(ctx context.Context, list []received.Message) error {
	s.unit = "messages"
	for i, m := range list {
		if ended, err := s.tell(ctx, []line{s.examine(i+1, m, m.Problem)}); ended {
			return err
		}
	}
	return s.end(ctx)
}

// tell writes verdicts; ended: nobody reads them any more, or they cannot be
// written.
func (s *Stream) tell(ctx context.Context, list []line) (ended bool, err error) {
	if ctx.Err() != nil {
		return false, nil
	}
	s.write(ctx, list)
	lost := s.run.IO.OutputLost()
	if lost == nil {
		return false, nil
	}
	s.run.IO.EndLive()
	if lost.ReaderGone() {
		s.run.IO.Note("the reader of the verdicts went away; reading stopped")
	}
	return true, s.end(ctx)
}

// write writes the verdicts of some messages, in their order. Nothing is written
// once ctx is done: what was being looked at then has no verdict.
func (s *Stream) write(ctx context.Context, list []line) {
	size := 0
	for _, c := range list {
		size += len(c.text) + 1
	}
	out := make([]byte, 0, size)
	for _, c := range list {
		if out = s.append(ctx, out, c); ctx.Err() != nil {
			return
		}
		s.lines++
		s.progress()
	}
	_ = s.run.IO.WriteLines(out)
}

func (s *Stream) append(ctx context.Context, out []byte, c line) []byte {
	v := &c.verdict
	switch {
	case c.message != nil && !c.message.Verified():
		found := s.diagnose(ctx, *c.message)
		if c.message.spoilt(found) {
			v.Error = say.CannotTell + c.message.from.Lossy
			s.unreadable++
			break
		}
		v.Failed(found)
		s.causes[v.Cause]++
		s.shortly(v)
	case v.FailedLine != nil:
		s.causes[v.Cause]++
	case v.Verified && v.Error == "":
		s.verified++
		if v.OtherClient {
			s.others++
		}
		s.learn(c.message)
	case v.Verified:
		s.loose++
	default:
		s.unreadable++
		s.unread.Add(c.problem)
	}
	if c.text == nil {
		c.encode(s.run.IO.Masker)
	}
	if c.text == nil {
		return out
	}
	switch {
	case s.run.Global.Query != "":
		s.run.Printer().Show(c.text)
		return out
	case s.run.Printer().AsTable():
		s.run.Printer().ShowLine(c.text)
		return out
	}
	return append(append(out, c.text...), '\n')
}

// shortly keeps account of what was not looked into as far as it might be.
func (s *Stream) shortly(v *say.Line) {
	switch v.Diagnosis {
	case say.ShortSearch:
		s.short++
	case say.NoSearch:
		if s.causes[""] == 1 {
			s.run.IO.EndLive()
			s.run.IO.Warn(fmt.Sprintf("from line %d on it is not looked for why a message does not verify: those before took the time that there is for that", v.Line))
		}
	}
}

// learn keeps the order of the keys of the first few bodies of each type.
func (s *Stream) learn(c *Examined) {
	if s.settings.Side != diagnose.Notification || s.learnt[c.news.Type] {
		return
	}
	body := c.Message.Body
	notifyType := app.TypeIn(body)
	known := s.keyOrders[notifyType]
	if len(known) >= maxLearnt {
		s.learnt[c.news.Type] = notifyType == c.news.Type
		return
	}
	if order := diagnose.KeyOrder(body); order != nil {
		s.keyOrders[notifyType] = append(known, order)
		if len(known) == 0 {
			s.run.KeepKeyOrder(body)
		}
	}
}

// end says how the stream went.
func (s *Stream) end(ctx context.Context) error {
	s.run.IO.EndLive()
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted: %s", s.summary())
	}
	switch failed := s.failed(); {
	case s.lines == 0:
		return say.Fail(say.Usage, "%s: there is no line", s.where)
	case failed > 0:
		f := say.Fail(say.Signature, "%d of %d %s do not verify: %s", failed, s.lines, s.unit, s.summary())
		if s.short > 0 {
			f.Hint("%d of them look like others that nothing explained, and were searched for the likely causes alone (\"diagnosis\":\"short\"); give one by itself for a whole search", s.short)
		}
		return f
	case s.loose > 0:
		return say.Fail(say.Error, "%d of %d %s verify and are no strict JSON: %s", s.loose, s.lines, s.unit, s.summary())
	case s.unreadable > 0:
		f := say.Fail(say.Usage, "%d of %d %s cannot be read: %s", s.unreadable, s.lines, s.unit, s.summary())
		if seems := s.unread.Sentence(); seems != "" {
			f.Hint("%s", seems)
		}
		return f
	}
	s.run.IO.Note(s.summary())
	return nil
}

func (s *Stream) summary() string {
	return say.Summary(s.verified, s.others, s.unreadable+s.loose, s.causes)
}

func (s *Stream) failed() int {
	failed := 0
	for _, n := range s.causes {
		failed += n
	}
	return failed
}

// broken ends a stream that cannot be read any further.
func (s *Stream) broken(err error) error {
	s.run.IO.EndLive()
	k := say.Usage
	if s.failed() > 0 {
		k = say.Signature
	}
	return say.Fail(k, "%s: %v, behind line %d: %s", s.where, err, s.lines, s.summary())
}
