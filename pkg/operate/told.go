package operate

import "github.com/apo-cli/apo/pkg/apo"

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
