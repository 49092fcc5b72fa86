package cmd

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

type inquireOptions struct {
	payment paymentArg
	watch   bool
	wait    time.Duration
}

func newInquireCmd(d *deps) *cobra.Command {
	var o inquireOptions
	cmd := &cobra.Command{
		Use:        "inquire PAYMENT",
		SuggestFor: []string{"status", "get", "query", "retrieve", "lookup", "check", "show"},
		Short:      "Tell what became of a payment",
		Long: `Tell what became of a payment: authorized, captured, refunded, left, why it was
declined, with which card, and until when it can be captured.

PAYMENT is your paymentRequestId or APO's paymentId, of which apo finds out which,
or @last. The gateway knows no other number; of an order number, a capture's or a
refund's ID, or an acquirer's number the journal may tell whose it is.`,
		Example: `  # by your own ID or by APO's
  apo inquire demo-0001

  # the status alone, for a script
  apo inquire demo-0001 -q paymentStatus

  # ask every 2 s until it is final
  apo inquire demo-0001 --watch`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInquire(cmd.Context(), d, &o) },
	}
	addPaymentFlags(cmd, &o.payment)
	cmd.Flags().BoolVar(&o.watch, "watch", false, "ask every 2 s until the payment is final")
	cmd.Flags().DurationVar(&o.wait, "wait", 0, "like --watch, for this `time`, as in --wait=90s")
	cmd.Flags().Lookup("wait").NoOptDefVal = "60s"
	return cmd
}

func runInquire(ctx context.Context, d *deps, o *inquireOptions) error {
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	answer, key, err := s.find(ctx, o.payment)
	if err != nil {
		return err
	}
	p := apo.ReadPayment(answer)
	if o.watch || o.wait > 0 {
		answer, err = s.watch(ctx, key, answer, o.wait)
		if err != nil {
			return err
		}
		s.overheard(answer)
		p = apo.ReadPayment(answer)
	}
	s.show(answer.Raw)
	v := s.told(p)
	switch p.Status {
	case apo.StatusSuccess:
		s.io.Say(*v)
		return nil
	case apo.StatusFail, apo.StatusCancelled:
		return &failure{kind: kindDeclined, text: v.What, requestID: p.PaymentRequestID, verdict: v}
	case apo.StatusProcessing, apo.StatusPending:
		return &failure{kind: kindPending, text: v.What, requestID: p.PaymentRequestID, maybe: true, verdict: v}
	}
	f := fail(kindInquiryFailed, "the answer has no paymentStatus that apo knows (%q)", p.Status)
	f.requestID, f.maybe = p.PaymentRequestID, true
	return f
}

// watch asks again until the payment is final, the time is up or the person
// has seen enough. An inquiry that fails in between is only told of.
func (s *session) watch(ctx context.Context, key apo.PaymentKey, answer *apo.Answer, within time.Duration) (*apo.Answer, error) {
	defer s.io.EndLive()
	for begin := s.now(); ; {
		p := apo.ReadPayment(answer)
		if p.Status != apo.StatusProcessing && p.Status != apo.StatusPending {
			return answer, nil
		}
		waited := s.now().Sub(begin)
		if within > 0 && waited+pollEvery > within {
			return answer, nil
		}
		s.io.Live(fmt.Sprintf("%s  %s  %s", strings.ToLower(p.Status), p.Amount, waited.Round(time.Second)))
		select {
		case <-ctx.Done():
			return answer, nil
		case <-time.After(pollEvery):
		}
		next, err := s.client.InquiryPayment(ctx, key)
		if err == nil && next.Verdict() == apo.Succeeded {
			answer = next
		} else if ctx.Err() == nil {
			s.io.Live("the inquiry failed; asking again")
		}
	}
}

func newInquireRefundCmd(d *deps) *cobra.Command {
	var refundID string
	cmd := &cobra.Command{
		Use:   "inquire-refund REFUND_REQUEST_ID",
		Short: "Tell what became of a refund",
		Long: `Tell what became of a refund, by your refundRequestId or by APO's refundId.

@last is the newest refund of the profile. After a lost answer use the
refundRequestId. A refund that is not found may still be on its way: ask again
after 15 s; not found three times, it was never placed.`,
		Example: `  # by your own ID
  apo inquire-refund refund-0001

  # the status alone, for a script
  apo inquire-refund refund-0001 -q refundStatus`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := arguments(0, 1, "one REFUND_REQUEST_ID, or --refund-id")(cmd, args); err != nil {
				return err
			}
			if (len(args) == 1) == (refundID != "") {
				return fail(kindUsage, "%s needs one REFUND_REQUEST_ID, or --refund-id", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			key := apo.RefundKey{RefundID: refundID}
			if len(args) == 1 {
				key.RefundRequestID = args[0]
			}
			return runInquireRefund(cmd.Context(), d, key)
		},
	}
	cmd.Flags().StringVar(&refundID, "refund-id", "", "the refund by APO's `ID`")
	return cmd
}

func runInquireRefund(ctx context.Context, d *deps, key apo.RefundKey) error {
	id := cmp.Or(key.RefundID, key.RefundRequestID)
	if problem := apo.CheckRequestID(id); problem != "" && id != last {
		return fail(kindUsage, "the ID %q %s", id, problem)
	}
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	if key.RefundRequestID == last {
		newest, err := s.newest("refund")
		if err != nil {
			return err
		}
		key.RefundRequestID = newest.RefundRequestID
		id = key.RefundRequestID
	}
	answer, err := s.client.InquiryRefund(ctx, key)
	if err != nil {
		return s.inquiryLost(ctx, err)
	}
	if err := s.inquiryRefused(answer, id); err != nil {
		return err
	}
	s.show(answer.Raw)
	r := apo.ReadRefund(answer)
	v := s.verdict(term.Good, "refunded", amountFact(r.Amount), fact("refundId", r.RefundID), fact("on", r.Time))
	switch r.Status {
	case apo.StatusSuccess:
		s.io.Say(*v)
		return nil
	case apo.StatusFail:
		v.Mood, v.What = term.Bad, "refund failed"
		return &failure{kind: kindDeclined, text: "the refund failed", requestID: r.RefundRequestID, verdict: v}
	case apo.StatusProcessing, apo.StatusPending:
		v.Mood, v.What, v.Next = term.Waiting, "refund in process", s.command("inquire-refund", r.RefundRequestID)
		return &failure{kind: kindPending, text: "the refund is in process", requestID: r.RefundRequestID, maybe: true, verdict: v}
	}
	f := fail(kindInquiryFailed, "the answer has no refundStatus that apo knows (%q)", r.Status)
	f.maybe = true
	return f
}
