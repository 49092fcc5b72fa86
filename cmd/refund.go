package cmd

import (
	"cmp"
	"context"

	"github.com/apo-cli/apo/pkg/operate"
	"github.com/spf13/cobra"
)

func newRefundCmd(d *deps) *cobra.Command {
	var o partOptions
	cmd := &cobra.Command{
		Use:   "refund PAYMENT",
		Short: "Give captured money back",
		Long: `Give captured money back, all that is left unless --amount says less.

PAYMENT is your paymentRequestId or APO's paymentId. A whole refund derives its
refundRequestId from the payment, so that repeating it, from any machine, is
the same refund. A part gets a new refundRequestId: repeat it with --request-id.
A payment that was not captured yet is cancelled, not refunded.`,
		Example: `  # all of it
  apo refund demo-0002

  # a part, under an ID of your own, with a reason
  apo refund demo-0002 --amount 1000 --currency SGD --request-id refund-0009 --reason "one item came back"`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRefund(cmd.Context(), d, &o) },
	}
	addPartFlags(cmd, &o, "refundRequestId")
	cmd.Flags().StringVar(&o.reason, "reason", "", "`text` for the statement (refundReason)")
	cmd.Flags().StringVar(&o.notifyURL, "notify-url", "", "`URL` for the notification (refundNotifyUrl)")
	return cmd
}

func runRefund(ctx context.Context, d *deps, o *partOptions) error {
	s, p, err := d.openPart(ctx, o)
	if err != nil {
		return err
	}
	part, err := o.part(p)
	if err != nil {
		return err
	}
	r, before, err := operate.RefundOf(p, part)
	if err != nil {
		return s.notMade(err, "refund")
	}
	r.RefundReason, r.RefundNotifyURL = o.reason, cmp.Or(o.notifyURL, d.getenv("APO_NOTIFY_URL"))
	return s.sendPart(ctx, "refund", r, p, before, o)
}
