package cmd

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// journalFile is where the record of all calls is kept.
func journalFile(paths profile.Paths) string { return filepath.Join(paths.State, "journal.db") }

// openJournal opens the record of what is sent, or says what is lost without
// one.
func (s *session) openJournal(paths profile.Paths) error {
	off := s.global.noJournal
	switch value, _ := s.lookup("APO_JOURNAL"); value {
	case "", "on":
	case "off":
		off = true
	default:
		return say.Fail(say.Config, "APO_JOURNAL=%s is neither on nor off", value)
	}
	if off && s.profile.Live() {
		return refused("profile %s is live, where nothing is sent without a record; leave out --no-journal and APO_JOURNAL=off", s.profile.Name)
	}
	if off {
		s.io.Note("no journal: this call cannot be found again, and apo resume will not settle it")
		return nil
	}
	j, err := journal.Open(journalFile(paths), s.now)
	if err != nil {
		return say.Fail(say.Config, "%v; nothing was sent", err).Hint("apo keeps a record of what it sends, so that no payment is lost; --no-journal goes on without one, except on live")
	}
	j.Masker = s.io.Masker
	s.journal = j
	s.cleanup = append(s.cleanup, j.Leave)
	s.client.Record = s.record
	s.remind(j)
	return nil
}

// record writes a call down before it is sent, and what it came to. It marks the
// answer to a request that an earlier run has sent, too: a refusal may be of the
// second time alone, and then says nothing of the first.
func (s *session) record(e apo.Endpoint, body []byte) (func(*apo.Answer, error), error) {
	op, card := s.operationOf(e, body, s.now()), cardOf(body)
	var allow func([]journal.Record) error
	repeated := false
	if !e.Reads {
		allow = func(earlier []journal.Record) error {
			repeated = slices.ContainsFunc(earlier, op.repeats)
			return s.repetition(op, card, s.again, earlier)
		}
	}
	r, err := s.journal.Begin(journal.Record{
		Profile: s.profile.Name, Mode: s.profile.Mode(), ClientID: s.client.ClientID, Endpoint: e.Name, Reads: e.Reads,
		Amount: op.amount, Card: card, Request: body,
	}, allow)
	var f *say.Failure
	if errors.As(err, &f) {
		return nil, f
	}
	if errors.Is(err, journal.ErrSecretNumber) {
		return nil, say.Fail(say.Usage, "%v; nothing was sent", err)
	}
	if err != nil {
		return nil, say.Fail(say.Config, "%v; nothing was sent", err)
	}
	s.recorded = r.ID
	return func(answer *apo.Answer, err error) {
		if answer != nil {
			answer.Repeated = answer.Repeated || repeated
		}
		if err := s.journal.End(r.ID, endingOf(e, answer, err)); err != nil {
			s.io.Warn(err.Error() + "; the record of this call stays open, and apo resume will ask what became of it")
		}
	}, nil
}

// cardOf tells a card from another by its brand and its last four digits,
// which is all of it that is kept.
func cardOf(body []byte) string {
	number := gjson.GetBytes(body, "paymentMethod.paymentMethodMetaData.cardNo").String()
	if len(number) < 8 {
		return ""
	}
	return strings.TrimSpace(apo.Brand(number) + " " + number[len(number)-4:])
}

// endingOf says what a call came to.
func endingOf(e apo.Endpoint, answer *apo.Answer, err error) journal.Ending {
	if answer == nil {
		return lost(e, err)
	}
	end := journal.Ending{State: journal.Answered, Result: answer.Result, Answer: answer.Raw, Timing: answer.Timing, Verification: "verified"}
	if answer.Unsigned {
		end.Verification, end.Answer = "unsigned", nil
	}
	switch answer.Outcome() {
	case apo.Succeeded:
	case apo.Pending:
		end.State, end.Exit = journal.Pending, exitOf(say.Pending)
	case apo.Declined:
		end.Exit = exitOf(say.Declined)
	case apo.InDoubt:
		end.State, end.Exit = journal.InDoubt, exitOf(say.InDoubt)
		end.Note = "the answer does not say whether money moved"
	case apo.Unrecognised:
		end.Exit = exitOf(say.Unrecognised)
	default:
		end.Exit = exitOf(say.Error)
	}
	if e.Reads {
		end.State = journal.Answered // an inquiry leaves nothing open
	}
	return end
}

