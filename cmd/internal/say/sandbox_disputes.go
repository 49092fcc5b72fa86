package say

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// SandboxDispute shows what became of a dispute of a sandbox: as JSON, or in one line.
func (p Printer) SandboxDispute(d sandbox.Dispute) error {
	if p.Structured() {
		return p.ShowOwn(d)
	}
	left := ""
	switch d.Status {
	case "OPEN":
		left = "no refund until it is judged; to be answered by " + When(d.Due)
	case "JUDGED", "ACCEPTED", "CANCELLED":
		left = "left to refund: " + apo.Units64(d.Amount.Currency, d.Left).String()
	}
	p.Note(strings.Join(nonEmpty("disputeId "+d.ID, d.Status, d.Result, Amount(d.Amount), left), "  "))
	return nil
}

// SandboxDisputes lists the disputes of a sandbox.
func (p Printer) SandboxDisputes(list []sandbox.Dispute) error {
	if p.WantsJSON() {
		return p.ShowOwn(list)
	}
	if len(list) == 0 {
		p.Note("the sandbox has no disputes")
		return nil
	}
	var rows [][]term.Cell
	for _, d := range list {
		row := append(term.Cells(When(d.Time), d.ID, Amount(d.Amount), d.Reason), term.Cell{Text: d.Status, Tone: sandboxDisputeTone(d)})
		rows = append(rows, append(row, term.Cells(d.Result, When(d.Due), d.PaymentRequestID, d.Acquirer, d.TransactionID)...))
	}
	return p.WriteCells([]string{"time", "disputeId", "amount", "reason", "status", "result", "answer before", "paymentRequestId", "acquirer", "acquirerTransactionId"}, rows)
}

func sandboxDisputeTone(d sandbox.Dispute) term.Tone {
	switch {
	case d.Status == "OPEN" || d.Status == "DEFENDED":
		return term.Doubt
	case d.Status == "ACCEPTED" || d.Result == sandbox.JudgedForCustomer:
		return term.Failure
	case d.Result == sandbox.JudgedForMerchant:
		return term.Success
	}
	return term.Over
}

func nonEmpty(texts ...string) (list []string) {
	for _, text := range texts {
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}
