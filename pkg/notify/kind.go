package notify

// Kind tells the notifications apart. Of four it is their notifyType; the other
// two have none, and are told by their fields.
type Kind string

const (
	KindPaymentResult  Kind = "PAYMENT_RESULT"  // what became of a pay; of a card S means authorized
	KindPaymentPending Kind = "PAYMENT_PENDING" // the buyer has paid, and the result comes later
	KindCaptureResult  Kind = "CAPTURE_RESULT"
	KindRefundResult   Kind = "REFUND_RESULT"
	KindVaulting       Kind = "VAULTING" // a card was to be saved; it has vaultingRequestId
	KindDispute        Kind = "DISPUTE"  // it has disputeNotificationType
	KindUnknown        Kind = "UNKNOWN"  // any other
)

// Kinds are those that APO has.
func Kinds() []Kind {
	return []Kind{KindPaymentResult, KindPaymentPending, KindCaptureResult, KindRefundResult, KindVaulting, KindDispute}
}

// API is APO's name for the notification: "notifyPayment"; "notify" where the
// kind is unknown.
func (k Kind) API() string {
	switch k {
	case KindPaymentResult, KindPaymentPending:
		return "notifyPayment"
	case KindCaptureResult:
		return "notifyCapture"
	case KindRefundResult:
		return "notifyRefund"
	case KindVaulting:
		return "notifyVaulting"
	case KindDispute:
		return "notifyDispute"
	}
	return "notify"
}

// kindOf tells a kind by the fields that a body has. A notifyType that is known
// goes first; one that is not says nothing against the fields that no other
// notification has.
func kindOf(notifyType string, dispute, vaulting bool) Kind {
	switch k := Kind(notifyType); {
	case k == KindPaymentResult, k == KindPaymentPending, k == KindCaptureResult, k == KindRefundResult:
		return k
	case dispute:
		return KindDispute
	case vaulting:
		return KindVaulting
	}
	return KindUnknown
}
