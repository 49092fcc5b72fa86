package cmd

import (
	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newTimelineCmd(d *app.Run) *cobra.Command {
	var o app.SearchFlags
	cmd := &cobra.Command{
		Use:   "timeline PAYMENT",
		Short: "Tell what happened with one payment, in order",
		Long: `Tell what happened with one payment, in order: requests, answers, inquiries and
notifications of this machine's journal. Notifications are those that apo listen
received and apo verify-notify verified; below one stands how often it came, and each
delivery to your own server with its answer, judged as APO would. What contradicts something earlier is marked with ✖: other
amounts, another outcome than was told before, captured and cancelled, a capture
whose result never came.

PAYMENT is any number of it, as it was pasted, its beginning, or @last for the newest
payment; with --amount or --day the last four digits of its card will do. Where several
payments have it, they are listed. Nobody is asked.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # by your own ID
  apo timeline demo-0001

  # of the newest payment, for a script
  apo timeline @last -o json`,
		Args: app.Arguments(1, 1, "one number of a payment, or @last"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := d.Wanted(args[0], o)
			if err != nil {
				return err
			}
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			list, err := d.PaymentRecords(cmd.Context(), j, w)
			if err != nil {
				return err
			}
			var news []int64
			for _, r := range list {
				if r.IsNotification() {
					news = append(news, r.ID)
				}
			}
			came, err := j.Receptions(cmd.Context(), news...)
			if err != nil {
				return app.Unread(cmd.Context(), err)
			}
			return say.Timeline(d.Printer(), journal.History(list, d.Now()), came)
		},
	}
	app.AddSearchFlags(cmd, &o)
	return cmd
}
