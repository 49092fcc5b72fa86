package operate

import (
	"cmp"
	"context"
	"errors"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// call is a request that is written down and claimed.
type call struct {
	operator *Operator
	request  request
	record   journal.Record // zero where no journal is kept
	repeated bool           // an earlier try of this request may have taken effect
	unsent   bool           // not one byte of this try was written
	arrived  bool           // the gateway knew of an earlier try
	past     past
	masker   apo.Masker
}

// end writes down how the call ended. That it cannot be written changes nothing
// about what happened: the record stays open, and is resolved later.
func (c *call) end(e journal.Ending) {
	if c.record.ID == 0 {
		return
	}
	e.Answer = c.masker.JSON(e.Answer)
	e.Note, e.Result.Code, e.Result.Message = c.masker.Text(e.Note), c.masker.Text(e.Result.Code), c.masker.Text(e.Result.Message)
	// What happened is written down even where the caller has given up.
	if err := c.operator.Journal.End(context.Background(), c.record.ID, e); err != nil {
		c.operator.tell(Event{Stage: Unrecorded, Err: err})
	}
}

func (c *call) release() {
	if c.record.ID != 0 {
		c.operator.release(c.record)
	}
}

// survive turns a fault of the program's own, met while the request was under
// way, into what it is: nobody knows what became of it. The record stays open.
func (c *call) survive(result *Result) {
	if fault := recover(); fault != nil {
		result.Outcome, result.Cause = apo.InDoubt, ErrFault
	}
}

// ErrFault is a fault of the program's own while a request was under way. What it
// was is not told: it could hold anything.
var ErrFault = errors.New("a fault of the program's own while the request was under way")

// endingOf is what the record says of a call that was answered.
func endingOf(a *apo.Answer, said reading) journal.Ending {
	end := journal.Ending{
		State: cmp.Or(journal.OpenAs(said.outcome), journal.Answered), Outcome: said.outcome, Result: a.Result, Answer: a.Raw, Timing: a.Timing, GatewayTime: a.GatewayTime, Verification: "verified",
	}
	if a.Unsigned {
		end.Verification, end.Answer = "unsigned", nil
	}
	switch {
	case said.outcome == "":
		end.Outcome, end.Note = apo.InDoubt, said.problem
		if said.confirm {
			end.Note = unconfirmed
		}
	case said.outcome == apo.Unrecognised && a.Unsigned:
		end.State = journal.InDoubt // it proves nothing of this request
	}
	return end
}

// lostEnding is what the record says of a call without a usable answer.
func lostEnding(err error) journal.Ending {
	end := journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Note: err.Error()}
	var failed *apo.Error
	if !errors.As(err, &failed) {
		end.State, end.Outcome = journal.Answered, apo.NotSent
		return end
	}
	end.Timing, end.Note = failed.Timing, failed.Problem
	switch failed.Kind {
	case apo.Unreachable, apo.Interrupted:
		end.State, end.Outcome = journal.Answered, apo.NotSent
		end.Note += "; nothing was sent"
	case apo.Untrusted:
		end.Verification = "untrusted"
	}
	return end
}

// read calls an API that moves nothing, and keeps a record of it.
func (o *Operator) read(ctx context.Context, e apo.Endpoint, body []byte) (*apo.Answer, int64, error) {
	q := readRequest(e, body, o.now())
	c := &call{operator: o, request: q, masker: o.masker(body)}
	entry := c.entry()
	if q.hasSecretNumber(entry.Request) {
		return nil, 0, &Refusal{Reason: SecretNumber}
	}
	if o.Journal != nil {
		var err error
		if c.record, err = o.Journal.Begin(ctx, entry, nil); err != nil {
			return nil, 0, &Refusal{Reason: Unwritten, Err: err}
		}
		defer c.release() // a fault must not keep it claimed
	}
	a, err := o.Client.Call(ctx, e, body)
	var end journal.Ending
	if a == nil {
		end = lostEnding(err)
	} else {
		end = endingOf(a, reading{outcome: inquiryOutcome(a)})
	}
	end.State = journal.Answered // an inquiry leaves nothing open
	c.end(end)
	return a, c.record.ID, err
}

// entry is the record that begins a call.
func (c *call) entry() journal.Record {
	return journal.Record{
		Account: c.operator.Account, Gateway: c.operator.Gateway,
		Endpoint: c.request.endpoint.Name, Reads: c.request.endpoint.Reads, Amount: c.request.amount, Card: c.request.card,
		Numbers: c.request.ofPayment(),
		Request: c.masker.JSON(c.request.body),
	}
}

// masker hides what a request holds and what is known beforehand.
func (o *Operator) masker(body []byte) apo.Masker {
	m := o.Masker
	if m.Known == nil {
		m.Known = new(apo.Known)
	}
	m.Known.Learn(body)
	return m
}
