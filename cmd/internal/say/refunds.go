package say

import (
	"cmp"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// RefundRow is a refund in a list.
type RefundRow struct {
	RequestID, ID, PaymentID string
	Amount                   apo.Amount
	Time                     time.Time // zero: not known
	Status                   string    // "SUCCESS", or how far its call got
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
	var rows [][]string
	for _, r := range list {
		at, local := "", ""
		if !r.Time.IsZero() {
			at, local = r.Time.Format(milliseconds), r.Time.Local().Format("2006-01-02 15:04:05")
		}
		views = append(views, view{at, r.Amount.Value, r.Amount.Currency, r.Status, r.RequestID, r.ID, r.PaymentID})
		rows = append(rows, []string{local, Amount(r.Amount), r.Status, r.RequestID, r.ID, r.PaymentID})
	}
	if p.WantsJSON() {
		return p.ShowOwn(views)
	}
	return p.WriteTable([]string{"time", "amount", "status", "refundRequestId", "refundId", "paymentId"}, rows)
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
