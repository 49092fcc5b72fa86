package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// Located is a payment as the gateway tells it, and how it was found: "order A-1017 is
// payment 2026…", "" where it was by its own ID.
type Located struct {
	operate.Found
	How string
}

// Find finds a payment by whichever number of it was given, in the journal and at the
// gateway. What it found is verified and about that payment, or the error says why
// there is none.
func (s *Session) Find(ctx context.Context, arg PaymentFlags) (Located, error) {
	return s.locate(ctx, arg, false)
}

// locate is Find; where it must be sure, a number has to lead to one payment for
// certain: whole, as it is written, and with the gateway not knowing another by it.
func (s *Session) locate(ctx context.Context, arg PaymentFlags, sure bool) (Located, error) {
	if err := s.resolveLast(&arg); err != nil {
		return Located{}, err
	}
	if arg.any == "" {
		found, err := s.inquire(ctx, arg.String(), arg.keys())
		return found, s.otherFlag(ctx, arg, err)
	}
	w, err := s.Wanted(arg.any, arg.Search)
	if err != nil {
		return Located{}, err
	}
	w.sure = sure
	if w, err = s.Understand(ctx, s.Journal, w); err != nil {
		return Located{}, err
	}
	if sure && w.pasted.LastFour != "" {
		return Located{}, cmp.Or(s.ofCard(ctx, w), s.nowhere(w))
	}
	matches, err := s.ownMatches(ctx, w)
	if err != nil {
		return Located{}, err
	}
	if !sure {
		s.NoteGuess(w)
	} else {
		if err := s.unlessGuessed(ctx, s.Journal, w, matches); err != nil {
			return Located{}, err
		}
	}
	exactly := len(matches) > 0 && matches[0].Way == journal.Exactly
	own := -1
	if exactly {
		own = slices.IndexFunc(matches, journal.Match.Own)
	}
	if sure && exactly && matches[0].Mixed {
		return Located{}, s.Words().Mixed(w.Named())
	}
	if own >= 0 && (!sure || len(matches) == 1) {
		found, err := s.inquire(ctx, matches[own].Number, keysOf(matches[own]))
		if err == nil && len(matches) > 1 {
			s.IO.Note(w.Named() + " is a number of another payment too: " + s.Words().Command("find", w.Named()))
		}
		return found.of(matches[own]), err
	}
	if sure && len(matches) == 0 {
		if err := s.ofCard(ctx, w); err != nil {
			return Located{}, err
		}
	}
	if own < 0 && (!exactly && w.MayBeWhole() || exactly && sure) && !(sure && w.ofOtherKind()) {
		found, err := s.askGateway(ctx, w, matches)
		err = s.besides(ctx, s.Journal, w, err)
		if err == nil && found.Answer != nil && !w.fitsPayment(found.Payment) {
			return Located{}, s.Nothing(w)
		}
		if found.Answer != nil || err != nil {
			return found, err
		}
	}
	switch {
	case len(matches) == 0:
		return Located{}, s.besides(ctx, s.Journal, w, s.nowhere(w))
	case len(matches) > 1 || sure && !exactly:
		return Located{}, s.Several(ctx, s.Words(), s.Journal, w, matches)
	}
	key := apo.PaymentKey{PaymentID: matches[0].Payment.PaymentID}
	if key.PaymentID == "" {
		key.PaymentRequestID = matches[0].Payment.PaymentRequestID
	}
	found, err := s.inquire(ctx, cmp.Or(key.PaymentID, key.PaymentRequestID), []apo.PaymentKey{key})
	found.How = s.Words().LedTo(w.Named(), matches[0])
	var f *say.Failure
	if errors.As(err, &f) && found.How != "" {
		f.Hint("%s", found.How)
	}
	return found.of(matches[0]), err
}

// ofCard refuses, for what moves money, the last four digits of a card, and lists the
// payments of such cards that this run could be about; nil where there are none.
func (s *Session) ofCard(ctx context.Context, w Wanted) error {
	if s.Journal == nil || w.pasted.LastFour == "" && say.LastFourAlone(w.Number) == "" {
		return nil
	}
	w.pasted.LastFour = cmp.Or(w.pasted.LastFour, w.Number)
	paid, err := s.paidWith(ctx, s.Journal, w, s.isOwn)
	if err != nil || len(paid) == 0 {
		return err
	}
	err = s.Several(ctx, s.Words(), s.Journal, w, journal.OfCard(paid))
	var f *say.Failure
	if errors.As(err, &f) && w.Number != "" {
		f.Hint("if it is a request ID of yours: --payment-request-id %s", w.Number)
	}
	return err
}

// otherFlag says so where an ID was not found under the flag that it was given by, and
// the journal has it as the other ID of a payment.
func (s *Session) otherFlag(ctx context.Context, arg PaymentFlags, err error) error {
	var f *say.Failure
	if !errors.As(err, &f) || f.Kind != say.NotFound {
		return err
	}
	asID := s.knows(ctx, arg.String(), func(n apo.Numbers) bool { return n.PaymentID == arg.String() })
	asRequest := s.knows(ctx, arg.String(), func(n apo.Numbers) bool { return n.PaymentRequestID == arg.String() })
	switch {
	case arg.PaymentID != "" && asRequest && !asID:
		f.Next = []string{s.Words().OtherFlag(arg.PaymentID, "--payment-id", "--payment-request-id")}
	case arg.RequestID != "" && asID && !asRequest:
		f.Next = []string{s.Words().OtherFlag(arg.RequestID, "--payment-request-id", "--payment-id")}
	}
	return err
}

