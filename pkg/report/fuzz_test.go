package report_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/report"
)

// Whatever a file holds, reading it ends, and never in a panic.
func FuzzReader(f *testing.F) {
	f.Add("PSP,transactionType\nADYEN,CAPTURE\n<END>\n")
	f.Add("acquirer,summaryType\r\n\"A\"\"B\",TOTAL\r\n<END>,\r\n")
	f.Add("\xef\xbb\xbfPSP,transactionType\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := report.NewReader(strings.NewReader(text))
		rows := 0
		for err == nil {
			_ = in.Get("PSP") + in.Get("transactionType")
			if err = in.Next(); err == nil {
				rows++
			}
		}
		if rows > strings.Count(text, "\n") {
			t.Errorf("%d rows of %q", rows, text)
		}
	})
}

// What is written of any text is read back as it was, but for the line ends that CSV
// does not tell apart.
func FuzzText(f *testing.F) {
	for _, text := range []string{"plain", `say "hi", you`, "two\r\nlines", " ", "<END>", `\.`} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, order, merchant string) {
		row := benchRow()
		row.Order, row.MerchantID = order, merchant
		_, rows := read(t, written(t, report.Details, report.Previous, row))
		same := func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
		if len(rows) != 1 || rows[0]["orderDescription"] != same(order) || rows[0]["referenceMerchantId"] != same(merchant) {
			t.Errorf("%q and %q are read back as %q", order, merchant, rows)
		}
	})
}
