package journal_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// call is one that a journal tells of: its endpoint, its request, and how it
// ended; without a state it is still begun.
type call struct {
	endpoint, request string
	state             journal.State
	answer            string
	resolved          bool // in the end, by the last call
}

// write writes calls down, the oldest first.
func write(t *testing.T, j *journal.SQLite, calls []call) {
	t.Helper()
	var last int64
	var lost []int64
	for _, c := range calls {
		r, err := j.Begin(t.Context(), journal.Record{
			Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: c.endpoint, Reads: c.endpoint == "inquiryPayment",
			Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Request: []byte(c.request),
		}, nil)
		if err == nil && c.state != "" {
			outcome := apo.Succeeded
			if c.state != journal.Answered {
				outcome = apo.InDoubt
			}
			err = j.End(t.Context(), r.ID, journal.Ending{State: c.state, Outcome: outcome, Answer: []byte(c.answer)})
		}
		if err != nil {
			t.Fatal(err)
		}
		if last = r.ID; c.resolved {
			lost = append(lost, r.ID)
		}
	}
	for _, id := range lost {
		if err := j.Resolve(t.Context(), id, journal.Resolution{Outcome: apo.Succeeded, By: last}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAlerts(t *testing.T) {
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	const (
		order, payment, of = `{"paymentRequestId":"order-17"}`, `{"paymentId":"p-1"}`, `{"captureRequestId":"c-1","paymentId":"p-1"}`
	)
	ends := func(at string) string {
		return `{"paymentRequestId":"order-17","paymentId":"p-1","authExpiryTime":"` + at + `"}`
	}
	paid := call{"pay", order, journal.Answered, ends("2026-11-26T12:00:00-08:00"), false}
	for name, c := range map[string]struct {
		calls []call // the oldest first
		want  journal.AlertKind
	}{
		"ends today":             {[]call{paid}, journal.AuthorizationEnds},
		"ended":                  {[]call{{"pay", order, journal.Answered, ends("2026-11-26T07:00:00Z"), false}}, journal.AuthorizationEnded},
		"ended long ago":         {[]call{{"pay", order, journal.Answered, ends("2026-11-18T07:00:00Z"), false}}, ""},
		"ends next week":         {[]call{{"pay", order, journal.Answered, ends("2026-12-02T07:00:00Z"), false}}, ""},
		"ends nobody knows when": {[]call{{"pay", order, journal.Answered, payment, false}}, ""},
		"in doubt, with an end":  {[]call{{"pay", order, journal.InDoubt, ends("2026-11-26T20:00:00Z"), false}}, journal.Unknown},
		"captured by APO itself": {[]call{
			{"pay", `{"paymentRequestId":"order-17","paymentFactor":{"captureMode":"AUTOMATIC"}}`, journal.Answered, ends("2026-11-26T20:00:00Z"), false},
			{"inquiryPayment", order, journal.Answered, ends("2026-11-26T20:00:00Z"), false},
		}, ""},
		"captured":                      {[]call{paid, {"capture", of, journal.Answered, `{}`, false}}, ""},
		"captured, as an inquiry told":  {[]call{paid, {"capture", of, journal.InDoubt, ``, true}, {"inquiryPayment", payment, journal.Answered, ends("2026-11-26T20:00:00Z"), false}}, ""},
		"captured, and asked for again": {[]call{paid, {"capture", of, journal.Answered, `{}`, false}, {"inquiryPayment", payment, journal.Answered, ends("2026-11-26T20:00:00Z"), false}}, ""},
		"given up":                      {[]call{paid, {"cancel", payment, journal.Answered, `{}`, false}}, ""},
		"given up by the request's ID":  {[]call{paid, {"cancel", order, journal.Answered, `{}`, false}}, ""},
		"another payment was captured":  {[]call{paid, {"capture", `{"captureRequestId":"c-2","paymentId":"p-2"}`, journal.Answered, `{}`, false}}, journal.AuthorizationEnds},
		"an order that is named like another's request was captured": {[]call{
			{"pay", `{"paymentRequestId":"x","order":{"referenceOrderId":"p-2"}}`, journal.Answered, `{"paymentId":"p-1","authExpiryTime":"2026-11-26T20:00:00Z"}`, false},
			{"capture", `{"captureRequestId":"c-2","paymentId":"p-2"}`, journal.Answered, `{}`, false},
		}, journal.AuthorizationEnds},
		"an inquiry knows the end": {[]call{{"pay", order, journal.InDoubt, ``, true}, {"inquiryPayment", order, journal.Answered, ends("2026-11-26T20:00:00Z"), false}}, journal.AuthorizationEnds},
		"the newest end counts":    {[]call{{"pay", order, journal.Answered, ends("2026-12-02T07:00:00Z"), false}, {"inquiryPayment", order, journal.Answered, ends("2026-11-26T20:00:00Z"), false}}, journal.AuthorizationEnds},
		"captured before it was known to be authorized": {[]call{
			{"pay", order, journal.InDoubt, ``, true},
			{"capture", of, journal.Answered, `{}`, false},
			{"inquiryPayment", order, journal.Answered, ends("2026-11-26T20:00:00Z"), false},
		}, ""},
		"a refund in process":          {[]call{{"refund", `{"refundRequestId":"r-1"}`, journal.Pending, `{}`, false}}, journal.NotFinal},
		"in doubt":                     {[]call{{"refund", `{"refundRequestId":"r-1"}`, journal.InDoubt, "", false}}, journal.Unknown},
		"begun by somebody who died":   {[]call{{"pay", order, "", "", false}}, journal.Unknown},
		"an inquiry without an answer": {[]call{{"inquiryPayment", order, journal.InDoubt, "", false}}, ""},
	} {
		file := filepath.Join(t.TempDir(), "journal.db")
		open := func() *journal.SQLite {
			j, err := journal.Open(file, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			return j
		}
		j := open()
		write(t, j, c.calls)
		if got, err := journal.Alerts(t.Context(), j, "", now, 24*time.Hour); err != nil || c.calls[0].state == "" && len(got) > 0 {
			t.Errorf("%s: what is being sent at this moment is told: %+v, %v", name, got, err)
		}
		j.Close() // and the sender is dead
		j = open()
		got, err := journal.Alerts(t.Context(), j, "", now, 24*time.Hour)
		j.Close()
		switch {
		case err != nil, c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || got[0].Kind != c.want):
			t.Errorf("%s: %+v, %v, want %q", name, got, err, c.want)
		}
	}
}

// What is done although its answer said no is told, if that answer was the
// gateway's, for a week.
func TestAlertOfWhatIsDoneAgainstItsAnswer(t *testing.T) {
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		verification string
		outcome      apo.Outcome // that it was resolved with
		after        time.Duration
		told         bool
	}{
		"an answer that verified": {"verified", apo.Succeeded, 0, true},
		"a week later":            {"verified", apo.Succeeded, 8 * 24 * time.Hour, false},
		"declined all the same":   {"verified", apo.Declined, 0, false},
		"an unsigned answer":      {"unsigned", apo.Succeeded, 0, false},
	} {
		j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		r, err := j.Begin(t.Context(), journal.Record{Endpoint: "pay", Request: []byte(`{"paymentRequestId":"order-17"}`)}, nil)
		if err == nil {
			err = j.End(t.Context(), r.ID, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: c.verification, Result: apo.Result{Status: "F", Code: "SYSTEM_ERROR"}})
		}
		if err == nil {
			err = j.Resolve(t.Context(), r.ID, journal.Resolution{Outcome: c.outcome})
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := journal.Alerts(t.Context(), j, "", now.Add(c.after), 24*time.Hour)
		j.Close()
		if err != nil || (len(got) == 1) != c.told || c.told && got[0].Kind != journal.DoneAllTheSame {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Whoever is at a call for long may have been stopped, and somebody should look.
func TestAlertOfWhatIsStuck(t *testing.T) {
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { return now })
	must(t, err)
	defer j.Close()
	begin(t, j, "pay", payBody)
	for after, want := range map[time.Duration]int{time.Minute: 0, time.Hour: 1} {
		got, err := journal.Alerts(t.Context(), j, "", now.Add(after), time.Hour)
		if err != nil || len(got) != want || want == 1 && (got[0].Kind != journal.Stuck || got[0].Record.Process == 0) {
			t.Errorf("after %s: %+v, %v", after, got, err)
		}
	}
	if got, err := journal.Alerts(t.Context(), j, "another", now.Add(time.Hour), time.Hour); err != nil || len(got) > 0 {
		t.Errorf("of another profile: %+v, %v", got, err)
	}
}
