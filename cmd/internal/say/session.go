package say

import (
	"fmt"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// sessionCreated says that a session waits for its buyer, and where.
func (w Words) sessionCreated(r operate.Result, a *apo.Answer) *term.Verdict {
	if a.Endpoint.Name != r.Endpoint.Name {
		return w.sessionKnown(r, a)
	}
	v := w.Verdict(term.Waiting, "session waits for its buyer", Amount(r.Amount), Fact("paymentSessionId", a.Get("paymentSessionId")), "no payment yet")
	if r.Paid != nil {
		return w.sessionPaid(r, *r.Paid, Fact("paymentSessionId", a.Get("paymentSessionId")))
	}
	if r.PaidUnknown {
		v.What, v.Facts[len(v.Facts)-1] = "session is there", "whether it was paid meanwhile is not known"
	}
	switch page := a.Get("normalUrl"); {
	case page == "" && a.Get("paymentSessionData") != "":
		v.Facts = append(v.Facts, "paymentSessionData is for the SDK in the buyer's browser")
	case page != "" && w.PageEnds:
		v.Facts = append(v.Facts, "apo sandbox, in another terminal, serves "+page)
	case page != "":
		v.Facts = append(v.Facts, "open "+page)
	}
	v.Next = w.inquireOf(r)
	return v
}

// sessionKnown says that a session is there of which no answer came, as an inquiry told.
func (w Words) sessionKnown(r operate.Result, inquiry *apo.Answer) *term.Verdict {
	if inquiry.Endpoint.Name == "inquiryPayment" {
		return w.sessionPaid(r, apo.ReadPayment(inquiry), "")
	}
	v := w.Verdict(term.Waiting, "session is there", Amount(r.Amount), Fact("paymentRequestId", r.ID.Value), "the same command again has its page")
	v.Next = w.inquireOf(r)
	return v
}

// sessionPaid says what became of the payment of a session that was made before.
func (w Words) sessionPaid(r operate.Result, p apo.Payment, id string) *term.Verdict {
	v := w.Payment(p)
	v.Facts = append([]string{"its payment: " + v.What}, append(v.Facts, id)...)
	v.What = "session was submitted before"
	v.Facts = without("", v.Facts...)
	v.Next = w.Command("inquire", r.ID.Value)
	return v
}

// PaymentSession is what is known of a session by its ID.
type PaymentSession struct {
	ID, RequestID string
	Amount        apo.Amount
	Created       time.Time // zero: the journal does not know it
	Expires       time.Time
	Page          string
	Record        int64  // of its createPaymentSession
	Paid          string // what became of its payment; "": nobody submitted it
}

// SessionShown says what the journal knows of a session.
func (w Words) SessionShown(s PaymentSession) *term.Verdict {
	v := w.Verdict(term.Good, "session is there", Amount(s.Amount), Fact("paymentSessionId", s.ID), Fact("paymentRequestId", s.RequestID))
	if s.Record == 0 {
		v.Facts = append(v.Facts, "the journal does not know it")
		return v
	}
	v.Facts = append(v.Facts, fmt.Sprintf("record %d", s.Record))
	switch {
	case s.Paid != "":
		v.Facts = append(v.Facts, "its payment: "+s.Paid)
		v.Next = w.Command("inquire", s.RequestID)
	case !s.Expires.IsZero() && !w.Now.Before(s.Expires):
		v.What = "session has ended"
		v.Mood = term.Waiting
		v.Facts = append(v.Facts, "on "+s.Expires.Format(time.RFC3339))
		v.Next = w.Command("inquire", s.RequestID)
	default:
		if !s.Expires.IsZero() {
			v.Facts = append(v.Facts, "until "+s.Expires.Format(time.RFC3339))
		}
		if s.Page != "" {
			v.Facts = append(v.Facts, "open "+s.Page)
		}
		v.Next = w.Command("inquire", s.RequestID)
	}
	return v
}
