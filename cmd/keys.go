package cmd

import (
	"crypto/rand"
	"crypto/rsa"
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
(PKCS#8, PKCS#1, SPKI, a certificate), DER, the base64 alone, a JWK or .NET's XML;
and as secret stores and pipelines keep them: with literal \n, percent-encoded, in
base64 once more, in JSON, in lines of NAME=VALUE, in YAML, in UTF-16. Of what is
another kind of key (PKCS#12, a Java keystore, PuTTY, OpenSSH, OpenPGP) it names the
command that takes the key out. A file with a private key must be readable by its
owner alone.

There are four keys. The merchant signs with a private key and uploads its public
half to the dashboard; Antom signs with its own, and the dashboard shows the
public half of that one, after the upload. apo needs the merchant's private key
and Antom's public one. Taking one's own public key for Antom's is the most
frequent mistake; apo refuses it.

A private key is written to a file that only you can read, and nowhere else.`,
		Example: `  # a new key pair; upload the public half to the dashboard
  apo keys new merchant.pem

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
			if args[0] == "-" {
				return say.Fail(say.Usage, "a private key goes to a file alone, never to standard output; nothing was made").
					Hint("apo keys new merchant.pem")
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
			return printKey(d, keyInfo{
				Role: "private", Bits: key.Bits(), Fingerprint: key.Public().Fingerprint(), PublicKey: key.Public().Base64(), Form: "PKCS#8 in PEM",
			})
		},
	}
	cmd.Flags().IntVar(&bits, "bits", bits, "`size` of the key: 2048, 3072 or 4096")
	return cmd
}

func newKeysFingerprintCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "fingerprint FILE...",
		Short: "Print the SHA-256 of a key's public half",
		Long: `Print the SHA-256 of the public DER of a key: the same for both halves, so that
they can be compared with each other and with the dashboard. It is what
openssl pkey -in FILE -pubout -outform DER | sha256sum prints.`,
		Example: `  # two keys to try it on: a new one, and that of the sandbox
  apo keys new merchant.pem
  apo sandbox credentials -q antomPublicKey > antom.pem

  # of one key
  apo keys fingerprint merchant.pem

  # of several, to compare
  apo keys fingerprint merchant.pem antom.pem`,
		Args: app.Arguments(1, 100, "the FILE of a key"),
		RunE: func(_ *cobra.Command, args []string) error {
			var rows strings.Builder
			for _, file := range args {
				info, _, err := readKey(d, file)
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
