package say

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

const (
	sendsAllTheSame = "--again sends it all the same, for the gateway to judge"
	mayMoveTwice    = "--again does it all the same, and may move the money twice"
)

// refused says why a guard stopped a request.
func (w Words) refused(r operate.Result) *Failure {
	refusal, ok := r.Cause.(*operate.Refusal)
	if !ok {
		return Fail(Error, "%v", r.Cause)
	}
	return w.Refusal(refusal, r.Endpoint.Name, r.ID)
}

// Refusal says why a guard stopped a request of an API, whose own ID may not be
// known yet.
func (w Words) Refusal(r *operate.Refusal, api string, id operate.ID) *Failure {
	switch {
	case r.Earlier != nil:
		return w.besideEarlier(r, api, id)
	case r.Payment != nil:
		return w.ofPayment(r, api).About(id.Value)
	}
	switch r.Reason {
	case operate.ReadOnly:
		return Fail(Refused, "profile %s is read-only; %s was not sent", w.ProfileName, api)
	case operate.OverLimit:
		return Fail(Refused, "%s is more than profile %s allows (max_amount %s); %s was not sent", r.Amount, w.ProfileName, r.Limit, api)
	case operate.NoLimit:
		return Fail(Refused, "profile %s has no max_amount for %s; %s was not sent", w.ProfileName, r.Amount.Currency, api)
	case operate.AmountUnclear:
		return Fail(Usage, "it is not clear how much %s moves, which the max_amount of profile %s, or real money, asks for; it was not sent", api, w.ProfileName)
	case operate.BadAmount:
		return Fail(Usage, "%s is no amount (%v); %s was not sent", r.Amount, r.Err, api)
	case operate.Unconfirmed:
		return Fail(Refused, "a live %s needs a confirmation; nothing was sent", api)
	case operate.NoJournal:
		return Fail(Config, "profile %s is live, and nothing is sent on live without a record; leave out --no-journal and APO_JOURNAL=off", w.ProfileName)
	case operate.SecretNumber:
		return Fail(Usage, "an ID of the request holds a card number, a token or a key, which is never written down; give it another; %s was not sent", api)
	case operate.Unwritten:
		return Fail(Config, "%v; nothing was sent", r.Err)
	}
	return Fail(Refused, "%v; nothing was sent", r)
}

// besideEarlier is a refusal that shows the earlier record.
func (w Words) besideEarlier(r *operate.Refusal, api string, id operate.ID) *Failure {
	e := *r.Earlier
	ago := span(w.Now.Sub(e.Time))
	var f *Failure
	switch r.Reason {
	case operate.RequestIDInUse:
		f = Fail(Refused, "%s %s is in use by another process at this moment (process %d); nothing was sent", id.Name, id.Value, e.Process)
	case operate.RequestIDTaken:
		f = Fail(Refused, "%s %s was used before, %s; nothing was sent", id.Name, id.Value, w.otherwise(r))
	case operate.SamePurchase:
		what := "order, amount and card"
		if e.Endpoint != "pay" || api != "pay" { // nobody knows with which card
			what = "order and amount"
		}
		f = Fail(Refused, "the same %s were paid %s ago under another request ID; nothing was sent", what, ago).Hint(mayMoveTwice)
	case operate.StillPayable:
		f = Fail(Refused, "the same order and amount have a session, made %s ago, with which the buyer can still pay; nothing was sent", ago).Hint(mayMoveTwice)
	case operate.SameAmount:
		done := map[string]string{"capture": "captured", "refund": "refunded"}[e.Endpoint]
		f = Fail(Refused, "the same amount was %s on this payment %s ago; nothing was sent", done, ago).Hint(mayMoveTwice)
	case operate.StillOpen:
		what := "the same order was sent " + ago + " ago under another request ID, and what became of it is not known yet"
		if !purchases(e.Endpoint) {
			what = "a " + e.Endpoint + " of this payment, begun " + ago + " ago, is still open"
		}
		f = Fail(Refused, "%s; nothing was sent", what).Hint(mayMoveTwice)
	case operate.NotArrived:
		what := "the same order"
		if !purchases(e.Endpoint) {
			what = "a " + e.Endpoint + " of this payment"
		}
		f = Fail(Refused, "%s was sent %s ago under another request ID and has not arrived, but may yet; nothing was sent", what, ago)
		if again := repeatOf(e); again != "" {
			f.Hint("repeat that one, which cannot happen twice: %s", again)
		}
		f.Hint(mayMoveTwice)
	case operate.MoreThanLeft:
		f = Fail(Refused, "%s is more than is left to %s, %s; nothing was sent", r.Amount, api, r.Limit).Hint(sendsAllTheSame)
	default:
		f = Fail(Refused, "%v; nothing was sent", r)
	}
	f.RequestID = id.Value
	f.Hint("the earlier one: %s", strings.Join(without("", e.Endpoint+" "+e.Number(), Amount(e.Amount), StateOf(e)), ", "))
	switch {
	case e.State.Open() && e.InFlight:
		return f.Hint("wait for the process that sent it: it tells what became of it")
	case e.State.Open():
		return f.Hint("%s asks what became of it", w.Command("resume"))
	}
	return f.Hint("apo log show %d shows it", e.ID)
}

