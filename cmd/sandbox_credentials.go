package cmd

import (
	"encoding/base64"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// credentials is what apo sandbox credentials -o json prints. They are worth
// nothing outside this sandbox.
type credentials struct {
	Gateway                string `json:"gateway"`
	ClientID               string `json:"clientId"`
	Sandbox                string `json:"sandbox,omitempty"` // the identity of its state
	MerchantPrivateKey     string `json:"merchantPrivateKey,omitempty"`
	MerchantPrivateKeyFile string `json:"merchantPrivateKeyFile"`
	MerchantPublicKey      string `json:"merchantPublicKey"`
	AntomPublicKey         string `json:"antomPublicKey"`
	AntomPublicKeyFile     string `json:"antomPublicKeyFile"`
	AntomPrivateKeyFile    string `json:"antomPrivateKeyFile"`
}

func credentialsOf(gateway, folder string, keys sandbox.Keys) credentials {
	files := sandbox.KeyFilesIn(folder)
	return credentials{
		Gateway: gateway, ClientID: sandbox.ClientID,
		MerchantPrivateKey:     base64.StdEncoding.EncodeToString(keys.Merchant.DER()),
		MerchantPrivateKeyFile: files.Merchant,
		MerchantPublicKey:      keys.Merchant.Public().Base64(),
		AntomPublicKey:         keys.Antom.Public().Base64(),
		AntomPublicKeyFile:     files.AntomPublic,
		AntomPrivateKeyFile:    files.Antom,
	}
}

// identity is that of the state, which is made where there is none. The state of a
// seed has a new one each time that a server begins with it.
func (o *sandboxOptions) identity(d *deps, keys sandbox.Keys) (string, error) {
	if o.seed != "" && o.state == "" {
		return "", nil
	}
	state, _, err := o.places(d)
	if err != nil {
		return "", err
	}
	box, err := sandbox.Open(sandbox.Config{State: state, Keys: keys, Now: d.now, Passive: true})
	if err != nil {
		return "", stateFailure(err)
	}
	defer box.Close()
	return box.Identity(), nil
}

func newSandboxCredentialsCmd(d *deps, o *sandboxOptions) *cobra.Command {
	var gateway string
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: "Print client ID and keys of the sandbox, for an SDK",
		Long: `Print client ID and keys of the sandbox, for an SDK. The keys are in base64 on one
line, as the official SDKs take them. With -o json the merchant's private key is
printed too: it is the sandbox's own and worth nothing elsewhere. sandbox is the
identity of the state, as in the header apo-sandbox of its answers.`,
		Example: `  # everything, for a test's set-up
  apo sandbox credentials -o json

  # one value
  apo sandbox credentials -q antomPublicKey`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, folder, err := o.places(d)
			if err != nil {
				return err
			}
			keys, err := o.keys(folder)
			if err != nil {
				return err
			}
			c := credentialsOf(gateway, folder, keys)
			if c.Sandbox, err = o.identity(d, keys); err != nil {
				return err
			}
			if d.printer().WantsJSON() {
				return d.printer().ShowOwn(c)
			}
			return d.io.WriteTable([]string{"name", "value"}, [][]string{
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
