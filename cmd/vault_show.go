package cmd

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func newVaultShowCmd(d *app.Run) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "show VAULTING",
		Short: "Tell what became of a card that was to be saved",
		Long: `Tell what became of a card that was to be saved (inquireVaulting), by its
vaultingRequestId: saved, with its token; not saved (exit code 3); or not yet (exit code
8), with the address of the page that waits for the buyer.

What was in doubt of it is resolved by the way, as apo resume does.`,
		Example: `  # a card to try it on
  apo vault card --request-id vault-0001

  # what became of it, and its token alone
  apo vault show vault-0001
  apo vault show vault-0001 -q paymentMethodDetail.card.cardToken`,
		Args: app.Arguments(1, 1, "one vaultingRequestId"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runVaultShow(cmd.Context(), d, args[0], wait)
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 0, "`time` to wait for a final state, as in --wait=90s")
	cmd.Flags().Lookup("wait").NoOptDefVal = "60s"
	return cmd
}

func runVaultShow(ctx context.Context, d *app.Run, id string, wait time.Duration) error {
	switch problem := apo.CheckRequestID(id); {
	case strings.HasPrefix(id, "@"):
		return say.Fail(say.Usage, "%q is no ID: it takes a vaultingRequestId", id)
	case problem != "":
		return say.Fail(say.Usage, "the ID %q %s", id, problem)
	case wait < 0:
		return say.Fail(say.Usage, "--wait takes a time such as 60s")
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	s.IO.Masker.Known.LearnTyped(id)
	v, err := s.Operator.LookupVaulting(ctx, id)
	if errors.Is(err, operate.ErrNotFound) {
		s.Printer().Show(v.Answer.Raw)
		return s.Words().NotFound(id, v.Answer.Result.Code).
			Hint("is it another profile's? this is profile %s, client ID %s", s.Profile.Name, s.Operator.Client.ClientID)
	}
	if err := s.Inquired(ctx, v.Answer, err, id, false); err != nil {
		return err
	}
	if wait > 0 {
		v = awaitVaulting(ctx, s, v, wait)
	}
	s.TellsOfPayment()
	if v.Problem != "" {
		if err := s.Printer().ShowUnclear("not clear", v.Answer.Raw); err != nil {
			return err
		}
	} else {
		s.Printer().Show(v.Answer.Raw)
	}
	return tellVaulting(s, v)
}
