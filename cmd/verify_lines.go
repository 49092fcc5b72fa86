package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// lineVerdict is what a line of --ndjson becomes.
type lineVerdict struct {
	Line     int             `json:"line"`
	ID       json.RawMessage `json:"id,omitempty"`
	Verified bool            `json:"verified"`
	Error    string          `json:"error,omitempty"` // the line is none, or its body is not strict JSON
	*notice
	*failedLine
}

// failedLine is what a line has whose signature does not verify.
type failedLine struct {
	Cause          sign.Cause  `json:"cause"`
	Proven         bool        `json:"proven"`
	Faults         []faultJSON `json:"faults,omitempty"`
	Explanation    string      `json:"explanation"`
	Repair         string      `json:"repair,omitempty"`
	KeyFingerprint string      `json:"keyFingerprint"`
	Tried          int         `json:"tried"`
	ElapsedMs      int64       `json:"elapsedMs"`
}

// checkedLine is a line after its signature was looked at.
type checkedLine struct {
	verdict lineVerdict
	body    []byte         // verified
	failed  *failedMessage // to be diagnosed
}

type failedMessage struct {
	message sign.Message
	header  string
	from    received.Message
}

const (
	batchLines = 64
	batchBytes = 1 << 20
	maxLine    = 2*maxBody + 64<<10 // escapes may double a body
	maxLearnt  = 4                  // skeletons of one type that a stream remembers
)

// verifyLines reads a message a line and writes a verdict a line, in their
// order. Verifying is spread over all cores; what fails is diagnosed in the
// order of the lines, so that the same input has the same output.
func (d *deps) verifyLines(ctx context.Context, o *verifyOptions) error {
	from := d.io.In
	if o.ndjson != "-" {
		f, err := os.Open(o.ndjson)
		if err != nil {
			var path *os.PathError
			if errors.As(err, &path) {
				err = path.Err
			}
			return say.Fail(say.Usage, "--ndjson %s: %v", o.ndjson, err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return say.Fail(say.Usage, "--ndjson %s: it is a folder; give a file, or - for standard input", o.ndjson)
		}
		from = f
	} else if d.io.InTTY {
		return say.Fail(say.Usage, "--ndjson - reads standard input, which is the terminal; pipe a file into it")
	}
	v, err := d.verifier(ctx, o)
	if err != nil {
		return err
	}
	s := &stream{verifier: v, causes: map[sign.Cause]int{}, skeletons: map[string][][]byte{}}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	return s.run(ctx, s.batches(ctx, from))
}

// stream is the state of one --ndjson.
type stream struct {
	*verifier
	lines                int // that got a verdict
	verified, unreadable int
	loose                int // verified, and no strict JSON
	causes               map[sign.Cause]int
	skeletons            map[string][][]byte // by notifyType
}

type batch struct {
	first int // number of its first line
	lines [][]byte
	err   error
	done  chan []checkedLine
}

// batches reads lines: as many at once as are there, so that a stream that
// trickles is answered line by line.
func (s *stream) batches(ctx context.Context, from io.Reader) <-chan *batch {
	queue := make(chan *batch, 2*runtime.GOMAXPROCS(0))
	work := make(chan *batch, 2*runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for b := range work {
				list := make([]checkedLine, 0, len(b.lines))
				for i, line := range b.lines {
					if len(bytes.TrimSpace(line)) > 0 {
						list = append(list, s.check(b.first+i, line))
					}
				}
				b.done <- list
			}
		}()
	}
	go func() {
		defer close(work)
		defer close(queue)
		r := bufio.NewReaderSize(from, 256<<10)
		for number := 1; ; {
			b := &batch{first: number, done: make(chan []checkedLine, 1)}
			var err error
			for size := 0; len(b.lines) < batchLines && size < batchBytes && err == nil; {
				var line []byte
				if line, err = readLine(r); len(line) > 0 || err == nil {
					b.lines = append(b.lines, line)
					size += len(line)
				}
				if there, _ := r.Peek(r.Buffered()); bytes.IndexByte(there, '\n') < 0 {
					break // the next line is not whole yet; nobody shall wait for it
				}
			}
			number += len(b.lines)
			if err != io.EOF {
				b.err = err
			}
			select {
			case <-ctx.Done():
				return
			case queue <- b:
				work <- b
			}
			if err != nil {
				return
			}
		}
	}()
	return queue
}

func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			return nil, errors.New("a line is longer than 32 MiB")
		}
		line = append(line, part...)
		switch err {
		case bufio.ErrBufferFull:
		case nil:
			return line[:len(line)-1], nil
		default:
			return line, err
		}
	}
}

