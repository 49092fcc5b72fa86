package sandbox

import (
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
)

// lastCapture is the captureRequestId of the capture that its merchant called the last
// one, by isLastCapture; "" where there is none. One that failed released nothing,
// one in process may yet. No field of APO tells that the rest was released: the
// payment stays SUCCESS, and its captures say what was taken.
func (b paymentRecord) lastCapture() string {
	for _, t := range b.transactions {
		if t.Kind == "CAPTURE" && t.Last && t.Status != failed {
			return t.RequestID
		}
	}
	return ""
}

// ofCapture holds a refund against the capture that it names by captureId, which
// must be one of the payment's own. Without a captureId a refund is of the payment as a
// whole, unless an option wants to know of which of several captures it is.
func (l ledger) ofCapture(b paymentRecord, captureID string, units int64) any {
	if captureID == "" {
		if l.settings.Options.is("refund-capture", "required") && b.captures() > 1 {
			return refuse("PARAM_ILLEGAL", "captureId is missing: the payment has several captures")
		}
		return nil
	}
	i := slices.IndexFunc(b.transactions, func(t transaction) bool { return t.Kind == "CAPTURE" && t.ID == captureID })
	if i < 0 {
		return refuse("PARAM_ILLEGAL", "captureId is not that of a capture of this payment")
	}
	capture := b.transactions[i]
	if capture.Status != success {
		return refuse("ORDER_STATUS_INVALID", "the capture is "+string(capture.Status))
	}
	taken, _ := capture.Amount.Units()
	left := taken - b.add(func(t transaction) bool { return t.Kind == "REFUND" && t.CaptureID == captureID && t.Status != failed })
	if units > left {
		return refuse("REFUND_AMOUNT_EXCEED", "left to refund of this capture is "+apo.Units64(b.Amount.Currency, left).String())
	}
	return nil
}

// captures counts those that took effect.
func (b paymentRecord) captures() (n int) {
	for _, t := range b.transactions {
		if t.Kind == "CAPTURE" && t.Status == success {
			n++
		}
	}
	return n
}
