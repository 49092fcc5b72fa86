package say

import (
	"errors"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// InquiryLost ends a run whose inquiry got no usable answer. An inquiry moves
// nothing, so nothing is at stake but the answer.
func (w Words) InquiryLost(err error) *Failure {
	var refusal *operate.Refusal
	if errors.As(err, &refusal) {
		if refusal.Reason == operate.SecretNumber {
			return Fail(Usage, "the ID holds a card number, a token or a key, which is never sent or written down as one; nothing was sent").
				Hint("a payment is asked for by its paymentRequestId or paymentId")
		}
		return w.Refusal(refusal, "the inquiry", operate.ID{})
	}
	var failed *apo.Error
	if !errors.As(err, &failed) {
		return Fail(Error, "%v", err)
	}
	var f *Failure
	switch failed.Kind {
	case apo.Unreachable:
		return w.unreachable(failed)
	case apo.Interrupted:
		return Fail(Interrupted, "interrupted; an inquiry moves nothing")
	case apo.Untrusted:
		f = Fail(Signature, "%s: %s", failed.Endpoint, failed.Problem)
		f.Verdict = w.Verdict(term.Bad, "not trusted", failed.Problem)
	default:
		f = Fail(InDoubt, "%s: %s", failed.Endpoint, failed.Problem)
		f.Verdict = w.Verdict(term.Waiting, "no usable answer", failed.Problem)
	}
	excerpt(f, failed)
	return f
}

// InquiryFailed ends a run whose inquiry was answered, but with no success.
func (w Words) InquiryFailed(e *operate.InquiryError, id string, c Caller) *Failure {
	r := e.Answer.Result
	switch e.Outcome() {
	case apo.Unrecognised:
		return w.unrecognised(e.Answer, id, c)
	case apo.Pending:
		f := Fail(Pending, "the inquiry is pending: %s", r.Code)
		f.Verdict = w.Verdict(term.Waiting, "inquiry pending", r.Code, r.Message)
		return f
	}
	facts := []string{r.Code, r.Message, "this says nothing about the " + askedAbout(e.Answer.Endpoint.Name)}
	words := "the inquiry failed: "
	if e.Answer.Unsigned {
		facts = append([]string{"UNSIGNED"}, facts...)
		words += "UNSIGNED "
	}
	f := Fail(InquiryFailed, words+"%s %s", r.Code, r.Message)
	f.Verdict = w.Verdict(term.Bad, "inquiry failed", facts...)
	return f
}

// askedAbout is what an inquiry is about.
func askedAbout(endpoint string) string {
	switch endpoint {
	case "inquireVaulting":
		return "card"
	case "retrievePaymentSession":
		return "session"
	case "inquiryRefund":
		return "refund"
	}
	return "payment"
}

// Unnamed ends a run whose inquiry was answered about something else.
func (w Words) Unnamed(id string) *Failure {
	f := Fail(InDoubt, "the inquiry's answer does not carry %s, which was asked for: it tells of something else", id)
	f.RequestID = id
	f.Verdict = w.Verdict(term.Waiting, "no usable answer", "the answer does not name what was asked for")
	return f
}

// Contradicted ends a run whose inquiry was answered with books that contradict
// themselves: they prove nothing.
func (w Words) Contradicted(requestID, paymentID, problem string) *Failure {
	f := Fail(InDoubt, "the answer proves nothing: %s", problem)
	f.RequestID, f.MoneyMayHaveMoved = requestID, true
	f.Verdict = w.Verdict(term.Waiting, "not clear", "the answer proves nothing: "+problem, Fact("paymentId", paymentID))
	return f.Hint("look it up in the dashboard, or ask Antom support")
}

// ShowUnclear is Show for an answer that proves nothing: a table of it, which people
// believe, says so and no more. state is "not clear" or "in doubt".
func (p Printer) ShowUnclear(state string, answer []byte) error {
	if !p.AsTable() {
		p.Show(answer)
		return nil
	}
	n := apo.NumbersOf(p.Masked(answer))
	return p.ShowOwn(struct {
		State            string `json:"state"`
		PaymentRequestID string `json:"paymentRequestId,omitempty"`
		PaymentID        string `json:"paymentId,omitempty"`
		CaptureRequestID string `json:"captureRequestId,omitempty"`
		RefundRequestID  string `json:"refundRequestId,omitempty"`
	}{state, n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.RefundRequestID})
}

// NotFound ends a run whose inquiry found nothing.
func (w Words) NotFound(id, code string) *Failure {
	f := Fail(NotFound, "nothing found under %s: %s", id, code)
	f.RequestID = id
	f.Verdict = w.Verdict(term.Bad, "not found", id, code)
	return f
}
