package cmd

import (
	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxCredentialsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var gateway string
	cmd := &cobra.Command{
		Use:   "credentials [MERCHANT]",
		Short: "Print client ID and keys of the sandbox, for an SDK",
		Long: `Print client ID and keys of the sandbox, for an SDK. The keys are in base64 on one
line, as the official SDKs take them. With -o json the merchant's private key is
printed too: it is the sandbox's own and worth nothing elsewhere. sandbox is the
identity of the state, as in the header apo-sandbox of its answers. MERCHANT is the
name of one of several, as --merchant gives it to a server.`,
		Example: `  # everything, for a test's set-up
  apo sandbox credentials -o json

  # one value
  apo sandbox credentials -q antomPublicKey

  # of one of several merchants
  apo sandbox credentials shop-a`,
		Args: app.Arguments(0, 1, "the name of one merchant at most"),
		RunE: func(_ *cobra.Command, args []string) error {
			o.Merchants = append(o.Merchants, args...)
			c, err := sandboxOf(d, o).Credentials(gateway)
			if err != nil {
				return err
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(c)
			}
			return d.IO.WriteTable([]string{"name", "value"}, [][]string{
				{"gateway", c.Gateway},
				{"clientId", c.ClientID},
				{"sandbox", c.Sandbox},
				{"merchantPrivateKeyFile", c.MerchantPrivateKeyFile},
				{"merchantPublicKey", c.MerchantPublicKey},
				{"antomPublicKey", c.AntomPublicKey},
				{"antomPublicKeyFile", c.AntomPublicKeyFile},
			})
		},
	}
	cmd.Flags().StringVar(&gateway, "gateway", "http://"+sandbox.DefaultAddress, "`URL` to name as the gateway")
	return cmd
}
