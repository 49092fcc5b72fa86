package cmd

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sign"
)

func newKeysCmd(d *app.Run) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "keys",
		Short: "Make, look at and convert RSA keys",
		Long: `Make, look at and convert RSA keys.

APO takes RSA keys of 2048 bits or more. apo reads them as people have them: PEM
(PKCS#8, PKCS#1, SPKI, a certificate) or the base64 alone, on one line or many,
with quotes around it or literal \n inside. A file with a private key must be
readable by its owner alone.

There are four keys. The merchant signs with a private key and uploads its public
half to the dashboard; Antom signs with its own, and the dashboard shows the
public half of that one, after the upload. apo needs the merchant's private key
and Antom's public one. Taking one's own public key for Antom's is the most
frequent mistake; apo refuses it.

A private key is written to a file that only you can read, and nowhere else.`,
		Example: `  # a new key pair; upload the public half to the dashboard
  apo keys new my-key.pem

  # compare a key with the dashboard
  apo keys fingerprint merchant.pem`,
	}, newKeysNewCmd(d), newKeysShowCmd(d), newKeysFingerprintCmd(d), newKeysConvertCmd(d))
}

func newKeysNewCmd(d *app.Run) *cobra.Command {
	bits := 2048
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Make a private key and print its public half",
		Long: `Make an RSA private key, write it to FILE (PKCS#8 PEM, mode 0600, never over an
existing file) and print its public half on one line: the form in which the
dashboard takes it.`,
		Example: `  # make a key and show what to upload
  apo keys new my-key.pem

  # a longer one, with the public half in a file
  apo keys new my-key-3072.pem --bits 3072 > my-key-public.txt`,
		Args: app.Arguments(1, 1, "one FILE to write"),
		RunE: func(_ *cobra.Command, args []string) error {
			if bits != 2048 && bits != 3072 && bits != 4096 {
				return say.Fail(say.Usage, "--bits is 2048, 3072 or 4096")
			}
			raw, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				return say.Fail(say.Error, "no key could be made: %v", err)
			}
			key, err := sign.NewPrivateKey(raw)
			if err != nil {
				return say.Fail(say.Error, "%v", err)
			}
			if err := profile.WriteFile(args[0], key.PEM(), false); err != nil {
				return say.Fail(say.Error, "%v", err)
			}
			d.IO.Note("private key written to " + args[0] + "; below is its public half, to be uploaded to the dashboard")
			return printKey(d, keyInfo{"private", key.Bits(), key.Public().Fingerprint(), key.Public().Base64()})
		},
	}
	cmd.Flags().IntVar(&bits, "bits", bits, "`size` of the key: 2048, 3072 or 4096")
	return cmd
}

// keyInfo is what may be shown of a key: never more than its public half.
type keyInfo struct {
	Role        string `json:"role"` // "private" or "public": what the file holds
	Bits        int    `json:"bits"`
	Fingerprint string `json:"fingerprint"`
	PublicKey   string `json:"publicKey"` // base64 of the DER, on one line
}

func printKey(d *app.Run, k keyInfo) error {
	if d.Printer().Structured() {
		return d.Printer().ShowOwn(k)
	}
	d.IO.Note(fmt.Sprintf("RSA %s key, %d bits, SHA-256 %s", k.Role, k.Bits, k.Fingerprint))
	_ = d.IO.WriteText(k.PublicKey + "\n")
	return nil
}

// readKey reads a file that holds either half of a key.
func readKey(d *app.Run, file string) (keyInfo, *sign.PrivateKey, *sign.PublicKey, error) {
	text, err := d.Source().ReadInput("FILE", file)
	if err != nil {
		return keyInfo{}, nil, nil, err
	}
	if key, err := sign.ParsePrivateKey(text); err == nil {
		public := key.Public()
		return keyInfo{"private", key.Bits(), public.Fingerprint(), public.Base64()}, key, public, nil
	}
	public, err := sign.ParsePublicKey(text)
	if err == nil {
		return keyInfo{"public", public.Bits(), public.Fingerprint(), public.Base64()}, nil, public, nil
	}
	// The complaint that knows more is that of the role the text seems to have.
	_, asPrivate := sign.ParsePrivateKey(text)
	var problem *sign.KeyError
	if errors.As(asPrivate, &problem) && strings.Contains(problem.Given, "private") {
		err = asPrivate
	}
	return keyInfo{}, nil, nil, say.Fail(say.Config, "%s: %v", file, err)
}

func newKeysShowCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Print the public half of a key",
		Long: `Print the public half of a key on one line of base64, the form of the dashboard
and of the SDKs. FILE holds a private or a public key in any usual form; - is
standard input.`,
		Example: `  # what to upload for a private key
  apo keys show merchant.pem

  # as JSON
  apo keys show antom.pem -o json`,
		Args: app.Arguments(1, 1, "one FILE with a key"),
		RunE: func(_ *cobra.Command, args []string) error {
			info, _, _, err := readKey(d, args[0])
			if err != nil {
				return err
			}
			return printKey(d, info)
		},
	}
}

func newKeysFingerprintCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "fingerprint FILE...",
		Short: "Print the SHA-256 of a key's public half",
		Long: `Print the SHA-256 of the public DER of a key: the same for both halves, so that
they can be compared with each other and with the dashboard. It is what
openssl pkey -in FILE -pubout -outform DER | sha256sum prints.`,
		Example: `  # of one key
  apo keys fingerprint merchant.pem

  # of several, to compare
  apo keys fingerprint merchant.pem antom.pem`,
		Args: app.Arguments(1, 100, "the FILE of a key"),
		RunE: func(_ *cobra.Command, args []string) error {
			var rows strings.Builder
			for _, file := range args {
				info, _, _, err := readKey(d, file)
				if err != nil {
					return err
				}
				if len(args) == 1 {
					rows.WriteString(info.Fingerprint + "\n")
				} else {
					rows.WriteString(info.Fingerprint + "  " + file + "\n")
				}
			}
			_ = d.IO.WriteText(rows.String())
			return nil
		},
	}
}

func newKeysConvertCmd(d *app.Run) *cobra.Command {
	var to, out string
	cmd := &cobra.Command{
		Use:   "convert FILE --to FORM",
		Short: "Write a key in the form that an SDK wants",
		Long: `Write a key in another form:

  public         SubjectPublicKeyInfo PEM
  public-base64  its DER in base64 on one line: what dashboard and SDKs take
  pkcs8          private key, PKCS#8 PEM
  pkcs8-base64   its DER in base64 on one line: what the Go and Java SDKs take
  pkcs1-base64   PKCS#1 DER in base64 on one line: what the Python SDK takes

The public forms go to standard output, or to --out. The private ones go to the
file of --out alone, readable by you alone.`,
		Example: `  # the form that the Go and Java SDKs take
  apo keys convert merchant.pem --to pkcs8-base64 --out merchant.txt

  # the public half as PEM
  apo keys convert merchant.pem --to public`,
		Args: app.Arguments(1, 1, "one FILE with a key"),
		RunE: func(_ *cobra.Command, args []string) error { return runKeysConvert(d, args[0], to, out) },
	}
	cmd.Flags().StringVar(&to, "to", "", "`form`: public, public-base64, pkcs8, pkcs8-base64 or pkcs1-base64")
	cmd.Flags().StringVar(&out, "out", "", "`file` to write; it must not exist")
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(
		[]string{"public", "public-base64", "pkcs8", "pkcs8-base64", "pkcs1-base64"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runKeysConvert(d *app.Run, file, to, out string) error {
	_, private, public, err := readKey(d, file)
	if err != nil {
		return err
	}
	line := func(der []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(der) + "\n") }
	var text []byte
	switch to {
	case "public":
		text = public.PEM()
	case "public-base64":
		text = line(public.DER())
	case "pkcs8", "pkcs8-base64", "pkcs1-base64":
		if private == nil {
			return say.Fail(say.Usage, "%s holds a public key; a private one cannot be made of it", file)
		}
		if out == "" {
			return say.Fail(say.Usage, "a private key goes to a file alone; add --out FILE")
		}
		text = map[string][]byte{"pkcs8": private.PEM(), "pkcs8-base64": line(private.DER()), "pkcs1-base64": line(private.PKCS1())}[to]
	case "":
		return say.Fail(say.Usage, "--to is missing: public, public-base64, pkcs8, pkcs8-base64 or pkcs1-base64")
	default:
		return say.Fail(say.Usage, "--to %q is not public, public-base64, pkcs8, pkcs8-base64 or pkcs1-base64", to)
	}
	if out == "" {
		_ = d.IO.WriteText(string(text))
		return nil
	}
	if err := profile.WriteFile(out, text, false); err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	d.IO.Note("written to " + out)
	return nil
}
