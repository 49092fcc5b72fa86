package cmd

import (
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

type apiOptions struct {
	endpoint string
	data     string
	changes  []compose.Change
	money    app.SendFlags
}

func newAPICmd(d *app.Run) *cobra.Command {
	var o apiOptions
	cmd := &cobra.Command{
		Use:   "api ENDPOINT [-d DATA]",
		Short: "Call any API of the gateway",
		Long: `Call any API of the gateway by its name (consult, createPaymentSession, …) or by
its path, with a body of your own.

The body is sent byte for byte as it is given; --set changes fields of it. Only
inquiries and consult count as reading; inquiryPayment and inquiryRefund end as
apo inquire and apo inquire-refund do. Everything else has the guards, the exit
codes and the resolving of the commands that move money.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # an inquiry, by the API's name
  apo api inquiryPayment -d '{"paymentRequestId":"demo-0001"}'

  # by path, the body from standard input
  echo '{"paymentRequestId":"demo-0001"}' | apo api /ams/api/v1/payments/inquiryPayment -d -

  # a body from a file, with a field changed
  echo '{"paymentRequestId":"demo-0000"}' > req.json
  apo api cancel -d @req.json --set paymentRequestId=demo-0001`,
		Args: app.Arguments(1, 1, "one ENDPOINT, such as consult"),
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
	f.Var(compose.Changes{List: &o.changes}, "set", "set a field to a text")
	f.Var(compose.Changes{List: &o.changes, JSON: true}, "set-json", "set a field to JSON")
	app.AddSendFlags(cmd, &o.money, "")
	return cmd
}

func runAPI(ctx context.Context, d *app.Run, o *apiOptions) error {
	d.IO.Masker.Known.LearnQuery(o.endpoint)
	e, err := apo.FindEndpoint(o.endpoint)
	if err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	if err := o.money.Check(); err != nil {
		return err
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	body, err := s.Source().API(o.endpoint, o.data, o.changes)
	if err != nil {
		return err
	}
	if err := say.Invalid("the request", apo.Placeholders(body)); err != nil {
		return err
	}
	if e.Reads {
		return read(ctx, s, e, body, o.money)
	}
	r := operate.Request{Endpoint: e, Body: body}
	if id := r.ID(); id.Value != "" {
		if problem := apo.CheckRequestID(id.Value); problem != "" {
			return say.Fail(say.Usage, "%s %q %s", id.Name, id.Value, problem)
		}
	}
	if s.Profile.Live() && compose.HoldsTestCard(gjson.ParseBytes(body)) && !o.money.DryRun {
		return app.Refused("a test card cannot pay on live; nothing was sent")
	}
	if e.Name == "cancel" && (s.Profile.Live() || s.Profile.MaxAmount != nil) && !o.money.DryRun {
		// What a cancel gives back is not in its request: ask, then confirm.
		found, err := s.FindFirst(ctx, e.Name, app.PaymentFlags{
			PaymentID: gjson.GetBytes(body, "paymentId").String(), RequestID: gjson.GetBytes(body, "paymentRequestId").String(),
		})
		if err != nil {
			return err
		}
		r.Amount = found.Payment.Amount
	}
	if !o.money.DryRun {
		if r, err = s.Operator.WithAmount(ctx, r); err != nil {
			s.IO.Note("how much " + e.Name + " moves is not known: " + err.Error())
		}
	}
	return s.Send(ctx, r, o.money)
}

// read calls an API that moves nothing.
func read(ctx context.Context, s *app.Session, e apo.Endpoint, body []byte, m app.SendFlags) error {
	if m.DryRun {
		return s.Dry(operate.Request{Endpoint: e, Body: body})
	}
	ids := apo.NumbersOf(body).All()
	for _, id := range ids {
		s.IO.Masker.Known.LearnTyped(id)
	}
	s.Recognise(ctx, ids...)
	answer, err := s.Operator.Ask(ctx, e, body)
	id := e.Name
	if len(ids) > 0 {
		id = ids[0]
	}
	if err := s.Inquired(ctx, answer, err, id, e.Name == "inquiryRefund"); err != nil {
		return err
	}
	switch e.Name { // that the inquiry succeeded says nothing of what it asked about
	case "inquiryPayment":
		return tellPayment(ctx, s, operate.FoundIn(answer), "")
	case "inquiryRefund":
		return tellRefund(s, operate.FoundRefundIn(answer), "")
	}
	s.Printer().Show(answer.Raw)
	s.IO.Say(*s.Words().Verdict(term.Good, answer.Result.Code, e.Name))
	return nil
}
