package say

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// Outcome says what became of a request: the verdict of a success, or how it
// failed.
func (w Words) Outcome(r operate.Result, c Caller) (*term.Verdict, *Failure) {
	switch r.Outcome {
	case apo.Succeeded:
		v := w.succeeded(r)
		if r.Evidence.Answer != nil {
			v.Facts = append(v.Facts, "as an inquiry told")
		} else if r.Evidence.Notified {
			v.Facts = append(v.Facts, "as a notification told")
		}
		return v, nil
	case apo.Pending:
		return nil, w.Pending(r)
	case apo.Declined, apo.Cancelled:
		return nil, w.declined(r)
	case apo.Unrecognised:
		return nil, w.unrecognisedRequest(r, c)
	case apo.NeverArrived:
		return nil, w.neverArrived(r)
	case apo.NotSent:
		return nil, w.notSent(r)
	case apo.Refused:
		return nil, w.refused(r)
	}
	return nil, w.InDoubt(r)
}

// told is the answer that tells what became of a request: that of an inquiry, else
// its own.
func told(r operate.Result) *apo.Answer {
	if r.Evidence.Answer != nil {
		return r.Evidence.Answer
	}
	return r.Answer
}

func payment(r operate.Result) apo.Payment {
	if a := told(r); a != nil {
		return apo.ReadPayment(a)
	}
	return apo.Payment{}
}

// inquire is the command by which a person asks what became of a request.
func (w Words) inquire(endpoint string, id operate.ID, n apo.Numbers) string {
	switch endpoint {
	case "pay", "cancel":
		return w.Command("inquire", id.Value)
	case "submitPay", "verifyAndCompletePayment":
		if number := cmp.Or(n.PaymentRequestID, n.PaymentID); number != "" {
			return w.Command("inquire", number)
		}
		return ""
	case "capture":
		return w.Command("inquire", n.PaymentID)
	case "refund":
		return w.Command("inquire-refund", id.Value)
	case "createPaymentSession":
		return w.Command("session", "show", id.Value)
	case "vaultPaymentMethod", "createVaultingSession":
		return w.Command("vault", "show", id.Value)
	}
	return ""
}

func (w Words) inquireOf(r operate.Result) string {
	n := r.Numbers
	if a := told(r); a != nil && a.Result.Status != "F" {
		n = n.Or(apo.NumbersOf(a.Raw))
	}
	return w.inquire(r.Endpoint.Name, r.ID, n)
}

// succeeded says what a success means, as the answer that proves it tells.
func (w Words) succeeded(r operate.Result) *term.Verdict {
	p, a := payment(r), told(r)
	switch r.Endpoint.Name {
	case "pay", "submitPay", "verifyAndCompletePayment":
		v := w.Verdict(term.Good, authorized(p), Amount(amountMoved(r, p)), Fact("paymentId", p.PaymentID), Fact("acquirer", p.Acquirer.Name))
		v.Next = w.Command("capture", p.PaymentID)
		if r.Endpoint.Name != "pay" || gjson.GetBytes(r.Body, "paymentFactor.captureMode").String() == "AUTOMATIC" {
			v.Next = w.Command("inquire", p.PaymentID) // APO captures, or has tried to
		}
		if p.PaymentID == "" { // the answer does not tell it
			v.Next = w.inquireOf(r)
		}
		return v
	case "capture":
		t, _ := p.Find("CAPTURE", r.ID.Value)
		v := w.Verdict(term.Good, "captured", Amount(r.Amount), Fact("paymentId", p.PaymentID), Fact("captureId", cmp.Or(a.Get("captureId"), t.ID)))
		v.Next = w.Command("inquire", cmp.Or(p.PaymentID, r.Numbers.PaymentID))
		return v
	case "cancel":
		return w.Verdict(term.Good, "cancelled", Amount(r.Amount), Fact("paymentId", p.PaymentID), "whatever was taken goes back to the buyer")
	case "refund":
		t, _ := p.Find("REFUND", r.ID.Value)
		v := w.Verdict(term.Good, "refunded", Amount(r.Amount), Fact("refundId", cmp.Or(apo.ReadRefund(a).RefundID, t.ID)))
		v.Next = w.inquireOf(r)
		return v
	case "createPaymentSession":
		return w.sessionCreated(r, a)
	case "vaultPaymentMethod", "createVaultingSession":
		return w.vaulted(r)
	}
	return w.Verdict(term.Good, a.Result.Code, r.Endpoint.Name, Fact(r.ID.Name, r.ID.Value))
}

