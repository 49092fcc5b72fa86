package cmd

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/pkg/apo"
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
	r := apo.RefundRequest{
		PaymentID: p.PaymentID, RefundReason: o.reason, RefundNotifyURL: cmp.Or(o.notifyURL, d.getenv("APO_NOTIFY_URL")),
	}
	if r.RefundRequestID, r.RefundAmount, err = s.part(o, p, "REFUND", p.Balance().Refundable()); err != nil {
		return err
	}
	return s.send(ctx, "refund", r, o.money)
}
