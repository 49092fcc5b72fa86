package cmd

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newFindCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:        "find NUMBER",
		SuggestFor: []string{"search", "grep"},
		Short:      "Find a payment by any of its numbers",
		Long: `Find what was sent by any number: paymentRequestId, paymentId, capture and refund
IDs of both sides, your order number, the acquirer's transaction and reference
numbers, the card scheme's. The beginning of one is enough. It looks in the journal
of this machine and asks nobody.`,
		Example: `  # by the request ID
  apo find demo-0001

  # by its beginning, for a script
  apo find demo- -o json`,
		Args: arguments(1, 1, "one number, or its beginning"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			list, err := d.found(cmd.Context(), j, args[0])
			if err != nil {
				return err
			}
			if len(list) == 0 {
				f := say.Fail(say.NotFound, "nothing in the journal%s has the number %s", d.ofWhichProfile(), args[0])
				if d.io.Masker.Text(args[0]) != args[0] {
					return f.Hint("whole card numbers are not kept, so none can be found")
				}
				return f.Hint("apo inquire %s asks the gateway", say.Quoted(args[0]))
			}
			return say.Records(d.printer(), list, recordExit)
		},
	}
}

// found are the records that carry a number, the newest first.
func (d *deps) found(ctx context.Context, j *journal.SQLite, number string) ([]journal.Record, error) {
	if number == last { // it is a payment, and no beginning of a number
		list, err := d.recordsOf(ctx, j, last)
		slices.Reverse(list)
		return list, err
	}
	list, err := j.Find(ctx, number)
	if err != nil {
		return nil, unread(ctx, err)
	}
	return d.ofProfile(list), nil
}

// last is the newest payment of the journal.
const last = "@last"

// recordsOf are those of the payment that has a number, in their order. Where a
// profile is named, its records alone count.
func (d *deps) recordsOf(ctx context.Context, j *journal.SQLite, number string) ([]journal.Record, error) {
	list, err := d.candidates(ctx, j, number)
	if err != nil {
		return nil, unread(ctx, err)
	}
	id, err := journal.PaymentOf(list, number)
	switch {
	case errors.Is(err, journal.ErrNone):
		return nil, say.Fail(say.NotFound, "nothing in the journal%s has the number %s", d.ofWhichProfile(), number).Hint("apo log lists what there is")
	case errors.Is(err, journal.ErrSeveral):
		return nil, say.Fail(say.Usage, "several payments have the number %s, or one that begins so", number).
			Hint("apo find %s lists them; a paymentId means one alone; --profile chooses among those of several profiles", say.Quoted(number))
	}
	if list, err = j.Payment(ctx, id.ClientID, id.Numbers()); err != nil {
		return nil, unread(ctx, err)
	}
	return list, nil
}

// candidates are the records that a number may mean.
func (d *deps) candidates(ctx context.Context, j *journal.SQLite, number string) ([]journal.Record, error) {
	if number == last {
		return journal.List(ctx, j, journal.Filter{Endpoint: "pay", Profile: cmp.Or(d.global.profile, d.getenv("APO_PROFILE")), Limit: 1})
	}
	list, err := j.Find(ctx, number)
	return d.ofProfile(list), err
}

// ofProfile keeps the records of the profile that --profile names, if it does.
func (d *deps) ofProfile(list []journal.Record) []journal.Record {
	return slices.DeleteFunc(list, func(r journal.Record) bool { return d.global.profile != "" && r.Profile != d.global.profile })
}

// ofWhichProfile says so where --profile chose among the records.
func (d *deps) ofWhichProfile() string {
	if d.global.profile == "" {
		return ""
	}
	return " of profile " + d.global.profile
}

// otherMeaning advises on a number that the gateway does not know: the journal may
// know whose it is.
func (s *session) otherMeaning(ctx context.Context, number string, asRefund bool) (advice string, found bool) {
	if s.journal == nil {
		return "", false
	}
	list, err := s.journal.Find(ctx, number)
	if err != nil {
		return "", false
	}
	return s.words().OtherMeaning(list, number, asRefund)
}
