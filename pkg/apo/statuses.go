package apo

import "slices"

func statusEntries() []Entry {
	const states = "paymentStatus, refundStatus, transactionStatus"
	done := Decision{MovedYes, Final, NeitherID, WaitNone, BuyerDone, StepInquire}
	runs := Decision{MovedMaybe, StillOpen, SameID, "2s", BuyerWaits, StepInquire}
	open := Decision{MovedMaybe, StillOpen, SameID, WaitKnown, BuyerChecked, StepInquire}
	ofState := func(of, code, meaning string, d Decision) Entry {
		return Entry{Group: GroupStatus, Code: code, Of: of, Meaning: meaning, Decision: d}
	}
	return slices.Concat([]Entry{
		ofState("resultStatus", "S", "it worked; of an inquiry this says only that the question was answered", done),
		ofState("resultStatus", "F", "it was refused; its resultCode says why, and whether money may have moved all the same", Decision{MovedMaybe, StillOpen, NeitherID, WaitKnown, BuyerChecked, StepInquire}),
		ofState("resultStatus", "U", "not known yet: never a failure", open),
		ofState(states, StatusSuccess, "a payment is authorized, and captured only where transactions say so; a capture or refund is done", done),
		ofState(states, StatusFail, "it failed for good; paymentResultCode says why", Decision{MovedNo, Final, NewID, WaitNone, BuyerOtherWay, StepInquire}),
		ofState(states, StatusProcessing, "it is not final: ask again, or wait for the notification", runs),
		ofState("paymentStatus", StatusCancelled, "the payment was cancelled, or its authorization ended: nothing is left to capture", Decision{MovedNo, Final, NewID, WaitNone, BuyerPaysAgain, StepInquire}),
		ofState(states, StatusPending, "the buyer has paid, and the result comes later: not final", runs),
	}, outcomeEntries())
}

// outcomeEntries are the words in which apo says what became of a request.
func outcomeEntries() []Entry {
	row := func(o Outcome, meaning string, d Decision) Entry {
		return Entry{Group: GroupStatus, Code: string(o), Of: "outcome", Meaning: meaning, Decision: d}
	}
	mended := func(id Reuse, next Step) Decision {
		return Decision{MovedNo, Final, id, WaitMended, BuyerLater, next}
	}
	state := func(code, meaning string, d Decision) Entry {
		return Entry{Group: GroupStatus, Code: code, Of: "state", Meaning: meaning, Decision: d}
	}
	says := Decision{MovedNotSaid, FinalNotSaid, NeitherID, WaitNone, BuyerNothing, StepTimeline}
	return []Entry{
		state("begun", "it is being sent, or whoever sent it was killed", Decision{MovedMaybe, StillOpen, SameID, WaitKnown, BuyerChecked, StepResume}),
		state("answered", "a verified answer came that is final, or it was never sent: its outcome says which", says),
		state("resolved", "an inquiry, a notification or a person told what became of it: its outcome says what", says),
		row(Succeeded, "it took effect", Decision{MovedYes, Final, NeitherID, WaitNone, BuyerDone, StepInquire}),
		row(Declined, "it took no effect, and will not", Decision{MovedNo, Final, NewID, WaitNone, BuyerOtherWay, StepInquire}),
		row(Cancelled, "of a payment: it was given back as a whole", Decision{MovedNo, Final, NewID, WaitNone, BuyerPaysAgain, StepInquire}),
		row(Pending, "it arrived, and is not final", Decision{MovedMaybe, StillOpen, SameID, "2s", BuyerWaits, StepResume}),
		row(InDoubt, "it may have left, and nothing verified says what became of it", Decision{MovedMaybe, StillOpen, SameID, WaitKnown, BuyerChecked, StepResume}),
		row(NeverArrived, "asked for often and long enough, and nowhere found: it may be sent again under its own ID", Decision{MovedMaybe, StillOpen, SameID, WaitNone, BuyerChecked, StepTimeline}),
		row(Different, "its request ID belongs to a request with other values", Decision{MovedMaybe, StillOpen, NeitherID, WaitKnown, BuyerChecked, StepInquire}),
		row(NotSent, "not one byte of it left", Decision{MovedNo, StillOpen, SameID, WaitMended, BuyerLater, StepProfile}),
		row(Refused, "a guard of apo stopped it; nothing was sent", mended(NeitherID, StepTimeline)),
		row(Unrecognised, "the gateway did not recognise the caller", Decision{MovedMaybe, StillOpen, SameID, WaitMended, BuyerLater, StepProfile}),
	}
}

// notificationEntries are the kinds of notifications, and what is told of disputes. Most
// say nothing by themselves: their result does.
func notificationEntries() []Entry {
	const kind, dispute, judged = "notifyType", "disputeNotificationType", "disputeJudgedResult"
	byResult := Decision{MovedNotSaid, FinalNotSaid, NeitherID, WaitNone, BuyerNothing, StepTimeline}
	open := Decision{MovedMaybe, StillOpen, NeitherID, WaitKnown, BuyerNothing, StepDispute}
	lost := Decision{MovedYes, Final, NeitherID, WaitNone, BuyerNothing, StepDispute}
	won := Decision{MovedNo, Final, NeitherID, WaitNone, BuyerNothing, StepDispute}
	row := func(of, code, meaning string, d Decision) Entry {
		return Entry{Group: GroupNotification, Code: code, Of: of, Meaning: meaning, Decision: d}
	}
	return []Entry{
		row(kind, "PAYMENT_RESULT", "what became of a payment: S means authorized, and nothing is captured yet", byResult),
		row(kind, "PAYMENT_PENDING", "the buyer has paid, and the result comes later", Decision{MovedMaybe, StillOpen, SameID, WaitKnown, BuyerWaits, StepInquire}),
		row(kind, "CAPTURE_RESULT", "what became of a capture: ship after S", byResult),
		row(kind, "REFUND_RESULT", "what became of a refund: refundStatus says it, not the result alone", byResult),
		row("vaultingRequestId", "VAULTING", "whether a payment method was saved; told by its vaultingRequestId, for it has no notifyType", Decision{MovedNo, FinalNotSaid, NeitherID, WaitNone, BuyerNothing, StepVault}),
		row("disputeId", "DISPUTE", "news of a dispute; told by its disputeNotificationType, for it has no notifyType", open),
		row(dispute, "DISPUTE_CREATED", "a dispute began: defend it in the acquirer's portal before defenseDueTime", open),
		row(dispute, "DISPUTE_JUDGED", "a dispute was judged: disputeJudgedResult says for whom", open),
		row(dispute, "DISPUTE_CANCELLED", "the buyer withdrew the dispute", won),
		row(dispute, "DISPUTE_ACCEPTED", "the dispute was accepted by the merchant, or by letting its time pass: the merchant pays", lost),
		row(dispute, "DEFENSE_SUPPLIED", "the defense was handed in", open),
		row(dispute, "DEFENSE_DUE_ALERT", "the time to defend ends within 24 hours", open),
		row(dispute, "RDR_RESOLVED", "the buyer's bank was paid at once, under a rule that was agreed before", lost),
		row(judged, "ACCEPT_BY_CUSTOMER", "the merchant wins and keeps the money", won),
		row(judged, "ACCEPT_BY_MERCHANT", "the merchant loses and pays", lost),
		row(judged, "VALIDATE_SUCCESS", "the defense of a compliance request was found valid", open),
		row(judged, "VALIDATE_FAIL", "the defense of a compliance request was found not valid", open),
	}
}
