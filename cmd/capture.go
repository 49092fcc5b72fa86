package cmd

import (
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/pkg/operate"
)

func newCaptureCmd(d *app.Run) *cobra.Command {
	var o app.PartFlags
	cmd := &cobra.Command{
		Use:   "capture PAYMENT",
		Short: "Take the money of an authorized payment",
		Long: `Take the money of an authorized payment, whole unless --amount says less.

PAYMENT is any whole number of it that no other payment has: paymentRequestId,
paymentId, or another that the journal knows, such as your order number.

A whole capture derives its captureRequestId from the payment, so that repeating it,
from any machine, is the same capture and takes nothing twice. A part gets a new
captureRequestId: repeat it with --request-id.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # a part, under an ID of your own
  apo capture demo-0001 --amount 1000 --currency SGD --request-id capture-0001

  # all that is left
  apo capture demo-0001`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCapture(cmd.Context(), d, &o) },
	}
	app.AddPartFlags(cmd, &o, "captureRequestId")
	return cmd
}

func runCapture(ctx context.Context, d *app.Run, o *app.PartFlags) error {
	s, p, err := d.OpenPart(ctx, "capture", o)
	if err != nil {
		return err
	}
	part, err := o.Part(p)
	if err != nil {
		return err
	}
	r, before, err := operate.CaptureOf(p, part)
	if err != nil {
		return s.NotMade(err, "capture", part)
	}
	return s.SendPart(ctx, "capture", r, p, before, o)
}
