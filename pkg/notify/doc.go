// Package notify reads the notifications of Antom Payment Orchestration: it
// verifies their signature, says what they mean, and acknowledges them.
//
// APO posts a notification to the merchant's address when a payment, a capture,
// a refund, a saved card or a dispute has news. A [Handler] does what a receiver
// has to do, in the order in which it has to:
//
//	http.Handle("/hooks/apo", notify.Handler(
//		notify.Verifier{Keys: []*sign.PublicKey{antom}, ClientID: own},
//		func(ctx context.Context, n notify.Notification) error {
//			switch n.Meaning() {
//			case notify.Captured:
//				return ship(ctx, n.CaptureRequestID)
//			case notify.PaymentPending, notify.CapturePending, notify.RefundPending:
//				// not known yet: ask with inquiryPayment or inquiryRefund, or wait
//			}
//			return nil // it is acknowledged only now
//		},
//		notify.RememberIn(notify.Database{DB: db}),
//	))
//
// Whoever has another frame calls the parts: [Verifier.Verify], then writes the
// notification down (the same may come again, up to eight times), acts on
// [Notification.Meaning], and calls [Acknowledge] last. [Judge] says whether APO
// counts an answer, and [Schedule] when it delivers again.
//
// A notification that is not final is never a failure. [Notification.Status]
// has three values; [NotFinal] is also that of a notification that lacks its
// result, contradicts itself, or has a status that APO does not document, and
// [Notification.Doubt] says which of them it is.
//
// Two of the notifications, of saved cards and of disputes, have no notifyType:
// who switches on that field misses them. [Notification.Kind] tells all apart.
//
// No error that the package returns contains a body or a key.
package notify
