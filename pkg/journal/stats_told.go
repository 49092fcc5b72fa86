package journal

import (
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// toldParts are the captures and refunds that verified inquiries and notifications tell
// of: those that no call here made, such as one that APO makes by itself, count too, and
// each once.
type toldParts struct {
	since time.Time
	own   map[partKey][]string // paymentIds of the calls that worked; "" where a call does not say
	told  map[toldKey]toldPart
}

type partKey struct{ kind, requestID string } // "CAPTURE" and its captureRequestId

type toldKey struct {
	partKey
	paymentID string
}

type toldPart struct {
	amount apo.Amount
	at     time.Time
}

func newToldParts(since time.Time) *toldParts {
	return &toldParts{since: since, own: map[partKey][]string{}, told: map[toldKey]toldPart{}}
}

func (p *toldParts) add(r Record) {
	n := r.Numbers
	switch r.Endpoint {
	case "capture", "refund":
		if r.Outcome == apo.Succeeded {
			key := partKey{"CAPTURE", n.CaptureRequestID}
			if r.Endpoint == "refund" {
				key = partKey{"REFUND", n.RefundRequestID}
			}
			p.own[key] = append(p.own[key], n.PaymentID)
		}
	case "inquiryPayment":
		if len(r.Answer) == 0 {
			return
		}
		paid := apo.PaymentIn(r.Answer)
		for _, t := range paid.Transactions {
			if t.Status == apo.StatusSuccess {
				p.heard(r, partKey{t.Type, t.RequestID}, paid.PaymentID, t.Amount, t.Time)
			}
		}
	case "notifyCapture":
		if len(r.Answer) > 0 && said(r) == "S" {
			told := apo.NumbersOf(r.Answer)
			p.heard(r, partKey{"CAPTURE", told.CaptureRequestID}, told.PaymentID, amountIn(r.Answer, "captureAmount"), gjson.GetBytes(r.Answer, "captureTime").String())
		}
	case "notifyRefund", "inquiryRefund":
		if len(r.Answer) > 0 && said(r) == "S" {
			told := apo.NumbersOf(r.Answer)
			p.heard(r, partKey{"REFUND", told.RefundRequestID}, told.PaymentID, amountIn(r.Answer, "refundAmount"), gjson.GetBytes(r.Answer, "refundTime").String())
		}
	}
}

// heard takes in a capture or refund that worked. It was made when its gateway says, and
// before it was told of: a sandbox's clock may be ahead.
func (p *toldParts) heard(r Record, key partKey, paymentID string, amount apo.Amount, made string) {
	at := r.Time
	if t, err := time.Parse(time.RFC3339, made); err == nil && t.Before(at) {
		at = t
	}
	full := toldKey{key, paymentID}
	if before, found := p.told[full]; found && before.at.Before(at) {
		at = before.at
	}
	p.told[full] = toldPart{amount, at}
}

// to adds what no call made to the days.
func (p *toldParts) to(d *days) {
	for key, part := range p.told {
		made := slices.ContainsFunc(p.own[key.partKey], func(id string) bool { return id == key.paymentID || id == "" || key.paymentID == "" })
		if made || part.at.Before(p.since) || part.amount.IsZero() {
			continue
		}
		d.on(part.at)
		for _, day := range []*Day{d.day, &d.total} {
			switch key.kind {
			case "CAPTURE":
				day.Captured.add(part.amount)
			case "REFUND":
				day.Refunded.add(part.amount)
			}
		}
	}
}
