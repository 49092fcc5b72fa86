package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogShowCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one record whole",
		Long: `Show one record whole: the request and the answer, masked, the times, and what
became of it. ID is that of apo log, or @last for the newest, or a whole number
of a payment, capture or refund: then it is the newest record of what moved.`,
		Example: `  # the newest
  apo log show @last

  # its request alone
  apo log show @last -q request`,
		Args: arguments(1, 1, "one ID of apo log, or @last, or a number of a payment"),
		RunE: func(_ *cobra.Command, args []string) error {
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			r, err := d.recordOf(j, args[0])
			if f := (*say.Failure)(nil); errors.As(err, &f) && (f.Kind == say.Usage || f.Kind == say.NotFound) {
				r, err = d.recordWith(j, args[0], err)
			}
			if err != nil {
				return err
			}
			return d.showRecord(r)
		},
	}
}

func (d *deps) recordOf(j *journal.SQLite, id string) (journal.Record, error) {
	if id == last {
		list, err := journal.List(context.Background(), j, journal.Filter{Limit: 1, Profile: d.global.profile})
		if err != nil {
			return journal.Record{}, say.Fail(say.Config, "%v", err)
		}
		if len(list) == 0 {
			return journal.Record{}, say.Fail(say.NotFound, "the journal%s is empty", d.ofWhichProfile())
		}
		return list[0], nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return journal.Record{}, say.Fail(say.Usage, "%q is no ID of apo log", id).Hint("apo find %s looks for a number of a payment", say.Quoted(id))
	}
	r, err := j.Get(context.Background(), n)
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return r, say.Fail(say.NotFound, "the journal has no record %d", n).Hint("apo log lists them")
	case err != nil:
		return r, say.Fail(say.Config, "%v", err)
	}
	return r, nil
}

// recordWith is the newest record that has a number, one that moves something
// before others, and one whose own it is before all.
func (d *deps) recordWith(j *journal.SQLite, number string, otherwise error) (journal.Record, error) {
	list, err := j.Find(context.Background(), number)
	if err != nil {
		return journal.Record{}, say.Fail(say.Config, "%v", err)
	}
	list = slices.DeleteFunc(d.ofProfile(list), func(r journal.Record) bool { return !r.Numbers.Has(number) })
	if len(list) == 0 {
		return journal.Record{}, otherwise
	}
	list = unlessNone(list, func(r journal.Record) bool { return !r.Reads })
	return unlessNone(list, func(r journal.Record) bool { return isOwn(r, number) })[0], nil
}

// isOwn reports whether a number is that of a call itself, not of the payment
// that it is about.
func isOwn(r journal.Record, number string) bool {
	n := r.Numbers
	switch r.Endpoint {
	case "capture":
		return number == n.CaptureRequestID || number == n.CaptureID
	case "refund":
		return number == n.RefundRequestID || number == n.RefundID
	case "pay":
		return number == n.PaymentRequestID || number == n.PaymentID
	}
	return false
}

// showRecord prints a record. What it holds was masked when it was written.
func (d *deps) showRecord(r journal.Record) error { return d.printer().ShowOwn(wholeOf(r)) }

// whole is a record with everything in it.
type whole struct {
	entry
	ResultMessage string          `json:"resultMessage,omitempty"`
	Timing        timing          `json:"timing"`
	Request       json.RawMessage `json:"request,omitempty"`
	Answer        json.RawMessage `json:"answer,omitempty"`
}

type timing struct {
	ConnectMs   float64 `json:"connectMs"`
	TLSMs       float64 `json:"tlsMs"`
	FirstByteMs float64 `json:"firstByteMs"`
	TotalMs     float64 `json:"totalMs"`
}

func wholeOf(r journal.Record) whole {
	ms := func(t time.Duration) float64 { return float64(t.Microseconds()) / 1000 }
	raw := func(b []byte) json.RawMessage {
		if len(b) == 0 {
			return nil
		}
		b = apo.Masker{}.JSON(b) // an older version may have written what this one hides
		if apo.CheckJSON(b) != nil {
			text, _ := json.Marshal(string(b))
			return text
		}
		return b
	}
	return whole{
		entryOf(r), r.Result.Message,
		timing{ms(r.Timing.Connect), ms(r.Timing.TLS), ms(r.Timing.FirstByte), ms(r.Timing.Total)},
		raw(r.Request), raw(r.Answer),
	}
}
