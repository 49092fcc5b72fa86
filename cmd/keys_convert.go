package cmd

import (
	"encoding/base64"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sign"
)

// keyForms lists what keys convert writes.
func keyForms() []string {
	return []string{"pem", "jwk", "xml", "der", "base64", "public", "public-base64", "pkcs8", "pkcs8-base64", "pkcs1-base64"}
}

func newKeysConvertCmd(d *app.Run) *cobra.Command {
	var to, out string
	cmd := &cobra.Command{
		Use:   "convert FILE --to FORM",
		Short: "Write a key in the form that an SDK wants",
		Long: `Write a key in another form. What FILE holds, a private or a public key, stays so in

  pem            PKCS#8 or SubjectPublicKeyInfo in PEM
  der            the same in DER
  base64         that DER in base64 on one line
  jwk            a JSON Web Key
  xml            RSAKeyValue, as .NET has it

The others say which half is meant:

  public         SubjectPublicKeyInfo PEM
  public-base64  its DER in base64 on one line: what dashboard and SDKs take
  pkcs8          private key, PKCS#8 PEM
  pkcs8-base64   its DER in base64 on one line: what the Go and Java SDKs take
  pkcs1-base64   PKCS#1 DER in base64 on one line: what the Python SDK takes

A public key goes to standard output, or to --out. A private one goes to the file
of --out alone, readable by you alone.`,
		Example: `  # a key to try it on
  apo keys new merchant.pem

  # the form that the Go and Java SDKs take
  apo keys convert merchant.pem --to pkcs8-base64 --out merchant.txt

  # the public half as PEM
  apo keys convert merchant.pem --to public

  # a key for .NET
  apo keys convert merchant.pem --to xml --out merchant.xml`,
		Args: app.Arguments(1, 1, "one FILE with a key"),
		RunE: func(_ *cobra.Command, args []string) error { return runKeysConvert(d, args[0], to, out) },
	}
	cmd.Flags().StringVar(&to, "to", "", "`form`: "+oneOf(keyForms()))
	cmd.Flags().StringVar(&out, "out", "", "`file` to write; it must not exist")
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(keyForms(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// oneOf lists words: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func runKeysConvert(d *app.Run, file, to, out string) error {
	_, held, err := readKey(d, file)
	if err != nil {
		return err
	}
	if out == "-" { // standard output, as without it
		out = ""
	}
	text, secret, problem := converted(held, to)
	switch {
	case to == "":
		return say.Fail(say.Usage, "--to is missing: %s", oneOf(keyForms()))
	case problem != "":
		return say.Fail(say.Usage, problem, file)
	case text == nil:
		return say.Fail(say.Usage, "--to %q is not %s", to, oneOf(keyForms()))
	case out == "" && secret:
		return say.Fail(say.Usage, "a private key goes to a file alone; add --out FILE")
	case out == "" && to == "der" && d.IO.OutTTY:
		return say.Fail(say.Usage, "DER is no text for a terminal; add --out FILE")
	case out == "":
		_, _ = d.IO.Out.Write(text)
		return nil
	}
	if err := profile.WriteFile(out, text, false); err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	d.IO.Note("written to " + out)
	return nil
}

// converted writes a key in a form; nil: there is none of that name. secret says
// that it is the private half.
func converted(held sign.Held, to string) (text []byte, secret bool, problem string) {
	line := func(der []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(der) + "\n") }
	private, public := held.Private, held.Public
	switch to {
	case "public":
		return public.PEM(), false, ""
	case "public-base64":
		return line(public.DER()), false, ""
	}
	if private == nil {
		switch to {
		case "pem":
			return public.PEM(), false, ""
		case "der":
			return public.DER(), false, ""
		case "base64":
			return line(public.DER()), false, ""
		case "jwk":
			return public.JWK(), false, ""
		case "xml":
			return public.XML(), false, ""
		case "pkcs8", "pkcs8-base64", "pkcs1-base64":
			return nil, true, "%s holds a public key; a private one cannot be made of it"
		}
		return nil, false, ""
	}
	switch to {
	case "pem", "pkcs8":
		return private.PEM(), true, ""
	case "der":
		return private.DER(), true, ""
	case "base64", "pkcs8-base64":
		return line(private.DER()), true, ""
	case "pkcs1-base64":
		return line(private.PKCS1()), true, ""
	case "jwk":
		return private.JWK(), true, ""
	case "xml":
		return private.XML(), true, ""
	}
	return nil, false, ""
}