// knows reports whether the journal proves of a number that it is one of a kind, of what
// this run can ask about.
func (s *Session) knows(ctx context.Context, number string, as func(apo.Numbers) bool) bool {
	if s.Journal == nil {
		return false
	}
	list, err := s.carrying(ctx, s.Journal, journal.Key{Number: number})
	return err == nil && slices.ContainsFunc(list, func(r journal.Record) bool { return s.isOwn(r) && r.Tells() && as(r.Numbers) })
}

// of holds a payment against that of the journal that was asked for.
func (l Located) of(m journal.Match) Located {
	told := journal.PaymentID{PaymentID: l.Payment.PaymentID, PaymentRequestID: l.Payment.PaymentRequestID}
	if l.Answer != nil && l.Other == "" && m.Payment.Contradicts(told) {
		l.Other = "the inquiry names another payment"
	}
	l.Problem = cmp.Or(l.Problem, l.Other)
	return l
}

// inquire asks for a payment by its own IDs.
func (s *Session) inquire(ctx context.Context, id string, keys []apo.PaymentKey) (Located, error) {
	s.Recognise(ctx, id)
	found, err := s.Operator.Lookup(ctx, keys...)
	return Located{Found: found}, s.Inquired(ctx, found.Answer, err, id, false)
}

// ownMatches are the payments that may be meant of those that this run can ask about.
func (s *Session) ownMatches(ctx context.Context, w Wanted) ([]journal.Match, error) {
	if s.Journal == nil {
		return nil, s.Unclear(w)
	}
	return s.Matches(ctx, s.Journal, w, s.isOwn)
}

// isOwn reports whether a record is of this run's client ID at this run's gateway, as
// far as that is known: sandboxes share a client ID.
func (s *Session) isOwn(r journal.Record) bool {
	here := s.Operator.Gateway
	return r.ClientID == s.Operator.Account.ClientID && (r.Gateway == here || r.Gateway == "" || here == "")
}

// MayBeWhole reports whether the gateway may know what was given as an ID.
func (w Wanted) MayBeWhole() bool {
	return w.unclear == nil && w.Number != Last && !w.pasted.Cut && w.lastFour() == "" && apo.CheckRequestID(w.Number) == ""
}

// ofOtherKind reports whether a label names a number that the gateway knows no payment by.
func (w Wanted) ofOtherKind() bool {
	return !slices.Contains([]string{"", "paymentId", "paymentRequestId", "requestId"}, w.pasted.Name)
}

// keys are the questions for a payment by a number, as far as its label says which ID it is.
func (w Wanted) keys() []apo.PaymentKey {
	switch w.pasted.Name {
	case "paymentId":
		return PaymentFlags{PaymentID: w.Number}.keys()
	case "paymentRequestId", "requestId":
		return PaymentFlags{RequestID: w.Number}.keys()
	}
	return PaymentFlags{any: w.Number}.keys()
}

// askGateway asks whether a number is a payment's own ID that the journal does not know
// as one. Without an answer and an error it is none, and the journal has others.
func (s *Session) askGateway(ctx context.Context, w Wanted, matches []journal.Match) (Located, error) {
	if !w.MayBeWhole() {
		return Located{}, nil
	}
	s.Recognise(ctx, w.Number)
	found, err := s.Operator.Lookup(ctx, w.keys()...)
	if errors.Is(err, operate.ErrNotFound) && len(matches) > 0 {
		return Located{}, nil
	}
	if err != nil {
		return Located{Found: found}, s.Inquired(ctx, found.Answer, err, w.Number, false)
	}
	if len(matches) > 0 && matches[0].Way == journal.Exactly {
		p := found.Payment
		own := journal.Match{Number: w.Number, Payment: journal.PaymentID{
			ClientID: s.Operator.Account.ClientID, PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID,
		}}
		if len(matches) > 1 || !own.Payment.Same(matches[0].Payment) {
			return Located{}, s.Several(ctx, s.Words(), s.Journal, w, append([]journal.Match{own}, matches...))
		}
	}
	return Located{Found: found}, nil
}

// nowhere says that nothing has a number that the gateway cannot know.
func (s *Session) nowhere(w Wanted) error {
	if problem := apo.CheckRequestID(w.Number); problem != "" && w.lastFour() == "" {
		return say.Fail(say.Usage, "the ID %q %s", w.Number, problem)
	}
	if s.Journal == nil {
		return say.Fail(say.Usage, "%s is found in the journal alone, and none is kept", w.Named())
	}
	return s.Nothing(w)
}

// Nothing says that the journal has nothing of what is wanted.
func (d *Run) Nothing(w Wanted) *say.Failure {
	what := "the number " + w.Named()
	switch {
	case w.pasted.Cut:
		what = "a number that begins with " + w.Number
	case w.lastFour() != "":
		what = "a payment with a card that ends " + w.lastFour()
	}
	switch {
	case !w.amount.IsZero() && !w.since.IsZero():
		what += ", of that amount and day"
	case !w.amount.IsZero():
		what += ", of that amount"
	case !w.since.IsZero():
		what += ", of that day"
	}
	return say.Fail(say.NotFound, "nothing in the journal%s has %s", d.OfWhichProfile(), what)
}

// keysOf are the questions for a payment whose own ID a number is.
func keysOf(m journal.Match) []apo.PaymentKey {
	if m.Number == m.Payment.PaymentID {
		return []apo.PaymentKey{{PaymentID: m.Number}}
	}
	return []apo.PaymentKey{{PaymentRequestID: m.Number}}
}
