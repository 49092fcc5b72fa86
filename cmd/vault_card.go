package cmd

import (
	"cmp"
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func newVaultCardCmd(d *app.Run) *cobra.Command {
	var o vaultCommand
	cmd := &cobra.Command{
		Use:   "card",
		Short: "Save a card that you have collected",
		Long: `Save a card that you have collected (vaultPaymentMethod).

The card comes by the name of a test card, from a file, from standard input or from a
prompt without echo, never from a flag's value: others could read it there. On the
embedded sandbox and on APO's sandbox all is filled in; on live nothing is invented.

The card may be declined (exit code 3), or be verified by its buyer on a 3DS page first
(exit code 8): --open shows that in your browser and waits. The vaultingRequestId is
printed before anything is sent. Repeating the command with --request-id and that ID is
the same request, and saves no card twice.`,
		Example: `  # a test card on the sandbox inside apo; the token alone
  apo vault card -q paymentMethodDetail.card.cardToken

  # a card from a file, under an ID of your own
  echo '{"cardNo":"5555555555554444","expiryYear":"35","expiryMonth":"12"}' > card.json
  chmod 600 card.json
  apo vault card --card-file card.json --request-id vault-0001

  # one that the issuer declines: exit code 3
  apo vault card --card visa-declined || test $? = 3`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runVaultCard(cmd.Context(), d, &o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Card, "card", "", "`name` of a test card (apo sandbox cards), - for JSON on standard input, prompt to be asked")
	f.StringVar(&o.CardFile, "card-file", "", "`file` with the card as JSON, readable by you alone")
	f.StringVar(&o.Cardholder, "cardholder-name", "", "first and last `name` in English letters (cardholderName)")
	f.StringVar(&o.Terminal, "terminal-type", "", "WEB, WAP or APP: `where` the buyer is (env.terminalType)")
	f.StringVar(&o.OS, "os-type", "", "IOS or ANDROID: the buyer's `system` (env.osType)")
	f.StringVar(&o.ClientIP, "client-ip", "", "`IP` of the buyer (env.clientIp)")
	addVaultFlags(cmd, &o)
	_ = cmd.RegisterFlagCompletionFunc("card", completeCards)
	return cmd
}

func runVaultCard(ctx context.Context, d *app.Run, o *vaultCommand) error {
	s, err := openVault(ctx, d, o, cmp.Or(o.NotifyURL, d.Getenv("APO_NOTIFY_URL")))
	if err != nil {
		return err
	}
	body, err := s.Source().VaultCard(&o.VaultOptions)
	if err != nil {
		return err
	}
	e, err := apo.FindEndpoint("vaultPaymentMethod")
	if err != nil {
		return err
	}
	if err := say.Invalid("the request", apo.ValidateOwn(e.Name, body, s.Now())); err != nil {
		return err
	}
	if s.Profile.Live() && compose.HoldsTestCard(gjson.ParseBytes(body)) && !o.money.DryRun {
		return app.Refused("a test card cannot be saved on live; nothing was sent")
	}
	if err := servesVault(s, o); err != nil {
		return err
	}
	return s.Send(ctx, operate.Request{Endpoint: e, Body: body}, o.money)
}