// amountMoved is the amount of a request. That of a session which the journal does not know
// its payment tells.
func amountMoved(r operate.Result, p apo.Payment) apo.Amount {
	if r.Amount.IsZero() {
		return p.Amount
	}
	return r.Amount
}

// authorized says what the books tell of a payment that succeeded.
func authorized(p apo.Payment) string {
	b := p.Balance()
	switch {
	case b.Captured > 0:
		return "authorized and captured"
	case b.Capturing > 0:
		return "authorized, being captured"
	}
	for _, t := range p.Transactions {
		if t.Type == "CAPTURE" && t.Status == apo.StatusFail {
			return "authorized, not captured: " + cmp.Or(t.Result.Code, "its capture failed")
		}
	}
	return "authorized"
}

// declined says why not, and that no money moved.
func (w Words) declined(r operate.Result) *Failure {
	name, p := r.Endpoint.Name, payment(r)
	what, reason := "declined", cmp.Or(r.Code, "no reason was given")
	if r.Outcome == apo.Cancelled {
		what, reason = "cancelled", cmp.Or(r.Code, "the payment was cancelled")
	}
	entry, known := apo.Lookup(r.Code)
	stake := atStake(r)
	if known {
		meaning := entry.Meaning
		if operate.IsVaulting(name) {
			meaning = ofVaulting(meaning)
		}
		if name == "createPaymentSession" && r.Code == "ORDER_IS_CLOSED" {
			meaning = "the session has ended, and nobody paid with it"
		}
		if stake == returned {
			meaning, _, _ = strings.Cut(meaning, ";") // what becomes of the money stands behind
		}
		reason += ": " + meaning
	}
	f := Fail(Declined, "%s %s: %s", name, what, reason)
	f.RequestID = r.ID.Value
	switch {
	case name == "vaultPaymentMethod":
		what = "card not saved"
	case name != "pay":
		what = name + " " + what
	}
	f.Verdict = w.Verdict(term.Bad, what, Amount(r.Amount), reason, card(p.Card), Fact("paymentId", p.PaymentID), stake)
	if id := cmp.Or(p.PaymentID, r.Numbers.PaymentID); name == "cancel" && p.Balance().Refundable() > 0 && id != "" {
		f.Verdict.Next = w.Command("refund", id) // of what is left, and once it is meant
	}
	if p.Card.Refusal != "" {
		f.Verdict.Facts = append(f.Verdict.Facts, "issuer: "+p.Card.Refusal)
	}
	switch a := told(r); {
	case known && entry.Action != "":
		action := entry.Action
		if r.Evidence.Answer != nil { // apo has asked
			action = strings.TrimPrefix(action, "run `apo inquire ID`; ")
		}
		f.Hint("%s", w.advice(r.Body, action))
	case a != nil && a.Result.Status == "F" && a.Result.Message != "": // an inquiry's own is about the inquiry
		f.Hint("the gateway says: %s", a.Result.Message)
	}
	return f
}

// returned is what becomes of the money of a payment that risk control stopped.
const returned = "what was taken is returned"

// atStake says what a request that was declined did to the buyer's money. Of what an
// earlier request took it says nothing: that is where it was.
func atStake(r operate.Result) string {
	switch {
	case r.Endpoint.Name == "cancel":
		if b := payment(r).Balance(); b.Refundable() > 0 {
			return "nothing was cancelled: " + apo.Units64(b.Currency, b.Refundable()).String() + " stays captured"
		}
		return "nothing was cancelled"
	case r.Endpoint.Name == "pay" && (r.Outcome == apo.Cancelled || r.Code == "RISK_REJECT" || r.Code == "FRAUD_REJECT"):
		return returned
	}
	if operate.IsVaulting(r.Endpoint.Name) {
		return "no card was saved"
	}
	return "no money moved"
}

