package operate

import (
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// FoundIn is what a verified answer to inquiryPayment says by itself, whoever asked.
func FoundIn(a *apo.Answer) Found {
	p := apo.ReadPayment(a)
	return Found{Answer: a, Payment: p, Problem: bookProblem(p)}
}

// FoundRefundIn is FoundIn for inquiryRefund.
func FoundRefundIn(a *apo.Answer) FoundRefund {
	f := FoundRefund{Answer: a, Refund: apo.ReadRefund(a)}
	if contradictsRefund(apo.ReadPayment(a), f.Refund) {
		f.Problem = saysTwoThings
	}
	return f
}

// OutcomeIn is what a verified answer says by itself: of its own request, or of the
// payment or refund that was inquired, with the result code of that. "" is an answer that
// proves nothing: one that contradicts itself, whose code leaves open what became of the
// request, or an inquiry that found nothing or failed. A refusal counts of a request that
// had no earlier try; who asks about one that may have had must inquire.
func OutcomeIn(a *apo.Answer) (outcome apo.Outcome, code string) {
	switch {
	case a.Endpoint.Reads && inquiryOutcome(a) != apo.Succeeded:
		return "", a.Result.Code
	case a.Endpoint.Name == "inquiryPayment":
		found := FoundIn(a)
		if found.Problem != "" {
			return "", ""
		}
		r := readPay(request{amount: found.Payment.Amount}, found.Payment)
		return r.outcome, r.code
	case a.Endpoint.Name == "inquiryRefund":
		return FoundRefundIn(a).outcome(), ""
	case a.Endpoint.Reads:
		return "", ""
	}
	q := request{endpoint: a.Endpoint, numbers: apo.NumbersOf(a.Raw), id: idOf(a.Endpoint.Name, gjson.ParseBytes(a.Raw))}
	r := readAnswer(q, a, false)
	return r.outcome, r.code
}

func (f FoundRefund) outcome() apo.Outcome {
	switch status := f.Refund.Status; {
	case f.Problem != "":
		return ""
	case status == apo.StatusSuccess:
		return apo.Succeeded
	case status == apo.StatusFail, status == apo.StatusCancelled:
		return apo.Declined
	case status == apo.StatusProcessing, status == apo.StatusPending:
		return apo.Pending
	}
	return ""
}
