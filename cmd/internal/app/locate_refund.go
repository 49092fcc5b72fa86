package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// LocatedRefund is a refund as the gateway tells it, and how it was found; "" where it
// was by its own ID.
type LocatedRefund struct {
	operate.FoundRefund
	How string
}

// FindRefund finds a refund by whichever number of it was given, or by one of its
// payment if that has no other refund. Where there are several they are listed.
func (s *Session) FindRefund(ctx context.Context, typed string) (LocatedRefund, error) {
	w, err := s.Wanted(typed, SearchFlags{})
	if err != nil {
		return LocatedRefund{}, err
	}
	if w, err = s.Understand(ctx, s.Journal, w); err != nil {
		return LocatedRefund{}, err
	}
	refunds, err := s.ownRefunds(ctx, w)
	if err != nil {
		return LocatedRefund{}, err
	}
	if len(refunds) == 0 && w.Number != "" && s.Journal != nil { // it may be named beside its payment
		if refunds, err = s.refundsIn(ctx, w); err != nil {
			return LocatedRefund{}, err
		}
	}
	if len(refunds) > 0 && refunds[0].Way == journal.Exactly {
		if err := s.unlessOtherRefund(ctx, w, refunds); err != nil {
			return LocatedRefund{}, err
		}
		return s.oneRefund(ctx, w, refunds)
	}
	payments, err := s.ownMatches(ctx, w)
	if err != nil {
		return LocatedRefund{}, err
	}
	ofPayment := len(payments) > 0 && payments[0].Way == journal.Exactly
	if !ofPayment && w.MayBeWhole() {
		found, err := s.askRefund(ctx, w)
		if err == nil || !errors.Is(err, operate.ErrNotFound) {
			return found, s.Inquired(ctx, found.Answer, err, w.Number, true)
		}
		if len(refunds) == 0 && len(payments) == 0 && !s.isPayment(ctx, w) {
			return found, s.Inquired(ctx, found.Answer, err, w.Number, true)
		}
	}
	if len(refunds) > 0 {
		return s.oneRefund(ctx, w, refunds)
	}
	if ofPayment && len(payments) > 1 {
		return LocatedRefund{}, s.Several(ctx, s.Words(), s.Journal, w, payments)
	}
	return s.refundOfPayment(ctx, w)
}

// RefundBy asks for a refund by an ID of a known kind.
func (s *Session) RefundBy(ctx context.Context, key apo.RefundKey) (LocatedRefund, error) {
	id := cmp.Or(key.RefundID, key.RefundRequestID)
	s.Recognise(ctx, id)
	found, err := s.Operator.LookupRefund(ctx, key)
	err = s.Inquired(ctx, found.Answer, err, id, true)
	asRequest := func(n apo.Numbers) bool { return n.RefundRequestID == id }
	if f := (*say.Failure)(nil); key.RefundID != "" && errors.As(err, &f) && f.Kind == say.NotFound && s.knows(ctx, id, asRequest) {
		f.Next = []string{"the journal has " + id + " as a refundRequestId: " + s.Words().Command("inquire-refund", id)}
	}
	return LocatedRefund{FoundRefund: found}, err
}

// ownRefunds are the refunds that may be meant of those that this run can ask about.
func (s *Session) ownRefunds(ctx context.Context, w Wanted) ([]journal.RefundMatch, error) {
	if s.Journal == nil {
		return nil, s.Unclear(w)
	}
	return search(ctx, s.Run, s.Journal, w, func(k journal.Key) ([]journal.RefundMatch, bool, error) {
		found, err := journal.LookupRefund(ctx, s.Journal, k, s.isOwn)
		if err != nil {
			return nil, false, Unread(ctx, err)
		}
		return found, len(found) > 0 && found[0].Way == journal.Exactly, nil
	})
}