// Pending says that the outcome is not known yet, and what to do.
func (w Words) Pending(r operate.Result) *Failure {
	if operate.IsVaulting(r.Endpoint.Name) {
		return w.vaultPending(r)
	}
	p := payment(r)
	// Of an inquiry's answer the result is the inquiry's own, and the status the
	// payment's.
	part, _ := p.Find(strings.ToUpper(r.Endpoint.Name), r.ID.Value)
	state := cmp.Or(part.Status, p.Status)
	if a := told(r); state == "" && a != nil {
		state = cmp.Or(a.Get("refundStatus"), a.Result.Code)
	}
	f := Fail(Pending, "%s pending: %s", r.Endpoint.Name, state)
	f.RequestID, f.MoneyMayHaveMoved = r.ID.Value, true
	what := "pending"
	facts := []string{Amount(amountMoved(r, p)), Fact("paymentId", p.PaymentID), Fact("acquirer", p.Acquirer.Name)}
	if p.NormalURL != "" {
		what = pageFor(r)
		if w.PageEnds {
			f.Hint("apo sandbox, in another terminal, serves the 3DS page: %s prints its address; or pay again with --open", w.Command("sandbox", "show", p.PaymentID, "-q", "page"))
		} else {
			facts = append(facts, "open "+p.NormalURL)
		}
	}
	f.Verdict = w.Verdict(term.Waiting, what, facts...)
	f.Verdict.Next = w.inquireOf(r)
	return f
}

// pageFor says what the page is for to which a payment leads.
func pageFor(r operate.Result) string {
	method := gjson.GetBytes(r.Body, "paymentMethod")
	switch {
	case r.Endpoint.Name == "submitPay":
		return "the buyer's turn"
	case r.Endpoint.Name == "pay" && method.Get("paymentMethodMetaData.cardNo").String() == "" && method.Get("paymentMethodId").String() == "":
		return "card needed"
	}
	return "3DS needed"
}

// InDoubt is the end of a request of which nobody knows whether money moved.
func (w Words) InDoubt(r operate.Result) *Failure {
	problem, kind, what := problemOf(r), InDoubt, "in doubt"
	if r.Lost != nil && r.Lost.Kind == apo.Untrusted && r.Outcome != apo.Different {
		kind, what = Signature, "not trusted"
	}
	f := Fail(kind, "%s: outcome unknown: %s", r.Endpoint.Name, problem)
	f.RequestID, f.MoneyMayHaveMoved = r.ID.Value, r.MoneyMayHaveMoved()
	f.Verdict = w.Verdict(term.Waiting, what, Amount(r.Amount), problem)
	if r.ID.Value != "" {
		f.Verdict.Facts = append(f.Verdict.Facts, r.ID.Name+" "+r.ID.Value)
	}
	if f.Verdict.Next = w.inquireOf(r); r.Endpoint.Name == "createPaymentSession" && r.Record != 0 {
		f.Verdict.Next = w.Command("resume")
	}
	if f.MoneyMayHaveMoved {
		f.Hint("money may have moved: ask before you repeat anything, and repeat it only under the same ID")
	} else {
		f.Hint("the card may have been saved: repeat it only under the same ID")
	}
	if r.Lost != nil {
		excerpt(f, r.Lost)
	}
	if r.Answer != nil && !r.Answer.Unsigned {
		if code, known := apo.Lookup(r.Answer.Result.Code); known && code.Status != "S" { // a success says that nothing is to do
			f.Hint("%s: %s", code.Name, w.advice(r.Body, code.Action))
		}
	}
	if r.Outcome == apo.Different {
		f.Hint("%s %s belongs to a request with other values; look at it before you go on", r.ID.Name, r.ID.Value)
	}
	return f
}

