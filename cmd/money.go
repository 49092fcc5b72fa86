package cmd

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/pkg/apo"
)

// moneyFlags are those of every command that moves money.
type moneyFlags struct {
	requestID string
	named     bool // there is a flag for the request's ID
	live      bool
	confirm   string
	dryRun    bool
	again     bool
	open      bool
	settle    time.Duration
	wait      time.Duration
}

func addMoneyFlags(cmd *cobra.Command, m *moneyFlags, idName string) {
	f := cmd.Flags()
	if m.named = idName != ""; m.named {
		f.StringVar(&m.requestID, "request-id", "", "`ID` to send as "+idName+"; the same ID is the same request")
	}
	f.BoolVar(&m.live, "live", false, "allow this on a live profile")
	f.StringVar(&m.confirm, "confirm", "", "`amount` that moves, as confirmation on live: \"SGD 42.00\"")
	f.BoolVar(&m.dryRun, "dry-run", false, "show the request, masked, and send nothing")
	f.BoolVar(&m.again, "again", false, "do it although it looks like a repetition, or is more than is left")
	f.DurationVar(&m.settle, "settle", time.Minute, "`time` to ask what became of a request whose answer was lost; 0 does not ask")
	f.DurationVar(&m.wait, "wait", 0, "`time` to wait for a final state, as in --wait=90s")
	f.Lookup("wait").NoOptDefVal = "60s"
}

// check holds for all of them.
func (m moneyFlags) check() error {
	if m.settle < 0 || m.wait < 0 {
		return fail(kindUsage, "--settle and --wait take a time such as 60s")
	}
	return nil
}

// guard stops what must not happen. It is asked last, when the request is
// known whole and nothing was sent.
func (s *session) guard(m moneyFlags, what string, amount apo.Amount) error {
	if s.profile.ReadOnly {
		return refused("profile %s is read-only; %s was not sent", s.profile.Name, what)
	}
	if err := s.limit(amount, what); err != nil {
		return err
	}
	if !s.profile.Live() {
		if m.live {
			return refused("--live was given, but profile %s is not live; %s was not sent", s.profile.Name, what).
				hint("choose the live profile with --profile, or leave --live out")
		}
		return nil
	}
	if !m.live {
		return refused("profile %s is live; %s was not sent", s.profile.Name, what).
			hint("add --live if real money is meant to move")
	}
	wanted := amount.String()
	if amount.IsZero() {
		wanted = what
	}
	if m.confirm != "" {
		if !confirms(m.confirm, wanted, amount) {
			return refused("--confirm %q is not %q; %s was not sent", m.confirm, wanted, what)
		}
		return nil
	}
	if !s.io.CanAsk() {
		return refused("a live %s needs a confirmation and there is no terminal to ask on; nothing was sent", what).
			hint("add --confirm %q", wanted)
	}
	typed, err := s.io.Ask(fmt.Sprintf("LIVE  %s %s  profile %s  client %s\nType %q to go on: ", what, amountFact(amount), s.profile.Name, s.client.ClientID, wanted))
	if errors.Is(err, files.ErrInterrupted) {
		return fail(kindInterrupted, "interrupted; %s was not sent", what)
	}
	if err != nil || !confirms(typed, wanted, amount) {
		return refused("not confirmed; %s was not sent", what)
	}
	return nil
}

// confirms compares a typed amount with the one that is meant.
func confirms(typed, wanted string, amount apo.Amount) bool {
	if amount.IsZero() {
		return typed == wanted
	}
	a, err := apo.ParseAmount(typed, "")
	return err == nil && a == amount
}

// limit holds the profile's max_amount.
func (s *session) limit(amount apo.Amount, what string) error {
	if s.profile.MaxAmount == nil {
		return nil
	}
	if amount.IsZero() {
		return refused("profile %s has a max_amount, and %s does not say how much it moves; it was not sent", s.profile.Name, what)
	}
	most, listed := s.profile.MaxAmount[amount.Currency]
	if !listed {
		return refused("profile %s has no max_amount for %s; %s was not sent", s.profile.Name, amount.Currency, what)
	}
	limit := apo.Amount{Currency: amount.Currency, Value: most}
	n, err := amount.Units()
	if err != nil {
		return refused("%s is no amount; %s was not sent", amount, what)
	}
	if m, _ := limit.Units(); n > m {
		return refused("%s is more than profile %s allows (max_amount %s); %s was not sent", amount, s.profile.Name, limit, what)
	}
	return nil
}

func refused(format string, args ...any) *failure { return fail(kindRefused, format, args...) }

// dry shows a request instead of sending it.
func (s *session) dry(op operation) error {
	s.show(op.body)
	if !s.global.quiet {
		s.io.Note(fmt.Sprintf("dry run, nothing was sent: POST %s to %s", apo.SandboxPath(s.client.ClientID, op.endpoint.Path), s.where()))
	}
	return nil
}

// openPage opens the 3DS page in a browser, if asked to.
func (s *session) openPage(m moneyFlags, page string, waiting *failure) {
	if page == "" {
		return
	}
	if s.box != nil && m.wait == 0 {
		waiting.hint("apo sandbox serves this page, in another terminal; or pay again with --open")
	}
	if !m.open {
		return
	}
	if err := checkPage(page); err != nil {
		s.io.Warn(err.Error())
		return
	}
	if err := s.openBrowser(page); err != nil {
		s.io.Warn("no browser could be started; open the page yourself: " + page)
	}
}
