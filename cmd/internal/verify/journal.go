package verify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/operate"
)

// Keep remembers a verified notification: the order of its keys, and in the journal
// what it says, so that the timeline of its payment shows it. It adds to facts what
// the journal knew of the payment: of its captures, and what the notification
// contradicts. What is no notification, or cannot be read, is not kept.
//
// The key must be the profile's: what another key vouches for, or is for another
// client ID, is not this profile's news. The request-time tells a repeated
// notification from the same one verified again.
func (e *Engine) Keep(ctx context.Context, facts *say.Verified) {
	if facts.Unreadable != nil || facts.Side != diagnose.Notification {
		return
	}
	n := facts.News
	e.run.KeepKeyOrder(n.Body)
	if !e.ours(n) || n.Type == "" || e.run.WithoutJournal() {
		return // nobody's, or there is no home for it
	}
	if err := e.journal(ctx, n, facts); err != nil {
		e.run.IO.Warn(err.Error() + "; the notification is not written down")
	}
}

// journal writes a notification down and asks what is known otherwise.
func (e *Engine) journal(ctx context.Context, n notify.Notification, facts *say.Verified) error {
	j, err := e.Journal()
	if err != nil {
		return err
	}
	record, _, err := j.Receive(ctx, journal.Record{
		Account:  e.account(n),
		Endpoint: n.Kind.API(), Notice: journal.Notice{Type: n.Type, Time: n.Time}, Amount: n.Amount,
		Ending: journal.Ending{
			Result: apo.Result{Status: n.Result.Status, Code: n.Result.Code}, Verification: "verified", Answer: n.Body,
		},
	})
	if err != nil {
		return err
	}
	e.weigh(ctx, n, record.ID, facts)
	return nil
}

// Journal is the profile's, opened once.
func (e *Engine) Journal() (*journal.SQLite, error) {
	if e.book == nil {
		j, err := journal.Open(app.JournalFile(e.paths), e.run.Now)
		if err != nil {
			return nil, err
		}
		e.HideKeys(context.Background()) // it may be the first that writes
		j.Masker = e.run.IO.Masker
		e.run.Cleanup = append(e.run.Cleanup, j.Leave)
		e.book = j
	}
	return e.book, nil
}

// HideKeys has the profile's own key hidden in all that is written down and shown:
// whoever sends it a notification may have it in his hands.
func (e *Engine) HideKeys(ctx context.Context) { e.run.HideOwnKeys(ctx, e.profile, e.paths) }

func (e *Engine) account(n notify.Notification) journal.Account {
	return journal.Account{Profile: e.profile.Name, Mode: e.profile.Mode(), ClientID: n.ClientID}
}

// weigh adds to facts what the journal knows of the payment of a notification, and
// resolves by it what the journal did not know. record is the notification's own. An
// error leaves nothing said that the journal would have to know.
func (e *Engine) weigh(ctx context.Context, n notify.Notification, record int64, facts *say.Verified) {
	if list, err := paymentOf(ctx, e.book, n); err == nil {
		for _, entry := range journal.History(list, e.run.Now()) {
			if entry.Record.ID == record {
				facts.Contradictions = entry.Contradictions
			}
		}
		facts.Captures = capturesIn(list)
		facts.Payment = paymentIn(list, n)
	}
	e.believe(ctx, n, record)
}

