package report

import "time"

// Kind is one of the three reports.
type Kind int

// Transactions are the transactions of a day; Details are those that a batch settles;
// Summary adds those up by type.
const (
	Transactions Kind = iota
	Details
	Summary
)

// String is "transaction details", "settlement details" or "settlement summary".
func (k Kind) String() string {
	return [...]string{"transaction details", "settlement details", "settlement summary"}[k]
}

// Generation is a generation of headers. Both are in use: files that are fetched by
// SFTP keep the columns that were set up once, those of the dashboard follow.
type Generation int

// Previous has the column acquirer, and the operation's ID as transactionId. Current
// has PSP, and the payment's ID as transactionId of every type.
const (
	Previous Generation = 1
	Current  Generation = 2
)

// String is "previous" or "current".
func (g Generation) String() string {
	if g == Previous {
		return "previous"
	}
	return "current"
}

// Generations are both.
func Generations() []Generation { return []Generation{Previous, Current} }

// End is the last line of every report.
const End = "<END>"

// NoBatch is the settlementBatchId of a period in which nothing was settled. Its
// files have a header and [End] alone.
const NoBatch = "0000000000000000000"

// Period says which report a file is.
type Period struct {
	Kind     Kind
	Day      time.Time // of the transactions, or of the settlement
	BatchID  string    // of settlement details and summary
	Currency string    // of the settlement
	Customer string    // customerId
}

// Name is the name of the period's file: in the current generation that of the
// dashboard, in the previous one that of SFTP, so that both fit into one folder.
//
//	SETTLEMENT_DETAIL_202604271985548486_20260428.csv
//	settlementItems_SGD_202604271985548486_000.csv
func (p Period) Name(g Generation) string {
	day := p.Day.UTC().Format("20060102")
	if g == Previous {
		switch p.Kind {
		case Transactions:
			return "transactionItems_" + day + "_000.csv"
		case Details:
			return "settlementItems_" + p.of(day) + "_000.csv"
		}
		return "settlementSummary_" + p.of(day) + "_000.csv"
	}
	switch p.Kind {
	case Transactions:
		return "TRANSACTION_DETAIL_" + p.Customer + "_" + day + ".csv"
	case Details:
		return "SETTLEMENT_DETAIL_" + p.BatchID + "_" + day + ".csv"
	}
	return "SETTLEMENT_SUMMARY_" + p.BatchID + "_" + day + ".csv"
}

// of is what a settlement's name has in the middle. Without a batch only the day tells
// one from another.
func (p Period) of(day string) string {
	if p.BatchID == NoBatch {
		return p.Currency + "_" + p.BatchID + "_" + day
	}
	return p.Currency + "_" + p.BatchID
}
