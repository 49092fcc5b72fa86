package notify

import (
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
)

// Status is what became of the payment, capture, refund, saved card or dispute
// that a notification tells of.
type Status string

const (
	Succeeded Status = "succeeded" // of a dispute: the merchant won
	Failed    Status = "failed"    // finally; of a dispute: the merchant lost
	NotFinal  Status = "not-final" // not known, or not known yet: never a failure
)

// Statuses are all of them.
func Statuses() []Status { return []Status{Succeeded, Failed, NotFinal} }

// Doubt says why a notification is not final.
type Doubt string

const (
	InProcess     Doubt = "in-process"     // it says itself that there is no result yet
	NoResult      Doubt = "no-result"      // resultStatus, resultCode, or the status that decides beside them, is missing
	UnknownStatus Doubt = "unknown-status" // it has a status, or news, that APO does not document
	Contradiction Doubt = "contradiction"  // it says two things that cannot both be true
	OtherValues   Doubt = "other-values"   // REPEAT_REQ_INCONSISTENT: the request ID was used before with other values, and what became of that request is not said
	OpenCode      Doubt = "open-code"      // an F whose code does not say that no money moved: SYSTEM_ERROR, or one that nobody knows
)

// The types of a dispute's notification that APO documents, and those of AMS
// that end one.
const (
	disputeCreated   = "DISPUTE_CREATED"
	disputeJudged    = "DISPUTE_JUDGED"
	disputeCancelled = "DISPUTE_CANCELLED" // by the buyer
	disputeAccepted  = "DISPUTE_ACCEPTED"  // by the merchant
	rdrResolved      = "RDR_RESOLVED"      // the buyer's bank was paid at once
)

// judge says what became of what the notification tells of, and where that is
// not final, why.
func (n Notification) judge() (Status, Doubt) {
	switch n.Kind {
	case KindPaymentResult, KindCaptureResult:
		return n.ofPayment()
	case KindPaymentPending:
		return n.ofPendingPayment()
	case KindRefundResult:
		return n.ofRefund()
	case KindVaulting:
		return n.ofVaulting()
	case KindDispute:
		return n.ofDispute()
	}
	return NotFinal, UnknownStatus
}

// ofResult reads a result that decides alone. An S with a code that is not an S's
// contradicts itself, and so does one with a code that nobody knows.
func ofResult(r apo.Result) (Status, Doubt) {
	if r.Status == "S" && r.Code == "SUCCESS" { // nearly all of them; the catalogue need not be asked
		return Succeeded, ""
	}
	code, known := apo.Lookup(r.Code)
	switch {
	case r.Status == "" || r.Code == "":
		return NotFinal, NoResult
	case r.Status != "S" && r.Status != "F" && r.Status != "U":
		return NotFinal, UnknownStatus
	case known && code.Status != r.Status:
		return NotFinal, Contradiction
	case r.Status == "U":
		return NotFinal, InProcess
	case r.Status == "S" && !known:
		return NotFinal, Contradiction
	case r.Status == "S":
		return Succeeded, ""
	case r.Code == "REPEAT_REQ_INCONSISTENT":
		return NotFinal, OtherValues
	}
	return Failed, ""
}

// ofMoney is ofResult for what moves money: an F is a failure only where its code
// says that none moved. A code that a payment cannot end with, as of a caller or an
// order that are not known, says nothing of the payment that it comes with.
func ofMoney(r apo.Result) (Status, Doubt) {
	status, doubt := ofResult(r)
	if status != Failed {
		return status, doubt
	}
	code, known := apo.Lookup(r.Code)
	if !known || code.Money != apo.MoneyNone || code.Caller || code.Name == "ORDER_NOT_EXIST" {
		return NotFinal, OpenCode
	}
	return status, doubt
}

// returned reports whether a payment that ends with this code gives back what was
// taken, where something was.
func returned(code string) bool { return code == "RISK_REJECT" || code == "FRAUD_REJECT" }

