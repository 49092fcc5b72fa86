package cmd

import (
	"cmp"
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func newVaultCreateCmd(d *app.Run) *cobra.Command {
	var o vaultCommand
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make a page that collects and saves a card",
		Long: `Make a page that collects and saves a card (createVaultingSession), for whoever
must not see card numbers.

The answer has the page's address (normalUrl). Success means that the page is there:
what became of the card tell the notification and apo vault show. --open shows the page
in your browser, and --wait waits until its buyer is done; then the exit code says what
became of the card.`,
		Example: `  # a page on the sandbox inside apo, under an ID of your own
  apo vault create --request-id vault-0001

  # its address alone, for a script
  apo vault create -q normalUrl`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runVaultCreate(cmd.Context(), d, &o) },
	}
	addVaultFlags(cmd, &o)
	return cmd
}

func runVaultCreate(ctx context.Context, d *app.Run, o *vaultCommand) error {
	s, err := openVault(ctx, d, o, cmp.Or(o.NotifyURL, d.Getenv("APO_NOTIFY_URL")))
	if err != nil {
		return err
	}
	body, err := s.Source().VaultSession(&o.VaultOptions)
	if err != nil {
		return err
	}
	e, err := apo.FindEndpoint("createVaultingSession")
	if err != nil {
		return err
	}
	if err := say.Invalid("the request", apo.ValidateOwn(e.Name, body, s.Now())); err != nil {
		return err
	}
	if err := servesVault(s, o); err != nil {
		return err
	}
	r, err := s.SendOn(ctx, operate.Request{Endpoint: e, Body: body}, o.money)
	if err != nil || r.Outcome != apo.Succeeded {
		return err
	}
	if o.money.Open {
		s.OpenPage(pageOf(r))
	}
	if o.money.Wait == 0 {
		if s.Local != nil && !s.Local.PagesServed() {
			s.IO.Hint("apo sandbox, in another terminal, serves the page; or make it with --open")
		}
		return nil
	}
	v := operate.Vaulting{RequestID: r.ID.Value, Status: apo.StatusProcessing, Page: pageOf(r)}
	if _, waits := s.Words().Vaulting(v); waits != nil { // the buyer's turn comes while apo waits
		s.IO.Say(*waits.Verdict)
	}
	return tellVaulting(s, awaitVaulting(ctx, s, v, o.money.Wait))
}

// pageOf is the buyer's page in the answer that told of a request.
func pageOf(r operate.Result) string {
	if a := r.Evidence.Answer; a != nil {
		return a.Get("normalUrl")
	}
	return r.Answer.Get("normalUrl")
}
