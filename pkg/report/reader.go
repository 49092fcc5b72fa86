package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Reader reads a report by the names in its header, whatever their order.
type Reader struct {
	Kind       Kind
	Generation Generation

	csv     *csv.Reader
	columns map[string]int
	record  []string
}

// NewReader reads the header. It tells the kind and the generation by the columns;
// an error says that this is no report.
func NewReader(r io.Reader) (*Reader, error) {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = buffered.Discard(3)
	}
	lines := csv.NewReader(buffered)
	lines.FieldsPerRecord, lines.ReuseRecord = -1, true
	header, err := lines.Read()
	if err != nil {
		return nil, fmt.Errorf("it has no header: %w", err)
	}
	in := &Reader{csv: lines, columns: map[string]int{}}
	for i, name := range header {
		if _, twice := in.columns[name]; twice {
			return nil, fmt.Errorf("the column %q is in the header twice", name)
		}
		in.columns[name] = i
	}
	has := func(name string) bool { _, has := in.columns[name]; return has }
	switch {
	case has("PSP"):
		in.Generation = Current
	case has("acquirer"):
		in.Generation = Previous
	default:
		return nil, errors.New("the header has neither the column PSP nor acquirer: this is no report of APO")
	}
	switch {
	case has("summaryType"):
		in.Kind = Summary
	case !has("transactionType"):
		return nil, errors.New("the header has neither the column transactionType nor summaryType: this is no report of APO")
	case has("status"), in.Generation == Previous && !has("settlementBatchId"):
		in.Kind = Transactions
	default:
		in.Kind = Details
	}
	return in, nil
}

// Next goes to the next row; io.EOF is the line <END>. A report that ends without
// that line is cut off, and an error.
func (in *Reader) Next() error {
	record, err := in.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("it ends without the line %s: a part of it is missing", End)
	case err != nil:
		return err
	case len(record) > 0 && record[0] == End && !slices.ContainsFunc(record[1:], func(s string) bool { return s != "" }):
		return io.EOF
	case len(record) != len(in.columns):
		line, _ := in.csv.FieldPos(0)
		return fmt.Errorf("line %d has %d fields, and the header %d", line, len(record), len(in.columns))
	}
	in.record = record
	return nil
}

// Get is the row's value in a column; "" where the report does not have it. It counts
// until the next row.
func (in *Reader) Get(column string) string {
	i, has := in.columns[column]
	if !has || i >= len(in.record) {
		return ""
	}
	return in.record[i]
}