// askRefund asks the gateway for a refund by an ID of either kind.
func (s *Session) askRefund(ctx context.Context, w Wanted) (LocatedRefund, error) {
	s.Recognise(ctx, w.Number)
	found, err := s.Operator.LookupRefund(ctx, apo.RefundKey{RefundRequestID: w.Number})
	if errors.Is(err, operate.ErrNotFound) && looksLikePaymentID(w.Number) { // a refundId looks so too
		if byID, err := s.Operator.LookupRefund(ctx, apo.RefundKey{RefundID: w.Number}); !errors.Is(err, operate.ErrNotFound) {
			return LocatedRefund{FoundRefund: byID}, err
		}
	}
	return LocatedRefund{FoundRefund: found}, err
}

// isPayment reports whether the gateway knows a number as a payment's own ID.
func (s *Session) isPayment(ctx context.Context, w Wanted) bool {
	_, err := s.Operator.Lookup(ctx, w.keys()...)
	return err == nil
}

// refundsIn are the refunds that parts of a text are numbers of.
func (s *Session) refundsIn(ctx context.Context, w Wanted) (all []journal.RefundMatch, err error) {
	known, err := s.knownIn(ctx, s.Journal, w, true)
	if err != nil || w.whole {
		return nil, err
	}
	for _, number := range known {
		found, err := journal.LookupRefund(ctx, s.Journal, journal.Key{Number: number}, s.isOwn)
		if err != nil {
			return nil, Unread(ctx, err)
		}
		for _, m := range found {
			if m.Way == journal.Exactly && !slices.ContainsFunc(all, func(of journal.RefundMatch) bool { return of.ID() == m.ID() }) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// unlessOtherRefund refuses a text that names another refund too, and lists them.
func (s *Session) unlessOtherRefund(ctx context.Context, w Wanted, refunds []journal.RefundMatch) error {
	all, err := s.refundsIn(ctx, w)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(m journal.RefundMatch) bool {
		return !slices.ContainsFunc(refunds, func(of journal.RefundMatch) bool { return of.ID() == m.ID() })
	}) {
		return nil
	}
	rows, err := s.refundRows(ctx, all)
	if err != nil {
		return err
	}
	return s.severalRefunds(w, rows, "the text names several refunds")
}

// refundRows are the rows of a list of refunds, the newest first.
func (s *Session) refundRows(ctx context.Context, refunds []journal.RefundMatch) (rows []say.RefundRow, err error) {
	for _, m := range refunds[:min(len(refunds), shown)] {
		row, err := s.refundRow(ctx, m)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b say.RefundRow) int { return b.Time.Compare(a.Time) })
	return rows, nil
}

// oneRefund asks for the refund that the journal knows, if it is one.
func (s *Session) oneRefund(ctx context.Context, w Wanted, refunds []journal.RefundMatch) (LocatedRefund, error) {
	s.NoteGuess(w)
	if len(refunds) > 1 {
		rows, err := s.refundRows(ctx, refunds)
		if err != nil {
			return LocatedRefund{}, err
		}
		return LocatedRefund{}, s.severalRefunds(w, rows, "several refunds have the number "+w.Named()+", or one that begins so")
	}
	m := refunds[0]
	found, err := s.Operator.LookupRefund(ctx, m.Key())
	located := LocatedRefund{FoundRefund: found}
	if m.Way != journal.Exactly {
		located.How = w.Named() + " stands for refund " + m.ID()
	} else if m.Number != m.ID() {
		located.How = m.Number + " is of refund " + m.ID()
	}
	return located, s.Inquired(ctx, found.Answer, err, m.ID(), true)
}

// refundRow is what the journal knows of a refund: when it was sent, how much it is, and
// what was told of it last, in the words in which a payment lists it. Where it is on no
// books the row says how far its call got.
func (s *Session) refundRow(ctx context.Context, m journal.RefundMatch) (say.RefundRow, error) {
	n := m.Numbers
	row := say.RefundRow{RequestID: n.RefundRequestID, ID: n.RefundID, PaymentID: n.PaymentID, Amount: m.Record.Amount, Time: m.Record.Time, Status: say.StateOf(m.Record), Tone: say.RecordTone(m.Record)}
	var list []journal.Record
	var err error
	if n.PaymentID != "" {
		list, err = s.Journal.Payment(ctx, s.Operator.Account.ClientID, apo.Numbers{PaymentID: n.PaymentID})
	} else {
		list, err = s.carrying(ctx, s.Journal, journal.Key{Number: m.ID()})
		slices.Reverse(list)
	}
	if err != nil {
		return row, Unread(ctx, err)
	}
	if i := slices.IndexFunc(list, func(r journal.Record) bool {
		return r.Endpoint == "refund" && r.Numbers.RefundRequestID == n.RefundRequestID
	}); i >= 0 {
		row.Time, row.Amount, row.Status, row.Tone = list[i].Time, list[i].Amount, say.StateOf(list[i]), say.RecordTone(list[i])
	}
	for _, t := range journal.BooksOf(journal.History(list, s.Now())).Payment.Transactions {
		if t.Type != "REFUND" || t.RequestID != n.RefundRequestID {
			continue
		}
		row.Status, row.Tone = t.Status, term.Plain
		if !t.Amount.IsZero() {
			row.Amount = t.Amount
		}
	}
	return row, nil
}

// refundOfPayment asks for the refund of a payment, if that has one.
func (s *Session) refundOfPayment(ctx context.Context, w Wanted) (LocatedRefund, error) {
	located, err := s.locate(ctx, PaymentFlags{any: w.Typed}, false)
	if err != nil {
		return LocatedRefund{}, err
	}
	p := located.Payment
	rows, err := s.refundsOf(ctx, p)
	if err != nil {
		return LocatedRefund{}, err
	}
	payment := "payment " + cmp.Or(p.PaymentID, p.PaymentRequestID)
	switch len(rows) {
	case 0:
		return LocatedRefund{}, say.Fail(say.NotFound, "%s has no refund", payment).Hint("%s shows what it has", s.Words().Command("inquire", cmp.Or(p.PaymentID, p.PaymentRequestID)))
	case 1:
		id := rows[0].RequestID
		found, err := s.Operator.LookupRefund(ctx, apo.RefundKey{RefundRequestID: id})
		return LocatedRefund{found, payment + " has one refund, " + id}, s.Inquired(ctx, found.Answer, err, id, true)
	}
	return LocatedRefund{}, s.severalRefunds(w, rows, payment+" has several refunds")
}

// refundsOf are the refunds of a payment: those that it lists, the newest first, and
// before them those that the journal knows of alone.
func (s *Session) refundsOf(ctx context.Context, p apo.Payment) (rows []say.RefundRow, err error) {
	listed := map[string]bool{}
	for i := len(p.Transactions) - 1; i >= 0; i-- {
		t := p.Transactions[i]
		if t.Type != "REFUND" {
			continue
		}
		listed[t.RequestID] = true
		row := say.RefundRow{RequestID: t.RequestID, ID: t.ID, PaymentID: p.PaymentID, Amount: t.Amount, Status: t.Status}
		if at, err := apo.ParseTime(t.Time); err == nil {
			row.Time = at
		}
		rows = append(rows, row)
	}
	if s.Journal == nil {
		return rows, nil
	}
	list, err := s.Journal.Payment(ctx, s.Operator.Account.ClientID, apo.Numbers{PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID})
	if err != nil {
		return nil, Unread(ctx, err)
	}
	for _, r := range list {
		id := r.Numbers.RefundRequestID
		if r.Endpoint != "refund" || id == "" || listed[id] || r.Outcome == apo.NotSent {
			continue
		}
		listed[id] = true
		rows = append([]say.RefundRow{{RequestID: id, ID: r.Numbers.RefundID, PaymentID: p.PaymentID, Amount: r.Amount, Time: r.Time, Status: say.StateOf(r), Tone: say.RecordTone(r)}}, rows...)
	}
	return rows, nil
}

// severalRefunds ends a run that needed one refund: it lists them.
func (s *Session) severalRefunds(w Wanted, rows []say.RefundRow, why string) error {
	if err := say.Refunds(s.Printer(), rows); err != nil {
		return err
	}
	return s.Words().SeveralRefunds(w.Typed, why, rows)
}
