package cmd

import (
	"context"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/operate"
)

func newVaultCmd(d *app.Run) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "vault",
		Short: "Save a card without a payment",
		Long: `Save a card without a payment, for paying later with its token.

A card that you have collected is saved by apo vault card. A card that you must not
see is collected by APO's own page: apo vault create makes one. Whichever it was, apo
vault show tells what became of it, and has the token of what was saved; apo pay takes
that with --payment-method-id. A token pays: it stands on standard output alone, and
neither in talk nor in the journal.`,
		Example: `  # save a card, and pay with it
  token=$(apo vault card -q paymentMethodDetail.card.cardToken)
  apo pay --amount 4200 --currency SGD --payment-method-id "$token"`,
	}, newVaultCreateCmd(d), newVaultCardCmd(d), newVaultShowCmd(d))
}

// vaultCommand is what the flags of vault card and vault create say.
type vaultCommand struct {
	compose.VaultOptions
	money app.SendFlags
}

// addVaultFlags adds the flags that both have.
func addVaultFlags(cmd *cobra.Command, o *vaultCommand) {
	f := cmd.Flags()
	f.BoolVar(&o.ThreeDS, "3ds", false, "ask for 3DS (is3DSAuthentication)")
	f.StringVar(&o.RedirectURL, "redirect-url", "", "`URL` to which the buyer returns (redirectUrl)")
	f.StringVar(&o.NotifyURL, "notify-url", "", "`URL` for the notification (vaultingNotificationUrl, APO_NOTIFY_URL), or listen: the running apo listen")
	f.Var(compose.Changes{List: &o.Changes}, "set", "set a field to a text: merchantRegion=SG")
	f.Var(compose.Changes{List: &o.Changes, JSON: true}, "set-json", "set a field to JSON")
	f.BoolVar(&o.money.Open, "open", false, "open the buyer's page in a browser")
	app.AddSendFlags(cmd, &o.money, "vaultingRequestId")
}

// openVault opens a session for a command that saves a card. Where the embedded sandbox
// has the page, somebody has to serve it meanwhile.
func openVault(ctx context.Context, d *app.Run, o *vaultCommand, notifyURL string) (*app.Session, error) {
	if err := o.money.Check(); err != nil {
		return nil, err
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	s, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	if s.Local != nil && o.money.Open && o.money.Wait == 0 {
		o.money.Wait = waitForBuyer
	}
	if o.NotifyURL, err = s.NotifyURL(ctx, notifyURL); err != nil {
		return nil, err
	}
	o.RequestID, o.DryRun = o.money.RequestID, o.money.DryRun
	return s, nil
}

// servesVault serves the pages of the embedded sandbox for as long as this run waits.
func servesVault(s *app.Session, o *vaultCommand) error {
	if s.Local == nil || o.money.Wait == 0 || o.money.DryRun {
		return nil
	}
	return servePages(s)
}

// awaitVaulting looks a vaulting up until it is final or the time is up, and says on
// a terminal what is waited for.
func awaitVaulting(ctx context.Context, s *app.Session, v operate.Vaulting, within time.Duration) operate.Vaulting {
	waiting := *s.Operator
	before := waiting.Watch
	waiting.Watch = func(e operate.Event) {
		if e.Stage == operate.Asking {
			s.IO.Waiting(say.AwaitingVaulting(e.Result.ID.Value), e.Waited)
			return
		}
		before(e)
	}
	v = waiting.AwaitVaulting(ctx, v, within)
	s.IO.EndLive()
	return v
}

// tellVaulting says what became of a card that was to be saved.
func tellVaulting(s *app.Session, v operate.Vaulting) error {
	w := s.Words()
	w.PageEnds = s.Local != nil && !s.Local.PagesServed()
	if v.Problem != "" {
		return w.VaultingUnclear(v)
	}
	verdict, failure := w.Vaulting(v)
	if failure != nil {
		return failure
	}
	s.IO.Say(*verdict)
	return nil
}
