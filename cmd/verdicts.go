package cmd

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// amountFact writes an amount in both of its forms, since people think in one
// and APO in the other.
func amountFact(a apo.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.String()
}

func fact(name, value string) string {
	if value == "" {
		return ""
	}
	return name + " " + value
}

// succeeded says what an S means. answer is the operation's own, or that of
// an inquiry that settled it.
func (s *session) succeeded(op operation, answer *apo.Answer) *term.Verdict {
	switch op.endpoint.Name {
	case "pay":
		p := apo.ReadPayment(answer)
		v := s.verdict(term.Good, "authorized", amountFact(op.amount), fact("paymentId", p.PaymentID), fact("acquirer", p.Acquirer.Name))
		v.Next = s.command("capture", p.PaymentID)
		if gjson.GetBytes(op.body, "paymentFactor.captureMode").String() == "AUTOMATIC" {
			v.What, v.Next = "authorized, captured by APO", s.command("inquire", p.PaymentID)
		}
		if p.PaymentID == "" { // the answer does not tell it
			v.Next = op.inquire
		}
		return v
	case "capture":
		t, _ := apo.ReadPayment(answer).Find("CAPTURE", op.id)
		v := s.verdict(term.Good, "captured", amountFact(op.amount), fact("paymentId", answer.Get("paymentId")), fact("captureId", cmp.Or(answer.Get("captureId"), t.ID)))
		v.Next = s.command("inquire", answer.Get("paymentId"))
		return v
	case "cancel":
		p := apo.ReadPayment(answer)
		return s.verdict(term.Good, "cancelled", amountFact(op.amount), fact("paymentId", p.PaymentID), "the buyer gets everything back")
	case "refund":
		t, _ := apo.ReadPayment(answer).Find("REFUND", op.id)
		v := s.verdict(term.Good, "refunded", amountFact(op.amount), fact("refundId", cmp.Or(apo.ReadRefund(answer).RefundID, t.ID)))
		v.Next = op.inquire
		return v
	}
	return s.verdict(term.Good, answer.Result.Code, op.endpoint.Name, fact(op.idName, op.id))
}

// declined says why not, and that no money moved.
func (s *session) declined(op operation, code string, answer *apo.Answer) *failure {
	reason := code
	entry, known := apo.Lookup(code)
	if known {
		reason += ": " + entry.Meaning
	}
	f := fail(kindDeclined, "%s declined: %s", op.endpoint.Name, reason)
	f.requestID = op.id
	p := apo.ReadPayment(answer)
	what := "declined"
	if op.endpoint.Name != "pay" {
		what = op.endpoint.Name + " declined"
	}
	f.verdict = s.verdict(term.Bad, what, amountFact(op.amount), reason, cardFact(p.Card), fact("paymentId", p.PaymentID))
	if known && entry.Money == apo.MoneyNone {
		f.verdict.Facts = append(f.verdict.Facts, "no money moved")
	} else {
		f.maybe = true // refused, but the code speaks of money that may have been taken
	}
	if p.Card.Refusal != "" {
		f.verdict.Facts = append(f.verdict.Facts, "issuer: "+p.Card.Refusal)
	}
	if known && entry.Action != "" {
		f.hint("%s", s.advice(op.body, entry.Action))
	} else if message := answer.Result.Message; message != "" && answer.Result.Status == "F" { // an inquiry's own is about the inquiry
		f.hint("the gateway says: %s", message)
	}
	return f
}

// pendingFailure says that the outcome is not known yet, and what to do.
func (s *session) pendingFailure(op operation, answer *apo.Answer) *failure {
	p := apo.ReadPayment(answer)
	// Of an inquiry's answer the result is the inquiry's own, and the status the
	// payment's.
	part, _ := p.Find(strings.ToUpper(op.endpoint.Name), op.id)
	state := cmp.Or(part.Status, p.Status, answer.Get("refundStatus"), answer.Result.Code)
	f := fail(kindPending, "%s pending: %s", op.endpoint.Name, state)
	f.requestID, f.maybe = op.id, true
	what, next := "pending", op.inquire
	facts := []string{amountFact(op.amount), fact("paymentId", p.PaymentID), fact("acquirer", p.Acquirer.Name)}
	if p.NormalURL != "" {
		what = "3DS needed"
		facts = append(facts, "open "+p.NormalURL)
	}
	f.verdict = s.verdict(term.Waiting, what, facts...)
	f.verdict.Next = next
	return f
}

func cardFact(c apo.PaidCard) string {
	if c.LastFour == "" {
		return ""
	}
	return strings.TrimSpace(c.Brand + " ending in " + c.LastFour)
}

// told is what support needs to know of a payment, in one line.
func (s *session) told(p apo.Payment) *term.Verdict {
	b := p.Balance()
	money := func(n int64) string { return apo.Units64(b.Currency, n).String() }
	v := s.verdict(term.Good, "", cardFact(p.Card), fact("acquirer", p.Acquirer.Name), fact("paymentId", p.PaymentID))
	switch {
	case p.Status == apo.StatusFail:
		v.Mood, v.What = term.Bad, "declined "+p.Amount.String()+": "+reasonOf(p.ResultCode)
	case p.Status == apo.StatusCancelled:
		v.Mood, v.What = term.Bad, "cancelled "+p.Amount.String()
		if p.ResultCode != "" && p.ResultCode != "ORDER_IS_CANCELED" {
			v.What += ": " + reasonOf(p.ResultCode)
		}
	case p.Status != apo.StatusSuccess:
		v.Mood, v.What = term.Waiting, strings.ToLower(p.Status)+" "+p.Amount.String()
	case b.Captured+b.Capturing == 0:
		v.What = "authorized " + money(b.Authorized) + ", nothing captured"
		v.Facts = append(v.Facts, untilFact(p.AuthExpiryTime, s.now()))
		v.Next = s.command("capture", p.PaymentID)
	default:
		v.What = "captured " + money(b.Captured) + " of " + money(b.Authorized)
		if b.Capturing > 0 {
			v.What += ", capturing " + money(b.Capturing)
		}
		if b.Refunded > 0 {
			v.What += ", refunded " + money(b.Refunded)
		}
		if b.Refunding > 0 {
			v.What += ", refunding " + money(b.Refunding)
		}
		if left := b.Capturable(); left > 0 {
			v.What += ", left to capture " + money(left)
			v.Facts = append(v.Facts, untilFact(p.AuthExpiryTime, s.now()))
		}
		if b.Refunded+b.Refunding > 0 {
			v.What += ", left to refund " + money(b.Refundable())
		}
	}
	if p.Card.Refusal != "" {
		v.Facts = append(v.Facts, "issuer: "+p.Card.Refusal)
	}
	return v
}

func reasonOf(code string) string {
	if entry, known := apo.Lookup(code); known {
		return code + ", " + entry.Meaning
	}
	return code
}

// untilFact says when the authorization ends.
func untilFact(expiry string, now time.Time) string {
	t, err := apo.ParseTime(expiry)
	if err != nil {
		return ""
	}
	left := t.Sub(now)
	switch {
	case left <= 0:
		return "the authorization ended " + expiry
	case left > 48*time.Hour:
		return fmt.Sprintf("capture before %s (%d days left)", expiry, int(left.Round(24*time.Hour).Hours()/24))
	}
	return fmt.Sprintf("capture before %s (%s left)", expiry, left.Round(time.Minute))
}
