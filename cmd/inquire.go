package cmd

import (
	"context"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

type inquireOptions struct {
	payment app.PaymentFlags
	watch   bool
	wait    time.Duration
}

func newInquireCmd(d *app.Run) *cobra.Command {
	var o inquireOptions
	cmd := &cobra.Command{
		Use:   "inquire PAYMENT",
		Short: "Tell what became of a payment",
		Long: `Tell what became of a payment: authorized, captured, refunded, left, why it was
declined, with which card, and until when it can be captured.

PAYMENT is any number of it, as it was pasted out of a ticket, a mail or a table:
paymentRequestId, paymentId, order number, IDs of captures and refunds, the acquirer's
and the card scheme's numbers, ARN, RRN; its case does not count. The beginning of one
is enough, and with --amount or --day the last four digits of the card; @last is the
newest payment. The gateway knows the first two alone: all others the journal of this
machine knows. Where several payments have it, they are listed, with exit code 2.`,
		Example: `  # a payment to try it on, and a part of it refunded
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto
  apo refund demo-0001 --amount 100 --currency SGD --request-id refund-0001

  # by your own ID or by APO's
  apo inquire demo-0001

  # by another number of it, as a ticket has it
  apo inquire 'Refund no. "refund-0001".'

  # the status alone, for a script
  apo inquire demo-0001 -q paymentStatus

  # ask every 2 s until it is final
  apo inquire demo-0001 --watch`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInquire(cmd.Context(), d, &o) },
	}
	app.AddPaymentFlags(cmd, &o.payment)
	app.AddSearchFlags(cmd, &o.payment.Search)
	cmd.Flags().BoolVar(&o.watch, "watch", false, "ask every 2 s until the payment is final")
	cmd.Flags().DurationVar(&o.wait, "wait", 0, "like --watch, for this `time`, as in --wait=90s")
	cmd.Flags().Lookup("wait").NoOptDefVal = "60s"
	return cmd
}

func runInquire(ctx context.Context, d *app.Run, o *inquireOptions) error {
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	found, err := s.Find(ctx, o.payment)
	if err != nil {
		return err
	}
	if o.watch || o.wait > 0 {
		waiting := *s.Operator
		waiting.Watch = watchPayment(s, &found.Found)
		found.Found = waiting.Await(ctx, found.Found, o.wait)
		s.IO.EndLive()
	}
	s.WarnOfDispute(ctx, found.Found.Payment, false)
	return tellPayment(ctx, s, found.Found, found.How)
}

// tellPayment shows a payment that an inquiry told of, and what became of it. how
// says how it was found.
func tellPayment(ctx context.Context, s *app.Session, found operate.Found, how string) error {
	if found.Problem != "" {
		if err := s.Printer().ShowUnclear("not clear", found.Answer.Raw); err != nil {
			return err
		}
		return becamePayment(ctx, s, found, how)
	}
	s.TellsOfPayment()
	s.Printer().Show(found.Answer.Raw)
	return becamePayment(ctx, s, found, how)
}

// becamePayment says what became of a payment that an inquiry told of.
func becamePayment(ctx context.Context, s *app.Session, found operate.Found, how string) error {
	p := found.Payment
	if found.Problem != "" {
		return s.Words().Contradicted(p.PaymentRequestID, p.PaymentID, found.Problem)
	}
	v := s.Words().Payment(s.HeldUntil(ctx, p))
	say.LedBy(v, how)
	switch p.Status {
	case apo.StatusSuccess:
		s.IO.Say(*v)
		return nil
	case apo.StatusFail, apo.StatusCancelled:
		return &say.Failure{Kind: say.Declined, Text: v.What, RequestID: p.PaymentRequestID, Verdict: v}
	case apo.StatusProcessing, apo.StatusPending:
		return &say.Failure{Kind: say.Pending, Text: v.What, RequestID: p.PaymentRequestID, MoneyMayHaveMoved: true, Verdict: v}
	}
	f := say.Fail(say.InquiryFailed, "the answer has no paymentStatus that apo knows (%q)", p.Status)
	f.RequestID, f.MoneyMayHaveMoved = p.PaymentRequestID, true
	return f
}

// watchPayment shows the state of a payment that is waited for.
func watchPayment(s *app.Session, found *operate.Found) func(operate.Event) {
	before := s.Operator.Watch
	return func(e operate.Event) {
		if e.Stage != operate.Asking {
			before(e)
			return
		}
		s.IO.Waiting(say.Awaiting(found.Payment), e.Waited)
	}
}

// led begins what became of a payment or refund with how it was found.
func led(how, what string) string {
	if how == "" {
		return what
	}
	return how + ": " + what
}
