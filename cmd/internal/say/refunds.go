package say

import (
	"cmp"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// RefundRow is a refund in a list.
type RefundRow struct {
	RequestID, ID, PaymentID string
	Amount                   apo.Amount
	Time                     time.Time // zero: not known
	Status                   string    // "SUCCESS", or how far its call got
	Tone                     term.Tone // of a call's; Plain: that of the status
}

// Refunds lists refunds, one row each.
func Refunds(p Printer, list []RefundRow) error {
	type view struct {
		Time      string `json:"time,omitempty"`
		Amount    string `json:"amount,omitempty"`
		Currency  string `json:"currency,omitempty"`
		Status    string `json:"refundStatus"`
		RequestID string `json:"refundRequestId,omitempty"`
		ID        string `json:"refundId,omitempty"`
		PaymentID string `json:"paymentId,omitempty"`
	}
	views := []view{}
	var rows [][]term.Cell
	for _, r := range list {
		at := ""
		if !r.Time.IsZero() {
			at = r.Time.Format(milliseconds)
		}
		views = append(views, view{at, r.Amount.Value, r.Amount.Currency, r.Status, r.RequestID, r.ID, r.PaymentID})
		row := append(term.Cells(When(r.Time), Amount(r.Amount)), term.Cell{Text: r.Status, Tone: cmp.Or(r.Tone, toneOf(r.Status))})
		rows = append(rows, append(row, term.Cells(r.RequestID, r.ID, r.PaymentID)...))
	}
	if p.WantsJSON() {
		return p.ShowOwn(views)
	}
	return p.WriteCells([]string{"time", "amount", "status", "refundRequestId", "refundId", "paymentId"}, rows)
}

// SeveralRefunds ends a run that needed one refund and found several.
func (w Words) SeveralRefunds(typed, why string, rows []RefundRow) *Failure {
	f := Fail(Usage, "%s: %d", why, len(rows))
	for _, r := range rows[:min(len(rows), 3)] {
		if command := w.instead(typed, cmp.Or(r.RequestID, r.ID)); command != "" {
			f.Next = append(f.Next, command)
		}
	}
	return f
}
