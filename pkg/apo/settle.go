package apo

import (
	"slices"
	"time"
)

// PayOutcome reads the inquiry after a pay for want.
func PayOutcome(p Payment, want Amount) Outcome {
	switch {
	case p.Amount.IsZero():
		return "" // an answer that names no amount proves nothing of ours
	case p.Amount != want:
		return Different
	}
	switch p.Status {
	case StatusSuccess:
		return Succeeded
	case StatusFail, StatusCancelled:
		return Declined
	case StatusProcessing, StatusPending:
		return Pending
	}
	return ""
}

// CaptureOutcome reads the inquiry of the payment after a capture.
func CaptureOutcome(p Payment, r CaptureRequest) Outcome {
	return transactionOutcome(p, "CAPTURE", r.CaptureRequestID, r.CaptureAmount)
}

func transactionOutcome(p Payment, kind, requestID string, want Amount) Outcome {
	t, found := p.Find(kind, requestID)
	switch {
	case !found || t.Amount.IsZero():
		return ""
	case t.Amount != want:
		return Different
	case t.Status == StatusSuccess:
		return Succeeded
	case t.Status == StatusFail || t.Status == StatusCancelled:
		return Declined
	case t.Status == StatusProcessing || t.Status == StatusPending:
		return Pending
	}
	return ""
}

// CancelOutcome reads the inquiry of the payment after a cancel. A payment
// that is not cancelled says nothing: the cancel may still be under way.
func CancelOutcome(p Payment) Outcome {
	if p.Status == StatusCancelled {
		return Succeeded
	}
	return ""
}

// RefundOutcome reads what the inquiries tell after a refund: that of the
// payment, whose transactions belong to it for certain, and inquiryRefund,
// which does not say of which payment a refund is. So a success that the payment
// does not list counts only if it is not older than sent, on the gateway's clock,
// and the payment lists no other refunds; else it is not known.
func RefundOutcome(p Payment, got Refund, r RefundRequest, sent time.Time) Outcome {
	if _, found := p.Find("REFUND", r.RefundRequestID); found {
		return transactionOutcome(p, "REFUND", r.RefundRequestID, r.RefundAmount)
	}
	switch {
	case got.PaymentID != "" && got.PaymentID != r.PaymentID, !got.Amount.IsZero() && got.Amount != r.RefundAmount:
		return Different
	case got.Status == StatusProcessing || got.Status == StatusPending:
		return Pending
	case got.Amount.IsZero():
		return ""
	case got.Status == StatusFail || got.Status == StatusCancelled:
		return Declined // whoever's it was, nothing else happens under its ID
	case got.Status != StatusSuccess, slices.ContainsFunc(p.Transactions, func(t Transaction) bool { return t.Type == "REFUND" }):
		return ""
	}
	if at, err := ParseTime(got.Time); err != nil || at.Before(sent) {
		return ""
	}
	return Succeeded
}

// RefusedForGood reports whether a verified F of this code settles a request to
// an existing payment, once the payment's own books are known not to hold it:
// the state of the payment did not allow it, and no earlier try is there.
func RefusedForGood(endpoint, code string) bool {
	return code == "ORDER_STATUS_INVALID" && (endpoint == "capture" || endpoint == "refund" || endpoint == "cancel")
}

// OfAnother reports whether a verified F of this code says that the request ID
// belongs to a request with other values: what an inquiry finds under it is
// then not this request.
func OfAnother(code string) bool { return code == "REPEAT_REQ_INCONSISTENT" }
