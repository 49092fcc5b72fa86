package say

import (
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// Payment is what support needs to know of a payment, in one line.
func (w Words) Payment(p apo.Payment) *term.Verdict {
	b := p.Balance()
	money := func(n int64) string { return apo.Units64(b.Currency, n).String() }
	v := w.Verdict(term.Good, "", card(p.Card), Fact("acquirer", p.Acquirer.Name), Fact("paymentId", p.PaymentID))
	switch {
	case p.Status == apo.StatusFail:
		v.Mood, v.What = term.Bad, "declined "+p.Amount.String()+": "+reason(p.ResultCode)
	case p.Status == apo.StatusCancelled:
		v.Mood, v.What = term.Bad, "cancelled "+p.Amount.String()
		if p.ResultCode != "" && p.ResultCode != "ORDER_IS_CANCELED" {
			v.What += ": " + reason(p.ResultCode)
		}
	case p.Status != apo.StatusSuccess:
		v.Mood, v.What = term.Waiting, strings.ToLower(p.Status)+" "+p.Amount.String()
	case b.Unclear != "":
		v.Mood, v.What = term.Waiting, "authorized "+p.Amount.String()+", and what was taken of it cannot be added up: "+b.Unclear
	case b.Captured == 0 && b.Capturing == 0:
		v.What = "authorized " + money(b.Authorized) + ", nothing captured"
		v.Facts = append(v.Facts, until(p.AuthExpiryTime, w.Now))
		v.Next = w.Command("capture", p.PaymentID)
		if failed := lastFailed(p, "CAPTURE"); failed != nil { // what is to be done depends on why
			v.Next = w.Command("timeline", p.PaymentID)
			if _, known := apo.Lookup(failed.Result.Code); known {
				v.Next = "apo explain " + failed.Result.Code
			}
		}
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
			v.Facts = append(v.Facts, until(p.AuthExpiryTime, w.Now))
		}
		if b.Refunded > 0 || b.Refunding > 0 {
			v.What += ", left to refund " + money(b.Refundable())
		}
	}
	if b.Capturable() > 0 {
		v.What += failure(lastFailed(p, "CAPTURE"))
	}
	if b.Refundable() > 0 {
		v.What += failure(lastFailed(p, "REFUND"))
	}
	if p.Card.Refusal != "" {
		v.Facts = append(v.Facts, "issuer: "+p.Card.Refusal)
	}
	return v
}

// lastFailed is the newest capture or refund of a payment that failed; nil: none did.
func lastFailed(p apo.Payment, kind string) *apo.Transaction {
	var last *apo.Transaction
	for i := range p.Transactions {
		if t := &p.Transactions[i]; t.Type == kind && t.Status == apo.StatusFail && (last == nil || t.Time >= last.Time) {
			last = t
		}
	}
	return last
}

// failure goes on with a capture or refund that failed, and why; "" of none.
func failure(t *apo.Transaction) string {
	if t == nil {
		return ""
	}
	what := ", a " + strings.ToLower(t.Type) + " of " + t.Amount.String() + " failed"
	if t.Result.Code != "" {
		what += " (" + t.Result.Code + ")"
	}
	return what
}

// reason is a result code with its meaning.
func reason(code string) string {
	if entry, known := apo.Lookup(code); known {
		return code + ", " + entry.Meaning
	}
	return code
}

// until says when the authorization ends.
func until(expiry string, now time.Time) string {
	t, err := apo.ParseTime(expiry)
	if err != nil {
		return ""
	}
	left := t.Sub(now)
	if left <= 0 {
		return "the authorization ended " + When(t)
	}
	return "capture before " + When(t) + " (" + span(left) + " left)"
}
