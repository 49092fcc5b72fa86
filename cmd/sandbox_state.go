package cmd

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxLsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return newestFirst(d, o, &cobra.Command{
		Use:   "ls",
		Short: "List the sandbox's payments, the newest first",
		Long:  "List the sandbox's payments, the newest first, as its owner sees them.",
		Example: `  # as a table
  apo sandbox ls

  # for a script
  apo sandbox ls -o json`,
	}, controlled.Payments, func(list []sandbox.Payment) error { return showPayments(d, list) })
}

func showPayments(d *app.Run, list []sandbox.Payment) error {
	if d.Printer().WantsJSON() {
		return d.Printer().ShowOwn(list)
	}
	var rows [][]term.Cell
	for _, p := range list {
		row := append(term.Cells(say.When(p.Time), p.PaymentRequestID, say.Amount(p.Amount)), say.Status(p.Status))
		rows = append(rows, append(row, term.Cells(p.Code, say.Moved(p), p.Card, p.Acquirer, p.PaymentID)...))
	}
	if len(rows) == 0 {
		d.IO.Note("the sandbox has no payments")
		return nil
	}
	return d.IO.WriteCells([]string{"time", "paymentRequestId", "amount", "status", "code", "captured / refunded", "card", "acquirer", "paymentId"}, rows)
}

// newestInBox puts the newest payment of the sandbox in place of @last.
func newestInBox(box controlled, id string) (string, error) {
	switch {
	case app.IsLast(id):
	case strings.HasPrefix(id, "@"):
		return "", app.NoReference(id)
	default:
		return id, nil
	}
	list, err := box.Payments(1)
	if err != nil {
		return "", say.Fail(say.Config, "%v", err)
	}
	if len(list) == 0 {
		return "", say.Fail(say.NotFound, "the sandbox has no payments")
	}
	return list[0].PaymentID, nil
}

func newSandboxShowCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "show PAYMENT",
		Short: "Show one payment of the sandbox whole",
		Long: `Show one payment of the sandbox whole: what inquiryPayment answers, and what was
notified. PAYMENT is its paymentRequestId or paymentId, or @last for the newest.`,
		Example: `  # a payment that waits for the buyer: exit code 8
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --card visa-3ds || test $? = 8

  # all of it
  apo sandbox show demo-0001

  # the newest, for a script
  apo sandbox show @last -q paymentStatus`,
		Args: app.Arguments(1, 1, "one paymentRequestId or paymentId"),
		RunE: func(cmd *cobra.Command, args []string) error {
			box, err := openControl(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			id, err := newestInBox(box, args[0])
			if err != nil {
				return err
			}
			p, found, err := box.Payment(id)
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			if !found {
				return say.Fail(say.NotFound, "the sandbox has no payment %s", args[0]).Hint("apo sandbox ls lists them")
			}
			if p.Page != "" && !box.PagesServed() {
				d.IO.Hint("nobody serves its page at this moment: apo sandbox, in another terminal, does")
			}
			return d.Printer().SandboxPayment(p)
		},
	}
}

func newSandboxExportCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Write the sandbox's books, a JSON object a line",
		Long: `Write the sandbox's books, a JSON object a line: its clock and rules, and each
payment as its owner sees it. Card data is not in them; IDs and addresses
are as the merchant sent them.`,
		Example: `  # into a file
  apo sandbox export > books.ndjson

  # how many payments there are
  apo sandbox export | grep '"type":"payment"' | wc -l`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			box, err := openFile(d, o)
			if err != nil {
				return err
			}
			return exportBooks(d, box)
		},
	}
}

func exportBooks(d *app.Run, box *sandbox.Sandbox) error {
	lines := d.Printer().Lines()
	defer lines.End()
	line := func(kind string, data any) bool {
		text, err := json.Marshal(data)
		if err != nil {
			return false
		}
		text = append([]byte(`{"type":"`+kind+`","data":`), text...)
		return lines.Show(append(text, '}'))
	}
	clock, err := box.Clock()
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	rules, err := box.Rules()
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	if !line("clock", map[string]string{"time": clock.Now(d.Now()).UTC().Format(time.RFC3339Nano)}) {
		return nil // the reader went away
	}
	for _, r := range rules {
		if !line("rule", say.RuleOf(r)) {
			return nil
		}
	}
	var unread error
	err = box.AllPayments(func(p sandbox.Payment) bool {
		whole, found, err := box.Payment(p.PaymentID)
		unread = err
		return err == nil && (!found || line("payment", whole))
	})
	if err = errors.Join(err, unread); err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return nil
}

func newSandboxResetCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Forget all payments, rules and notifications",
		Long: `Forget all payments, rules and notifications, and let the clock go as the real one
again. The keys stay.`,
		Example: `  # an empty sandbox
  apo sandbox reset

  # of a seed
  apo sandbox reset --seed 7`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			box, err := openToChange(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			if err := box.Reset(); err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			d.IO.Note("the sandbox is empty")
			return nil
		},
	}
}
