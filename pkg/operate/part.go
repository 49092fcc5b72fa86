package operate

import (
	"cmp"
	"errors"

	"github.com/apo-cli/apo/pkg/apo"
)

// Part is how much of a payment is captured or refunded.
type Part struct {
	RequestID string     // ""; a whole one derives it from the payment, a part gets a new one
	Amount    apo.Amount // zero: all that is left
	Again     bool       // more than is left is meant
}

// CaptureOf makes the capture of a payment that was just inquired. before is the
// same capture, where it was sent earlier. The error is a [*Refusal].
func CaptureOf(p apo.Payment, part Part) (r apo.CaptureRequest, before *apo.Transaction, err error) {
	id, amount, before, err := part.of(p, "CAPTURE", p.Balance().Capturable())
	return apo.CaptureRequest{CaptureRequestID: id, PaymentID: p.PaymentID, CaptureAmount: amount}, before, err
}

// RefundOf is CaptureOf for a refund.
func RefundOf(p apo.Payment, part Part) (r apo.RefundRequest, before *apo.Transaction, err error) {
	id, amount, before, err := part.of(p, "REFUND", p.Balance().Refundable())
	return apo.RefundRequest{RefundRequestID: id, PaymentID: p.PaymentID, RefundAmount: amount}, before, err
}

func (part Part) of(p apo.Payment, kind string, left int64) (id string, amount apo.Amount, before *apo.Transaction, err error) {
	refuse := func(reason Reason) (string, apo.Amount, *apo.Transaction, error) {
		return "", apo.Amount{}, nil, &Refusal{Reason: reason, Amount: part.Amount, Limit: apo.Units64(p.Amount.Currency, left), Payment: &p}
	}
	if problem := cmp.Or(bookProblem(p), p.Balance().Unclear); problem != "" && (!part.Again || part.Amount.IsZero()) {
		return "", apo.Amount{}, nil, &Refusal{Reason: Unreadable, Amount: part.Amount, Payment: &p, Err: errors.New(problem)}
	}
	id = part.RequestID
	if !part.Amount.IsZero() {
		if id == "" {
			if id, err = NewID(); err != nil {
				return "", apo.Amount{}, nil, err
			}
		}
		return id, part.Amount, nil, part.atMost(p, kind, id, left)
	}
	if id == "" {
		id = DerivedID(kind, p.PaymentID)
		if refusal := fullBefore(p, kind, id, left); refusal != nil {
			return "", apo.Amount{}, nil, refusal
		}
	}
	if earlier, found := p.Find(kind, id); found {
		return id, earlier.Amount, &earlier, nil
	}
	if left == 0 {
		return refuse(nothingLeft(p, kind))
	}
	return id, apo.Units64(p.Amount.Currency, left), nil, nil
}

// atMost holds a part against what is known to be left.
func (part Part) atMost(p apo.Payment, kind, id string, left int64) error {
	if _, repeated := p.Find(kind, id); repeated || part.Again || part.Amount.Currency != p.Amount.Currency {
		return nil // the gateway's to judge
	}
	if n, err := part.Amount.Units(); err != nil || n <= left {
		return nil
	}
	reason := MoreThanLeft
	if left == 0 {
		reason = nothingLeft(p, kind)
	}
	return &Refusal{Reason: reason, Amount: part.Amount, Limit: apo.Units64(p.Amount.Currency, left), Payment: &p}
}

// fullBefore refuses what a repetition of the whole would pretend: that an earlier
// one, of less or without success, was the one that is asked for now.
func fullBefore(p apo.Payment, kind, id string, left int64) error {
	earlier, found := p.Find(kind, id)
	failed := earlier.Status == apo.StatusFail || earlier.Status == apo.StatusCancelled
	refusal := &Refusal{Amount: earlier.Amount, Limit: apo.Units64(p.Amount.Currency, left), Payment: &p, Code: earlier.Result.Code}
	switch {
	case !found:
		return nil
	case failed && left == 0:
		refusal.Reason = nothingLeft(p, kind)
	case failed:
		refusal.Reason = FullFailed
	case left > 0 && earlier.Status == apo.StatusSuccess:
		refusal.Reason = FullBefore
	default:
		return nil
	}
	return refusal
}

func nothingLeft(p apo.Payment, kind string) Reason {
	switch {
	case p.Status == apo.StatusProcessing || p.Status == apo.StatusPending:
		return NotAuthorized
	case kind == "REFUND" && p.Balance().Captured == 0:
		return NotCaptured
	}
	return NothingLeft
}
