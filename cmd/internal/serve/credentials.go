package serve

import (
	"encoding/base64"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// Credentials is what a client of the sandbox needs, as apo sandbox credentials
// -o json prints it. The keys are in base64, on one line. They are worth nothing
// outside this sandbox.
type Credentials struct {
	Gateway                string `json:"gateway"`
	ClientID               string `json:"clientId"`
	Sandbox                string `json:"sandbox,omitempty"` // the identity of its state
	MerchantPrivateKey     string `json:"merchantPrivateKey,omitempty"`
	MerchantPrivateKeyFile string `json:"merchantPrivateKeyFile"`
	MerchantPublicKey      string `json:"merchantPublicKey"`
	AntomPublicKey         string `json:"antomPublicKey"`
	AntomPublicKeyFile     string `json:"antomPublicKeyFile"`
	AntomPrivateKeyFile    string `json:"antomPrivateKeyFile"`
	ControlToken           string `json:"-"` // of the server's control API; "" of a sandbox without one
}

// Credentials are those of the state that the options name; state and keys are
// made where there are none. That of a seed is another one each time that a server
// begins, so it has no identity that would hold.
func (c Config) Credentials(gateway string) (Credentials, error) {
	_, folder, err := c.places()
	if err != nil {
		return Credentials{}, err
	}
	name, err := c.merchant()
	if err != nil {
		return Credentials{}, err
	}
	keys, err := c.keys(folder)
	if err != nil || c.Seed != "" && c.State == "" {
		return credentialsOf(gateway, "", folder, name, keys), err
	}
	box, err := c.open()
	if err != nil {
		return Credentials{}, err
	}
	defer box.Close()
	return credentialsOf(gateway, box.Identity(), folder, name, keys), nil
}

// Credentials are those of the sandbox that is served.
func (s *Server) Credentials() Credentials {
	c := credentialsOf(s.base, s.Box.Identity(), s.all[0].folder, s.all[0].name, s.all[0].keys)
	c.ControlToken = s.Box.ControlToken()
	return c
}

func credentialsOf(gateway, identity, folder, name string, keys sandbox.Keys) Credentials {
	files := sandbox.KeyFilesIn(folder)
	return Credentials{
		Gateway: gateway, ClientID: sandbox.ClientIDOf(name), Sandbox: identity,
		MerchantPrivateKey:     base64.StdEncoding.EncodeToString(keys.Merchant.DER()),
		MerchantPrivateKeyFile: files.Merchant,
		MerchantPublicKey:      keys.Merchant.Public().Base64(),
		AntomPublicKey:         keys.Antom.Public().Base64(),
		AntomPublicKeyFile:     files.AntomPublic,
		AntomPrivateKeyFile:    files.Antom,
	}
}
