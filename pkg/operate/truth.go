package operate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// What became of a request is decided in this file alone. A reading is what one
// message says of it; a message that proves nothing has no outcome.
type reading struct {
	outcome apo.Outcome // "": it proves nothing
	code    string      // result code of the request, where the message has it

	absent  bool   // the books are known, and do not hold the request
	confirm bool   // a refusal that one inquiry has to confirm
	problem string // why it proves nothing
}

// readAnswer is what the request's own answer says of it; the first rule that
// fits counts. earlier says that another try of this request may have arrived,
// and asks whether an inquiry can tell of it.
func readAnswer(q request, a *apo.Answer, earlier bool) reading {
	code, known := apo.Lookup(a.Result.Code)
	caller := known && code.Caller
	r := reading{code: a.Result.Code}
	switch problem := contradiction(a); {
	case !a.Unsigned && a.Result.Status == "F" && ofAnother(a.Result.Code):
		r.outcome = apo.Different
	case problem != "":
		r.problem = problem
	case q.isSession() && hasEnded(a):
		r.confirm = true
	case earlier && (a.Result.Status == "F" || a.Unsigned):
		r.problem = "an earlier try of this request may have arrived"
	case a.Unsigned && caller:
		r.outcome = apo.Unrecognised
	case a.Unsigned:
		r.problem = "nothing vouches for the answer"
	case a.Result.Status == "S":
		r.outcome = apo.Succeeded
	case a.Result.Status == "U":
		r.outcome = apo.Pending
	case caller:
		r.outcome = apo.Unrecognised
	case q.endpoint.Name == "submitPay" && !q.canAsk():
		r.problem = "the journal does not know the session, and nobody can be asked about its payment"
	case !q.canAsk() && saysNoMoneyMoved(a.Result.Code):
		r.outcome = apo.Declined
	case q.canAsk() && (a.Result.Code == "ORDER_STATUS_INVALID" || saysNoMoneyMoved(a.Result.Code) && (leadsToPayment(q.endpoint.Name) || !q.namedBy(a.Raw))):
		r.confirm = true
	case saysNoMoneyMoved(a.Result.Code):
		r.outcome = apo.Declined
	default:
		r.problem = "the answer does not say whether money moved"
	}
	return r
}

// unconfirmed is the note of a record whose verified, final F does not say of which
// request it is, where no other try may stand behind it.
const unconfirmed = "a refusal that does not say of which request it is"

// needsConfirmation reports whether one inquiry can confirm the refusal that a
// call was answered with.
func needsConfirmation(r journal.Record) bool {
	return r.State == journal.InDoubt && r.Verification == "verified" && r.Note == unconfirmed
}

// saysNoMoneyMoved reports whether an F of this code is final, and says that no
// money moved.
func saysNoMoneyMoved(code string) bool {
	entry, known := apo.Lookup(code)
	return known && entry.Status == "F" && entry.Money == apo.MoneyNone
}

// ofAnother reports whether a verified F of this code says that the request ID
// belongs to a request with other values: whatever is found under the ID is not
// this request.
func ofAnother(code string) bool { return code == "REPEAT_REQ_INCONSISTENT" }

// contradiction says how an answer contradicts itself; "" if it does not.
func contradiction(a *apo.Answer) string {
	code, known := apo.Lookup(a.Result.Code)
	why, knownWhy := apo.Lookup(a.Get("paymentResultCode"))
	switch a.Result.Status {
	case "S":
		done := []string{apo.StatusSuccess}
		if a.Endpoint.Name == "cancel" {
			done = []string{apo.StatusCancelled}
		}
		switch {
		case known && code.Status != "S":
			return "the answer says S with a code of " + code.Status + ": " + code.Name
		case !known:
			return "the answer says S with a code that is not S's: " + cmp.Or(a.Result.Code, "none")
		case knownWhy && why.Status != "S", a.Endpoint.Name != "" && saysOtherThan(a, done...):
			return "the answer says S, and a status that is none"
		}
		return lacks(a)
	case "F":
		undone := []string{apo.StatusFail, apo.StatusCancelled}
		if a.Endpoint.Name == "cancel" {
			undone = undone[:1]
		}
		switch {
		case knownWhy && why.Status != "F", saysOtherThan(a, undone...):
			return "the answer says F, and a status that is none"
		case worked(apo.PaymentIn(a.Raw)):
			return "the answer says F, and lists a capture or refund that has not failed"
		}
	}
	return ""
}

