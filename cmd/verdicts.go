package cmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// succeeded says what an S means. answer is the operation's own, or that of
// an inquiry that settled it.
func (s *session) succeeded(op operation, answer *apo.Answer) *term.Verdict {
	switch op.endpoint.Name {
	case "pay":
		p := apo.ReadPayment(answer)
		v := s.words().Verdict(term.Good, "authorized", say.Amount(op.amount), say.Fact("paymentId", p.PaymentID), say.Fact("acquirer", p.Acquirer.Name))
		v.Next = s.words().Command("capture", p.PaymentID)
		if gjson.GetBytes(op.body, "paymentFactor.captureMode").String() == "AUTOMATIC" {
			v.What, v.Next = "authorized, captured by APO", s.words().Command("inquire", p.PaymentID)
		}
		if p.PaymentID == "" { // the answer does not tell it
			v.Next = op.inquire
		}
		return v
	case "capture":
		t, _ := apo.ReadPayment(answer).Find("CAPTURE", op.id)
		v := s.words().Verdict(term.Good, "captured", say.Amount(op.amount), say.Fact("paymentId", answer.Get("paymentId")), say.Fact("captureId", first(answer.Get("captureId"), t.ID)))
		v.Next = s.words().Command("inquire", answer.Get("paymentId"))
		return v
	case "cancel":
		p := apo.ReadPayment(answer)
		return s.words().Verdict(term.Good, "cancelled", say.Amount(op.amount), say.Fact("paymentId", p.PaymentID), "the buyer gets everything back")
	case "refund":
		t, _ := apo.ReadPayment(answer).Find("REFUND", op.id)
		v := s.words().Verdict(term.Good, "refunded", say.Amount(op.amount), say.Fact("refundId", first(apo.ReadRefund(answer).RefundID, t.ID)))
		v.Next = op.inquire
		return v
	}
	return s.words().Verdict(term.Good, answer.Result.Code, op.endpoint.Name, say.Fact(op.idName, op.id))
}

// declined says why not, and that no money moved.
func (s *session) declined(op operation, code string, answer *apo.Answer) *say.Failure {
	reason := code
	entry, known := apo.Lookup(code)
	if known {
		reason += ": " + entry.Meaning
	}
	f := say.Fail(say.Declined, "%s declined: %s", op.endpoint.Name, reason)
	f.RequestID = op.id
	p := apo.ReadPayment(answer)
	what := "declined"
	if op.endpoint.Name != "pay" {
		what = op.endpoint.Name + " declined"
	}
	f.Verdict = s.words().Verdict(term.Bad, what, say.Amount(op.amount), reason, cardFact(p.Card), say.Fact("paymentId", p.PaymentID))
	if known && entry.Money == apo.MoneyNone {
		f.Verdict.Facts = append(f.Verdict.Facts, "no money moved")
	} else {
		f.MoneyMayHaveMoved = true // refused, but the code speaks of money that may have been taken
	}
	if p.Card.Refusal != "" {
		f.Verdict.Facts = append(f.Verdict.Facts, "issuer: "+p.Card.Refusal)
	}
	if known && entry.Action != "" {
		f.Hint("%s", s.advice(op.body, entry.Action))
	} else if message := answer.Result.Message; message != "" && answer.Result.Status == "F" { // an inquiry's own is about the inquiry
		f.Hint("the gateway says: %s", message)
	}
	return f
}

// pendingFailure says that the outcome is not known yet, and what to do.
func (s *session) pendingFailure(op operation, answer *apo.Answer) *say.Failure {
	p := apo.ReadPayment(answer)
	// Of an inquiry's answer the result is the inquiry's own, and the status the
	// payment's.
	part, _ := p.Find(strings.ToUpper(op.endpoint.Name), op.id)
	state := first(part.Status, p.Status, answer.Get("refundStatus"), answer.Result.Code)
	f := say.Fail(say.Pending, "%s pending: %s", op.endpoint.Name, state)
	f.RequestID, f.MoneyMayHaveMoved = op.id, true
	what, next := "pending", op.inquire
	facts := []string{say.Amount(op.amount), say.Fact("paymentId", p.PaymentID), say.Fact("acquirer", p.Acquirer.Name)}
	if p.NormalURL != "" {
		what = "3DS needed"
		facts = append(facts, "open "+p.NormalURL)
	}
	f.Verdict = s.words().Verdict(term.Waiting, what, facts...)
	f.Verdict.Next = next
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
	v := s.words().Verdict(term.Good, "", cardFact(p.Card), say.Fact("acquirer", p.Acquirer.Name), say.Fact("paymentId", p.PaymentID))
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
		v.Next = s.words().Command("capture", p.PaymentID)
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
