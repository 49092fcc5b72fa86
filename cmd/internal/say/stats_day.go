package say

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apo-cli/apo/pkg/journal"
)

// days tells what each day's payments came to, and all of them.
func days(p Printer, sum journal.Summary) error {
	if len(sum.Days) == 0 {
		return nil
	}
	var rows [][]string
	for _, d := range append(sum.Days, sum.Total) {
		rate := d.SuccessRate()
		rows = append(rows, []string{
			cmp.Or(d.Date, "total"), fmt.Sprint(d.Payments), bar(rate), percent(rate), fmt.Sprint(d.Open), sums(d.Paid), sums(d.Captured), sums(d.Refunded),
		})
	}
	if err := p.WriteText("\n"); err != nil {
		return err
	}
	return p.WriteTable([]string{"day", "payments", "success", "", "open", "paid", "captured", "refunded"}, rows)
}

// sums lists amounts, one of each currency; "-" of none.
func sums(s journal.Sums) string {
	var parts []string
	for _, a := range s.Amounts() {
		parts = append(parts, a.String())
	}
	return cmp.Or(strings.Join(parts, ", "), "-")
}

// dayView is a day as scripts see it: amounts in the smallest unit, by currency.
type dayView struct {
	Day       string            `json:"day,omitempty"`
	Total     bool              `json:"total,omitempty"`
	Payments  int               `json:"payments"`
	Succeeded int               `json:"succeeded"`
	Success   float64           `json:"successRate"` // 0 to 1
	Open      int               `json:"open"`
	Sums      map[string]string `json:"sums"`
	Captured  map[string]string `json:"captured"`
	Refunded  map[string]string `json:"refunded"`
}

// dayViews are the days, and then all of them.
func dayViews(sum journal.Summary) (list []any) {
	if len(sum.Days) == 0 {
		return nil
	}
	for _, d := range append(sum.Days, sum.Total) {
		list = append(list, dayView{
			d.Date, d.Date == "", d.Payments, d.Succeeded, d.SuccessRate(), d.Open, byCurrency(d.Paid), byCurrency(d.Captured), byCurrency(d.Refunded),
		})
	}
	return list
}

func byCurrency(s journal.Sums) map[string]string {
	values := map[string]string{}
	for _, a := range s.Amounts() {
		values[a.Currency] = a.Value
	}
	return values
}
