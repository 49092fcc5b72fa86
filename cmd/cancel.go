package cmd

import (
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func newCancelCmd(d *app.Run) *cobra.Command {
	var payment app.PaymentFlags
	var m app.SendFlags
	cmd := &cobra.Command{
		Use:   "cancel PAYMENT",
		Short: "Give a payment back as a whole",
		Long: `Give a payment back as a whole: an authorization is released, and what was
captured goes back. There is no notification of it. A payment that was refunded,
in part or whole, cannot be cancelled any more.

PAYMENT is any whole number of it that no other payment has: paymentRequestId,
paymentId, or another that the journal knows, such as your order number.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # see what would be sent
  apo cancel demo-0001 --dry-run

  # release the authorization
  apo cancel demo-0001`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCancel(cmd.Context(), d, payment, m) },
	}
	app.AddPaymentFlags(cmd, &payment)
	app.AddSendFlags(cmd, &m, "")
	return cmd
}

func runCancel(ctx context.Context, d *app.Run, payment app.PaymentFlags, m app.SendFlags) error {
	if err := m.Check(); err != nil {
		return err
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	// The inquiry tells which kind of ID was given, and what the cancel gives
	// back: the amount that a person confirms.
	found, err := s.FindFirst(ctx, "cancel", payment)
	if err != nil {
		return err
	}
	key := found.Key
	if found.Payment.PaymentID != "" {
		key = apo.PaymentKey{PaymentID: found.Payment.PaymentID}
	}
	body, err := apo.Encode(key)
	if err != nil {
		return err
	}
	e, err := apo.FindEndpoint("cancel")
	if err != nil {
		return err
	}
	return s.Send(ctx, operate.Request{Endpoint: e, Body: body, Amount: found.Payment.Amount, Payment: &found.Payment}, m)
}
