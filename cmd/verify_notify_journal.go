package cmd

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

// notified writes a verified notification into the journal, so that the
// timeline of its payment shows it, and adds what the journal knew of the
// payment: of its captures, and what the notification contradicts. The key must be
// the profile's: what another key vouches for, or is for another client ID, is not
// this profile's news. Its request-time tells a repeated notification from the same
// one verified again.
func (v *verifier) notified(ctx context.Context, facts *say.Verified) {
	n := facts.News
	if v.profile == nil || v.options.publicKey != "" || n.OtherClient || n.Type == "" || withoutJournal(v.Run) {
		return
	}
	if v.profile.ClientID == "" || v.paths.State == "" {
		return // nobody's, or there is no home for it
	}
	j, err := journal.Open(app.JournalFile(v.paths), v.Now)
	if err != nil {
		v.IO.Warn(err.Error() + "; the notification is not written down")
		return
	}
	j.Masker = v.IO.Masker
	v.Cleanup = append(v.Cleanup, j.Leave)
	account := journal.Account{Profile: v.profile.Name, Mode: v.profile.Mode(), ClientID: n.ClientID}
	record, _, err := j.Receive(ctx, journal.Record{
		Account:  account,
		Endpoint: n.Kind.API(), Notice: journal.Notice{Type: n.Type, Time: n.Time}, Amount: n.Amount,
		Ending: journal.Ending{
			Result: apo.Result{Status: n.Result.Status, Code: n.Result.Code}, Verification: "verified", Answer: n.Body,
		},
	})
	if err != nil {
		v.IO.Warn(err.Error() + "; the notification is not written down")
		return
	}
	// An error leaves nothing said that the journal would have to know.
	if list, err := paymentOf(ctx, j, n); err == nil {
		for _, e := range journal.History(list, v.Now()) {
			if e.Record.ID == record.ID {
				facts.Contradictions = e.Contradictions
			}
		}
		facts.Captures = capturesIn(list)
	}
	// It proves what became of a request as an inquiry does.
	(&operate.Operator{Journal: j, Account: account, Watch: v.WatchRecords}).Apply(ctx, n.Evidence(), record.ID)
}

// paymentOf are the records of the payment that a notification tells of. One of a
// refund may name the refund alone, whose payment the journal knows.
func paymentOf(ctx context.Context, j *journal.SQLite, n notify.Notification) ([]journal.Record, error) {
	numbers := n.Numbers
	if numbers.PaymentID == "" && numbers.PaymentRequestID == "" {
		calls, err := j.Sharing(ctx, n.ClientID, numbers)
		if err != nil || len(calls) == 0 {
			return nil, err
		}
		numbers = calls[0].Numbers
	}
	return j.Payment(ctx, n.ClientID, numbers)
}

// capturesIn is what the records of one payment know of its captures.
func capturesIn(list []journal.Record) (known say.Captures) {
	for _, r := range list {
		took := r.Outcome == apo.Succeeded
		switch r.Endpoint {
		case "pay":
			known.Mode = gjson.GetBytes(r.Request, "paymentFactor.captureMode").String()
		case "capture":
			known.Some = known.Some || took || r.State.Open()
		case "cancel":
			known.Cancelled = known.Cancelled || took
			if r.State.Open() {
				known.Mode = "" // nobody knows whether there is anything to capture
			}
		case "notifyCapture":
			known.Some = known.Some || newsIn(r).Meaning() == notify.Captured
		case "inquiryPayment":
			p := apo.ReadPayment(&apo.Answer{Raw: r.Answer})
			known.Some = known.Some || slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool {
				return t.Type == "CAPTURE" && t.Status != apo.StatusFail && t.Status != apo.StatusCancelled
			})
			known.Cancelled = known.Cancelled || p.Status == apo.StatusCancelled
		}
	}
	return known
}

// newsIn is what a notification of the journal says; nothing of one that is kept
// no more.
func newsIn(r journal.Record) notify.Notification {
	n, err := notify.Read(r.Answer)
	if err != nil {
		return notify.Notification{}
	}
	return n
}

// withoutJournal reports whether none is wanted.
func withoutJournal(d *app.Run) bool {
	return d.Global.NoJournal || d.Getenv("APO_JOURNAL") == "off"
}