// saysOtherThan reports whether an answer carries a status beside its result that
// is none of these words: another one, a word that nobody knows, or no text.
func saysOtherThan(a *apo.Answer, words ...string) bool {
	for _, field := range []string{"paymentStatus", "refundStatus", "captureStatus", "transactionStatus"} {
		if v := gjson.GetBytes(a.Raw, field); v.Exists() && v.Type != gjson.Null && !slices.Contains(words, v.String()) {
			return true
		}
	}
	return false
}

// worked reports whether a payment lists anything that has not failed.
func worked(p apo.Payment) bool {
	return slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool {
		return t.Status != apo.StatusFail && t.Status != apo.StatusCancelled
	})
}

// readPayment is what the books of a payment say of a request.
func readPayment(q request, p apo.Payment) reading {
	if problem := bookProblem(p); problem != "" {
		return reading{problem: problem}
	}
	if n := q.numbers; differ(n.PaymentID, p.PaymentID) || differ(n.PaymentRequestID, p.PaymentRequestID) {
		return reading{problem: "the inquiry names another payment"}
	}
	switch q.endpoint.Name {
	case "pay", "submitPay", "verifyAndCompletePayment":
		return readPay(q, p)
	case "createPaymentSession":
		return readSessionPayment(q, p)
	case "cancel":
		return readCancel(p)
	case "capture":
		return readEntry(q, p, "CAPTURE")
	case "refund":
		return readEntry(q, p, "REFUND")
	}
	return reading{problem: "there is no inquiry for this API"}
}

// differ reports whether two IDs that are both known are two.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// bookProblem says how the books of a payment contradict themselves; "" if they
// do not.
func bookProblem(p apo.Payment) string {
	type key struct{ kind, id string }
	seen := map[key]apo.Transaction{}
	for _, t := range p.Transactions {
		returned := t.Type == "REFUND" && (p.ResultCode == "RISK_REJECT" || p.ResultCode == "FRAUD_REJECT")
		if p.Status == apo.StatusFail && t.Status != apo.StatusFail && t.Status != apo.StatusCancelled && !returned {
			return "the payment has failed, and lists a capture or refund that has not"
		}
		k := key{t.Type, t.RequestID}
		if before, twice := seen[k]; twice && t.RequestID != "" && (before.Status != t.Status || before.Amount != t.Amount) {
			return "the payment lists " + t.RequestID + " twice, with different ends"
		}
		seen[k] = t
	}
	return statusProblem(p.Status, "", p.ResultCode)
}

// statusProblem says how a status and the result beside it contradict each
// other.
func statusProblem(status, resultStatus, resultCode string) string {
	code, known := apo.Lookup(strings.ToUpper(strings.TrimSpace(resultCode))) // a SUCCESS that is misspelt is no reason for a FAIL
	wrong := func(want string) bool {
		return known && code.Status != want || resultStatus != "" && resultStatus != want
	}
	switch {
	case status == apo.StatusFail && wrong("F"):
		return "the status is FAIL, and the code " + resultCode + " is of another"
	case status == apo.StatusSuccess && wrong("S"):
		return "the status is SUCCESS, and the code " + resultCode + " is of another"
	}
	return ""
}

func readPay(q request, p apo.Payment) reading {
	r := reading{code: p.ResultCode}
	switch {
	case p.Amount.IsZero():
		r.problem = "the inquiry names no amount"
		return r
	case !q.isOf(p.Amount):
		r.outcome = apo.Different
		return r
	}
	switch p.Status {
	case apo.StatusSuccess:
		r.outcome = apo.Succeeded
	case apo.StatusFail:
		r.outcome = apo.Declined
	case apo.StatusCancelled:
		r.outcome = apo.Cancelled
	case apo.StatusProcessing, apo.StatusPending:
		r.outcome = apo.Pending
	default:
		r.problem = "the inquiry has no known status"
	}
	return r
}

// readCancel: a payment that is not cancelled says that the cancel is not there
// yet.
func readCancel(p apo.Payment) reading {
	switch {
	case p.Status == apo.StatusCancelled:
		return reading{outcome: apo.Succeeded, code: p.ResultCode}
	case knownStatus(p.Status):
		return reading{absent: true}
	}
	return reading{problem: "the inquiry has no known status"}
}

// readEntry reads the capture or refund among the transactions of its payment.
func readEntry(q request, p apo.Payment, kind string) reading {
	t, found := p.Find(kind, q.id.Value)
	switch {
	case !found && mayBeOurs(p, kind, q.id.Value):
		return reading{problem: "the payment lists something that may be this request, and does not say so"}
	case !found && knownStatus(p.Status):
		return reading{absent: true}
	case !found:
		return reading{problem: "the inquiry has no known status"}
	}
	return readTransaction(q, t)
}

