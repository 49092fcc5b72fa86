package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

type apiOptions struct {
	endpoint string
	data     string
	changes  []change
	money    moneyFlags
}

func newAPICmd(d *deps) *cobra.Command {
	var o apiOptions
	cmd := &cobra.Command{
		Use:   "api ENDPOINT [-d DATA]",
		Short: "Call any API of the gateway",
		Long: `Call any API of the gateway by its name (consult, createPaymentSession, …) or by
its path, with a body of your own.

The body is sent byte for byte as it is given; --set changes fields of it. Only
inquiries and consult count as reading. Everything else has the guards, the
exit codes and the resolving of the commands that move money.`,
		Example: `  # an inquiry, by the API's name
  apo api inquiryPayment -d '{"paymentRequestId":"demo-0001"}'

  # a body from a file, with a field changed
  apo api pay -d @req.json --set paymentRequestId=demo-0003

  # by path, the body from standard input
  echo '{"paymentRequestId":"demo-0001"}' | apo api /ams/api/v1/payments/cancel -d -`,
		Args: arguments(1, 1, "one ENDPOINT, such as consult"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.endpoint = args[0]
			return runAPI(cmd.Context(), d, &o)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, e := range apo.Endpoints() {
				names = append(names, e.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.data, "data", "d", "", "`body` of the request: JSON, @file, or - for standard input")
	f.Var(changes{&o.changes, false}, "set", "set a field to a text")
	f.Var(changes{&o.changes, true}, "set-json", "set a field to JSON")
	addMoneyFlags(cmd, &o.money, "")
	return cmd
}

func runAPI(ctx context.Context, d *deps, o *apiOptions) error {
	d.io.Masker.Known.LearnQuery(o.endpoint)
	e, err := apo.FindEndpoint(o.endpoint)
	if err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	if err := o.money.check(); err != nil {
		return err
	}
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	body, err := s.apiBody(o)
	if err != nil {
		return err
	}
	if e.Reads {
		return s.read(ctx, e, body, o.money)
	}
	r := operate.Request{Endpoint: e, Body: body}
	if id := r.ID(); id.Value != "" {
		if problem := apo.CheckRequestID(id.Value); problem != "" {
			return say.Fail(say.Usage, "%s %q %s", id.Name, id.Value, problem)
		}
	}
	if s.profile.Live() && holdsTestCard(gjson.ParseBytes(body)) && !o.money.dryRun {
		return refused("a test card cannot pay on live; nothing was sent")
	}
	if e.Name == "cancel" && (s.profile.Live() || s.profile.MaxAmount != nil) && !o.money.dryRun {
		// What a cancel gives back is not in its request: ask, then confirm.
		found, err := s.findFirst(ctx, paymentArg{
			paymentID: gjson.GetBytes(body, "paymentId").String(), requestID: gjson.GetBytes(body, "paymentRequestId").String(),
		})
		if err != nil {
			return err
		}
		r.Amount = found.Payment.Amount
	}
	return s.send(ctx, r, o.money)
}

// apiBody reads the body and changes it only where that is asked for.
func (s *session) apiBody(o *apiOptions) ([]byte, error) {
	if o.data == "" && len(o.changes) == 0 {
		return nil, say.Fail(say.Usage, "apo api %s needs a body", o.endpoint).Hint("give it with -d '{…}', -d @file or -d -")
	}
	body := []byte("{}")
	if o.data != "" {
		var err error
		if body, err = s.readData(o.data); err != nil {
			return nil, err
		}
		if err := apo.CheckJSON(body); err != nil {
			return nil, say.Fail(say.Usage, "-d: %v", err)
		}
		if o.data != "-" && !strings.HasPrefix(o.data, "@") {
			if err := s.typedCard(s.profile, o.data, "-d"); err != nil {
				return nil, err
			}
		}
	}
	for _, c := range o.changes {
		if err := s.typedCard(s.profile, c.path+"="+c.value, c.flag); err != nil {
			return nil, err
		}
	}
	body, err := apply(body, o.changes)
	if err != nil {
		return nil, err
	}
	s.io.Masker.Known.Learn(body)
	if err := apo.CheckJSON(body); err != nil {
		return nil, say.Fail(say.Usage, "the request cannot be sent: %v", err)
	}
	return body, nil
}

// read calls an API that moves nothing.
func (s *session) read(ctx context.Context, e apo.Endpoint, body []byte, m moneyFlags) error {
	if m.dryRun {
		return s.dry(operate.Request{Endpoint: e, Body: body})
	}
	answer, err := s.operator.Ask(ctx, e, body)
	if err := s.inquired(ctx, answer, err, e.Name, false); err != nil {
		return err
	}
	s.printer().Show(answer.Raw)
	s.io.Say(*s.words().Verdict(term.Good, answer.Result.Code, e.Name))
	return nil
}
