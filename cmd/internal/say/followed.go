package say

import (
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Followed writes one record of a list that goes on. The error says that nobody reads
// it any more.
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
	cells := []string{
		strconv.FormatInt(r.ID, 10), r.Time.Local().Format("2006-01-02 15:04:05"), r.Mode + " " + r.Profile, r.Endpoint, Amount(r.Amount), StateOf(r), r.Number(),
	}
	var line strings.Builder
	for i, cell := range cells {
		cell = inLine(cell)
		switch {
		case i == len(cells)-1:
			line.WriteString(cell + "\n")
		case !p.OutTTY && p.Format != term.Table:
			line.WriteString(cell + "\t")
		default: // what comes later cannot be known, so that no column fits for certain
			line.WriteString(cell + strings.Repeat(" ", max(0, []int{5, 19, 14, 15, 12, 30}[i]-len(cell))+2))
		}
	}
	return p.WriteText(line.String())
}

// inLine keeps a text from outside in its place on a line.
func inLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || term.Hostile(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
