package cmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/emit"
	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

type signOptions struct {
	method, path string
	data         string
	clientID     string
	time         string
	explain      bool
	emit         string
}

func newSignCmd(d *app.Run) *cobra.Command {
	var o signOptions
	cmd := &cobra.Command{
		Use:   "sign [METHOD] PATH -d BODY|@FILE|-",
		Short: "Sign a request and print its headers",
		Long: `Sign a request with the profile's key and print its headers, ready to paste.

PATH is signed byte for byte as it is given, with its query and without scheme
and host; the name of an API (pay) stands for the path that apo calls. The body
is signed byte for byte too: @FILE keeps a final newline, if there is one.

--emit prints a source file instead: a function that signs, without dependencies,
to be pasted into your own code, and a test that it signs this request as apo
does. No key is in it: the test reads the file that APO_PRIVATE_KEY_FILE names,
and compares the digest alone where there is none. Card data is masked.`,
		Example: `  # the headers of a request from a file
  printf '{"paymentRequestId":"demo-0001"}' > req.json
  apo sign POST /ams/sandbox/api/v1/payments/inquiryPayment -d @req.json

  # what exactly was signed: visible newlines, length, SHA-256
  apo sign inquiryPayment -d '{"paymentRequestId":"demo-0001"}' --explain

  # for a script
  apo sign inquiryPayment -d '{"paymentRequestId":"demo-0001"}' -o json

  # the same in Python, with this request as its test
  apo sign inquiryPayment -d '{"paymentRequestId":"demo-0001"}' --emit python > test_apo_sign.py`,
		Args: app.Arguments(1, 2, "[METHOD] PATH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.method, o.path = "POST", args[0]; len(args) == 2 {
				o.method, o.path = args[0], args[1]
			}
			return runSign(cmd.Context(), d, &o, cmd.Flags().Changed("data"))
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.data, "data", "d", "", "`body`: text, @file, or - for standard input")
	f.StringVar(&o.clientID, "client-id", "", "client `ID` to sign for, instead of the profile's")
	f.StringVar(&o.time, "request-time", "", "`time` to sign, as it will be sent; now unless given")
	f.BoolVar(&o.explain, "explain", false, "show the content that is signed")
	f.StringVar(&o.emit, "emit", "", "print source that signs, and a test, in this `language`: go, java, node, python or php")
	_ = cmd.RegisterFlagCompletionFunc("emit", cobra.FixedCompletions(emit.Languages(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runSign(ctx context.Context, d *app.Run, o *signOptions, hasBody bool) error {
	if !hasBody {
		return say.Fail(say.Usage, "apo sign needs the body").Hint("give it with -d '{…}', -d @file or -d -; an empty body is -d ''")
	}
	if err := checkEmit(d, o); err != nil {
		return err
	}
	if strings.ContainsAny(o.method, " \r\n") || strings.ContainsAny(o.path, "\r\n") || strings.ContainsAny(o.time+o.clientID, "\r\n") {
		return say.Fail(say.Usage, "method, path, client ID and time must not hold line breaks")
	}
	if o.clientID != "" {
		if err := profile.CheckClientID(o.clientID); err != nil {
			return say.Fail(say.Usage, "--client-id %v", err)
		}
	}
	body, err := d.Source().ReadData(o.data)
	if err != nil {
		return err
	}
	if !bytes.Equal(files.TextOf(body), body) {
		d.IO.Warn("the body is UTF-16, or begins with a byte order mark: it is signed as it is, and APO takes neither")
	}
	p, key, err := d.Signer(ctx, o.clientID)
	if err != nil {
		return err
	}
	if o.data != "-" && !strings.HasPrefix(o.data, "@") {
		if err := (compose.Source{IO: d.IO, Profile: p}).TypedCard(o.data, "-d"); err != nil {
			return err
		}
	}
	m := sign.Message{
		Method: o.method, Path: o.path, ClientID: cmp.Or(o.clientID, p.ClientID),
		Time: cmp.Or(o.time, strconv.FormatInt(d.Now().UnixMilli(), 10)), Body: body,
	}
	if !strings.HasPrefix(o.path, "/") {
		e, err := apo.FindEndpoint(o.path)
		if err != nil {
			return say.Fail(say.Usage, "%v", err)
		}
		m.Path = apo.SandboxPath(m.ClientID, e.Path)
	} else if want := apo.SandboxPath(m.ClientID, m.Path); want != m.Path {
		d.IO.Hint("for a client ID of the sandbox the official SDKs call, and sign, " + want)
	}
	if o.data != "" && (o.data == "-" || o.data[0] == '@') && strings.HasSuffix(string(body), "\n") {
		d.IO.Hint("the body ends in a newline, which is signed too; a client that does not send it will be refused")
	}
	if o.emit != "" {
		return printSource(d, o.emit, key, p.KeyVersion, m)
	}
	header, err := sign.Sign(key, p.KeyVersion, m)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	out := say.Signed(m, p.KeyVersion, header)
	secret := apo.MayHoldCard(string(body))
	if !secret {
		sum := m.Digest()
		out.SHA256 = hex.EncodeToString(sum[:])
	}
	if o.explain {
		masked := m
		masked.Body = d.IO.Masker.JSON(body)
		out.Content = string(masked.Content())
	}
	return d.Printer().ShowSignedRequest(out, len(m.Content()))
}

func checkEmit(d *app.Run, o *signOptions) error {
	switch {
	case o.emit == "":
		return nil
	case !slices.Contains(emit.Languages(), o.emit):
		return say.Fail(say.Usage, "--emit %q is not go, java, node, python or php", o.emit)
	case d.Global.Query != "":
		return say.Fail(say.Usage, "--emit prints source; leave out -q")
	case d.Printer().WantsJSON():
		return say.Fail(say.Usage, "--emit prints source; leave out -o %s", d.Format())
	case o.explain:
		return say.Fail(say.Usage, "--emit prints source; leave out --explain")
	}
	return nil
}

// printSource prints a test with m, or with what may be shown of it: then
// digest and signature are those of the masked body too.
func printSource(d *app.Run, language string, key *sign.PrivateKey, keyVersion string, m sign.Message) error {
	if masked := d.IO.Masker.JSON(m.Body); !bytes.Equal(masked, m.Body) {
		m.Body = masked
		d.IO.Warn("the body holds card data or a key; the one in the test is masked, and signed as masked")
	}
	header, err := sign.Sign(key, keyVersion, m)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	source, err := emit.Source(language, emit.Request{Message: m, KeyVersion: keyVersion, Signature: header})
	if err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	_ = d.IO.WriteText(source)
	return nil
}
