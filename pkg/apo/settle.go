package apo

// Outcome is what an inquiry says became of a request whose own answer did
// not say it.
type Outcome int

const (
	Unknown    Outcome = iota // the inquiry does not say; ask again
	Done                      // it took effect
	Refused                   // it did not, and will not
	Processing                // it arrived and is not final
	Different                 // its ID belongs to a request with other values
)

// PayOutcome reads the inquiry after a pay for want.
func PayOutcome(p Payment, want Amount) Outcome {
	if !p.Amount.IsZero() && p.Amount != want {
		return Different
	}
	switch p.Status {
	case StatusSuccess:
		return Done
	case StatusFail, StatusCancelled:
		return Refused
	case StatusProcessing, StatusPending:
		return Processing
	}
	return Unknown
}

// CaptureOutcome reads the inquiry of the payment after a capture.
func CaptureOutcome(p Payment, r CaptureRequest) Outcome {
	return transactionOutcome(p, "CAPTURE", r.CaptureRequestID, r.CaptureAmount)
}

func transactionOutcome(p Payment, kind, requestID string, want Amount) Outcome {
	t, found := p.Find(kind, requestID)
	switch {
	case !found:
		return Unknown
	case !t.Amount.IsZero() && t.Amount != want:
		return Different
	case t.Status == StatusSuccess:
		return Done
	case t.Status == StatusFail || t.Status == StatusCancelled:
		return Refused
	case t.Status == StatusProcessing || t.Status == StatusPending:
		return Processing
	}
	return Unknown
}

// CancelOutcome reads the inquiry of the payment after a cancel. A payment
// that is not cancelled says nothing: the cancel may still be under way.
func CancelOutcome(p Payment) Outcome {
	if p.Status == StatusCancelled {
		return Done
	}
	return Unknown
}

// RefundOutcome reads inquiryRefund after a refund.
func RefundOutcome(got Refund, r RefundRequest) Outcome {
	switch {
	case !got.Amount.IsZero() && got.Amount != r.RefundAmount:
		return Different
	case got.Status == StatusSuccess:
		return Done
	case got.Status == StatusFail:
		return Refused
	case got.Status == StatusProcessing:
		return Processing
	}
	return Unknown
}

// RefusedForGood reports whether a verified F of this code settles a request
// of which the inquiry then knows nothing: the state of the order did not
// allow it, and no earlier try of it is on the books either.
func RefusedForGood(code string) bool { return code == "ORDER_STATUS_INVALID" }