// problemOf says why it is not known what became of a request.
func problemOf(r operate.Result) string {
	switch {
	case r.Lost != nil:
		return r.Lost.Problem
	case errors.Is(r.Cause, operate.ErrFault):
		return "apo met a fault of its own while the request was under way"
	case r.Answer == nil && r.Cause != nil:
		return r.Cause.Error()
	case r.Answer == nil:
		return "no usable answer came"
	}
	what := r.Answer.Result.Status + " " + r.Answer.Result.Code
	if r.Answer.Unsigned {
		what = "UNSIGNED " + what
	}
	if r.Answer.Result.Message != "" {
		what += ": " + r.Answer.Result.Message
	}
	if r.Cause != nil && !r.Answer.Unsigned {
		what += " (" + r.Cause.Error() + ")"
	}
	return what
}

// neverArrived is the end of a request that the gateway does not know. It may be
// sent again under its own ID, and under no other: should it be on its way all the
// same, it cannot happen twice.
func (w Words) neverArrived(r operate.Result) *Failure {
	f := Fail(InDoubt, "%s: never arrived: %d inquiries, the last %s after it was sent, found nothing",
		r.Endpoint.Name, r.Evidence.Times, span(r.Evidence.Over))
	if w.Mode == "LOCAL" {
		f.Text = r.Endpoint.Name + ": never arrived: the embedded sandbox does not know it"
	}
	if r.Answer != nil && !r.Answer.Unsigned {
		f.Hint("it was answered with %s, and nothing is on the books", r.Answer.Result.Code)
	}
	f.RequestID, f.MoneyMayHaveMoved = r.ID.Value, r.MoneyMayHaveMoved()
	unknown := "the gateway does not know it"
	if r.Endpoint.Name == "cancel" {
		unknown = "the payment is not cancelled"
	}
	f.Verdict = w.Verdict(term.Waiting, "never arrived", Amount(r.Amount), Fact(r.ID.Name, r.ID.Value), unknown)
	if f.Verdict.Next = w.repeat(r); f.Verdict.Next == "" {
		return f.Hint("repeat the command with the same %s: so it cannot happen twice", r.ID.Name)
	}
	return f.Hint("that repeats it with the same %s: so it cannot happen twice", r.ID.Name)
}

// notSent is the end of a request of which not one byte left.
func (w Words) notSent(r operate.Result) *Failure {
	switch {
	case r.Lost == nil:
		return Fail(Error, "%v", r.Cause)
	case r.Lost.Kind == apo.Interrupted:
		f := Fail(Interrupted, "interrupted; nothing was sent")
		f.RequestID = r.ID.Value
		return f
	}
	return w.unreachable(r.Lost)
}

// unreachable says that the gateway could not be reached.
func (w Words) unreachable(failed *apo.Error) *Failure {
	f := Fail(Unreachable, "%s; nothing was sent", failed.Problem)
	f.Verdict = w.Verdict(term.Bad, "unreachable", failed.Problem, "nothing was sent")
	if advice := w.aboutCertificate(failed.Err); advice != "" {
		return f.Hint("%s", advice) // something answers
	}
	if advice := aboutProxy(failed.Err); advice != "" {
		return f.Hint("%s", advice)
	}
	if u, err := url.Parse(w.Where); err == nil && u.Port() != "" && apo.IsLoopback(u.Hostname()) {
		tls := ""
		if u.Scheme == "https" {
			tls = " --tls"
		}
		return f.Hint("is the sandbox meant? in another terminal: apo sandbox --listen %s%s", u.Host, tls)
	}
	return f.Hint("check the network, the proxy and the gateway: apo profile show")
}

// excerpt shows the first bytes of what nothing vouches for.
func excerpt(f *Failure, failed *apo.Error) {
	if failed.Status != 0 && failed.Status != 200 {
		f.Text += fmt.Sprintf(" (HTTP %d)", failed.Status)
		if f.Verdict != nil {
			f.Verdict.Facts = append(f.Verdict.Facts, fmt.Sprintf("HTTP %d", failed.Status))
		}
	}
	if text := strings.TrimSpace(failed.Excerpt); text != "" {
		f.Hint("UNVERIFIED, it begins: %s", text)
	}
}

// card is a card as people tell it from another.
func card(c apo.PaidCard) string {
	if c.LastFour == "" {
		return ""
	}
	return strings.TrimSpace(c.Brand + " ending in " + c.LastFour)
}