// believe resolves by a notification what is open of its request: it proves that as an
// inquiry does. One that came from a gateway on this machine proves nothing, for apo
// trigger signs whatever one likes with a sandbox's key: the books of the embedded one
// are asked, and of another a hint says how to ask.
func (e *Engine) believe(ctx context.Context, n notify.Notification, record int64) {
	own, err := e.book.Get(ctx, record)
	if err != nil {
		e.run.WatchRecords(operate.Event{Stage: operate.Unrecorded, Err: err})
		return
	}
	news := operate.News{Evidence: n.Evidence(), Record: record, Received: own.Time}
	o := &operate.Operator{Journal: e.book, Account: e.account(n), Gateway: e.profile.Gateway.Books(), Watch: e.run.WatchRecords, Masker: e.run.IO.Masker}
	embedded := e.profile.Name == profile.Local
	switch {
	case !embedded && o.NewsProves():
		o.Apply(ctx, news)
		return
	case !o.Concerns(ctx, news):
		return
	case !embedded:
		e.hinted.Do(func() {
			e.run.IO.Hint("a notification of a gateway on this machine proves nothing, as whoever has its keys can make one; this asks: " + e.run.Words().Command("resume"))
		})
		return
	}
	e.asking.Lock() // one at a time opens the sandbox
	defer e.asking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, askedWithin)
	defer cancel()
	leave, err := e.run.LocalBooks(e.paths, o)
	if err != nil {
		return // it stays open, and whoever asks is told why
	}
	defer leave()
	o.Confirm(ctx, news)
}

// askedWithin is how long the sandbox of this machine may take to tell; who sent the
// notification waits meanwhile.
const askedWithin = 2 * time.Second

// paymentIn is the payment of a notification, with the ID that its records know and it
// does not name.
func paymentIn(list []journal.Record, n notify.Notification) journal.PaymentID {
	known := journal.PaymentID{ClientID: n.ClientID, PaymentID: n.PaymentID, PaymentRequestID: n.PaymentRequestID}
	for _, r := range list {
		id := journal.IDOf(r)
		if known.PaymentID == "" && known.PaymentRequestID == "" && r.Endpoint == "refund" && r.Numbers.RefundRequestID == n.RefundRequestID {
			known = id
		}
	}
	for _, r := range list {
		if id := journal.IDOf(r); id.Same(known) && !id.Contradicts(known) {
			known.PaymentID, known.PaymentRequestID = cmp.Or(known.PaymentID, id.PaymentID), cmp.Or(known.PaymentRequestID, id.PaymentRequestID)
		}
	}
	return known
}

// paymentOf are the records of the payment that a notification tells of. One of a
// refund may name the refund alone, whose payment the journal knows; where it does
// not, they are the notifications of that refund. A card that is saved is no payment's.
func paymentOf(ctx context.Context, j *journal.SQLite, n notify.Notification) ([]journal.Record, error) {
	numbers := n.Numbers
	if numbers.PaymentID == "" && numbers.PaymentRequestID == "" {
		calls, err := j.Sharing(ctx, n.ClientID, numbers)
		if err != nil {
			return nil, err
		}
		if len(calls) == 0 {
			return newsOf(ctx, j, n)
		}
		numbers = calls[0].Numbers
	}
	list, err := j.Payment(ctx, n.ClientID, numbers)
	if err != nil || n.CaptureRequestID == "" && n.RefundRequestID == "" {
		return list, err
	}
	// One that names another payment than it was requested for tells of its own request.
	calls, err := j.Sharing(ctx, n.ClientID, apo.Numbers{CaptureRequestID: n.CaptureRequestID, RefundRequestID: n.RefundRequestID})
	for _, r := range calls {
		own := r.Endpoint == "capture" && r.RequestID() == n.CaptureRequestID || r.Endpoint == "refund" && r.RequestID() == n.RefundRequestID
		if own && !slices.ContainsFunc(list, func(x journal.Record) bool { return x.ID == r.ID }) {
			list = slices.Insert(list, 0, r)
		}
	}
	return list, err
}

// newsOf are the notifications of a refund that nobody requested here, or of a card that
// is saved, in the order in which they came.
func newsOf(ctx context.Context, j *journal.SQLite, n notify.Notification) ([]journal.Record, error) {
	id := cmp.Or(n.RefundRequestID, n.VaultingRequestID)
	if id == "" {
		return nil, nil
	}
	list, err := j.Find(ctx, id)
	list = slices.DeleteFunc(list, func(r journal.Record) bool {
		return !r.IsNews() || r.ClientID != n.ClientID || r.Endpoint != n.Kind.API() || !r.Carries(id)
	})
	slices.Reverse(list)
	return list, err
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
