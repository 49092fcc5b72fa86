package notify

// Meaning is what a notification means for whoever receives it.
type Meaning string

const (
	Authorized     Meaning = "authorized" // and not captured: ship after Captured
	PaymentFailed  Meaning = "payment-failed"
	PaymentPending Meaning = "payment-pending" // see Notification.Doubt, as of all that are pending
	BuyerPaid      Meaning = "buyer-paid"      // and the result comes later

	Captured       Meaning = "captured" // the order may be shipped
	CaptureFailed  Meaning = "capture-failed"
	CapturePending Meaning = "capture-pending"

	Refunded      Meaning = "refunded"
	RefundFailed  Meaning = "refund-failed"
	RefundPending Meaning = "refund-pending"

	Vaulted         Meaning = "vaulted" // the card was saved
	VaultingFailed  Meaning = "vaulting-failed"
	VaultingPending Meaning = "vaulting-pending"

	DisputeOpened  Meaning = "dispute-opened"
	DisputeWon     Meaning = "dispute-won"     // the merchant keeps the money
	DisputeLost    Meaning = "dispute-lost"    // the merchant pays
	DisputePending Meaning = "dispute-pending" // other news of a dispute, or a judgement that is not told

	Unknown Meaning = "unknown"
)

// Meaning says what the notification means. It rests on Kind, Status and Doubt
// alone.
func (n Notification) Meaning() Meaning {
	switch n.Kind {
	case KindPaymentResult:
		return n.one(Authorized, PaymentFailed, PaymentPending)
	case KindPaymentPending:
		if n.Doubt == InProcess {
			return BuyerPaid
		}
		return PaymentPending
	case KindCaptureResult:
		return n.one(Captured, CaptureFailed, CapturePending)
	case KindRefundResult:
		return n.one(Refunded, RefundFailed, RefundPending)
	case KindVaulting:
		return n.one(Vaulted, VaultingFailed, VaultingPending)
	case KindDispute:
		if n.Type == disputeCreated && n.Doubt == InProcess {
			return DisputeOpened
		}
		return n.one(DisputeWon, DisputeLost, DisputePending)
	}
	return Unknown
}

func (n Notification) one(succeeded, failed, notFinal Meaning) Meaning {
	switch n.Status {
	case Succeeded:
		return succeeded
	case Failed:
		return failed
	}
	return notFinal
}
