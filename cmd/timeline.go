package cmd

import (
	"fmt"
	"slices"
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

// recordsOf are those of the payment that has a number, in their order.
func (d *deps) recordsOf(j *journal.Journal, number string) ([]journal.Record, error) {
	p, err := d.paymentIn(j, number)
	if err != nil {
		return nil, err
	}
	list, err := j.Of(p.clientID, p.numbers())
	if err != nil {
		return nil, fail(kindConfig, "%v", err)
	}
	return list, nil
}

// ofWhichProfile says so where --profile chose among the records.
func (d *deps) ofWhichProfile() string {
	if d.global.profile == "" {
		return ""
	}
	return " of profile " + d.global.profile
}

// identity tells a payment of the journal from every other.
type identity struct{ clientID, paymentID, requestID string }

func (i identity) numbers() journal.Numbers {
	return journal.Numbers{PaymentID: i.paymentID, PaymentRequestID: i.requestID}
}

// same reports whether two are of one payment; each may lack one of its IDs.
func (i identity) same(other identity) bool {
	return i.clientID == other.clientID &&
		(i.paymentID != "" && i.paymentID == other.paymentID || i.requestID != "" && i.requestID == other.requestID)
}

// paymentIn finds the two IDs of a payment by any of its numbers, or by the
// beginning of one where no number is exactly that. Where a profile is named,
// its records alone count.
func (d *deps) paymentIn(j *journal.Journal, number string) (identity, error) {
	list, err := d.candidates(j, number)
	if err != nil {
		return identity{}, fail(kindConfig, "%v", err)
	}
	var ids []identity
	for _, r := range list {
		if r.Numbers.PaymentID != "" || r.Numbers.PaymentRequestID != "" {
			ids = append(ids, identity{r.ClientID, r.Numbers.PaymentID, r.Numbers.PaymentRequestID})
		}
	}
	if len(ids) == 0 {
		return identity{}, fail(kindNotFound, "nothing in the journal%s has the number %s", d.ofWhichProfile(), number).hint("apo log lists what there is")
	}
	found := ids[0]
	for before := -1; before != len(ids); { // each ID that is learnt may lead to others
		before = len(ids)
		ids = slices.DeleteFunc(ids, func(other identity) bool {
			same := found.same(other)
			if same {
				found.paymentID, found.requestID = first(found.paymentID, other.paymentID), first(found.requestID, other.requestID)
			}
			return same
		})
	}
	if len(ids) > 0 {
		return found, fail(kindUsage, "several payments have the number %s, or one that begins so", number).
			hint("apo find %s lists them; --profile chooses among those of several profiles", quoted(number))
	}
	return found, nil
}

// candidates are the records that a number may mean: those that have exactly
// it, else those of which one begins so.
func (d *deps) candidates(j *journal.Journal, number string) ([]journal.Record, error) {
	if number == last {
		return j.List(journal.Filter{Endpoint: "pay", Profile: first(d.global.profile, d.getenv("APO_PROFILE")), Limit: 1})
	}
	list, err := j.Find(number)
	list = d.ofProfile(list)
	list = unlessNone(list, func(r journal.Record) bool { return r.Numbers.Has(number) })
	// Who asked in the wrong profile found nothing there.
	return unlessNone(list, func(r journal.Record) bool { return !r.Reads || r.Exit == 0 }), err
}

// unlessNone are the records that are wanted, or all where none is.
func unlessNone(list []journal.Record, wanted func(journal.Record) bool) []journal.Record {
	some := slices.DeleteFunc(slices.Clone(list), func(r journal.Record) bool { return !wanted(r) })
	if len(some) == 0 {
		return list
	}
	return some
}

// ofProfile keeps the records of the profile that --profile names, if it does.
func (d *deps) ofProfile(list []journal.Record) []journal.Record {
	return slices.DeleteFunc(list, func(r journal.Record) bool { return d.global.profile != "" && r.Profile != d.global.profile })
}

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

// story is what the events of one payment have said so far.
type story struct {
	authorized          apo.Amount // zero: not known to be
	automatic           bool       // it is captured by itself
	denied              string     // what the last pay came to, if it is not known to have authorized it
	captured, cancelled bool
	notified            string // resultStatus of the last notification about the payment
	status              string // paymentStatus of the last inquiry
}

// resultDue is how long the result of a capture may take before it counts as
// missing.
const resultDue = 10 * time.Minute

// tell makes the events of one payment, and marks what does not fit together.
func tell(list []journal.Record, now time.Time) []event {
	var events []event
	var known story
	for _, r := range list {
		e := event{Time: r.Time.Format(time.RFC3339), Record: r.ID, Endpoint: r.Endpoint, Amount: amountFact(r.Amount), at: r.Time, reads: r.Reads, open: r.State.Open()}
		e.Outcome, e.Contradictions = known.hear(r)
		if missing := r.Endpoint == "capture" && r.State == journal.Pending && now.Sub(r.Time) > resultDue; missing && !answeredLater(list, r) {
			e.Contradictions = append(e.Contradictions, "its result is missing; inquire")
		}
		events = append(events, e)
	}
	return events
}

// answeredLater reports whether a notification told what a capture came to.
func answeredLater(list []journal.Record, capture journal.Record) bool {
	return slices.ContainsFunc(list, func(r journal.Record) bool {
		return r.Endpoint == "notifyCapture" && r.Numbers.CaptureRequestID == capture.Numbers.CaptureRequestID
	})
}

// hear takes one more event in, and tells its outcome and what about it does
// not fit to what was known.
func (known *story) hear(r journal.Record) (outcome string, odd []string) {
	mark := func(wrong bool, format string, args ...any) {
		if wrong {
			odd = append(odd, fmt.Sprintf(format, args...))
		}
	}
	answer := gjson.ParseBytes(r.Answer)
	mark(r.State == journal.Settled && r.Exit == 0 && r.Result.Status == "F" && r.Verification == "verified", "its answer said %s %s", r.Result.Status, r.Result.Code)
	took := r.Result.Status == "S" && r.State == journal.Answered || r.State == journal.Settled && r.Exit == 0
	switch r.Endpoint {
	case "pay":
		told := amountAt(answer, "paymentAmount")
		mark(!told.IsZero() && told != r.Amount, "the answer says %s", told)
		known.denied = ""
		switch {
		case !took && !r.State.Open() && !neverLeft(r):
			known.denied = first(r.Settling, r.Result.Code)
		case took:
			known.authorized = r.Amount
			known.automatic = gjson.GetBytes(r.Request, "paymentFactor.captureMode").String() == "AUTOMATIC"
		}
	case "capture":
		mark(known.cancelled && took, "captured after it was cancelled")
		known.captured = known.captured || took
	case "cancel":
		mark(known.captured && took, "cancelled after it was captured")
		known.cancelled = known.cancelled || took
	case "notifyPayment":
		mark(known.differs(r.Amount), "it says %s, and %s were paid", r.Amount, known.authorized)
		mark(r.Result.Status == "F" && !known.authorized.IsZero(), "it was authorized before")
		mark(r.Result.Status == "S" && known.status == apo.StatusFail, "an inquiry said %s before", known.status)
		mark(r.Result.Status == "S" && known.denied != "", "its pay came to: %s", known.denied)
		if known.notified = r.Result.Status; known.notified == "S" && known.authorized.IsZero() {
			known.authorized = r.Amount
		}
	case "notifyCapture":
		mark(known.cancelled && r.Result.Status == "S", "captured after it was cancelled")
		mark(known.captured && r.Result.Status == "F", "it was captured before")
		known.captured = known.captured || r.Result.Status == "S"
	case "inquiryPayment":
		if status := answer.Get("paymentStatus").String(); status != "" {
			odd = known.inquired(status, answer)
			return strings.TrimSpace(strings.ToLower(status) + " " + balanceOf(answer)), odd
		}
	}
	return outcomeOf(r), odd
}

// differs reports whether an amount is another than the one that was paid.
func (known *story) differs(a apo.Amount) bool {
	return !a.IsZero() && !known.authorized.IsZero() && a != known.authorized
}

// inquired takes the answer of an inquiry in.
func (known *story) inquired(status string, answer gjson.Result) (odd []string) {
	mark := func(wrong bool, format string, args ...any) {
		if wrong {
			odd = append(odd, fmt.Sprintf(format, args...))
		}
	}
	amount := amountAt(answer, "paymentAmount")
	p := apo.ReadPayment(&apo.Answer{Raw: []byte(answer.Raw)})
	captured := slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool { return t.Type == "CAPTURE" })
	running := status == apo.StatusProcessing || status == apo.StatusPending
	mark(known.differs(amount), "it says %s, and %s were paid", amount, known.authorized)
	mark(running && known.notified == "S", "a notification said that it succeeded")
	mark((running || status == apo.StatusFail) && known.notified != "S" && !known.authorized.IsZero(), "it was authorized before")
	mark(status == apo.StatusSuccess && known.notified == "F", "a notification said that it failed")
	mark(status == apo.StatusSuccess && known.denied != "", "its pay came to: %s", known.denied)
	mark(status == apo.StatusSuccess && known.cancelled, "it was cancelled before")
	mark(status == apo.StatusCancelled && known.captured, "it was captured before")
	mark(status == apo.StatusSuccess && (known.status == apo.StatusFail || known.status == apo.StatusCancelled), "an earlier inquiry said %s", known.status)
	mark(status == apo.StatusSuccess && (known.captured || known.automatic) && !captured, "its capture is missing")
	known.status = status
	return odd
}

func outcomeOf(r journal.Record) string {
	switch {
	case r.State == journal.Settled && r.Result.Code == "":
		return "lost its answer; settled: " + r.Settling
	case r.State == journal.Settled:
		return resultInWords(r) + "; settled: " + r.Settling
	case isNotification(r.Endpoint):
		kind, _, _ := strings.Cut(r.Note, ",")
		return resultInWords(r) + "  " + kind
	}
	return stateInWords(r)
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
	if d.wantsJSON() {
		return d.showOwn(events)
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
