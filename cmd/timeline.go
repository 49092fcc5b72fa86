package cmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newTimelineCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "timeline PAYMENT",
		Short: "Tell what happened with one payment, in order",
		Long: `Tell what happened with one payment, in order: requests, answers and inquiries of
this machine's journal. What contradicts something earlier is marked with ✖.

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
			numbers, err := d.paymentIn(j, args[0])
			if err != nil {
				return err
			}
			list, err := j.Of(numbers)
			if err != nil {
				return fail(kindConfig, "%v", err)
			}
			return d.showTimeline(tell(list))
		},
	}
}

const last = "@last"

// paymentIn finds the two IDs of a payment by any of its numbers.
func (d *deps) paymentIn(j *journal.Journal, number string) (journal.Numbers, error) {
	var list []journal.Record
	var err error
	if number == last {
		list, err = j.List(journal.Filter{Endpoint: "pay", Limit: 1})
	} else {
		list, err = j.Find(number)
	}
	if err != nil {
		return journal.Numbers{}, fail(kindConfig, "%v", err)
	}
	var found journal.Numbers
	for _, r := range list {
		n := journal.Numbers{PaymentID: r.Numbers.PaymentID, PaymentRequestID: r.Numbers.PaymentRequestID}
		switch {
		case n == (journal.Numbers{}):
		case found == (journal.Numbers{}):
			found = n
		case n.PaymentID != "" && found.PaymentID != "" && n.PaymentID != found.PaymentID:
			return found, fail(kindUsage, "several payments have a number that begins with %s", number).hint("apo find %s lists them", quoted(number))
		default:
			if found.PaymentID == "" {
				found.PaymentID = n.PaymentID
			}
			if found.PaymentRequestID == "" {
				found.PaymentRequestID = n.PaymentRequestID
			}
		}
	}
	if found == (journal.Numbers{}) {
		return found, fail(kindNotFound, "nothing in the journal has the number %s", number).hint("apo log lists what there is")
	}
	return found, nil
}

// event is one line of a timeline.
type event struct {
	Time           string   `json:"time"`
	Record         int64    `json:"record"`
	Endpoint       string   `json:"endpoint"`
	Amount         string   `json:"amount,omitempty"`
	Outcome        string   `json:"outcome"`
	Contradictions []string `json:"contradictions,omitempty"`

	at time.Time
}

// tell makes the events of one payment, and marks what does not fit together.
func tell(list []journal.Record) []event {
	var events []event
	var known struct {
		authorized          apo.Amount
		captured, cancelled bool
		status              string
	}
	for _, r := range list {
		e := event{Time: r.Time.Format(time.RFC3339), Record: r.ID, Endpoint: r.Endpoint, Amount: amountFact(r.Amount), at: r.Time}
		odd := func(format string, args ...any) {
			e.Contradictions = append(e.Contradictions, fmt.Sprintf(format, args...))
		}
		answer := gjson.ParseBytes(r.Answer)
		took := r.Result.Status == "S" && r.State == journal.Answered || r.State == journal.Settled && r.Exit == 0
		e.Outcome = outcomeOf(r)
		switch r.Endpoint {
		case "pay":
			if told := amountAt(answer, "paymentAmount"); !told.IsZero() && told != r.Amount {
				odd("the answer says %s", told)
			}
			if took {
				known.authorized = r.Amount
			}
		case "capture":
			if known.cancelled && took {
				odd("captured after it was cancelled")
			}
			known.captured = known.captured || took
		case "cancel":
			known.cancelled = known.cancelled || took
		case "inquiryPayment":
			status := answer.Get("paymentStatus").String()
			e.Outcome = strings.TrimSpace(strings.ToLower(status) + " " + balanceOf(answer))
			if status == "" {
				e.Outcome = outcomeOf(r)
				break
			}
			if told := amountAt(answer, "paymentAmount"); !told.IsZero() && !known.authorized.IsZero() && told != known.authorized {
				odd("it says %s, and %s were paid", told, known.authorized)
			}
			if !known.authorized.IsZero() && (status == apo.StatusFail || status == apo.StatusProcessing || status == apo.StatusPending) {
				odd("it was authorized before")
			}
			if known.cancelled && status == apo.StatusSuccess {
				odd("it was cancelled before")
			}
			if known.status == apo.StatusFail && status == apo.StatusSuccess || known.status == apo.StatusCancelled && status == apo.StatusSuccess {
				odd("an earlier inquiry said %s", known.status)
			}
			known.status = status
		}
		events = append(events, e)
	}
	return events
}

func outcomeOf(r journal.Record) string {
	switch r.State {
	case journal.Settled:
		return "lost its answer; settled: " + r.Settling
	case journal.InDoubt:
		return "in doubt: " + first(r.Result.Code, r.Note)
	case journal.Begun:
		return "begun, and no answer was written down"
	}
	return strings.TrimSpace(r.Result.Status + " " + first(r.Result.Code, r.Note))
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

// showTimeline draws the events, with the time between them.
func (d *deps) showTimeline(events []event) error {
	if d.wantsJSON() {
		return d.showOwn(events)
	}
	var rows [][]string
	for i, e := range events {
		gap := e.at.Local().Format("2006-01-02 15:04:05")
		if i > 0 && e.at.Local().Format("2006-01-02") == events[i-1].at.Local().Format("2006-01-02") {
			gap = "           " + e.at.Local().Format("15:04:05")
		}
		rows = append(rows, []string{gap, e.Endpoint, e.Amount, e.Outcome})
		for _, odd := range e.Contradictions {
			rows = append(rows, []string{"", "", "", "✖ " + odd})
		}
	}
	return d.io.WriteTable([]string{"time", "what", "amount", "outcome"}, rows)
}
