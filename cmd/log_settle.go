package cmd

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogSettleCmd(d *deps) *cobra.Command {
	var as, note string
	cmd := &cobra.Command{
		Use:   "settle ID --as done|failed --note TEXT",
		Short: "Write down what you know of a call that no inquiry can tell",
		Long: `Write down what you know of a call that no inquiry can tell: an API without one, a
request ID that belongs to something else, a profile that is gone. Look it up first,
in the dashboard or with Antom. The note says where you know it from, and stays in
the record. ID is that of apo log; apo resume asks for everything that can be asked.`,
		Example: `  # nothing was booked, says the dashboard
  apo log settle 1 --as failed --note "dashboard, 26 Nov"

  # what is left open
  apo log --state in-doubt`,
		Args: arguments(1, 1, "one ID of apo log"),
		RunE: func(_ *cobra.Command, args []string) error {
			exit := 0
			switch as {
			case "done":
			case "failed":
				exit = exitOf(say.Declined)
			default:
				return say.Fail(say.Usage, "--as is done or failed, not %q", as)
			}
			if note == "" {
				return say.Fail(say.Usage, "apo log settle needs --note: where you know it from")
			}
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			r, err := d.recordOf(j, args[0])
			if err != nil {
				return err
			}
			return d.settleByHand(j, r, as+", by hand: "+note, exit)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "`what` became of it: done or failed")
	cmd.Flags().StringVar(&note, "note", "", "`text`: where you know it from")
	_ = cmd.RegisterFlagCompletionFunc("as", cobra.FixedCompletions([]string{"done", "failed"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (d *deps) settleByHand(j *journal.Journal, r journal.Record, what string, exit int) error {
	switch {
	case r.Reads || !r.State.Open():
		f := refused("record %d is not open: %s", r.ID, stateInWords(r))
		return f.Hint("apo log show %d shows it", r.ID)
	case j.Alive(r):
		return refused("record %d is being sent by another process at this moment", r.ID)
	}
	if err := j.Settle(r.ID, what, 0, exit); err != nil {
		if errors.Is(err, journal.ErrNotFound) {
			return say.Fail(say.NotFound, "the journal has no record %d", r.ID)
		}
		return say.Fail(say.Config, "%v", err)
	}
	d.io.Note("settled: " + what)
	return nil
}
