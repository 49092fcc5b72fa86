package cmd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxRuleCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "rule",
		Short: "Say what happens to some calls, while the server runs",
		Long: `Say what happens to some calls, while the server runs. The first rule that fits
counts; where none does, the card decides.`,
		Example: `  # the next two captures fail
  apo sandbox rule add --api capture --result PROCESS_FAIL --times 2

  # what there is
  apo sandbox rule list`,
	}, newRuleAddCmd(d, o), newRuleListCmd(d, o), newRuleRemoveCmd(d, o))
}

func newRuleAddCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var r sandbox.Rule
	var amount string
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a rule behind those that there are",
		Long: `Add a rule behind those that there are.

--api, --card, --acquirer, --request-id and --id-prefix, --amount, --currency, --order,
--buyer and --bin say which calls it is for; --times, --nth and --rate how many of them.
A share is drawn from the seed and the request ID: which requests are hit is the same
in whatever order they come. --result is the result code of the answer. --then is what
it becomes in the end, after a time (--after) or at once: with both, an answer can
say one thing and the books another. --fault is what goes wrong with the answer on
its way, or with notifications (--api notify).`,
		Example: `  # the next two captures fail
  apo sandbox rule add --api capture --result PROCESS_FAIL --times 2

  # refunds are in process for an hour
  apo sandbox rule add --api refund --result REFUND_IN_PROCESS --then SUCCESS --after 1h

  # pay says SYSTEM_ERROR, and takes the money
  apo sandbox rule add --api pay --result SYSTEM_ERROR --then SUCCESS --times 1

  # the second refund of an order
  apo sandbox rule add --api refund --order order-1 --nth 2 --result PROCESS_FAIL

  # a tenth of all answers is signed by another key
  apo sandbox rule add --fault other-key --rate 0.1`,
		Args: app.Arguments(0, 0, "flags alone"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("rate") && r.Rate == 0 {
				return say.Fail(say.Usage, "--rate 0 is for no call at all; leave it out for all of them")
			}
			if strings.Contains(r.Fault, "=") {
				return say.Fail(say.Usage, "--fault takes a name; --api says of which API")
			}
			if r.Acquirer != "" {
				r.Acquirer = strings.ToUpper(r.Acquirer)
			}
			if cmd.Flags().Changed("nth") && r.Nth < 1 {
				return say.Fail(say.Usage, "--nth takes a positive number, and not %d", r.Nth)
			}
			if err := ruledAmount(&r, amount); err != nil {
				return err
			}
			box, err := openToChange(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			added, err := box.AddRule(r)
			if err != nil {
				return say.RefusedRule("", err)
			}
			if added.API == "pay" && added.After >= sandbox.PaymentLife {
				d.IO.Warn(fmt.Sprintf("a payment is closed after %s, before that happens", sandbox.PaymentLife))
			}
			if d.Printer().Structured() {
				return d.Printer().ShowOwn(say.RuleOf(added))
			}
			d.IO.Note(fmt.Sprintf("rule %d: %s", added.ID, added))
			return nil
		},
	}
	addRuleFlags(cmd, &r, &amount)
	return cmd
}

func addRuleFlags(cmd *cobra.Command, r *sandbox.Rule, amount *string) {
	f := cmd.Flags()
	f.StringVar(&r.API, "api", "", "`API` such as pay, capture, createPaymentSession or vaultPaymentMethod, or notify for notifications")
	f.StringVar(&r.Card, "card", "", "`name` of a test card")
	f.StringVar(&r.Acquirer, "acquirer", "", "`name`: "+strings.Join(sandbox.Acquirers(), ", "))
	f.StringVar(&r.RequestID, "request-id", "", "`ID` of the call")
	f.StringVar(&r.IDPrefix, "id-prefix", "", "what the `ID` of the call begins with")
	f.StringVar(amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"; of the call, or else of its payment")
	f.StringVar(&r.Currency, "currency", "", "ISO 4217 `code`")
	f.StringVar(&r.Order, "order", "", "`referenceOrderId` of the payment")
	f.StringVar(&r.Buyer, "buyer", "", "`referenceBuyerId` of the payment")
	f.StringVar(&r.Bin, "bin", "", "first `digits` of the card, at most six")
	f.IntVar(&r.Nth, "nth", 0, "for the `N`th call that fits alone")
	f.IntVar(&r.Times, "times", 0, "for so many calls; 0 is all")
	f.Float64Var(&r.Rate, "rate", 0, "for this share of the calls, such as 0.2")
	f.StringVar(&r.Result, "result", "", "result `code` of the answer")
	f.StringVar(&r.Then, "then", "", "result `code` that it becomes")
	for _, name := range []string{"result", "then"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeCodes)
	}
	f.DurationVar(&r.After, "after", 0, "`time` until then, by the sandbox's clock")
	f.StringVar(&r.ThreeDS, "3ds", "", "of pay: `page` or frictionless")
	f.StringVar(&r.Fault, "fault", "", "`name` of a fault; apo explain fault lists them")
	f.DurationVar(&r.Delay, "delay", 0, "`time` that a fault waits, in real time")
}

// ruledAmount reads the amount of the calls that a rule is for, in any currency where
// none is named.
func ruledAmount(r *sandbox.Rule, amount string) error {
	r.Currency = strings.ToUpper(r.Currency)
	if r.Amount = amount; amount == "" || r.Currency == "" && amount[0] <= '9' {
		return nil
	}
	a, err := apo.ParseAmount(amount, r.Currency)
	if err != nil {
		return say.Fail(say.Usage, "--%v", err)
	}
	r.Amount, r.Currency = a.Value, a.Currency
	return nil
}

func newRuleListCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the rules, in the order in which they are asked",
		Long:  "List the rules, in the order in which they are asked, and how often each was used.",
		Example: `  # as a table
  apo sandbox rule list

  # for a script
  apo sandbox rule list -o json`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			box, err := openControl(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			rules, err := box.Rules()
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(say.RulesOf(rules))
			}
			var rows [][]string
			for _, r := range rules {
				rows = append(rows, []string{strconv.FormatInt(r.ID, 10), r.String(), say.RuleUsed(r), r.From})
			}
			if len(rows) == 0 {
				d.IO.Note("there are no rules; cards decide")
				return nil
			}
			return d.IO.WriteTable([]string{"id", "rule", "used", "from"}, rows)
		},
	}
}

func newRuleRemoveCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "remove ID | --all",
		Short: "Remove a rule, or all of them",
		Long:  "Remove a rule by its ID, or all of them with --all.",
		Example: `  # one of them, by the ID that add and list show
  apo sandbox rule add --api capture --result PROCESS_FAIL
  apo sandbox rule remove 1

  # all
  apo sandbox rule remove --all`,
		Args: app.Arguments(0, 1, "one ID of apo sandbox rule list"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "all" {
				all, args = true, nil
			}
			if all == (len(args) == 1) {
				return say.Fail(say.Usage, "apo sandbox rule remove takes one ID, or --all")
			}
			box, err := openToChange(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return removeRule(box, args[0])
			}
			n, err := box.RemoveRules()
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			d.IO.Note(say.Rules(n) + " removed")
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "remove all of them")
	return cmd
}

func removeRule(box controlled, text string) error {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return say.Fail(say.Usage, "%q is not an ID of apo sandbox rule list", text)
	}
	found, err := box.RemoveRule(id)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	if !found {
		return say.Fail(say.NotFound, "there is no rule %d", id).Hint("apo sandbox rule list shows them")
	}
	return nil
}
