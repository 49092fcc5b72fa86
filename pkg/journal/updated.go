package journal

import "github.com/apo-cli/apo/pkg/apo"

// UpdatedAmount is the amount to which an updateAmount changed that of a payment; zero of
// one that is not known to have worked, and of every other call.
func UpdatedAmount(r Record) apo.Amount {
	if r.Endpoint != "updateAmount" || r.Outcome != apo.Succeeded {
		return apo.Amount{}
	}
	return amountIn(r.Request, "amount")
}
