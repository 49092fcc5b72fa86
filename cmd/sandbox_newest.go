package cmd

import (
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
)

// newestFirst makes a command list what a sandbox has, the newest first and at most
// --limit of it.
func newestFirst[T any](d *app.Run, o *serve.Options, cmd *cobra.Command, list func(controlled, int) ([]T, error), show func([]T) error) *cobra.Command {
	limit := 50
	cmd.Args = app.Arguments(0, 0, "flags alone")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if limit < 1 {
			return say.Fail(say.Usage, "--limit takes a positive number")
		}
		box, err := openControl(cmd.Context(), d, o)
		if err != nil {
			return err
		}
		found, err := list(box, limit)
		if err != nil {
			return say.Fail(say.Config, "%v", err)
		}
		return show(found)
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", limit, "at most `n`")
	return cmd
}
