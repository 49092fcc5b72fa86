package cmd

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/verify"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
)

// maxBody bounds a body that is verified, in bytes. APO's have a few thousand.
const maxBody = 16 << 20

type verifyOptions struct {
	signature, requestTime, responseTime string
	clientID, uri, method                string
	publicKey                            string
	kind, framework                      string
	http, ndjson, from                   string
	knownPaths                           []string

	given func(flag string) bool
}

func newVerifyNotifyCmd(d *app.Run) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify-notify --signature S --request-time T --uri PATH < body",
		Short: "Check the signature of a notification, and say why it does not verify",
		Long: `Check the signature of a notification, whose body comes on standard input, and
say what the notification means. Exit code 0 means verified, 5 not verified, 1 that
it verified and its body is not strict JSON (parsers disagree about duplicate keys):
do not act upon it.

The values are those of the headers client-id, request-time and signature, and
the path of your own address. They are taken byte for byte. --signature takes the
bare value, or the whole header. Antom signs the path alone: a query in --uri need
not be signed, and where it is not, that is said. So is a notification that is for
another client ID than the profile's.

What is not final (resultStatus U, an S without refundStatus, a contradiction)
is never called failed. Whether an authorized payment is yours to capture is told
from the captureMode of its pay, where the journal has it.

Where the signature does not verify, apo looks for the mistake: it recovers the
digest that was signed and tries what usually goes wrong, alone and in pairs,
until a content has that digest. Then the cause is proven, and it says what to
change in whose code. Causes have stable names; apo explain CAUSE describes them.

Paste what you have: without --signature, standard input may hold the whole message
as a proxy, a browser, curl, an editor, a function in the cloud or a log has it, and
so may the file of --http (apo help forms lists the forms). Several messages in it
get a verdict a line. --ndjson reads a stream, a message a line, and prints a verdict
a line:
  {"uri":…,"headers":{"client-id":…,"request-time":…,"signature":…},"body":"…"}
What explains one message of several is tried first on the next. The diagnosis of one
that looks like others, which nothing explained, is "short"; in a long stream that of
what comes late is "skipped", and its cause is empty.
--kind response checks an answer of the gateway over the path of its request, --kind
request what your own code signed.

A notification for the profile's client ID that verified with its key is written
into the journal, masked, and apo timeline shows it (several at once write nothing,
nor does --no-journal). The order of its keys is remembered too (no values): it explains
bodies of that type whose keys were sorted.`,
		Example: `  # a notification to try it on, as a proxy logs it
  apo pay --amount 4200 --currency SGD --notify-url http://127.0.0.1:9/hooks/apo
  apo sandbox notifications show 1 --http > request.txt

  # a request as a proxy logged it
  apo verify-notify --http request.txt

  # whatever was copied: a request, a curl command, an event, a line of a log
  apo verify-notify < request.txt

  # as a server has it, headers and body apart, with the profile's key of Antom
  header() { tr -d '\r' < request.txt | sed -n "s/^$1: //p"; }
  ID=$(header client-id) TIME=$(header request-time) SIGNATURE=$(header signature)
  tail -n 1 request.txt > body.json
  apo verify-notify --uri /hooks/apo --client-id "$ID" --request-time "$TIME" --signature "$SIGNATURE" < body.json

  # with a key of your own, for a script
  apo sandbox credentials -q antomPublicKey > antom.pem
  apo verify-notify --uri /hooks/apo --client-id "$ID" --request-time "$TIME" --signature "$SIGNATURE" --public-key antom.pem -o json < body.json

  # several at once, a verdict a line
  apo verify-notify --ndjson request.txt

  # would APO take what my own code signed?
  echo > own-request.txt "POST /ams/sandbox/api/v1/payments/cancel HTTP/1.1"
  apo sign cancel -d '{}' >> own-request.txt
  printf '\n{}' >> own-request.txt
  apo verify-notify --kind request --http own-request.txt`,
		Args: app.Arguments(0, 0, "flags, and the body on standard input"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.given = cmd.Flags().Changed
			return runVerifyNotify(cmd.Context(), d, &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.signature, "signature", "", "`value` of the header signature")
	f.StringVar(&o.requestTime, "request-time", "", "`value` of the header request-time")
	f.StringVar(&o.responseTime, "response-time", "", "`value` of the header response-time, for --kind response")
	f.StringVar(&o.clientID, "client-id", "", "`value` of the header client-id; the profile's unless given")
	f.StringVar(&o.uri, "uri", "", "`path` of your address, without host; for --kind response of the request, with its query")
	f.StringVar(&o.method, "method", "POST", "HTTP `method`")
	f.StringVar(&o.publicKey, "public-key", "", "`file` with the key to verify with; the profile's unless given")
	f.StringVar(&o.kind, "kind", "notification", "what was signed: notification, response or request")
	f.StringVar(&o.http, "http", "", "`file` with one message or several, of any form that apo help forms lists; - is standard input")
	f.StringVar(&o.ndjson, "ndjson", "", "`file` with a notification a line; - is standard input")
	f.StringVar(&o.from, "from", "", "`form` of the messages, unless recognised: "+strings.Join(received.FormNames(), ", "))
	f.StringArrayVar(&o.knownPaths, "known-path", nil, "other `path` of the same address, or a prefix that a proxy adds or strips; may be repeated")
	f.StringVar(&o.framework, "framework", "", "`name` of the framework to show the repair for: "+strings.Join(say.Frameworks(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("from", cobra.FixedCompletions(formCompletions(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("framework", cobra.FixedCompletions(say.Frameworks(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func formCompletions() []string {
	var list []string
	for _, f := range received.Forms() {
		list = append(list, f.Name+"\t"+f.Short)
	}
	return list
}

func kinds() []string { return []string{"notification", "response", "request"} }

// side is what --kind says.
func (o *verifyOptions) side() diagnose.Side {
	switch o.kind {
	case "response":
		return diagnose.Response
	case "request":
		return diagnose.Request
	}
	return diagnose.Notification
}

// settings are what the engine needs of the flags.
func (o *verifyOptions) settings() verify.Settings {
	given := func(flag string, value *string) *string {
		if !o.given(flag) {
			return nil
		}
		return value
	}
	s := verify.Settings{Side: o.side(), PublicKey: o.publicKey, Paths: o.knownPaths, Given: verify.Given{
		Method: given("method", &o.method), Path: given("uri", &o.uri), ClientID: given("client-id", &o.clientID),
		Time: given("request-time", &o.requestTime), Signature: given("signature", &o.signature),
	}}
	if s.Side == diagnose.Response {
		s.Given.Time, s.Given.OtherTime = given("response-time", &o.responseTime), o.requestTime
	}
	return s
}

func (o *verifyOptions) check() error {
	switch {
	case !slices.Contains(kinds(), o.kind):
		return say.Fail(say.Usage, "--kind %q is not notification, response or request", o.kind)
	case o.framework != "" && !slices.Contains(say.Frameworks(), o.framework):
		return say.Fail(say.Usage, "--framework %q is not one of %s", o.framework, strings.Join(say.Frameworks(), ", "))
	case o.from != "" && !slices.Contains(received.FormNames(), o.from):
		return say.Fail(say.Usage, "--from %q is not one of %s", o.from, strings.Join(received.FormNames(), ", "))
	case o.http != "" && o.ndjson != "":
		return say.Fail(say.Usage, "--http and --ndjson are two ways to give the same; keep one")
	case o.given("client-id") && o.clientID == "":
		return say.Fail(say.Usage, "--client-id is empty; is a variable of your script unset?")
	case apo.Placeholder(o.clientID) != "":
		return say.Fail(say.Usage, "--client-id is %s, a placeholder that nothing was put in for", apo.Placeholder(o.clientID))
	case o.responseTime != "" && o.side() != diagnose.Response:
		return say.Fail(say.Usage, "--response-time is for --kind response; a %s has a request-time", o.kind)
	}
	return nil
}

func runVerifyNotify(ctx context.Context, d *app.Run, o *verifyOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	d.HideProfileKeys(ctx)
	if o.ndjson != "" {
		return verifyLines(ctx, d, o)
	}
	where, c, err := readCapture(d, o)
	if err != nil {
		return err
	}
	if len(c.Messages) > 1 {
		return verifyMessages(ctx, d, o, where, c)
	}
	m, err := readSigned(d, o, where, c)
	if err != nil {
		return err
	}
	e, err := verify.New(ctx, d, o.settings())
	if err != nil {
		return err
	}
	examined, err := e.Examine(m)
	var none *verify.NotLogged
	switch {
	case errors.As(err, &none):
		return say.Fail(say.Usage, "%v", err)
	case errors.Is(err, verify.ErrNoClientID):
		return say.Fail(say.Usage, "apo verify-notify needs --client-id: %v", err)
	case err != nil:
		return say.Fail(say.Signature, "%v", err).Hint("%s", "APO signs every notification; what comes without a signature is not from Antom")
	}
	if m.Note != "" {
		d.IO.Note(m.Note)
	}
	if !examined.Verified() {
		found, err := e.Explain(ctx, examined)
		if err != nil {
			return err
		}
		d.Printer().ShowVerification(found)
		if flags := e.Contradicted(examined); flags != nil {
			d.IO.Hint("with the message's own value it verifies: leave " + strings.Join(flags, ", ") + " out")
		}
		return d.Words().NotVerified(found, examined.Message, o.framework)
	}
	facts := e.Facts(examined)
	e.Keep(ctx, &facts)
	return tellVerified(d, facts)
}

// tellVerified says what a message means whose signature verifies.
func tellVerified(d *app.Run, facts say.Verified) error {
	d.Printer().ShowVerification(d.Words().Verification(facts))
	if facts.Unreadable != nil {
		return d.Words().Unreadable(facts)
	}
	if facts.Side == diagnose.Request {
		d.IO.Hint("APO takes it if this key's public half is registered for the client ID; compare the fingerprint with the dashboard")
	}
	d.IO.Say(*d.Words().Verified(facts))
	return nil
}

// verifyLines reads what --ndjson names, and writes a verdict a message.
func verifyLines(ctx context.Context, d *app.Run, o *verifyOptions) error {
	from, err := openLines(d, o.ndjson)
	if err != nil {
		return err
	}
	defer from.Close()
	where := "--ndjson " + o.ndjson
	in, err := verify.Begin(ctx, from, o.from, o.settings().Part())
	switch {
	case ctx.Err() != nil:
		return say.Fail(say.Interrupted, "interrupted before the first line was there")
	case err != nil:
		return say.Fail(say.Usage, "%s: %v", where, err).Hint("%s", formsHint)
	case in.Lines == nil:
		return verifyMessages(ctx, d, o, where, in.Whole)
	}
	e, err := verify.New(ctx, d, o.settings())
	if err != nil {
		return err
	}
	return e.Stream(where, o.from).Lines(ctx, in.Lines)
}

// openLines opens what --ndjson names; - is standard input.
func openLines(d *app.Run, name string) (io.ReadCloser, error) {
	if name == "-" {
		if d.IO.InTTY {
			return nil, say.Fail(say.Usage, "--ndjson - reads standard input, which is the terminal; pipe a file into it")
		}
		return io.NopCloser(d.IO.In), nil
	}
	return d.Source().Open("--ndjson", name)
}

// verifyMessages writes a verdict for each message of one file, in their order.
func verifyMessages(ctx context.Context, d *app.Run, o *verifyOptions, where string, c received.Capture) error {
	e, err := verify.New(ctx, d, o.settings())
	if err != nil {
		return err
	}
	if c.LeftOut > 0 {
		d.IO.Note(leftOut(c))
	}
	return e.Stream(where, o.from).Messages(ctx, c.Messages)
}