// lost says what a call without a usable answer came to.
func lost(e apo.Endpoint, err error) journal.Ending {
	end := journal.Ending{State: journal.InDoubt, Exit: exitOf(say.InDoubt), Note: err.Error()}
	var failed *apo.Error
	if errors.As(err, &failed) {
		end.Timing, end.Note = failed.Timing, failed.Problem
		switch failed.Kind {
		case apo.Unreachable:
			end.State, end.Exit = journal.Answered, exitOf(say.Unreachable)
			end.Note += "; nothing was sent"
		case apo.Interrupted:
			end.State, end.Exit = journal.Answered, exitOf(say.Interrupted)
			end.Note += "; nothing was sent"
		case apo.Untrusted:
			end.Verification, end.Exit = "untrusted", exitOf(say.Signature)
		}
	}
	if e.Reads {
		end.State = journal.Answered
	}
	return end
}

// recordedAs is the operation of a record. Of its answer only what verified
// counts.
func (s *session) recordedAs(r journal.Record) (operation, error) {
	e, err := apo.FindEndpoint(r.Endpoint)
	if err != nil {
		return operation{}, err
	}
	op := s.operationOf(e, r.Request, r.Time)
	op.record = r.ID
	if r.Verification == "verified" {
		op.arrived, op.code = r.Result.Status == "U", r.Result.Code
	}
	if r.State == journal.Pending { // an inquiry has found it
		op.arrived = true
	}
	return op, nil
}

// settled writes down what an inquiry told of a call, and which one.
func (s *session) settled(record int64, what string, exit int) {
	if s.journal == nil || record == 0 {
		return
	}
	if err := s.journal.Settle(record, what, s.recorded, exit); err != nil {
		s.io.Warn(err.Error())
	}
}

// mark writes down that a call that was in doubt is known to be open otherwise.
func (s *session) mark(record int64, state journal.State, k say.Kind, note string) {
	if s.journal == nil || record == 0 {
		return
	}
	if err := s.journal.Mark(record, state, exitOf(k), note); err != nil {
		s.io.Warn(err.Error())
	}
}

// remind says in one line what has been in doubt for over a minute.
func (d *deps) remind(j *journal.Journal) {
	if d.global.quiet || d.noReminder {
		return
	}
	list, err := j.List(journal.Filter{Open: true, Moving: true, Before: d.now().Add(-time.Minute), Limit: 100})
	if err != nil {
		return
	}
	count, which := 0, ""
	for _, r := range list {
		if r.State != journal.Pending && !j.Alive(r) {
			count++
			which = r.Endpoint + " " + mainNumber(r)
		}
	}
	switch {
	case count == 1:
		d.io.Hint("in doubt since an earlier run: " + which + "; " + d.words().Command("resume") + " asks what became of it")
	case count > 1:
		d.io.Hint(strconv.Itoa(count) + " calls in doubt since earlier runs; " + d.words().Command("resume") + " asks what became of them")
	}
}

// mainNumber is the number by which a call is spoken of: its own request ID.
func mainNumber(r journal.Record) string {
	n := r.Numbers
	switch r.Endpoint {
	case "capture":
		return first(n.CaptureRequestID, n.PaymentID)
	case "refund", "inquiryRefund":
		return first(n.RefundRequestID, n.RefundID)
	case "cancel":
		return first(n.PaymentID, n.PaymentRequestID)
	}
	return first(n.PaymentRequestID, n.PaymentID)
}
