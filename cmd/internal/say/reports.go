package say

import (
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/report"
)

// ReportFile is a report that was written, as -o json tells of it.
type ReportFile struct {
	Name       string      `json:"name"`
	Report     string      `json:"report"`     // "SETTLEMENT_DETAIL"
	Generation string      `json:"generation"` // of the headers: current, previous
	Date       string      `json:"date"`
	Batch      string      `json:"settlementBatchId,omitempty"`
	Rows       int64       `json:"rows"`
	Settlement *apo.Amount `json:"settlement,omitempty"` // in the smallest unit; below zero the merchant owes it
}

func reportFileOf(f report.File) ReportFile {
	out := ReportFile{
		Name: f.Name, Report: [...]string{"TRANSACTION_DETAIL", "SETTLEMENT_DETAIL", "SETTLEMENT_SUMMARY"}[f.Kind],
		Generation: f.Generation.String(), Date: f.Day.Format(time.DateOnly), Batch: f.BatchID, Rows: f.Rows,
	}
	if f.Settlement != nil && f.BatchID != report.NoBatch {
		out.Settlement = &apo.Amount{Currency: f.Currency, Value: f.Settlement.String()}
	}
	return out
}

// Reports lists the reports that were written into a folder.
func (p Printer) Reports(folder, customer string, files []report.File) error {
	list := []ReportFile{}
	for _, f := range files {
		list = append(list, reportFileOf(f))
	}
	if p.WantsJSON() {
		return p.ShowOwn(struct {
			Folder   string       `json:"folder"`
			Customer string       `json:"customerId"`
			Files    []ReportFile `json:"files"`
		}{folder, customer, list})
	}
	var rows [][]term.Cell
	for i, f := range list {
		settled := "-"
		if f.Settlement != nil {
			settled = signedAmount(*f.Settlement)
		}
		rows = append(rows, term.Cells(f.Date, files[i].Kind.String(), f.Generation, strconv.FormatInt(f.Rows, 10), settled, f.Name))
	}
	return p.WriteCells([]string{"day", "report", "headers", "rows", "settled", "file"}, rows)
}

// signedAmount is an amount that may be below zero: "SGD -42.00".
func signedAmount(a apo.Amount) string {
	value, negative := strings.CutPrefix(a.Value, "-")
	text := apo.Amount{Currency: a.Currency, Value: value}.String()
	if negative {
		return strings.Replace(text, " ", " -", 1)
	}
	return text
}

// Several names a few of a list: "a, b and 7 more".
func Several(list []string) string {
	const few = 3
	if len(list) <= few+1 {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:few], ", ") + " and " + strconv.Itoa(len(list)-few) + " more"
}
