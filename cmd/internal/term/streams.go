// Package term is where apo meets a person: the three streams, colors, JSON on
// a screen, the verdict line, tables and questions. Nothing else in apo knows
// what a terminal is.
//
// Standard output is data: answers, as they came. Standard error is talk: one
// verdict line, hints, progress, questions. Whatever goes to standard error is
// masked here, and whatever goes to a terminal is stripped of control
// characters here. What the run knows to be secret goes to neither.
package term

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/pkg/apo"
)

// Streams are the streams of one run of apo.
type Streams struct {
	In  io.Reader
	Out io.Writer // data; see JSON and Value for what is masked on its way
	Err io.Writer // talk; masked as it is written

	InTTY, OutTTY, ErrTTY bool
	AsTable               bool // a table was asked for: aligned and under a header in a pipe too
	NoInput               bool // never ask anything
	Quiet                 bool // say errors alone
	TalksJSON             bool // each line of talk is a JSON object

	Interrupted <-chan struct{} // closed at Ctrl-C; may be nil

	Masker apo.Masker // what it knows grows with the run
	colors colors
	wait   *wait           // nil: none
	once   map[string]bool // what is said once a run, and has been

	outWidth, errWidth func() int // of a terminal; nil elsewhere
	columns            int        // what COLUMNS says; 0: nothing
}

// System returns the process's own streams.
func System(getenv func(string) string) *Streams {
	tty := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	s := New(os.Stdin, os.Stdout, os.Stderr)
	s.InTTY, s.OutTTY, s.ErrTTY = tty(os.Stdin), tty(os.Stdout), tty(os.Stderr)
	s.columns, _ = strconv.Atoi(getenv("COLUMNS"))
	s.outWidth, s.errWidth = widthOf(os.Stdout, s.columns), widthOf(os.Stderr, s.columns)
	s.NoInput = getenv("CI") != "" || getenv("APO_NO_INPUT") != ""
	_ = s.SetColor("auto", getenv)
	return s
}

// widthOf asks each time: a window can be resized. A terminal that does not know
// how wide it is has the width that COLUMNS says.
func widthOf(f *os.File, otherwise int) func() int {
	return func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		switch {
		case err != nil:
			return 0
		case width == 0:
			return otherwise
		}
		return width
	}
}

// New returns streams that are no terminals, for tests and for buffers.
func New(in io.Reader, out, err io.Writer) *Streams {
	s := &Streams{In: in, Masker: apo.Masker{Known: new(apo.Known)}}
	s.Out, s.Err = &data{streams: s, to: out}, &talk{s, err}
	return s
}

// data hides what is known in whatever is written, the tokens aside that the
// gateway issues. Callers write whole documents or lines; that this fails is seen at
// [Streams.OutputLost] alone, and changes nothing of what a command does.
type data struct {
	streams *Streams
	to      io.Writer
	lost    atomic.Pointer[OutputError] // why no more is written; nil: it is
}

func (d *data) Write(b []byte) (int, error) {
	m := d.streams.Masker
	m.KnownOnly, m.KeepTokens = true, true
	shown := b
	if masked := m.Text(string(b)); masked != string(b) {
		shown = []byte(masked)
	}
	d.write(shown)
	return len(b), nil
}

// talk masks and cleans all that is said. Callers write whole lines.
type talk struct {
	streams *Streams
	to      io.Writer
}

func (t *talk) Write(b []byte) (int, error) {
	s := t.streams
	// The escapes of our own styles are the only ones that may pass; see Say.
	if _, err := io.WriteString(t.to, s.Masker.Text(clean(string(b)))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// styled writes a line that was cleaned part by part and then colored. What is
// known is looked for in the line as a whole too: its parts may come from outside.
func (s *Streams) styled(line string) {
	m := s.Masker
	m.KnownOnly = true
	line = m.Text(line)
	if t, ok := s.Err.(*talk); ok {
		_, _ = io.WriteString(t.to, line+"\n")
		return
	}
	_, _ = io.WriteString(s.Err, line+"\n")
}

// said prepares a foreign or own text for a line of talk.
func (s *Streams) said(text string) string { return s.Masker.Text(oneLine(text)) }

// ReadAll reads to the end, or until Ctrl-C.
func (s *Streams) ReadAll(r io.Reader) ([]byte, error) {
	return files.ReadAll(s.Interrupted, r)
}

// interruptible runs a read that may last. At Ctrl-C it is left to itself; the
// process is about to end.
func (s *Streams) interruptible(read func() error) error {
	return files.Wait(s.Interrupted, read)
}

// CanAsk reports whether a person can be asked.
func (s *Streams) CanAsk() bool { return s.InTTY && s.ErrTTY && !s.NoInput }

// Ask prints a question and reads one line.
func (s *Streams) Ask(question string) (string, error) {
	if !s.CanAsk() {
		return "", errors.New("there is no terminal to ask on")
	}
	if _, err := io.WriteString(s.Err, asked(question, columns(s.errWidth))); err != nil {
		return "", err
	}
	var line string
	err := s.interruptible(func() (err error) {
		line, err = readLine(s.In)
		return err
	})
	if err != nil {
		return "", err
	}
	return line, nil
}

// asked breaks a question where the terminal is too narrow for its lines.
func asked(question string, width int) string {
	lines := strings.Split(question, "\n")
	for i, line := range lines {
		if broken := folded(line, width, 0, 2); len(broken) > 1 {
			lines[i] = strings.Join(broken, "\n  ")
			if strings.HasSuffix(line, " ") { // here the answer begins
				lines[i] += " "
			}
		}
	}
	return strings.Join(lines, "\n")
}

// Secret prints a question and reads one line that is not shown.
func (s *Streams) Secret(question string) (string, error) {
	if !s.CanAsk() {
		return "", errors.New("there is no terminal to ask on")
	}
	f, ok := s.In.(*os.File)
	if !ok {
		return "", errors.New("standard input is not a terminal")
	}
	if _, err := io.WriteString(s.Err, question); err != nil {
		return "", err
	}
	// ReadPassword turns the echo off; at Ctrl-C somebody must turn it on.
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", err
	}
	var secret []byte
	err = s.interruptible(func() (err error) {
		secret, err = term.ReadPassword(int(f.Fd()))
		return err
	})
	_ = term.Restore(int(f.Fd()), before)
	_, _ = io.WriteString(s.Err, "\n")
	if err != nil {
		return "", err
	}
	return string(secret), nil
}

// readLine reads byte by byte, so that what follows stays in the stream.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := r.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				return string(line), nil
			}
			if line = append(line, one[0]); len(line) > 4096 {
				return "", errors.New("the line is too long")
			}
		}
		if err != nil {
			return string(line), err
		}
	}
}

// FirstTime reports whether it is asked for the first time about something that is
// said once a run.
func (s *Streams) FirstTime(about string) bool {
	if s.once[about] {
		return false
	}
	if s.once == nil {
		s.once = map[string]bool{}
	}
	s.once[about] = true
	return true
}

// tableWidth is the number of columns that a table may take, and 0 where it may
// take any. In a pipe COLUMNS says it: whoever set that, and asked for a table,
// wants it to fit.
func (s *Streams) tableWidth() int {
	const narrowest, usual = 20, 80
	switch width := columns(s.outWidth); {
	case width > 0:
		return max(width, narrowest)
	case s.columns > 0:
		return max(s.columns, narrowest)
	case s.OutTTY:
		return usual
	}
	return 0
}

// columns is the width of a terminal, and 0 of what is none: there lines stay
// whole.
func columns(width func() int) int {
	if width == nil {
		return 0
	}
	return width()
}
