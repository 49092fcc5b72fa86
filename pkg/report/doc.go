// Package report knows the financial reports of APO: their columns in both
// generations of headers, their types, fees, arithmetic and file names. It writes
// them, and reads them by their headers.
//
//	var w report.Writer
//	w.Begin(file, report.Details, report.Current)
//	err := w.Write(&row)      // any number of them
//	err = w.End()             // the line <END>
//
// There are three of them for each period, see [Kind]. What is paid out in one
// currency is a batch, with details and a summary of its own. A [Set] sorts rows into
// the files of many days and currencies at once.
//
// Files are CSV as in RFC 4180, in UTF-8, with lines that end with a line feed. The
// first line has the names of the columns, the last one is <END>. Amounts are in major
// units, with the decimals of their currency: "-42.00", "4200", "4.200". What leaves
// the merchant is negative: refunds, and fees that are charged. Of each row
//
//	settlementAmountValue = gross + the sum of its fees
//
// holds exactly, where gross is the transaction's amount, in the settlement currency by
// the row's quote. Nothing here counts in floating point.
package report
