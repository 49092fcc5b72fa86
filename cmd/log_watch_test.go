package cmd

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func TestWatched(t *testing.T) {
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	record := func(endpoint string, state journal.State, answer string) journal.Record {
		exit := 0
		if state != journal.Answered && state != journal.Settled {
			exit = 6
		}
		return journal.Record{
			ID: 1, Endpoint: endpoint, Reads: endpoint == "inquiryPayment", Amount: apo.Amount{Currency: "SGD", Value: "4200"},
			Numbers: journal.Numbers{PaymentID: "p-1", PaymentRequestID: "order-17"},
			Ending:  journal.Ending{State: state, Exit: exit, Answer: []byte(answer)},
		}
	}
	ends := func(at string) string { return `{"authExpiryTime":"` + at + `"}` }
	paid := record("pay", journal.Answered, ends("2026-11-26T20:00:00Z"))
	automatic := paid
	automatic.Request = []byte(`{"paymentFactor":{"captureMode":"AUTOMATIC"}}`)
	for name, c := range map[string]struct {
		list []journal.Record // the newest first
		want string
	}{
		"ends today":                   {[]journal.Record{paid}, "authorized and not captured; the authorization ends 2026-11-26T20:00:00Z"},
		"ended":                        {[]journal.Record{record("pay", journal.Answered, ends("2026-11-26T07:00:00Z"))}, "authorized and never captured; the authorization ended 2026-11-26T07:00:00Z"},
		"ends next week":               {[]journal.Record{record("pay", journal.Answered, ends("2026-12-02T07:00:00Z"))}, ""},
		"captured by APO itself":       {[]journal.Record{automatic}, ""},
		"captured":                     {[]journal.Record{record("capture", journal.Answered, `{}`), paid}, ""},
		"captured, as an inquiry told": {[]journal.Record{record("capture", journal.Settled, `{}`), paid}, ""},
		"given up":                     {[]journal.Record{record("cancel", journal.Answered, `{}`), paid}, ""},
		"an inquiry knows the end":     {[]journal.Record{record("inquiryPayment", journal.Answered, ends("2026-11-26T10:00:00Z")), record("pay", journal.Settled, "")}, "authorized and not captured; the authorization ends 2026-11-26T10:00:00Z"},
		"a refund in process":          {[]journal.Record{record("refund", journal.Pending, `{}`)}, "its result is not known yet: "},
		"in doubt":                     {[]journal.Record{record("refund", journal.InDoubt, "")}, "in doubt; apo resume asks"},
		"begun by somebody who died":   {[]journal.Record{record("pay", journal.Begun, "")}, "in doubt; apo resume asks"},
		"an inquiry without an answer": {[]journal.Record{record("inquiryPayment", journal.InDoubt, "")}, ""},
	} {
		got := watched(c.list, now, 24*time.Hour, func(journal.Record) bool { return false })
		switch {
		case c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || got[0].Why != c.want):
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
	if got := watched([]journal.Record{record("pay", journal.Begun, "")}, now, time.Hour, func(journal.Record) bool { return true }); len(got) > 0 {
		t.Errorf("what is being sent at this moment is told: %+v", got)
	}
}
