package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/cmd/internal/term"
)

func newSandboxHealthCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "health [URL]",
		Short: "Ask a running sandbox whether it can be used",
		Long: `Ask a running sandbox whether it can be used: exit code 0, or 1. Without a URL the
server is meant that has this state, and else the one on the usual port. An image
without a shell needs no other program for its health check; who has one may
ask for /healthz, which needs no token.`,
		Example: `  # of a sandbox that runs
  apo sandbox run -- apo sandbox health

  # at an address; nothing listens at this one
  apo sandbox health http://127.0.0.1:9 || test $? = 1`,
		Args: app.Arguments(0, 1, "one URL at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			url := ""
			if len(args) > 0 {
				url = args[0]
			}
			return runSandboxHealth(cmd.Context(), d, o, url)
		},
	}
}

func runSandboxHealth(ctx context.Context, d *app.Run, o *serve.Options, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	at, err := sandboxOf(d, o).Health(ctx, url)
	if err != nil {
		return err
	}
	if d.Printer().Structured() {
		return d.Printer().ShowOwn(struct {
			Status string `json:"status"`
			URL    string `json:"url"`
		}{"ok", at})
	}
	d.IO.Say(term.Verdict{Mode: "LOCAL", Mood: term.Good, What: "sandbox ready", Facts: []string{at}})
	return nil
}
