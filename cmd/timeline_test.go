package cmd

import (
	"slices"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func TestContradictionsAreMarked(t *testing.T) {
	done := func(endpoint, value, answer string) journal.Record {
		return journal.Record{
			Endpoint: endpoint, Amount: apo.Amount{Currency: "SGD", Value: value},
			Ending: journal.Ending{State: journal.Answered, Result: apo.Result{Status: "S", Code: "SUCCESS"}, Answer: []byte(answer)},
		}
	}
	inquiry := func(status, value string) journal.Record {
		return done("inquiryPayment", "", `{"paymentStatus":"`+status+`","paymentAmount":{"currency":"SGD","value":"`+value+`"}}`)
	}
	paid := done("pay", "4200", `{"paymentAmount":{"currency":"SGD","value":"4200"}}`)
	for name, c := range map[string]struct {
		list []journal.Record
		want []string // of the last event
	}{
		"all fits":                       {[]journal.Record{paid, done("capture", "4200", `{}`), inquiry("SUCCESS", "4200")}, nil},
		"another amount is answered":     {[]journal.Record{done("pay", "4200", `{"paymentAmount":{"currency":"SGD","value":"42"}}`)}, []string{"the answer says SGD 0.42"}},
		"another amount is told":         {[]journal.Record{paid, inquiry("SUCCESS", "42")}, []string{"it says SGD 0.42, and SGD 42.00 were paid"}},
		"authorized, and then pending":   {[]journal.Record{paid, inquiry("PROCESSING", "4200")}, []string{"it was authorized before"}},
		"authorized, and then failed":    {[]journal.Record{paid, inquiry("FAIL", "4200")}, []string{"it was authorized before"}},
		"failed, and then successful":    {[]journal.Record{inquiry("FAIL", "4200"), inquiry("SUCCESS", "4200")}, []string{"an earlier inquiry said FAIL"}},
		"captured after it was given up": {[]journal.Record{paid, done("cancel", "", `{}`), done("capture", "4200", `{}`)}, []string{"captured after it was cancelled"}},
		"given up, and still there":      {[]journal.Record{paid, done("cancel", "", `{}`), inquiry("SUCCESS", "4200")}, []string{"it was cancelled before"}},
	} {
		events := tell(c.list)
		if got := events[len(events)-1].Contradictions; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
