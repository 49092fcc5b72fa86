package cmd

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// anyHandler is whom a notification is made for that is printed and goes nowhere.
const anyHandler = "http://localhost:3000/hooks/apo"

type triggerOptions struct {
	news             sandbox.News
	amount, currency string
	set              []string
	to               string
	times            int
	delay            time.Duration
	print            string
	timeout          time.Duration
}

func newTriggerCmd(d *app.Run) *cobra.Command {
	var o triggerOptions
	cmd := &cobra.Command{
		Use:   "trigger [KIND[.OUTCOME]]",
		Short: "Send a notification of your choice to your handler",
		Long: `Send a notification of your choice to your handler, made by the sandbox's own code
and signed with its key: your handler must trust the key of apo sandbox credentials.
It is sent to --to, or to the running apo listen; nothing is written into the
sandbox's books. The answer is judged as APO would; exit code 1 if it was not received.

Without --of the payment is made up, and its numbers follow from --request-id. --set
changes a member of the body before it is signed; a path that is not there is an
error. --corrupt spoils one thing after that, and a handler that is right refuses it:
exit code 1, as all that is not received, and "refused, as it must be". One that takes it
is named, with exit code 1 too; but one that verifies with the client ID of its own
settings, as the SDKs mean it, may take client-id, whose header it does not read.

Without a kind the kinds are listed.`,
		Example: `  # what there is
  apo trigger

  # to your own server; nothing listens here, so it is not received
  apo trigger payment.succeeded --to http://127.0.0.1:9/hooks/apo || test $? = 1

  # the capture of a payment of the sandbox that fails, three times, a second apart
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo trigger capture.failed --of demo-0001 --times 3 --delay 1s --to http://127.0.0.1:9/hooks/apo || test $? = 1

  # only look at it
  apo trigger refund.succeeded --set refundAmount.value=100 --to http://localhost:3000/hooks/apo --print http

  # what your own verification must refuse
  apo trigger payment --corrupt body --to http://localhost:3000/hooks/apo --print http | apo verify-notify --http - || test $? = 5`,
		Args:              app.Arguments(0, 1, "one kind, such as payment.succeeded"),
		ValidArgsFunction: completeNews,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listNews(d)
			}
			o.news.Kind = args[0]
			return runTrigger(cmd.Context(), d, &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`URL` of your handler; the running apo listen unless given")
	f.StringVar(&o.news.Of, "of", "", "any `number` of a payment of the sandbox")
	f.StringVar(&o.news.ID, "request-id", "", "`ID` of the request of a payment that is made up")
	f.StringVar(&o.amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"")
	f.StringVar(&o.currency, "currency", "", "ISO 4217 `code`")
	f.StringVar(&o.news.Code, "code", "", "result `code` of one that fails; of a judged dispute disputeJudgedResult")
	f.StringArrayVar(&o.set, "set", nil, "`PATH=VALUE` of the body that is changed before it is signed; may be repeated")
	f.StringVar(&o.news.Corrupt, "corrupt", "", "spoil one `thing`: "+strings.Join(corruptions(), ", "))
	f.IntVar(&o.times, "times", 1, "send it so `many` times, the same news each signed anew")
	f.DurationVar(&o.delay, "delay", 0, "`time` between two; without one they go as fast as they can be signed")
	f.StringVar(&o.print, "print", "", "print it as `http`, curl or json instead of sending it")
	f.DurationVar(&o.timeout, "forward-timeout", 30*time.Second, "`time` that your handler has to answer; 0 is any, for breakpoints")
	_ = cmd.RegisterFlagCompletionFunc("corrupt", cobra.FixedCompletions(corruptions(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("print", cobra.FixedCompletions([]string{"http", "curl", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runTrigger(ctx context.Context, d *app.Run, o *triggerOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	box, err := openBox(d, &serve.Options{})
	if err != nil {
		return err
	}
	var nobody error // that it could be sent to
	if o.news.URL, nobody = o.address(ctx, d); nobody != nil {
		if o.to != "" {
			return nobody
		}
		o.news.URL = anyHandler
	}
	first, err := box.Compose(o.news)
	switch {
	case err != nil:
		return o.notComposed(err)
	case nobody != nil && o.print == "":
		return nobody
	case nobody != nil:
		d.IO.Note("made for " + anyHandler + ": --to names another handler, whose path is what is signed")
	}
	if o.print != "" {
		return o.show(d, first)
	}
	d.HideProfileKeys(ctx)
	client, err := d.TargetClient(ctx)
	if err != nil {
		return err
	}
	d.IO.Note(first.Type + " of " + first.Of + ", for " + withoutPassword(first.URL))
	t := &trigger{run: d, box: box, options: o, poster: deliver.Poster{Client: client, Timeout: o.timeout}, lines: d.Printer().Lines()}
	err = t.send(ctx, first)
	t.lines.End()
	if err != nil {
		return err
	}
	return t.verdict()
}

// address is where the notification goes.
func (o *triggerOptions) address(ctx context.Context, d *app.Run) (string, error) {
	if o.to != "" && o.to != app.ListenWord {
		u, err := receiverURL("to", o.to)
		if err != nil {
			return "", err
		}
		if u.Path == "" {
			u.Path = "/"
		}
		return u.String(), nil
	}
	to, err := d.ListenerURL(ctx)
	if f := (*say.Failure)(nil); errors.As(err, &f) && o.to == "" {
		return "", say.Fail(say.Usage, "nobody is named to send it to, and no listener runs").Hint("--to URL names your handler; apo listen, in another window, receives it too")
	}
	return to, err
}

// notComposed says why there is no such notification.
func (o *triggerOptions) notComposed(err error) error {
	var path *sandbox.UnknownPathError
	switch {
	case errors.As(err, &path):
		f := say.Fail(say.Usage, "--set: %v", err)
		if near := spelling.Nearest(path.Path, path.Paths); near != "" {
			f.Hint("did you mean %s?", near)
		}
		return f.Hint("apo trigger %s --to %s --print json shows the body", o.news.Kind, withoutPassword(o.news.URL))
	case errors.Is(err, sandbox.ErrNoPayment):
		return say.Fail(say.NotFound, "--of %s: %v", o.news.Of, err).Hint("apo sandbox ls lists its payments")
	}
	return say.Fail(say.Usage, "%v", err)
}

// show prints the message and sends nothing.
func (o *triggerOptions) show(d *app.Run, m sandbox.Message) error {
	switch o.print {
	case "curl":
		return d.IO.WriteText(curlOf(m))
	case "json":
		return d.Printer().TriggerMessage(m)
	}
	wire, err := rawHTTP(m)
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	return writeRaw(d, wire)
}
