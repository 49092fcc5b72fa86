package app

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/spf13/cobra"
)

// FilterFlags say which records of the journal are meant.
type FilterFlags struct {
	since, state, endpoint string
	failed, all            bool
	Limit                  int
}

// AddFilterFlags adds those that choose records; --profile is one of them too.
func AddFilterFlags(cmd *cobra.Command, o *FilterFlags) {
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "from a `time` on: 24h, 7d, or 2026-11-25T08:00:00+08:00")
	f.StringVar(&o.state, "state", "", "in this `state`: "+strings.Join(states(), ", "))
	f.StringVar(&o.endpoint, "endpoint", "", "of this `API`: pay, inquiryPayment, notifyPayment, …")
	f.BoolVar(&o.failed, "failed", false, "only what did not succeed; with --all also what did not verify")
	f.BoolVar(&o.all, "all", false, "inquiries and notifications too")
	_ = cmd.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(states(), cobra.ShellCompDirectiveNoFileComp))
}

func states() (names []string) {
	for _, s := range journal.States() {
		names = append(names, string(s))
	}
	return names
}

// Filter says which records the flags mean.
func (d *Run) Filter(o *FilterFlags) (journal.Filter, error) {
	e, err := apo.FindEndpoint(o.endpoint) // what moves is found faster when it is asked for
	filter := journal.Filter{
		Profile: d.Global.Profile, Endpoint: o.endpoint, State: journal.State(o.state), Failed: o.failed, Limit: o.Limit,
		Moving: !o.all && (o.endpoint == "" || err == nil && !e.Reads),
	}
	if err != nil && o.endpoint != "" && !strings.HasPrefix(o.endpoint, "/") && !strings.HasPrefix(o.endpoint, "notify") {
		return filter, say.Fail(say.Usage, "--endpoint %q is no API that apo knows", o.endpoint)
	}
	if o.state == "settled" { // as it was called before
		filter.State = journal.Resolved
	} else if o.state != "" && !slices.Contains(states(), o.state) {
		return filter, say.Fail(say.Usage, "--state %q is not one of %s", o.state, strings.Join(states(), ", "))
	}
	if o.since != "" {
		if filter.Since, err = d.PastTime(o.since); err != nil {
			return filter, say.Fail(say.Usage, "--since %q: %v", o.since, err)
		}
	}
	return filter, nil
}

// PastTime reads a time, or how long ago it was: 90m, 24h, 7d.
func (d *Run) PastTime(text string) (time.Time, error) {
	if days, found := strings.CutSuffix(text, "d"); found {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100000 {
			return d.Now().AddDate(0, 0, -n), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return d.Now().Add(-ago), nil
	}
	if day, err := time.ParseInLocation("2006-01-02", text, time.Local); err == nil {
		return day, nil
	}
	t, err := apo.ParseTime(text)
	if _, number := strconv.Atoi(text); err != nil || number == nil && t.Year() < 2000 { // 90 is no time, without its unit
		return t, errors.New("it is neither a time nor how long ago, such as 24h, 7d or 2026-11-25T08:00:00+08:00")
	}
	return t, nil
}
