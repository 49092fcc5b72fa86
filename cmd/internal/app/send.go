package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// Send confirms and sends a request that moves money, and tells what became of it.
func (s *Session) Send(ctx context.Context, r operate.Request, m SendFlags) error {
	_, err := s.SendOn(ctx, r, m)
	return err
}

// SendOn is Send for a command that goes on with what became of the request; its
// outcome is "" where nothing was to be sent.
func (s *Session) SendOn(ctx context.Context, r operate.Request, m SendFlags) (operate.Result, error) {
	result, err := s.send(ctx, r, m)
	var f *say.Failure
	if errors.As(err, &f) {
		f.About(r.ID().Value)
	}
	return result, err
}

func (s *Session) send(ctx context.Context, r operate.Request, m SendFlags) (result operate.Result, err error) {
	if err := say.Invalid("the request", apo.Placeholders(r.Body)); err != nil {
		return result, err
	}
	s.Recognise(ctx, apo.NumbersOf(r.Body).All()...)
	if m.DryRun {
		return result, s.Dry(r)
	}
	if err := s.confirm(&r, m); err != nil {
		return result, err
	}
	r.Again = m.again
	s.TellsOfPayment()
	result = s.sender(m).Send(ctx, r)
	s.IO.EndLive()
	return result, s.became(ctx, result, m)
}

// sender is the operator of one request, as patient as its flags say.
func (s *Session) sender(m SendFlags) *operate.Operator {
	sender := *s.Operator
	sender.Patience.Lost, sender.Patience.Pending = m.resolve, m.Wait
	sender.Watch = s.watch(m)
	return &sender
}

// sending is a request under way, for the case that apo has to end meanwhile.
type sending struct {
	words say.Words
	id    operate.Result // as far as it is known: its ID and amount
}

// broken is the end of a run that has to end while a request is under way: nobody
// knows what became of it.
func (u *sending) broken(problem string) *say.Failure {
	r := u.id
	r.Outcome, r.Cause = apo.InDoubt, errors.New(problem)
	return u.words.InDoubt(r)
}

// became writes the answer that says what the exit code says, and the words.
func (s *Session) became(ctx context.Context, r operate.Result, m SendFlags) error {
	own := r.Answer != nil && !r.Answer.Unsigned
	learnt := r.Evidence.Answer != nil && r.Evidence.Answer.Result.Status == "S"
	switch {
	case learnt && (r.Outcome == apo.Succeeded || !own || r.Answer.Result.Status == "U"):
		s.Printer().Show(r.Evidence.Answer.Raw)
	case own && (r.Outcome == apo.InDoubt || r.Outcome == apo.Different):
		if err := s.Printer().ShowUnclear("in doubt", r.Answer.Raw); err != nil {
			s.IO.Note(err.Error()) // what became of the request is told all the same
		}
	case own:
		s.Printer().Show(r.Answer.Raw)
	}
	w := s.Words()
	w.NamesID, w.PageEnds = m.named, s.Local != nil && !s.Local.PagesServed()
	opens := r.Endpoint.Name == "createPaymentSession" && m.Open
	serves := opens || r.Endpoint.Name == "createPaymentSession" && m.Wait > 0
	w.PageEnds = w.PageEnds && !serves // it is served until the buyer has paid
	verdict, failure := w.Outcome(r, s.caller())
	if failure == nil {
		s.IO.Say(*verdict)
		if opens {
			if r.Answer != nil && r.Paid == nil {
				s.OpenPage(r.Answer.Get("normalUrl"))
			}
		}
		return nil
	}
	if r.Waited && m.Wait > 0 {
		failure.Text += fmt.Sprintf("; still so after %s", m.Wait)
	}
	if failure.Kind == say.Signature && m.resolve == 0 {
		failure.Next = append(failure.Next, s.whyUntrusted(ctx, r.Lost)...)
	}
	return failure
}

// Dry shows a request instead of sending it.
func (s *Session) Dry(r operate.Request) error {
	s.Printer().Show(r.Body)
	s.IO.Note(fmt.Sprintf("dry run, nothing was sent: POST %s to %s", apo.SandboxPath(s.Operator.Client.ClientID, r.Endpoint.Path), s.Words().Where))
	return nil
}

// confirm makes sure that a request may be sent: on live somebody has to say how
// much moves.
func (s *Session) confirm(r *operate.Request, m SendFlags) error {
	what := r.Endpoint.Name
	refusal := s.Operator.Check(*r)
	if refusal != nil && refusal.Reason != operate.Unconfirmed {
		return s.Words().Refusal(refusal, what, operate.ID{})
	}
	if !s.Profile.Live() {
		if m.live {
			return Refused("--live was given, but profile %s is not live; %s was not sent", s.Profile.Name, what).
				Hint("choose the live profile with --profile, or leave --live out")
		}
		return nil
	}
	if !m.live {
		return Refused("profile %s is live; %s was not sent", s.Profile.Name, what).
			Hint("add --live if real money is meant to move")
	}
	wanted := s.Operator.Wanted(*r)
	if m.confirm != "" {
		if !confirms(m.confirm, wanted) {
			return Refused("--confirm %q is not %q; %s was not sent", m.confirm, wanted, what)
		}
		r.Confirmed = wanted
		return nil
	}
	if !s.IO.CanAsk() {
		return Refused("a live %s needs a confirmation and there is no terminal to ask on; nothing was sent", what).
			Hint("add --confirm %q", wanted)
	}
	typed, err := s.IO.Ask(fmt.Sprintf("LIVE  %s %s  profile %s  client %s\nType %q to go on: ", what, wanted, s.Profile.Name, s.Operator.Client.ClientID, wanted))
	if errors.Is(err, files.ErrInterrupted) {
		return say.Fail(say.Interrupted, "interrupted; %s was not sent", what)
	}
	if err != nil || !confirms(typed, wanted) {
		return Refused("not confirmed; %s was not sent", what)
	}
	r.Confirmed = wanted
	return nil
}

// confirms compares what was typed with what is meant: the same amounts, however
// they are written.
func confirms(typed, wanted string) bool {
	if typed == wanted {
		return true
	}
	have, want := strings.Split(typed, "+"), strings.Split(wanted, "+")
	if len(have) != len(want) {
		return false
	}
	for i := range have {
		a, err := apo.ParseAmount(strings.TrimSpace(have[i]), "")
		b, wrong := apo.ParseAmount(strings.TrimSpace(want[i]), "")
		if err != nil || wrong != nil || a != b {
			return false
		}
	}
	return true
}

// Refused is the end of a run that a guard, or a person, said no to: nothing was sent.
func Refused(format string, args ...any) *say.Failure { return say.Fail(say.Refused, format, args...) }
