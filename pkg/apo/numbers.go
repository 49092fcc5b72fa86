package apo

import "slices"

// Numbers are all by which a payment, or a call about it, can be found. Each
// may be empty.
type Numbers struct {
	PaymentRequestID, PaymentID, CaptureRequestID, CaptureID, RefundRequestID, RefundID string

	ReferenceOrderID      string
	Acquirer              string // "ADYEN"; a name, no number
	AcquirerTransactionID string
	AcquirerReferenceID   string
	NetworkTransactionID  string // of the card scheme
	ARN, RRN              string // by which acquirers, schemes and issuers trace one transfer
}

// NumbersOf reads the numbers that a request, an answer or a notification
// carries.
func NumbersOf(message []byte) Numbers {
	var n Numbers
	_ = Members(message, func(name, value []byte) {
		text := func() string { return string(Text(value)) }
		switch string(name) {
		case "paymentRequestId":
			n.PaymentRequestID = text()
		case "paymentId":
			n.PaymentID = text()
		case "captureRequestId":
			n.CaptureRequestID = text()
		case "captureId":
			n.CaptureID = text()
		case "refundRequestId":
			n.RefundRequestID = text()
		case "refundId":
			n.RefundID = text()
		case "order":
			_ = Members(value, func(name, value []byte) {
				if string(name) == "referenceOrderId" {
					n.ReferenceOrderID = string(Text(value))
				}
			})
		case "arn":
			n.ARN = text()
		case "rrn":
			n.RRN = text()
		case "acquirerReferenceNo":
			if n.AcquirerTransactionID == "" {
				n.AcquirerTransactionID = text()
			}
		case "acquirerInfo":
			n.readAcquirer(value)
		case "paymentResultInfo":
			_ = Members(value, func(name, value []byte) {
				switch string(name) {
				case "networkTransactionId":
					n.NetworkTransactionID = string(Text(value))
				case "arn":
					n.ARN = string(Text(value))
				case "rrn":
					n.RRN = string(Text(value))
				}
			})
		}
	})
	return n
}

func (n *Numbers) readAcquirer(info []byte) {
	_ = Members(info, func(name, value []byte) {
		switch string(name) {
		case "acquirerName":
			n.Acquirer = string(Text(value))
		case "acquirerTransactionId":
			n.AcquirerTransactionID = string(Text(value))
		case "referenceRequestId":
			n.AcquirerReferenceID = string(Text(value))
		}
	})
}

// All are those that are there, each once, but for the acquirer's name.
func (n Numbers) All() []string {
	var list []string
	for _, s := range []string{
		n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.CaptureID, n.RefundRequestID, n.RefundID,
		n.ReferenceOrderID, n.AcquirerTransactionID, n.AcquirerReferenceID, n.NetworkTransactionID, n.ARN, n.RRN,
	} {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Named are those that go by the name of a field, in the API or among people: "paymentId",
// "referenceOrderId", "arn"; by "requestId" those that merchants give, by "capture" and
// "refund" those of both sides. None goes by any other name.
func (n Numbers) Named(name string) []string {
	switch name {
	case "paymentId":
		return []string{n.PaymentID}
	case "paymentRequestId":
		return []string{n.PaymentRequestID}
	case "captureId":
		return []string{n.CaptureID}
	case "captureRequestId":
		return []string{n.CaptureRequestID}
	case "capture":
		return []string{n.CaptureRequestID, n.CaptureID}
	case "refundId":
		return []string{n.RefundID}
	case "refundRequestId":
		return []string{n.RefundRequestID}
	case "refund":
		return []string{n.RefundRequestID, n.RefundID}
	case "requestId":
		return []string{n.PaymentRequestID, n.CaptureRequestID, n.RefundRequestID}
	case "referenceOrderId":
		return []string{n.ReferenceOrderID}
	case "acquirerTransactionId":
		return []string{n.AcquirerTransactionID}
	case "referenceRequestId":
		return []string{n.AcquirerReferenceID}
	case "networkTransactionId":
		return []string{n.NetworkTransactionID}
	case "arn":
		return []string{n.ARN}
	case "rrn":
		return []string{n.RRN}
	}
	return nil
}

// Has reports whether one of them is exactly number.
func (n Numbers) Has(number string) bool { return slices.Contains(n.All(), number) }

// Or takes from other what n lacks.
func (n Numbers) Or(other Numbers) Numbers {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&n.PaymentRequestID, other.PaymentRequestID)
	fill(&n.PaymentID, other.PaymentID)
	fill(&n.CaptureRequestID, other.CaptureRequestID)
	fill(&n.CaptureID, other.CaptureID)
	fill(&n.RefundRequestID, other.RefundRequestID)
	fill(&n.RefundID, other.RefundID)
	fill(&n.ReferenceOrderID, other.ReferenceOrderID)
	fill(&n.Acquirer, other.Acquirer)
	fill(&n.AcquirerTransactionID, other.AcquirerTransactionID)
	fill(&n.AcquirerReferenceID, other.AcquirerReferenceID)
	fill(&n.NetworkTransactionID, other.NetworkTransactionID)
	fill(&n.ARN, other.ARN)
	fill(&n.RRN, other.RRN)
	return n
}
