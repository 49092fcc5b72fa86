package cmd

import (
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxTokenCmd(d *app.Run, o *serve.Options) *cobra.Command {
	card := "visa"
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make the token that a browser would make of a card",
		Long: `Make the token that a browser would make of a card. A shop that must not see card
numbers, such as one with a plugin of Antom's, sends it as paymentMethodId.

It is good for one payment; one that is turned away does not use it up. To pay with
the card again, save it with the payment (tokenizeMode), which gives another token.
A running sandbox makes tokens of typed cards too, at /card/token.`,
		Example: `  # a payment with a token of the card visa
  token=$(apo sandbox token)
  apo pay --amount 4200 --currency SGD --payment-method-id $token

  # of a card that will be declined, as JSON
  apo sandbox token --card visa-declined -o json`,
		Args: app.Arguments(0, 0, "flags alone"),
		RunE: func(*cobra.Command, []string) error {
			if _, found := sandbox.FindTestCard(card); !found {
				return say.Fail(say.Usage, "there is no test card of the name that --card gives").Hint("apo sandbox cards lists them")
			}
			box, err := openFile(d, o)
			if err != nil {
				return err
			}
			token, err := box.CardToken(card)
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			if d.Printer().Structured() {
				return d.Printer().ShowOwn(struct {
					CardToken string `json:"cardToken"`
				}{token})
			}
			return d.IO.WriteText(token + "\n")
		},
	}
	cmd.Flags().StringVar(&card, "card", card, "`name` of a test card (apo sandbox cards)")
	_ = cmd.RegisterFlagCompletionFunc("card", completeCards)
	return cmd
}
