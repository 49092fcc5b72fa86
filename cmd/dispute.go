package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newDisputeCmd(d *app.Run) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "dispute",
		Short: "List disputes with their deadlines, as far as they were notified",
		Long: `List disputes with their deadlines, as far as they were notified.

APO tells of a dispute by notifyDispute alone: when it is opened (DISPUTE_CREATED) and
when it is judged (DISPUTE_JUDGED), at the address of the dashboard. It has no API to
list, accept or defend one: that happens in the portal of the acquirer, by its
acquirerTransactionId and before defenseDueTime. Until a dispute is judged its payment
cannot be refunded.

What apo knows are the notifications that apo listen received, or apo verify-notify
verified, on this machine. What did not verify counts for nothing.`,
		Example: `  # what is to be answered, the next deadline first
  apo dispute list --open

  # in the sandbox a dispute comes from apo sandbox dispute open
  apo sandbox dispute ls`,
	}, newDisputeListCmd(d), newDisputeShowCmd(d))
}

func newDisputeListCmd(d *app.Run) *cobra.Command {
	var open bool
	var since string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List disputes, what is to be answered first",
		Long: `List disputes: first those that are not decided, the next deadline first, and then
the others. Its state is
  open      to be answered in the acquirer's portal, while there is time left
  defended  answered (of Antom's other products alone)
  won       the merchant keeps the money
  lost      the merchant pays
  unclear   its notifications contradict each other, or say what apo does not know`,
		Example: `  # all of this machine
  apo dispute list

  # what is to be answered, for a script
  apo dispute list --open -o json`,
		Args: app.Arguments(0, 0, "flags alone; apo dispute show takes a number"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter := journal.Filter{Profile: d.Global.Profile}
			if since != "" {
				var err error
				if filter.Since, err = d.PastTime(since); err != nil {
					return say.Fail(say.Usage, "--since %q: %v", since, err)
				}
			}
			list, err := readDisputes(cmd.Context(), d, filter)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				d.IO.Note("the journal holds no notification of a dispute: APO sends them to the dashboard's address alone, and apo listen keeps what comes")
				return say.Disputes(d.Printer(), list, d.Now())
			}
			if open {
				list = slices.DeleteFunc(list, func(one journal.Dispute) bool { return !one.State.Undecided() })
			}
			if len(list) == 0 {
				d.IO.Note("all disputes of which the journal knows are decided")
			}
			if where := say.WhereToDefend(list); where != "" {
				d.IO.Note(where)
			}
			return say.Disputes(d.Printer(), list, d.Now())
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "those alone that are not decided")
	cmd.Flags().StringVar(&since, "since", "", "notified from a `time` on: 24h, 7d, or 2026-11-25T08:00:00+08:00")
	return cmd
}

func newDisputeShowCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "show DISPUTE|PAYMENT",
		Short: "Show one dispute whole",
		Long: `Show one dispute whole: its amount, reason and deadline, and the acquirer in whose
portal it is answered. It is named by its disputeId or the beginning of it, or by
paymentRequestId, paymentId or acquirerTransactionId of its payment.`,
		Example: `  # a disputed payment, of which a listener hears
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto

  # of that payment, for a script
  apo dispute show demo-0001 -q defenseDueTime || test $? = 1`,
		Args: app.Arguments(1, 1, "one disputeId, or number of a payment"),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := readDisputes(cmd.Context(), d, journal.Filter{Profile: d.Global.Profile})
			if err != nil {
				return err
			}
			switch list := disputesNamed(all, args[0]); len(list) {
			case 0:
				return say.Fail(say.NotFound, "the journal knows no dispute %s", args[0]).Hint("apo dispute list lists what was notified")
			case 1:
				if where := say.WhereToDefend(list); where != "" {
					d.IO.Note(where)
				}
				return say.Dispute(d.Printer(), list[0], d.Now())
			default:
				if err := say.Disputes(d.Printer(), list, d.Now()); err != nil {
					return err
				}
				return say.Fail(say.Usage, "%s is a number of %d disputes: one disputeId names one", args[0], len(list))
			}
		},
	}
}

func readDisputes(ctx context.Context, d *app.Run, f journal.Filter) ([]journal.Dispute, error) {
	j, err := d.ReadJournal()
	if err != nil {
		return nil, err
	}
	list, err := journal.Disputes(ctx, j, f)
	if err != nil {
		return nil, app.Unread(ctx, err)
	}
	return list, nil
}

// disputesNamed are those that a number names: that has it or, where none has, whose ID
// begins so.
func disputesNamed(all []journal.Dispute, number string) (list []journal.Dispute) {
	for _, d := range all {
		if slices.Contains([]string{d.ID, d.Numbers.PaymentRequestID, d.Numbers.PaymentID, d.Numbers.AcquirerTransactionID}, number) {
			list = append(list, d)
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, d := range all {
		if strings.HasPrefix(d.ID, number) {
			list = append(list, d)
		}
	}
	return list
}
