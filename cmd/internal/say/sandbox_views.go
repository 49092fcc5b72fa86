package say

import (
	"cmp"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// SandboxPayment shows one payment of a sandbox whole.
func (p Printer) SandboxPayment(paid sandbox.Payment) error {
	if !p.AsTable() {
		return p.ShowOwn(paid)
	}
	p.viewAnswer(gjson.ParseBytes(paid.Inquiry), paid.Inquiry, append([]term.Field{
		{Name: "referenceOrderId", Cell: term.Cell{Text: paid.OrderID}},
		{Name: "3DS page", Cell: term.Cell{Text: paid.Page}},
	}, p.sandboxRouting(paid)...)...)
	if len(paid.Notifications) == 0 {
		return nil
	}
	_ = p.WriteText("\n")
	return p.SandboxNotifications(paid.Notifications)
}

// SandboxNotifications lists what a sandbox notified.
func (p Printer) SandboxNotifications(list []sandbox.Notification) error {
	var rows [][]term.Cell
	for _, n := range list {
		row := append(term.Cells(strconv.FormatInt(n.ID, 10), When(n.Time), n.Type, n.RequestID), Status(n.State))
		rows = append(rows, append(row, term.Cells(Attempts(n), n.URL)...))
	}
	return p.WriteCells([]string{"id", "time", "type", "of", "state", "attempts", "to"}, rows)
}

// SandboxNotification shows one with its attempts. Its body is in its JSON.
func (p Printer) SandboxNotification(n sandbox.Notification) error {
	if !p.AsTable() {
		return p.ShowOwn(n)
	}
	text := func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	if err := p.WriteView([]term.Field{
		text("notification", strconv.FormatInt(n.ID, 10)), text("notifyType", n.Type), text("time", When(n.Time)), text("of", n.RequestID),
		text("paymentId", n.PaymentID), text("to", n.URL),
		{Name: "state", Cell: Status(n.State)},
		text("next attempt", When(n.Next)),
	}); err != nil || len(n.Attempts) == 0 {
		return err
	}
	var rows [][]term.Cell
	for _, a := range n.Attempts {
		status := "-"
		if a.Status > 0 {
			status = strconv.Itoa(a.Status)
		}
		rows = append(rows, []term.Cell{{Text: When(a.Time)}, yesOrNo(a.Accepted), {Text: status}, {Text: cmp.Or(a.Why, "-")}})
	}
	_ = p.WriteText("\n")
	return p.WriteCells([]string{"attempt", "accepted", "HTTP", "why not"}, rows)
}
