package cmd

import (
	"context"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func newInquireRefundCmd(d *app.Run) *cobra.Command {
	var refundID string
	cmd := &cobra.Command{
		Use:   "inquire-refund REFUND",
		Short: "Tell what became of a refund",
		Long: `Tell what became of a refund.

REFUND is any number of it, as it was pasted: your refundRequestId, APO's refundId, or
what the journal knows beside these: ARN, RRN, the beginning of one. A number of its
payment will do: where that has several refunds, they are listed, with exit code 2.
@last is the newest refund of the profile.

After a lost answer use the refundRequestId. A refund that is not found may still be
on its way: ask again after 15 s; not found three times, it was never placed.`,
		Example: `  # a refund to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto
  apo refund demo-0001 --amount 100 --currency SGD --request-id refund-0001

  # by your own ID
  apo inquire-refund refund-0001

  # the status alone, for a script
  apo inquire-refund refund-0001 -q refundStatus`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := app.Arguments(0, 1, "one number of a refund, or --refund-id")(cmd, args); err != nil {
				return err
			}
			if (len(args) == 1) == (refundID != "") {
				return say.Fail(say.Usage, "%s needs one number of a refund, or --refund-id", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInquireRefund(cmd.Context(), d, strings.Join(args, ""), refundID)
		},
	}
	cmd.Flags().StringVar(&refundID, "refund-id", "", "the refund by APO's `ID`")
	return cmd
}

func runInquireRefund(ctx context.Context, d *app.Run, number, refundID string) error {
	if strings.HasPrefix(refundID, "@") {
		return say.Fail(say.Usage, "--refund-id %q is no ID", refundID).Hint("apo inquire-refund %s takes the newest refund", app.Last)
	}
	if problem := apo.CheckRequestID(refundID); problem != "" && refundID != "" {
		return say.Fail(say.Usage, "the ID %q %s", refundID, problem)
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	found, err := findRefund(ctx, s, number, refundID)
	if err != nil {
		return err
	}
	return tellRefund(s, found.FoundRefund, found.How)
}

// tellRefund is tellPayment for a refund.
func tellRefund(s *app.Session, found operate.FoundRefund, how string) error {
	r := found.Refund
	if found.Problem != "" {
		if err := s.Printer().ShowUnclear("not clear", found.Answer.Raw); err != nil {
			return err
		}
		return s.Words().Contradicted(r.RefundRequestID, r.PaymentID, found.Problem)
	}
	s.TellsOfPayment()
	s.Printer().Show(found.Answer.Raw)
	v := s.Words().Verdict(term.Good, led(how, "refunded"), say.Amount(r.Amount), say.Fact("refundId", r.RefundID), say.Fact("on", say.WhenText(r.Time)))
	switch r.Status {
	case apo.StatusSuccess:
		s.IO.Say(*v)
		return nil
	case apo.StatusFail, apo.StatusCancelled:
		v.Mood, v.What = term.Bad, led(how, "refund failed")
		return &say.Failure{Kind: say.Declined, Text: "the refund failed", RequestID: r.RefundRequestID, Verdict: v}
	case apo.StatusProcessing, apo.StatusPending:
		v.Mood, v.What, v.Next = term.Waiting, led(how, "refund in process"), s.Words().Command("inquire-refund", r.RefundRequestID)
		return &say.Failure{Kind: say.Pending, Text: "the refund is in process", RequestID: r.RefundRequestID, MoneyMayHaveMoved: true, Verdict: v}
	}
	f := say.Fail(say.InquiryFailed, "the answer has no refundStatus that apo knows (%q)", r.Status)
	f.MoneyMayHaveMoved = true
	return f
}

// findRefund finds the refund that a number, an ID or @last means.
func findRefund(ctx context.Context, s *app.Session, number, refundID string) (app.LocatedRefund, error) {
	key := apo.RefundKey{RefundID: refundID}
	switch {
	case number == "":
	case app.IsLast(number):
		newest, err := s.Newest("refund")
		if err != nil {
			return app.LocatedRefund{}, err
		}
		key.RefundRequestID = newest.RefundRequestID
	default:
		return s.FindRefund(ctx, number)
	}
	return s.RefundBy(ctx, key)
}
