package cmd

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxDisputeCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "dispute",
		Short: "Play the cardholder who disputes a payment, and the judge",
		Long: `Play the cardholder who disputes a payment, and the judge. notifyDispute tells the
merchant of both, at --notify-url of the server or else the running apo listen: of
disputes the dashboard's address alone is told. While one is open, refund is answered
with ORDER_STATUS_INVALID.

APO has no API for disputes: a merchant defends in the acquirer's portal, before
defenseDueTime. What happens when that time passes no source says; here a dispute
stays open until it is judged. With the option ams-apis=on it is accepted then, and
the APIs of Antom's other products are there.

APO notifies disputes of the acquirers Antom and PayPal today. The sandbox does of all,
unless the option dispute-acquirers says otherwise.`,
		Example: `  # a captured payment
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto

  # its cardholder disputes it, and loses
  apo sandbox dispute open demo-0001
  apo sandbox dispute judge demo-0001 --result ACCEPT_BY_CUSTOMER`,
	}, newDisputeOpenCmd(d, o), newDisputeJudgeCmd(d, o), newDisputeCancelCmd(d, o), newDisputeLsCmd(d, o))
}

func newDisputeOpenCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var amount, currency string
	var n sandbox.NewDispute
	cmd := &cobra.Command{
		Use:   "open PAYMENT",
		Short: "Have the cardholder dispute a captured payment",
		Long: `Have the cardholder dispute a captured payment: all that is left of it, or --amount.
PAYMENT is any number of it, or @last for the newest. A payment has one open dispute at
a time.

Documented values of --reason (disputeReasonCode): ` + reasonsInWords() + `.
Any other may be given.`,
		Example: `  # a captured payment to dispute
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto

  # a part of it, as paid twice
  apo sandbox dispute open demo-0001 --amount "SGD 10.00" --reason 2206

  # of another, for a script
  apo pay --amount 4200 --currency SGD --request-id demo-0002 --capture auto
  apo sandbox dispute open demo-0002 -q disputeId`,
		Args: app.Arguments(1, 1, "one number of a payment"),
		RunE: func(cmd *cobra.Command, args []string) error {
			box, err := openToChange(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			if n.Of, err = newestInBox(box, args[0]); err != nil {
				return err
			}
			if n.Amount, err = disputedAmount(box, n.Of, amount, currency); err != nil {
				return err
			}
			opened, err := box.OpenDispute(n)
			return disputeDone(cmd.Context(), d, box, args[0], opened, err)
		},
	}
	cmd.Flags().StringVar(&amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"; all that is left unless given")
	cmd.Flags().StringVar(&currency, "currency", "", "ISO 4217 `code`; the payment's unless given")
	cmd.Flags().StringVar(&n.Reason, "reason", "", "disputeReasonCode, a `code`; 2006 unless given")
	return cmd
}

func reasonsInWords() string {
	var list []string
	for _, r := range sandbox.DisputeReasons() {
		list = append(list, r.Code+" "+r.Message)
	}
	return strings.Join(list, ", ")
}

// disputedAmount reads how much is disputed, in the payment's currency where none is
// named.
func disputedAmount(box controlled, payment, amount, currency string) (apo.Amount, error) {
	if amount == "" {
		if currency != "" {
			return apo.Amount{}, say.Fail(say.Usage, "--currency without --amount")
		}
		return apo.Amount{}, nil
	}
	named := amount[0] > '9'
	if currency == "" && !named {
		p, found, err := box.Payment(payment)
		if err != nil {
			return apo.Amount{}, say.Fail(say.Config, "%v", err)
		}
		if !found {
			return apo.Amount{}, say.Fail(say.Usage, "--amount %s: its currency is not known; --currency says it", amount)
		}
		currency = p.Amount.Currency
	}
	a, err := apo.ParseAmount(amount, currency)
	if err != nil {
		return a, say.Fail(say.Usage, "--%v", err)
	}
	return a, nil
}

func newDisputeJudgeCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var result string
	cmd := &cobra.Command{
		Use:   "judge DISPUTE --result RESULT",
		Short: "Decide a dispute",
		Long: `Decide a dispute. With ACCEPT_BY_CUSTOMER the merchant wins: all can be refunded as
before. With ACCEPT_BY_MERCHANT the disputed amount goes back to the cardholder, and
what is left of the payment can be refunded.

DISPUTE is its disputeId, or a number of its payment.`,
		Example: `  # a dispute
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto
  apo sandbox dispute open demo-0001

  # the merchant pays
  apo sandbox dispute judge demo-0001 --result ACCEPT_BY_MERCHANT`,
		Args: app.Arguments(1, 1, "one disputeId"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if result != sandbox.JudgedForMerchant && result != sandbox.JudgedForCustomer {
				f := say.Fail(say.Usage, "--result is %s (the merchant wins) or %s (the merchant pays), not %q", sandbox.JudgedForMerchant, sandbox.JudgedForCustomer, result)
				return f.Hint("the one who accepts is the one who loses")
			}
			return onDispute(cmd.Context(), d, o, args[0], func(box controlled, id string) (sandbox.Dispute, error) { return box.JudgeDispute(id, result) })
		},
	}
	cmd.Flags().StringVar(&result, "result", "", "ACCEPT_BY_CUSTOMER or ACCEPT_BY_MERCHANT, a `word` of disputeJudgedResult")
	_ = cmd.RegisterFlagCompletionFunc("result", fixed(sandbox.JudgedForMerchant+"\tthe merchant wins", sandbox.JudgedForCustomer+"\tthe merchant pays"))
	return cmd
}

func newDisputeCancelCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel DISPUTE",
		Short: "Have the cardholder take a dispute back (ams-apis=on)",
		Long: `Have the cardholder take a dispute back, which Antom's other products tell as
DISPUTE_CANCELLED: the sandbox has to be one of theirs (--option ams-apis=on), for APO
tells nothing of it.

DISPUTE is its disputeId, or a number of its payment.`,
		Example: `  # a dispute
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --capture auto
  apo sandbox dispute open demo-0001

  # taken back; of a sandbox that plays APO it is refused
  apo sandbox dispute cancel demo-0001 || test $? = 1`,
		Args: app.Arguments(1, 1, "one disputeId"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onDispute(cmd.Context(), d, o, args[0], controlled.CancelDispute)
		},
	}
}

func newDisputeLsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return newestFirst(d, o, &cobra.Command{
		Use:   "ls",
		Short: "List the sandbox's disputes, the newest first",
		Long:  "List the sandbox's disputes, the newest first, as its owner sees them.",
		Example: `  # as a table
  apo sandbox dispute ls

  # for a script
  apo sandbox dispute ls -o json`,
	}, controlled.Disputes, func(list []sandbox.Dispute) error { return d.Printer().SandboxDisputes(list) })
}

func onDispute(ctx context.Context, d *app.Run, o *serve.Options, id string, do func(controlled, string) (sandbox.Dispute, error)) error {
	box, err := openToChange(ctx, d, o)
	if err != nil {
		return err
	}
	done, err := do(box, id)
	return disputeDone(ctx, d, box, id, done, err)
}

// disputeDone has the news of a dispute delivered, and shows it.
func disputeDone(ctx context.Context, d *app.Run, box controlled, number string, done sandbox.Dispute, err error) error {
	switch {
	case errors.Is(err, sandbox.ErrNoPayment):
		return say.Fail(say.NotFound, "the sandbox has no payment %s", number).Hint("apo sandbox ls lists them")
	case errors.Is(err, sandbox.ErrNoDispute):
		return say.Fail(say.NotFound, "the sandbox has no dispute %s", number).Hint("apo sandbox dispute ls lists them")
	case errors.Is(err, sandbox.ErrNotDisputable):
		return say.Fail(say.Error, "%v", err).Hint("apo sandbox dispute ls and apo sandbox ls say how things stand")
	case err != nil:
		return say.Fail(say.Usage, "%v", err)
	}
	if err := deliverDue(ctx, box); err != nil {
		return err
	}
	if !done.Notified {
		d.IO.Hint("nobody is told of it: disputes go to the dashboard's address, which is --notify-url of apo sandbox or the running apo listen")
	}
	return d.Printer().SandboxDispute(done)
}
