package report

import (
	"fmt"
	"io"
)

// Writer writes one report. Begin it, then write its rows, and End it.
type Writer struct {
	out     io.Writer
	kind    Kind
	columns []field
	lines   []lineField // of a summary
	e       encoder
	rows    int64
}

// mostHeld is how much of a report is gathered before it is written.
const mostHeld = 64 << 10

// Begin begins a report with its header.
func (w *Writer) Begin(out io.Writer, k Kind, g Generation) {
	w.out, w.kind, w.rows = out, k, 0
	w.e = encoder{b: w.e.b[:0], rules: newRules(), known: map[string]int{}}
	w.columns, w.lines = nil, nil
	for i, name := range Columns(k, g) {
		if i > 0 {
			w.e.b = append(w.e.b, ',')
		}
		w.e.text(name)
		if k == Summary {
			w.lines = append(w.lines, lineFieldOf(name, g))
		} else {
			w.columns = append(w.columns, fieldOf(name, g))
		}
	}
	w.e.b = append(w.e.b, '\n')
}

// Write writes a row of transaction or settlement details. It must have the IDs that
// its type asks for, and its sums must be right.
func (w *Writer) Write(r *Row) error {
	if w.kind == Summary {
		return fmt.Errorf("a settlement summary has lines, no rows")
	}
	if err := w.e.rules.check(r); err != nil {
		return err
	}
	if err := r.Check(); err != nil {
		return err
	}
	for i, put := range w.columns {
		if i > 0 {
			w.e.b = append(w.e.b, ',')
		}
		if put != nil {
			put(&w.e, r)
		}
	}
	return w.endLine()
}

func (w *Writer) endLine() error {
	w.e.b = append(w.e.b, '\n')
	w.rows++
	if w.e.err != nil {
		return w.e.err
	}
	if len(w.e.b) >= mostHeld {
		return w.Flush()
	}
	return nil
}

// Rows counts what was written.
func (w *Writer) Rows() int64 { return w.rows }

// Held is how many bytes are gathered and not yet written.
func (w *Writer) Held() int { return len(w.e.b) }

// Flush writes what is gathered.
func (w *Writer) Flush() error {
	if len(w.e.b) == 0 {
		return nil
	}
	_, err := w.out.Write(w.e.b)
	w.e.b = w.e.b[:0]
	return err
}

// End writes the last line.
func (w *Writer) End() error {
	w.e.b = append(w.e.b, End+"\n"...)
	return w.Flush()
}
