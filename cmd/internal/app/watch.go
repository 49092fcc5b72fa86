package app

import (
	"context"
	"fmt"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// watch tells a person what happens with a request of these flags while it is under way.
func (s *Session) watch(m SendFlags) func(operate.Event) {
	return func(e operate.Event) {
		switch e.Stage {
		case operate.Announced:
			s.Run.sending.Store(&sending{s.Words(), e.Result})
			s.announce(e.Result.ID)
		case operate.AskFirst:
			s.IO.Note(fmt.Sprintf("%s %s, record %d, is open; asking what became of it before anything is sent", e.Record.Endpoint, e.Record.Number(), e.Record.ID))
		case operate.Differs:
			s.IO.Warn(fmt.Sprintf("%s differs from the earlier try under this ID (record %d); it is sent all the same", e.Field, e.Record.ID))
		case operate.Lost:
			s.lost(e.Result, m.resolve)
		case operate.Waiting:
			s.waiting(e.Result, m)
		case operate.Asking:
			s.IO.Waiting(say.Asking(e), e.Waited)
		default:
			s.WatchRecords(e)
		}
	}
}

// WatchRecords tells what the journal has to say where nothing is sent.
func (d *Run) WatchRecords(e operate.Event) {
	switch e.Stage {
	case operate.Reconciled:
		d.IO.Warn(fmt.Sprintf("%s %s (record %d) is done, although it came to: %s", e.Record.Endpoint, e.Record.Number(), e.Record.ID, say.StateOf(*e.Record)))
	case operate.Doubted:
		d.IO.Warn(fmt.Sprintf("%s %s (record %d) is in doubt, although it came to: %s; its verified messages contradict each other, and apo resume asks", e.Record.Endpoint, e.Record.Number(), e.Record.ID, say.StateOf(*e.Record)))
	case operate.Unrecorded:
		d.IO.Warn(e.Err.Error() + "; the record of this call stays open, and apo resume will ask what became of it")
	}
}

// announce prints the request ID before anything is sent, so that whatever
// happens next the request can be asked for, or repeated as the same.
func (s *Session) announce(id operate.ID) {
	switch {
	case id.Value == "":
	case s.IO.Quiet:
	case s.IO.TalksJSON:
		s.IO.SayJSON([]byte(fmt.Sprintf("{%q:%q}", id.Name, id.Value)))
	default:
		s.IO.Note(id.Name + " " + id.Value)
	}
}

// lost says that no usable answer came, where somebody has to wait for what is
// learnt otherwise.
func (s *Session) lost(r operate.Result, resolve time.Duration) {
	if r.Lost == nil || resolve == 0 {
		return
	}
	if r.Lost.Kind == apo.Untrusted {
		s.IO.Warn(r.Lost.Error())
		for _, line := range s.whyUntrusted(context.Background(), r.Lost) {
			s.IO.Hint(line)
		}
	} else {
		s.IO.Note(r.Lost.Error() + "; asking what became of it")
	}
}

// waiting opens the page of a payment that is pending, if asked to, and says what
// is waited for.
func (s *Session) waiting(r operate.Result, m SendFlags) {
	if m.Open { // pay and vault card alone have the flag
		s.OpenPage(apo.ReadPayment(r.Answer).NormalURL)
	}
	if m.Wait > 0 { // the buyer's turn comes while apo waits
		s.IO.Say(*s.Words().Pending(r).Verdict)
	}
}
