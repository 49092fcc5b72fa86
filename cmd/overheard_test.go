package cmd

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

const overheardID = "20250101194010890100111600255676857"

// hearing is a journal to write calls into, whose senders have ended when an
// inquiry is heard.
type hearing struct {
	*testing.T
	journal *journal.SQLite
	file    string
}

func newHearing(t *testing.T) *hearing {
	h := &hearing{T: t, file: filepath.Join(t.TempDir(), "journal.db")}
	h.open()
	return h
}

func (h *hearing) open() {
	h.Helper()
	var err error
	if h.journal, err = journal.Open(h.file, time.Now); err != nil {
		h.Fatal(err)
	}
}

func (h *hearing) write(endpoint, request string, end journal.Ending) int64 {
	h.Helper()
	e, err := apo.FindEndpoint(endpoint)
	if err != nil {
		h.Fatal(err)
	}
	r, err := h.journal.Begin(context.Background(), journal.Record{Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: endpoint, Reads: e.Reads, Request: []byte(request)}, nil)
	if err == nil && end.State != journal.Begun {
		err = h.journal.End(context.Background(), r.ID, end)
	}
	if err != nil {
		h.Fatal(err)
	}
	return r.ID
}

func (h *hearing) capture(request string, end journal.Ending) int64 {
	h.Helper()
	return h.write("capture", `{"captureRequestId":"`+request+`","paymentId":"`+overheardID+`","captureAmount":{"currency":"SGD","value":"4200"}}`, end)
}

func (h *hearing) inquiry() int64 {
	h.Helper()
	return h.write("inquiryPayment", `{"paymentId":"`+overheardID+`"}`, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded})
}

// hear is the answer of an inquiry; alive is whether who sent the rest still is.
func (h *hearing) hear(inquiry int64, answer string, alive bool) {
	h.Helper()
	if !alive {
		h.journal.Close()
		h.open()
	}
	h.Cleanup(func() { h.journal.Close() })
	s := &session{
		deps: &deps{io: term.New(strings.NewReader(""), io.Discard, io.Discard), now: time.Now}, profile: &profile.Profile{},
		client: &apo.Client{ClientID: "SANDBOX_5Y"}, journal: h.journal, recorded: inquiry,
	}
	s.overheard(&apo.Answer{
		Result: apo.Result{Status: "S", Code: "SUCCESS"}, Endpoint: apo.Endpoint{Name: "inquiryPayment", Reads: true},
		Raw: []byte(`{"paymentId":"` + overheardID + `","paymentRequestId":"p-1","paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"4200"}` + answer + `}`),
	})
}

func (h *hearing) want(record int64, state journal.State, outcome apo.Outcome) {
	h.Helper()
	if r, err := h.journal.Get(context.Background(), record); err != nil || r.State != state || r.Outcome != outcome {
		h.Errorf("record %d is %s with %s, %v; want %s with %s", record, r.State, r.Outcome, err, state, outcome)
	}
}

// That a payment's books do not hold a capture says something of the captures
// that were sent before they were asked for, and nothing of later ones.
func TestAnInquiryTellsOfWhatWasBeforeIt(t *testing.T) {
	refused := journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Result: apo.Result{Status: "F", Code: "ORDER_STATUS_INVALID"}, Verification: "verified"}
	h := newHearing(t)
	before := h.capture("c-1", refused)
	inquiry := h.inquiry()
	after := h.capture("c-2", refused)
	h.hear(inquiry, "", false)
	h.want(before, journal.Resolved, apo.Declined)
	h.want(after, journal.InDoubt, apo.InDoubt)
}

// An answer that nothing vouches for says nothing, whatever it says: the books
// that do not hold the capture are no reason to call it refused.
func TestAnUnsignedRefusalIsNoReason(t *testing.T) {
	h := newHearing(t)
	capture := h.capture("c-1", journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Result: apo.Result{Status: "F", Code: "ORDER_STATUS_INVALID"}, Verification: "unsigned"})
	h.hear(h.inquiry(), "", false)
	h.want(capture, journal.InDoubt, apo.InDoubt)
}

// What an inquiry happens to tell, call by call.
func TestOverheard(t *testing.T) {
	const done = `,"transactions":[{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"c-1","transactionAmount":{"currency":"SGD","value":"%s"}}]`
	taken, other := strings.Replace(done, "%s", "4200", 1), strings.Replace(done, "%s", "42", 1)
	doubt, declined := journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, journal.Ending{State: journal.Answered, Outcome: apo.Declined}
	for name, c := range map[string]struct {
		end    journal.Ending
		answer string
		alive  bool
		state  journal.State
		want   apo.Outcome
	}{
		"in doubt, and done":               {doubt, taken, false, journal.Resolved, apo.Succeeded},
		"begun, and done":                  {journal.Ending{State: journal.Begun}, taken, false, journal.Resolved, apo.Succeeded},
		"in doubt, and of another amount":  {doubt, other, false, journal.InDoubt, apo.InDoubt},
		"in doubt, and not there":          {doubt, "", false, journal.InDoubt, apo.InDoubt},
		"in doubt, and its sender asks":    {doubt, taken, true, journal.InDoubt, apo.InDoubt},
		"declined, and done":               {declined, taken, false, journal.Resolved, apo.Succeeded},
		"declined, and not there":          {declined, "", false, journal.Answered, apo.Declined},
		"declined, and of another amount":  {declined, other, false, journal.Answered, apo.Declined},
		"unreachable, and done by another": {journal.Ending{State: journal.Answered, Outcome: apo.NotSent}, taken, false, journal.Answered, apo.NotSent},
		"done, and not there":              {journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}, "", false, journal.Answered, apo.Succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHearing(t)
			capture := h.capture("c-1", c.end)
			h.hear(h.inquiry(), c.answer, c.alive)
			h.want(capture, c.state, c.want)
		})
	}
	t.Run("declined, and done when it was sent again", func(t *testing.T) {
		h := newHearing(t)
		first, second := h.capture("c-1", declined), h.capture("c-1", journal.Ending{State: journal.Answered, Outcome: apo.Succeeded})
		h.hear(h.inquiry(), taken, false)
		h.want(first, journal.Answered, apo.Declined)
		h.want(second, journal.Answered, apo.Succeeded)
	})
	t.Run("declined, and in doubt when it was sent again", func(t *testing.T) {
		h := newHearing(t)
		first, second, third := h.capture("c-1", declined), h.capture("c-1", journal.Ending{State: journal.Begun}), h.capture("c-1", doubt)
		h.hear(h.inquiry(), taken, false)
		h.want(first, journal.Resolved, apo.Succeeded) // which of them did it nobody knows
		h.want(second, journal.Resolved, apo.Succeeded)
		h.want(third, journal.Resolved, apo.Succeeded)
	})
	t.Run("never arrived, and done", func(t *testing.T) {
		h := newHearing(t)
		capture := h.capture("c-1", doubt)
		if err := h.journal.Resolve(context.Background(), capture, journal.Resolution{Outcome: apo.NeverArrived}); err != nil {
			t.Fatal(err)
		}
		h.hear(h.inquiry(), taken, false)
		h.want(capture, journal.Resolved, apo.Succeeded)
	})
}
