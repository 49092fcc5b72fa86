package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
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
exit codes and the settling of the commands that move money.`,
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
	op := s.operationOf(e, body, s.now())
	if op.id != "" {
		if problem := apo.CheckRequestID(op.id); problem != "" {
			return say.Fail(say.Usage, "%s %q %s", op.idName, op.id, problem)
		}
	}
	if o.money.dryRun {
		return s.dry(op)
	}
	if !o.money.again {
		if err := s.beyond(op); err != nil {
			return err
		}
	}
	if s.profile.Live() && holdsTestCard(gjson.ParseBytes(body)) {
		return refused("a test card cannot pay on live; nothing was sent")
	}
	amount, err := amountIn(op)
	if err != nil && (s.profile.Live() || s.profile.MaxAmount != nil) {
		return err
	}
	if e.Name == "cancel" && (s.profile.Live() || s.profile.MaxAmount != nil) {
		// What a cancel gives back is not in its request: ask, then confirm.
		told, _, err := s.findFirst(ctx, paymentArg{
			paymentID: gjson.GetBytes(body, "paymentId").String(), requestID: gjson.GetBytes(body, "paymentRequestId").String(),
		})
		if err != nil {
			return err
		}
		amount = apo.ReadPayment(told).Amount
	}
	if err := s.guard(o.money, e.Name, amount); err != nil {
		return err
	}
	return s.run(ctx, op, o.money)
}

// amountIn finds the amount that a request moves. Where apo does not know which
// of several it is, nothing can be confirmed.
func amountIn(op operation) (apo.Amount, error) {
	switch op.endpoint.Name {
	case "pay", "capture", "refund":
		if _, err := op.amount.Units(); err != nil {
			return apo.Amount{}, say.Fail(say.Usage, "the amount of %s %v", op.endpoint.Name, err)
		}
		return op.amount, nil
	case "cancel":
		return apo.Amount{}, nil
	}
	var found apo.Amount
	var problem error
	gjson.ParseBytes(op.body).ForEach(func(key, value gjson.Result) bool {
		if !strings.HasSuffix(strings.ToLower(key.Str), "amount") {
			return true
		}
		a := apo.Amount{Currency: value.Get("currency").String(), Value: value.Get("value").String()}
		if _, err := a.Units(); err != nil || !found.IsZero() && a != found {
			problem = refused("the body of %s has several amounts, or one that cannot be read; nothing was sent", op.endpoint.Name)
		}
		found = a
		return true
	})
	return found, problem
}

// apiBody reads the body and changes it only where that is asked for.
func (s *session) apiBody(o *apiOptions) ([]byte, error) {
	if o.data == "" && len(o.changes) == 0 {
		return nil, say.Fail(say.Usage, "apo api %s needs a body", o.endpoint).Hint("give it with -d '{…}', -d @file or -d -")
	}
	body := []byte("{}")
	var err error
	if o.data != "" {
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
	if body, err = apply(body, o.changes); err == nil {
		s.io.Masker.Known.Learn(body)
	}
	return body, err
}

// read calls an API that moves nothing.
func (s *session) read(ctx context.Context, e apo.Endpoint, body []byte, m moneyFlags) error {
	if m.dryRun {
		return s.dry(operation{endpoint: e, body: body})
	}
	answer, err := s.call(ctx, e, body)
	if err != nil {
		return s.inquiryLost(ctx, err)
	}
	if err := s.inquiryRefused(answer, e.Name); err != nil {
		return err
	}
	s.printer().Show(answer.Raw)
	s.io.Say(*s.words().Verdict(term.Good, answer.Result.Code, e.Name))
	return nil
}
