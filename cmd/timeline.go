package cmd

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newTimelineCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "timeline PAYMENT",
		Short: "Tell what happened with one payment, in order",
		Long: `Tell what happened with one payment, in order: requests, answers, inquiries and
notifications of this machine's journal. Notifications are those that apo
verify-notify verified. What contradicts something earlier is marked with ✖: other
amounts, another outcome than was told before, captured and cancelled, a capture
whose result never came.

PAYMENT is any number of it, or @last for the newest payment. Nobody is asked.`,
		Example: `  # by your own ID
  apo timeline demo-0001

  # of the newest payment, for a script
  apo timeline @last -o json`,
		Args: arguments(1, 1, "one number of a payment, or @last"),
		RunE: func(_ *cobra.Command, args []string) error {
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			list, err := d.recordsOf(j, args[0])
			if err != nil {
				return err
			}
			return d.showTimeline(tell(list, d.now()))
		},
	}
}

const last = "@last"

// event is one line of a timeline.
type event struct {
	Time           string   `json:"time"`
	Record         int64    `json:"record"`
	Endpoint       string   `json:"endpoint"`
	Amount         string   `json:"amount,omitempty"`
	Outcome        string   `json:"outcome"`
	Contradictions []string `json:"contradictions,omitempty"`

	at          time.Time
	reads, open bool
}

func outcomeOf(r journal.Record) string {
	switch {
	case r.State == journal.Resolved && r.Result.Code == "":
		return "lost its answer; resolved: " + say.ResolvedOf(r)
	case r.State == journal.Resolved:
		return say.ResultOf(r) + "; resolved: " + say.ResolvedOf(r)
	case isNotification(r.Endpoint):
		return say.ResultOf(r) + "  " + r.Notice.Type
	}
	return say.StateOf(r)
}

func amountAt(doc gjson.Result, path string) apo.Amount {
	return apo.Amount{Currency: doc.Get(path + ".currency").String(), Value: doc.Get(path + ".value").String()}
}

// balanceOf says what an inquiry's transactions add up to.
func balanceOf(answer gjson.Result) string {
	b := apo.ReadPayment(&apo.Answer{Raw: []byte(answer.Raw)}).Balance()
	var parts []string
	for _, part := range []struct {
		word   string
		amount int64
	}{{"captured", b.Captured}, {"capturing", b.Capturing}, {"refunded", b.Refunded}, {"refunding", b.Refunding}} {
		if part.amount > 0 {
			parts = append(parts, part.word+" "+apo.Units64(b.Currency, part.amount).String())
		}
	}
	return strings.Join(parts, ", ")
}

// showTimeline draws the events along a line, and what contradicts beside it.
func (d *deps) showTimeline(events []event) error {
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(events)
	}
	var rows [][]string
	for i, e := range events {
		rows = append(rows, []string{e.at.Local().Format("2006-01-02 15:04:05.000"), e.mark(), e.Endpoint, e.Amount, e.Outcome})
		line := "│"
		if i == len(events)-1 {
			line = ""
		}
		for _, odd := range e.Contradictions {
			rows = append(rows, []string{"", line, "", "", "✖ " + odd})
		}
	}
	return d.io.WriteTable([]string{"time", "", "what", "amount", "outcome"}, rows)
}

// mark tells at a glance what a line is: ● something that moves money, ○ a
// question, ◀ a notification, ? something whose outcome is not known.
func (e event) mark() string {
	switch {
	case e.open:
		return "?"
	case isNotification(e.Endpoint):
		return "◀"
	case e.reads:
		return "○"
	}
	return "●"
}
