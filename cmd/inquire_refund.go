package cmd

import (
	"cmp"
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

func newInquireRefundCmd(d *app.Run) *cobra.Command {
	var refundID string
	cmd := &cobra.Command{
		Use:   "inquire-refund REFUND_REQUEST_ID",
		Short: "Tell what became of a refund",
		Long: `Tell what became of a refund, by your refundRequestId or by APO's refundId.

@last is the newest refund of the profile. After a lost answer use the
refundRequestId. A refund that is not found may still be on its way: ask again
after 15 s; not found three times, it was never placed.`,
		Example: `  # by your own ID
  apo inquire-refund refund-0001

  # the status alone, for a script
  apo inquire-refund refund-0001 -q refundStatus`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := app.Arguments(0, 1, "one REFUND_REQUEST_ID, or --refund-id")(cmd, args); err != nil {
				return err
			}
			if (len(args) == 1) == (refundID != "") {
				return say.Fail(say.Usage, "%s needs one REFUND_REQUEST_ID, or --refund-id", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			key := apo.RefundKey{RefundID: refundID}
			if len(args) == 1 {
				key.RefundRequestID = args[0]
			}
			return runInquireRefund(cmd.Context(), d, key)
		},
	}
	cmd.Flags().StringVar(&refundID, "refund-id", "", "the refund by APO's `ID`")
	return cmd
}

func runInquireRefund(ctx context.Context, d *app.Run, key apo.RefundKey) error {
	id := cmp.Or(key.RefundID, key.RefundRequestID)
	if problem := apo.CheckRequestID(id); problem != "" && id != app.Last {
		return say.Fail(say.Usage, "the ID %q %s", id, problem)
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	if key.RefundRequestID == app.Last {
		newest, err := s.Newest("refund")
		if err != nil {
			return err
		}
		key.RefundRequestID = newest.RefundRequestID
		id = key.RefundRequestID
	}
	s.Recognise(ctx, id)
	found, err := s.Operator.LookupRefund(ctx, key)
	if err := s.Inquired(ctx, found.Answer, err, id, true); err != nil {
		return err
	}
	s.Printer().Show(found.Answer.Raw)
	r := found.Refund
	if found.Problem != "" {
		return s.Words().Contradicted(r.RefundRequestID, r.PaymentID, found.Problem)
	}
	v := s.Words().Verdict(term.Good, "refunded", say.Amount(r.Amount), say.Fact("refundId", r.RefundID), say.Fact("on", r.Time))
	switch r.Status {
	case apo.StatusSuccess:
		s.IO.Say(*v)
		return nil
	case apo.StatusFail, apo.StatusCancelled:
		v.Mood, v.What = term.Bad, "refund failed"
		return &say.Failure{Kind: say.Declined, Text: "the refund failed", RequestID: r.RefundRequestID, Verdict: v}
	case apo.StatusProcessing, apo.StatusPending:
		v.Mood, v.What, v.Next = term.Waiting, "refund in process", s.Words().Command("inquire-refund", r.RefundRequestID)
		return &say.Failure{Kind: say.Pending, Text: "the refund is in process", RequestID: r.RefundRequestID, MoneyMayHaveMoved: true, Verdict: v}
	}
	f := say.Fail(say.InquiryFailed, "the answer has no refundStatus that apo knows (%q)", r.Status)
	f.MoneyMayHaveMoved = true
	return f
}
