package report

import "time"

// Batch adds up the settlement details of a batch by their types.
type Batch struct {
	ID, Customer, Currency string
	Settled                time.Time

	acquirer string // of all rows; "" where there are several
	lines    map[Type]*Line
}

// Line is a line of a settlement summary: all rows of a type, or [Total].
type Line struct {
	Batch      *Batch
	Type       Type
	Count      int64
	Settlement Sum
	Fees       [feeCount]Sum
}

// Add adds a row to its type.
func (b *Batch) Add(r *Row) {
	switch {
	case b.lines == nil:
		b.lines, b.acquirer = map[Type]*Line{}, r.Acquirer
	case b.acquirer != r.Acquirer:
		b.acquirer = ""
	}
	line := b.lines[r.Type]
	if line == nil {
		line = &Line{Batch: b, Type: r.Type}
		b.lines[r.Type] = line
	}
	line.Count++
	line.Settlement.Add(r.Settlement.Units)
	for i := range r.Fees {
		if n := r.Fees[i].Units; n != 0 {
			line.Fees[i].Add(n)
		}
	}
}

// Lines are those of the summary, in the order of [Types], with [Total] at the end;
// none where the batch has no rows.
func (b *Batch) Lines() (list []*Line) {
	total := &Line{Batch: b, Type: Total}
	for _, rule := range Types() {
		line := b.lines[rule.Type]
		if line == nil {
			continue
		}
		list = append(list, line)
		total.Count += line.Count
		total.Settlement.AddSum(line.Settlement)
		for i := range line.Fees {
			total.Fees[i].AddSum(line.Fees[i])
		}
	}
	if list == nil {
		return nil
	}
	return append(list, total)
}

// WriteLine writes a line of a settlement summary.
func (w *Writer) WriteLine(l *Line) error {
	for i, put := range w.lines {
		if i > 0 {
			w.e.b = append(w.e.b, ',')
		}
		if put != nil {
			put(&w.e, l)
		}
	}
	return w.endLine()
}

// lineField writes what a line has for a column; one that is nil writes nothing.
type lineField func(*encoder, *Line)

func lineFieldOf(column string, g Generation) lineField {
	switch column {
	case "settlementBatchId":
		return func(e *encoder, l *Line) { e.text(l.Batch.ID) }
	case "customerId":
		return func(e *encoder, l *Line) { e.text(l.Batch.Customer) }
	case "PSP", "acquirer":
		return func(e *encoder, l *Line) { e.text(l.Batch.acquirer) }
	case "summaryType":
		return func(e *encoder, l *Line) { e.text(string(l.Type.In(g))) }
	case "count":
		return func(e *encoder, l *Line) { e.b = appendMajor(e.b, l.Count, 0) }
	case "settlementTime":
		return func(e *encoder, l *Line) { e.time(l.Batch.Settled) }
	case "settlementInitiatedDate":
		return func(e *encoder, l *Line) { e.date(l.Batch.Settled) }
	case "settlementAmountValue":
		return func(e *encoder, l *Line) { e.sum(&l.Settlement, l.Batch.Currency) }
	case "settlementCurrency":
		return func(e *encoder, l *Line) { e.text(l.Batch.Currency) }
	}
	for _, f := range Fees() {
		amount, currency := f.Current, f.CurrentCurrency
		if g == Previous {
			amount, currency = f.Previous, f.PreviousCurrency
		}
		switch column {
		case amount:
			return func(e *encoder, l *Line) {
				if !l.Fees[f.Fee].isZero() {
					e.sum(&l.Fees[f.Fee], l.Batch.Currency)
				}
			}
		case currency:
			return func(e *encoder, l *Line) {
				if !l.Fees[f.Fee].isZero() {
					e.text(l.Batch.Currency)
				}
			}
		}
	}
	return nil
}

// sum appends a sum in major units.
func (e *encoder) sum(s *Sum, currency string) { e.b = s.appendMajor(e.b, e.digitsOf(currency)) }
