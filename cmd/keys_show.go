package cmd

import (
	"fmt"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sign"
)

// keyInfo is what may be shown of a key: never more than its public half.
type keyInfo struct {
	Role         string            `json:"role"` // "private" or "public": what the file holds
	Bits         int               `json:"bits"`
	Fingerprint  string            `json:"fingerprint"`
	PublicKey    string            `json:"publicKey"` // base64 of the DER, on one line
	Form         string            `json:"form"`      // "PKCS#8 in PEM in base64"
	Certificates []certificateInfo `json:"certificates,omitempty"`
}

// certificateInfo is a certificate of the file, of this key or of another one.
type certificateInfo struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	NotAfter    time.Time `json:"notAfter"`
	Expired     bool      `json:"expired"`
	Fingerprint string    `json:"fingerprint"` // of its key
}

func newKeysShowCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Say what a key is, and print its public half",
		Long: `Print the public half of a key on one line of base64, the form of the dashboard
and of the SDKs, and say what the file holds: a private or a public key, how long,
its fingerprint, how it is wrapped, and for whom and until when a certificate is.
FILE holds a key in any usual form; - is standard input.`,
		Example: `  # two keys to try it on: a new one, and that of the sandbox
  apo keys new merchant.pem
  apo sandbox credentials -q antomPublicKey > antom.pem

  # what to upload for a private key
  apo keys show merchant.pem

  # as JSON
  apo keys show antom.pem -o json`,
		Args: app.Arguments(1, 1, "one FILE with a key"),
		RunE: func(_ *cobra.Command, args []string) error {
			info, _, err := readKey(d, args[0])
			if err != nil {
				return err
			}
			return printKey(d, info)
		},
	}
}

func printKey(d *app.Run, k keyInfo) error {
	if d.Printer().Structured() {
		return d.Printer().ShowOwn(k)
	}
	d.IO.Note(fmt.Sprintf("RSA %s key, %d bits, SHA-256 %s: %s", k.Role, k.Bits, k.Fingerprint, k.Form))
	for _, c := range k.Certificates {
		until := "until "
		if c.Expired {
			until = "expired since "
		}
		of := ""
		if c.Fingerprint != k.Fingerprint {
			of = ", of another key"
		}
		d.IO.Note(fmt.Sprintf("certificate of %s, issued by %s, %s%s%s", c.Subject, c.Issuer, until, c.NotAfter.Format("2006-01-02"), of))
	}
	_ = d.IO.WriteText(k.PublicKey + "\n")
	return nil
}

// readKey reads a file that holds either half of a key. Of a file with both it is
// the private one.
func readKey(d *app.Run, file string) (keyInfo, sign.Held, error) {
	text, err := d.Source().ReadInput("", file)
	if err != nil {
		return keyInfo{}, sign.Held{}, err
	}
	all, err := sign.Inspect(text)
	if err != nil {
		return keyInfo{}, sign.Held{}, say.Fail(say.Config, "%s: %v", file, err)
	}
	held, err := all.Meant()
	if err != nil {
		return keyInfo{}, sign.Held{}, say.Fail(say.Config, "%s: %v", file, err)
	}
	info := keyInfo{
		Role: "public", Bits: held.Public.Bits(), Fingerprint: held.Public.Fingerprint(), PublicKey: held.Public.Base64(), Form: held.String(),
	}
	if held.Private != nil {
		info.Role = "private"
	}
	for _, h := range all {
		if c := h.Certificate; c != nil {
			info.Certificates = append(info.Certificates, certificateInfo{
				Subject: c.Subject.String(), Issuer: c.Issuer.String(), NotAfter: c.NotAfter, Expired: d.Now().After(c.NotAfter), Fingerprint: h.Public.Fingerprint(),
			})
		}
	}
	return info, held, nil
}
