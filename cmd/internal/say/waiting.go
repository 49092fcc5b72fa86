package say

import (
	"cmp"
	"fmt"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// Asking says what is asked about between two inquiries, and what they told so far:
// "waiting for pay demo-0001: pending, PAYMENT_IN_PROCESS".
func Asking(e operate.Event) string {
	which := e.Result.Endpoint.Name + " " + e.Result.ID.Value
	if e.Record != nil {
		which = fmt.Sprintf("%s %s (record %d)", e.Record.Endpoint, e.Record.Number(), e.Record.ID)
	}
	if e.Open > 1 {
		which += fmt.Sprintf(" and %d more", e.Open-1)
	}
	switch {
	case e.Result.Outcome == apo.Pending:
		return "waiting for " + which + ": pending" + after(", ", e.Result.Code)
	case e.Result.Cause != nil:
		return "asking what became of " + which + ": in doubt, " + e.Result.Cause.Error()
	}
	return "asking what became of " + which + ": in doubt"
}

// Awaiting says which payment is waited for, and how it is:
// "waiting for payment demo-0001, SGD 42.00: PROCESSING".
func Awaiting(p apo.Payment) string {
	return "waiting for payment " + cmp.Or(p.PaymentRequestID, p.PaymentID) + ", " + Amount(p.Amount) + ": " + p.Status
}

// after is a text behind another, if there is any.
func after(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}
