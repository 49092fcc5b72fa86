package cmd

import (
	"cmp"
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/apo-cli/apo/pkg/operate"
	"github.com/spf13/cobra"
)

func newRefundCmd(d *app.Run) *cobra.Command {
	var o app.PartFlags
	cmd := &cobra.Command{
		Use:   "refund PAYMENT",
		Short: "Give captured money back",
		Long: `Give captured money back, all that is left unless --amount says less.

PAYMENT is any whole number of it that no other payment has: paymentRequestId,
paymentId, or another that the journal knows, such as your order number.

A whole refund derives its refundRequestId from the payment, so that repeating it,
from any machine, is the same refund. A part gets a new refundRequestId: repeat it
with --request-id.
A payment that was not captured yet is cancelled, not refunded; one with an open
dispute is refunded once that is judged.`,
		Example: `  # a captured payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto

  # a part, under an ID of your own, with a reason
  apo refund demo-0001 --amount 1000 --currency SGD --request-id refund-0001 --reason "one item came back"

  # all that is left
  apo refund demo-0001`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRefund(cmd.Context(), d, &o) },
	}
	app.AddPartFlags(cmd, &o, "refundRequestId")
	cmd.Flags().StringVar(&o.Reason, "reason", "", "`text` for the statement (refundReason)")
	cmd.Flags().StringVar(&o.NotifyURL, "notify-url", "", "`URL` for the notification (refundNotifyUrl), or listen: the running apo listen")
	return cmd
}

func runRefund(ctx context.Context, d *app.Run, o *app.PartFlags) error {
	s, p, err := d.OpenPart(ctx, "refund", o)
	if err != nil {
		return err
	}
	part, err := o.Part(p)
	if err != nil {
		return err
	}
	r, before, err := operate.RefundOf(p, part)
	if err != nil {
		return s.NotMade(err, "refund", part)
	}
	s.WarnOfDispute(ctx, p, true)
	r.RefundReason = o.Reason
	if r.RefundNotifyURL, err = s.NotifyURL(ctx, cmp.Or(o.NotifyURL, d.Getenv("APO_NOTIFY_URL"))); err != nil {
		return err
	}
	return s.SendPart(ctx, "refund", r, p, before, o)
}
