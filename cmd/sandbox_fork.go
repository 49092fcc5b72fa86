package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
)

func newSandboxForkCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "fork TIME|EVENT",
		Short: "Make another sandbox, as this one was at a moment",
		Long: `Make another sandbox, as this one was at a moment, to try the other choice. TIME is
one by the sandbox's clock, EVENT the number of one of apo sandbox events. This one
goes on as before, whether its server runs or not.

The other is a file for --state, with the books and their events up to there. It has
the same keys and the same seed, so that the same requests get the same numbers, and
an identity of its own. Its clock goes on from that moment. What was queued then is
notified by who serves it or lets its time pass, to the same addresses.`,
		Example: `  # a payment that was captured
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo capture demo-0001

  # the books of before the capture, in a file
  apo sandbox fork 2 --to other.db
  apo sandbox ls --state other.db

  # beside the state, for a script
  apo sandbox fork 2 -q state`,
		Args: app.Arguments(1, 1, "a time or the number of an event"),
		RunE: func(_ *cobra.Command, args []string) error {
			moment, err := momentOf(args[0])
			if err != nil {
				return err
			}
			box, err := openFile(d, o)
			if err != nil {
				return err
			}
			state, err := sandboxOf(d, o).StateFile()
			if err != nil {
				return err
			}
			file, err := forkFile(state, to)
			if err != nil {
				return err
			}
			made, err := box.Fork(moment, file)
			if errors.Is(err, fs.ErrExist) {
				return say.Fail(say.Usage, "%s: there is such a file already", file).Hint("--to names another")
			}
			if err != nil {
				return outOfReach(err)
			}
			tellMoment(d, "forked", made)
			return d.Printer().SandboxFork(file)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "make this `file`; beside the state unless given")
	return cmd
}

// forkFile is the file of a fork: the one that was named, or the first beside the state
// that is free.
func forkFile(state, named string) (string, error) {
	if named != "" {
		file, err := filepath.Abs(named)
		if err != nil {
			return "", say.Fail(say.Usage, "--to %s: %v", named, err)
		}
		return file, nil
	}
	base := strings.TrimSuffix(state, filepath.Ext(state))
	for i := 1; ; i++ {
		file := fmt.Sprintf("%s-fork-%d%s", base, i, cmp.Or(filepath.Ext(state), ".db"))
		if _, err := os.Lstat(file); err != nil {
			return file, nil
		}
	}
}