// otherwise says with which other value a request ID was used, in the words of
// the field.
func (w Words) otherwise(r *operate.Refusal) string {
	e := r.Earlier
	switch {
	case r.Field == "":
		return "for " + e.Endpoint
	case strings.HasSuffix(r.Field, "Amount.value"), strings.HasSuffix(r.Field, "Amount.currency"):
		return fmt.Sprintf("for %s instead of %s (%s)", Amount(e.Amount), Amount(r.Amount), r.Field)
	case r.Field == "order.referenceOrderId":
		return fmt.Sprintf("for order %s (%s)", cmp.Or(e.Numbers.ReferenceOrderID, "none"), r.Field)
	case r.Field == "paymentId", r.Field == "paymentRequestId":
		return "for another payment (" + r.Field + ")"
	case strings.HasSuffix(r.Field, ".cardNo"):
		return "with another card (" + cmp.Or(e.Card, "none") + ", " + r.Field + ")"
	}
	return "with another " + r.Field
}

// purchases reports whether an API pays an order, or lets it be paid.
func purchases(endpoint string) bool {
	return endpoint == "pay" || endpoint == "submitPay" || endpoint == "createPaymentSession"
}

// ofPayment says what of a payment's money is in the way of a capture or refund.
func (w Words) ofPayment(r *operate.Refusal, verb string) *Failure {
	p := *r.Payment
	rest := w.Command(verb, p.PaymentID, "--amount", r.Limit.Value, "--currency", r.Limit.Currency)
	switch r.Reason {
	case operate.MoreThanLeft:
		return Fail(Refused, "%s is more than is left to %s, %s; nothing was sent", r.Amount, verb, r.Limit).
			Hint("%s takes what is left", rest).Hint(sendsAllTheSame)
	case operate.FullFailed:
		return Fail(Refused, "the whole %s failed before (%s); nothing was sent", verb, r.Code).
			Hint("%s tries again, under a new ID", rest)
	case operate.FullBefore:
		return Fail(Refused, "a whole %s of %s was made before, and %s has become free since; nothing was sent", verb, r.Amount, r.Limit).
			Hint("%s takes the rest", rest)
	case operate.Unreadable:
		f := Fail(Refused, "the gateway's books of this payment are not clear: %v; nothing was sent", r.Err)
		return f.Hint("%s shows them; --amount with --again sends a part all the same", w.Command("inquire", p.PaymentID))
	}
	why := "nothing is left to " + verb
	switch r.Reason {
	case operate.NotAuthorized:
		why = "it is not authorized yet"
	case operate.NotCaptured:
		why = "nothing was captured, so nothing is to be refunded"
	}
	f := Fail(Refused, "%s; nothing was sent", why)
	f.Verdict = w.Payment(p)
	f.Verdict.Facts = append([]string{why, "nothing was sent"}, f.Verdict.Facts...)
	f.Verdict.Next = ""
	switch {
	case r.Reason == operate.NotAuthorized:
		f.Hint("%s waits until it is", w.Command("inquire", p.PaymentID, "--watch"))
	case r.Reason == operate.NotCaptured && p.Status == apo.StatusSuccess:
		f.Hint("%s gives the buyer everything back", w.Command("cancel", p.PaymentID))
	}
	return f
}

// repeatOf is the command that sends a recorded request again under its own ID, as
// far as the record says: a pay had more flags, and its card, which must be the
// same. It is empty for an API without a command.
func repeatOf(r journal.Record) string {
	words := []string{"apo", r.Endpoint}
	switch r.Endpoint {
	case "capture", "refund", "cancel":
		words = append(words, cmp.Or(r.Numbers.PaymentID, r.Numbers.PaymentRequestID))
	case "pay":
	default:
		return ""
	}
	if !r.Amount.IsZero() && r.Endpoint != "cancel" {
		words = append(words, "--amount", r.Amount.Value, "--currency", r.Amount.Currency)
	}
	if id := r.RequestID(); id != "" {
		words = append(words, "--request-id", id)
	}
	if order := r.Numbers.ReferenceOrderID; r.Endpoint == "pay" && order != "" {
		words = append(words, "--order-id", order)
	}
	if r.Profile != "environment" {
		words = append(words, "--profile", r.Profile)
	}
	for i, word := range words {
		words[i] = Quoted(word)
	}
	return strings.Join(words, " ")
}

// span is a time as people say it: "40s", "3m", "2h", "61h" as "2 days 13 h".
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return d.Truncate(time.Second).String()
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	days, hours := int(d.Hours())/24, int(d.Hours())%24
	if hours == 0 {
		return fmt.Sprintf("%d days", days)
	}
	return fmt.Sprintf("%d days %d h", days, hours)
}
