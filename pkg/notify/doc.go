// Package notify reads the notifications of Antom Payment Orchestration: it
// verifies their signature, says what they mean, and acknowledges them.
//
// APO posts a notification to the merchant's address when a payment, a capture,
// a refund, a saved card or a dispute has news. A receiver does four things, in
// this order:
//
//	n, err := notify.Verifier{Key: antom, ClientID: own}.Verify(message, signature)
//	if err != nil {
//		// answer 400: not from Antom, or not readable; do not act upon it
//	}
//	// write n down: the same notification may come again, up to eight times
//	switch n.Meaning() {
//	case notify.Captured:
//		// ship
//	case notify.PaymentPending, notify.CapturePending, notify.RefundPending:
//		// not known yet: ask with inquiryPayment or inquiryRefund, or wait
//	}
//	err = notify.Acknowledge(w) // else it is delivered again
//
// A notification that is not final is never a failure. [Notification.Status]
// has three values; [NotFinal] is also that of a notification that lacks its
// result, contradicts itself, or has a status that APO does not document, and
// [Notification.Doubt] says which of them it is.
//
// Two of the notifications, of saved cards and of disputes, have no notifyType:
// who switches on that field misses them. [Notification.Kind] tells all apart.
//
// The package holds no state and keeps no record. No error that it returns
// contains a body or a key.
package notify