// ofPayment reads a PAYMENT_RESULT or a CAPTURE_RESULT. Its result decides; a
// paymentStatus or captureStatus, which is documented of inquiries alone, must not
// say otherwise.
func (n Notification) ofPayment() (Status, Doubt) {
	status, doubt := ofMoney(n.Result)
	if doubt == OpenCode && n.Kind == KindPaymentResult && returned(n.Result.Code) {
		status, doubt = Failed, ""
	}
	if status == Failed && n.took() {
		return NotFinal, Contradiction
	}
	if n.State == "" || doubt != "" && doubt != InProcess && doubt != OpenCode {
		return status, doubt
	}
	state := n.State
	if state == apo.StatusCancelled {
		state = apo.StatusFail
	}
	switch second, secondDoubt := ofState(state); {
	case secondDoubt == UnknownStatus:
		return NotFinal, UnknownStatus
	case doubt == OpenCode && second == Failed:
		return Failed, "" // it says so itself
	case doubt == OpenCode, status != second:
		return NotFinal, Contradiction
	}
	return status, doubt
}

// took reports whether the payment lists a capture that has not failed: one that
// failed itself has none.
func (n Notification) took() bool {
	return n.Kind == KindPaymentResult && slices.ContainsFunc(apo.PaymentIn(n.Body).Transactions, func(t apo.Transaction) bool {
		return t.Type == "CAPTURE" && t.Status != apo.StatusFail && t.Status != apo.StatusCancelled
	})
}

// ofPendingPayment reads a PAYMENT_PENDING, which is never final.
func (n Notification) ofPendingPayment() (Status, Doubt) {
	switch status, doubt := ofResult(n.Result); {
	case n.Result.Status == "F" && (status == Failed || doubt == OpenCode), n.State != "" && n.State != apo.StatusPending && n.State != apo.StatusProcessing:
		return NotFinal, Contradiction
	case doubt != "" && n.Result != apo.Result{}:
		return NotFinal, doubt
	}
	return NotFinal, InProcess // its type alone says so
}

// ofRefund reads a REFUND_RESULT. An S may mean no more than that the refund was
// accepted: refundStatus says what became of it.
func (n Notification) ofRefund() (Status, Doubt) {
	status, doubt := ofMoney(n.Result)
	switch {
	case n.State != "":
		return n.stated(status, doubt)
	case status == Succeeded:
		return NotFinal, NoResult
	}
	return status, doubt
}

// ofVaulting reads the news of a saved card. Older notifications have no
// vaultingStatus: then the result decides alone.
func (n Notification) ofVaulting() (Status, Doubt) {
	status, doubt := ofResult(n.Result)
	if n.State == "" {
		return status, doubt
	}
	return n.stated(status, doubt)
}

// stated weighs a result with refundStatus or vaultingStatus: after an S it
// decides, and whatever else the result is it must not say otherwise.
func (n Notification) stated(status Status, doubt Doubt) (Status, Doubt) {
	state, stateDoubt := ofState(n.State)
	switch {
	case doubt != "" && doubt != InProcess && doubt != OpenCode:
		return NotFinal, doubt
	case stateDoubt == UnknownStatus:
		return NotFinal, UnknownStatus
	case doubt == OpenCode && state == Failed:
		return Failed, "" // it says so itself
	case doubt == OpenCode:
		return NotFinal, Contradiction
	case status == Succeeded:
		return state, stateDoubt
	case status == state:
		return status, doubt
	}
	return NotFinal, Contradiction
}

// ofState reads refundStatus or vaultingStatus.
func ofState(state string) (Status, Doubt) {
	switch state {
	case apo.StatusSuccess:
		return Succeeded, ""
	case apo.StatusFail:
		return Failed, ""
	case apo.StatusProcessing, apo.StatusPending:
		return NotFinal, InProcess
	}
	return NotFinal, UnknownStatus
}

// ofDispute reads the news of a dispute. It has no result; one that it has all
// the same must be a success.
func (n Notification) ofDispute() (Status, Doubt) {
	if n.Result != (apo.Result{}) {
		if status, doubt := ofResult(n.Result); doubt != "" {
			return NotFinal, doubt
		} else if status != Succeeded {
			return NotFinal, Contradiction
		}
	}
	switch n.Type {
	case disputeCreated:
		return NotFinal, InProcess
	case disputeCancelled:
		return Succeeded, ""
	case disputeAccepted, rdrResolved:
		return Failed, ""
	case disputeJudged:
		switch n.State {
		case "":
			return NotFinal, NoResult
		case "ACCEPT_BY_CUSTOMER":
			return Succeeded, ""
		case "ACCEPT_BY_MERCHANT":
			return Failed, ""
		}
	}
	return NotFinal, UnknownStatus
}