// mayBeOurs reports whether a payment lists something of no type that is known, or
// of this one, and under no request ID that could tell it from ours. Then it does not
// say that it lacks the request.
func mayBeOurs(p apo.Payment, kind, id string) bool {
	return slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool {
		stranger := t.Type != "CAPTURE" && t.Type != "REFUND"
		failed := t.Status == apo.StatusFail || t.Status == apo.StatusCancelled
		return (stranger || t.Type == kind) && (t.RequestID == "" && !failed || t.RequestID == id)
	})
}

func readTransaction(q request, t apo.Transaction) reading {
	r := reading{code: t.Result.Code, problem: statusProblem(t.Status, t.Result.Status, t.Result.Code)}
	switch {
	case r.problem != "":
		return r
	case t.Amount.IsZero():
		r.problem = "the inquiry names no amount"
		return r
	case t.Amount != q.amount:
		r.outcome = apo.Different
		return r
	}
	switch t.Status {
	case apo.StatusSuccess:
		r.outcome = apo.Succeeded
	case apo.StatusFail, apo.StatusCancelled:
		r.outcome = apo.Declined
	case apo.StatusProcessing, apo.StatusPending:
		r.outcome = apo.Pending
	default:
		r.problem = "the inquiry has no known status"
	}
	return r
}

// readRefund is what inquiryRefund says of a refund that its payment does not
// list. It does not say of which payment a refund is: so a success counts only if
// it is not older than the sending, by the gateway's clock, and the payment lists
// no other refunds.
func readRefund(q request, a *apo.Answer, p apo.Payment) reading {
	got := apo.ReadRefund(a)
	r := reading{code: "refundStatus " + got.Status}
	switch {
	case got.RefundRequestID != q.id.Value:
		r.problem = "the inquiry's answer does not name the refund"
	case contradictsRefund(apo.ReadPayment(a), got):
		r.problem = saysTwoThings
	case got.PaymentID != "" && got.PaymentID != q.numbers.PaymentID, !got.Amount.IsZero() && got.Amount != q.amount:
		r.outcome = apo.Different
	case got.Status == apo.StatusProcessing || got.Status == apo.StatusPending:
		r.outcome = apo.Pending
	case got.Amount.IsZero():
		r.problem = "the inquiry names no amount"
	case got.Status == apo.StatusFail || got.Status == apo.StatusCancelled:
		r.outcome = apo.Declined // whoever's it was, nothing else happens under its ID
	case got.Status != apo.StatusSuccess:
		r.problem = "the inquiry has no known status"
	case listsRefunds(p):
		r.problem = "the payment lists other refunds, and not this one"
	default:
		at, err := apo.ParseTime(got.Time)
		if err != nil || at.Before(gatewaysTime(a, q.sent)) {
			r.problem = "the refund that is known under this ID is older than this one"
			return r
		}
		r.outcome = apo.Succeeded
	}
	return r
}

const saysTwoThings = "the inquiry says two things of the refund"

// contradictsRefund reports whether what is listed beside a refundStatus says
// otherwise of the refund.
func contradictsRefund(beside apo.Payment, got apo.Refund) bool {
	why, known := apo.Lookup(beside.ResultCode)
	return slices.ContainsFunc(beside.Transactions, func(t apo.Transaction) bool {
		return t.Status != got.Status && (t.RequestID == got.RefundRequestID || t.RequestID == "")
	}) || known && statusProblem(got.Status, why.Status, "") != ""
}

// readNotification is what a verified notification says of a request.
func readNotification(q request, e notify.Evidence) reading {
	switch {
	case e.RequestID != q.requestID():
		return reading{problem: "the notification is about another request"}
	case !q.isOf(e.Amount), differ(e.PaymentID, q.numbers.PaymentID):
		return reading{outcome: apo.Different, code: e.Code}
	case q.isSession():
		return reading{outcome: apo.Succeeded} // whatever became of its payment
	}
	return reading{outcome: e.Outcome, code: e.Code}
}

// clockGrace is how much the clocks of both sides may differ.
const clockGrace = 5 * time.Minute

func listsRefunds(p apo.Payment) bool {
	for _, t := range p.Transactions {
		if t.Type == "REFUND" {
			return true
		}
	}
	return false
}

// knownStatus reports whether a payment is in a state that is understood.
func knownStatus(status string) bool {
	switch status {
	case apo.StatusSuccess, apo.StatusFail, apo.StatusCancelled, apo.StatusProcessing, apo.StatusPending:
		return true
	}
	return false
}
