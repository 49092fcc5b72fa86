package say

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// Printer writes data as this run asks for it.
type Printer struct {
	*term.Streams
	Format term.Format
	Query  string // the path of -q; empty: all
}

// Show writes an answer to standard output, or the part that -q asks for. A
// path that is not there, or a reader that went away, changes nothing about
// what the answer means.
func (p Printer) Show(data []byte) {
	if p.AsTable() {
		p.view(p.Masked(data))
		return
	}
	p.write(data, p.WriteJSON, p.WriteValue)
}

// ShowOwn writes what apo made itself, and is not masked. Of a list NDJSON has one a
// line, and -q asks each of them.
func (p Printer) ShowOwn(data any) error {
	text, err := apo.Encode(data)
	if err != nil {
		return err
	}
	if list := gjson.ParseBytes(text); list.IsArray() && p.Format == term.NDJSON {
		p.showLines(list)
		return nil
	}
	if p.AsTable() {
		p.view(text)
		return nil
	}
	p.write(text, p.WriteOwnJSON, p.WriteOwnValue)
	return nil
}

func (p Printer) showLines(list gjson.Result) {
	lines := p.Lines()
	list.ForEach(func(_, value gjson.Result) bool { return lines.Show([]byte(value.Raw)) })
	lines.End()
}

// Lines writes objects as they come, one a line, or of each what is at -q.
type Lines struct {
	printer Printer
	fullest []byte // the longest one; nil: there was none yet
	found   bool   // one has what is at -q
}

// Lines begins a list of objects; Lines.End ends it.
func (p Printer) Lines() *Lines { return &Lines{printer: p} }

// Show writes one object, which apo made itself. It reports whether anybody still reads.
func (l *Lines) Show(object []byte) bool {
	if l.printer.Query == "" {
		_ = l.printer.WriteLines(append(slices.Clip(object), '\n'))
		return l.printer.OutputLost() == nil
	}
	if len(object) > len(l.fullest) {
		l.fullest = object
	}
	has, _ := l.printer.WriteOwnValue(object, l.printer.Query)
	l.found = l.found || has
	return l.printer.OutputLost() == nil
}

// End says so where no object had anything at -q.
func (l *Lines) End() {
	if l.fullest != nil && !l.found {
		l.printer.missing(l.fullest)
	}
}

func (p Printer) write(data []byte, whole func([]byte, term.Format) error, part func([]byte, string) (bool, error)) {
	if p.Query == "" {
		_ = whole(data, p.Format)
		return
	}
	found, err := part(data, p.Query)
	if err == nil && !found {
		p.missing(data)
	}
}

// missing says once that there is nothing at the path of -q.
func (p Printer) missing(document []byte) {
	if p.FirstTime("query") {
		p.Warn(nothingAt(p.Masker.JSON(document), p.Query))
	}
}

// WantsJSON reports whether a command that would talk in words was asked for
// JSON.
func (p Printer) WantsJSON() bool {
	return p.Query != "" || p.Format != term.Pretty && p.Format != term.Table
}
