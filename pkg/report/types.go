package report

import "fmt"

// Type is a transactionType, and but for [Total] a summaryType.
type Type string

// Those that the code here speaks of; [Types] has all.
const (
	Authorization   Type = "AUTHORIZATION"
	Payment         Type = "PAYMENT"
	Capture         Type = "CAPTURE"
	Cancel          Type = "CANCEL"
	Refund          Type = "REFUND"
	Dispute         Type = "DISPUTE"
	DisputeReversal Type = "DISPUTE_REVERSAL"

	Total Type = "TOTAL" // the last line of a summary
)

// Rule says which IDs a row of a type must have, and what they mean.
type Rule struct {
	Type Type

	RequestID  bool // transactionRequestId: its own
	OriginalID bool // originalTransactionRequestId: the payment's

	OfPayment bool // the previous generation's transactionId is the payment's, and it refers to no other transaction
}

// Types are all, in the order in which a summary has them.
func Types() []Rule {
	return []Rule{
		{Authorization, true, false, true},
		{Payment, true, false, true},
		{Capture, true, true, false},
		{Cancel, true, true, true},
		{Refund, true, true, false},
		{Dispute, false, true, false},
		{DisputeReversal, false, true, false},
		{"RAPID_DISPUTE_RESOLUTION", false, true, false},
		{"CDRN", false, true, false},
		{"PAYMENT_REVERSAL", true, true, false},
		{"REFUND_REVERSAL", true, true, false},
		{"SETTLEMENT_FEE", false, false, false},
		{"ADJUSTMENT_FEE", false, false, false},
		{"COLLATERAL_WITHHELD", false, false, false},
		{"COLLATERAL_RELEASED", false, false, false},
		{"RESERVE", false, false, false},
		{"RESERVE_RELEASED", false, false, false},
	}
}

// otherSpelling is how a type is written in one generation, where the other has
// another word for it.
func otherSpelling(t Type, g Generation) Type {
	pairs := [...][2]Type{
		{"COLLATERAL_WITHHOLDING", "COLLATERAL_WITHHELD"},
		{"COLLATERAL_RELEASE", "COLLATERAL_RELEASED"},
		{"RESERVE_WITHHOLDING", "RESERVE"},
		{"RESERVE_RELEASE", "RESERVE_RELEASED"},
	}
	for _, p := range pairs {
		if t == p[0] || t == p[1] {
			return p[g-Previous]
		}
	}
	return t
}

// In is a type in the spelling of a generation.
func (t Type) In(g Generation) Type {
	switch t { // those that nearly all rows are
	case Authorization, Payment, Capture, Cancel, Refund:
		return t
	}
	return otherSpelling(t, g)
}

// rules are looked up for each row.
type rules map[Type]Rule

func newRules() rules {
	m := rules{}
	for _, r := range Types() {
		m[r.Type] = r
	}
	return m
}

// check holds the IDs of a row against what its type must have.
func (m rules) check(r *Row) error {
	rule, known := m[r.Type]
	switch {
	case !known:
		return fmt.Errorf("a row has the type %q, which no report knows", r.Type)
	case rule.RequestID != (r.RequestID != ""):
		return fmt.Errorf("a row of type %s has the transactionRequestId %q", r.Type, r.RequestID)
	case rule.OriginalID != (r.OriginalRequestID != ""):
		return fmt.Errorf("a row of type %s has the originalTransactionRequestId %q", r.Type, r.OriginalRequestID)
	}
	return nil
}
