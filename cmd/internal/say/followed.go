package say

import (
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Followed writes one record of a list that goes on.
func Followed(p Printer, r journal.Record, exit ExitOf) error {
	if p.WantsJSON() {
		text, err := apo.Encode(recordViewOf(r, exit))
		if err != nil {
			return err
		}
		if p.Query == "" {
			return p.WriteOwnJSON(text, p.Format)
		}
		_, err = p.WriteOwnValue(text, p.Query)
		return err
	}
	row := recordRow(r)
	if !p.Aligned() {
		return p.WriteCells(make([]string, len(row)), [][]term.Cell{row})
	}
	for i, width := range []int{5, 23, 14, 15, 12, 30} { // what comes later cannot be known, so that no column fits for certain
		row[i].Text = term.Padded(row[i].Text, width)
	}
	return p.WriteRow(4, row...)
}