// check looks at the signature of one line. It runs on many lines at once.
func (s *stream) check(number int, data []byte) checkedLine {
	c := checkedLine{verdict: lineVerdict{Line: number}}
	line, err := received.ReadLine(data)
	if err != nil {
		c.verdict.Error = err.Error()
		return c
	}
	if c.verdict.ID = json.RawMessage(line.ID); len(line.ID) > 12 { // the sender's, whatever it holds
		c.verdict.ID = s.io.Masker.JSON(c.verdict.ID)
	}
	if name := line.Twice(); name != "" {
		c.verdict.Error = "the header " + name + " comes twice, with different values"
		return c
	}
	m, header, err := s.options.signed(line.Message, s.clientID)
	switch {
	case err != nil:
		c.verdict.failedLine = &failedLine{
			Cause: sign.CauseSignatureHeader, Explanation: "there is no signature", KeyFingerprint: s.expected.Key.Fingerprint(),
		}
		return c
	case m.Path == "" || m.Time == "" || !line.HasBody:
		c.verdict.Error = "it lacks uri, the time header or body"
		return c
	}
	if h, err := sign.ReadHeader(header); err != nil || h.Verify(s.expected.Key, m) != nil {
		c.failed = &failedMessage{m, header, line.Message}
		return c
	}
	c.verdict.Verified, c.body = true, m.Body
	n, err := read(m.Body)
	if err != nil {
		c.verdict.Error = "verified, but the body is not strict JSON: " + err.Error()
		return c
	}
	c.verdict.notice = &n
	return c
}

// run writes the verdicts in the order of the lines.
func (s *stream) run(ctx context.Context, batches <-chan *batch) error {
	for {
		var b *batch
		select {
		case <-ctx.Done():
			return say.Fail(say.Interrupted, "interrupted: %s", summary(s.verified, s.unreadable, s.causes))
		case b = <-batches:
		}
		if b == nil {
			return s.end()
		}
		var out []byte
		for _, c := range <-b.done {
			if out = s.append(ctx, out, c); ctx.Err() != nil {
				break // what was being looked at has no verdict
			}
			s.lines++
		}
		if ctx.Err() != nil {
			continue
		}
		if err := s.io.WriteLines(out); errors.Is(err, syscall.EPIPE) {
			s.io.Note("the reader of the verdicts went away; reading stopped")
			return s.end()
		} else if err != nil {
			return say.Fail(say.Error, "the verdicts cannot be written: %v", err)
		}
		if b.err != nil {
			return s.broken(b.err)
		}
	}
}

func (s *stream) append(ctx context.Context, out []byte, c checkedLine) []byte {
	v := &c.verdict
	switch {
	case c.failed != nil:
		v.failedLine = s.explain(ctx, c.failed)
		s.causes[v.Cause]++
	case v.failedLine != nil:
		s.causes[v.Cause]++
	case v.Verified && v.Error == "":
		s.verified++
		s.learn(v.NotifyType, c.body)
	case v.Verified:
		s.loose++
	default:
		s.unreadable++
	}
	text, err := apo.Encode(v)
	if err != nil {
		return out
	}
	text = s.io.Masker.JSON(text)
	if s.global.query != "" {
		s.printer().Show(text)
		return out
	}
	return append(append(out, bytes.TrimSpace(text)...), '\n')
}

func (s *stream) explain(ctx context.Context, f *failedMessage) *failedLine {
	start := time.Now()
	hints := s.hints(f.from)
	hints.Bodies = append(hints.Bodies, s.skeletons[gjson.GetBytes(f.message.Body, "notifyType").String()]...)
	v := diagnosed(sign.Diagnose(ctx, f.message, f.header, s.keys(ctx), hints), s.verifier)
	return &failedLine{v.Cause, v.Proven, v.Faults, v.Explanation, v.Repair, v.KeyFingerprint, v.Tried, time.Since(start).Milliseconds()}
}

// learn keeps the order of the keys of the first few bodies of each type.
func (s *stream) learn(notifyType string, body []byte) {
	if known := s.skeletons[notifyType]; len(known) < maxLearnt && s.options.side() == sign.Notification {
		if skeleton := sign.Skeleton(body); skeleton != nil {
			s.skeletons[notifyType] = append(known, skeleton)
			if len(known) == 0 {
				s.remember(notifyType, body)
			}
		}
	}
}

// end says how the stream went.
func (s *stream) end() error {
	text := summary(s.verified, s.unreadable+s.loose, s.causes)
	switch failed := s.failed(); {
	case s.lines == 0:
		return say.Fail(say.Usage, "--ndjson %s: there is no line", s.options.ndjson)
	case failed > 0:
		return say.Fail(say.Signature, "%d of %d lines do not verify: %s", failed, s.lines, text)
	case s.loose > 0:
		return say.Fail(say.Error, "%d of %d lines verify and are no strict JSON: %s", s.loose, s.lines, text)
	case s.unreadable > 0:
		return say.Fail(say.Usage, "%d of %d lines cannot be read: %s", s.unreadable, s.lines, text)
	}
	s.io.Note(text)
	return nil
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
	return say.Fail(k, "--ndjson %s: %v, behind line %d: %s", s.options.ndjson, err, s.lines, summary(s.verified, s.unreadable+s.loose, s.causes))
}
