package cmd

import (
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

// That a payment's books do not hold a capture says something of the captures
// that were sent before they were asked for, and nothing of later ones.
func TestAnInquiryTellsOfWhatWasBeforeIt(t *testing.T) {
	const id = "20250101194010890100111600255676857"
	file := filepath.Join(t.TempDir(), "journal.db")
	j, err := journal.Open(file, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	write := func(endpoint, request string, end journal.Ending) int64 {
		e, err := apo.FindEndpoint(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		r, err := j.Begin(journal.Record{ClientID: "SANDBOX_5Y", Endpoint: endpoint, Reads: e.Reads, Request: []byte(request)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.End(r.ID, end); err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	refused := journal.Ending{State: journal.InDoubt, Exit: 6, Result: apo.Result{Status: "F", Code: "ORDER_STATUS_INVALID"}, Verification: "verified"}
	capture := func(request string) int64 {
		return write("capture", `{"captureRequestId":"`+request+`","paymentId":"`+id+`","captureAmount":{"currency":"SGD","value":"4200"}}`, refused)
	}
	before := capture("c-1")
	inquiry := write("inquiryPayment", `{"paymentId":"`+id+`"}`, journal.Ending{State: journal.Answered})
	after := capture("c-2")
	j.Close() // who sent them ends
	if j, err = journal.Open(file, time.Now); err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s := &session{
		deps: &deps{io: term.New(strings.NewReader(""), io.Discard, io.Discard), now: time.Now}, profile: &profile.Profile{},
		client: &apo.Client{ClientID: "SANDBOX_5Y"}, journal: j, recorded: inquiry,
	}
	s.overheard(&apo.Answer{
		Result: apo.Result{Status: "S", Code: "SUCCESS"}, Endpoint: apo.Endpoint{Name: "inquiryPayment", Reads: true},
		Raw: []byte(`{"paymentId":"` + id + `","paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"4200"}}`),
	})
	for record, want := range map[int64]journal.State{before: journal.Settled, after: journal.InDoubt} {
		if r, err := j.Get(record); err != nil || r.State != want {
			t.Errorf("record %d is %s, %v; want %s", record, r.State, err, want)
		}
	}
}
