package cmd

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxRunCmd(d *app.Run) *cobra.Command {
	var o serve.Options
	cmd := &cobra.Command{
		Use:   "run -- COMMAND [ARGUMENT …]",
		Short: "Run a command, such as your tests, with a sandbox of its own",
		Long: `Run a command, such as your tests, with a sandbox of its own: on a free port, with
new keys and an empty state, which are gone afterwards. The exit code is the
command's, or 128 and the number of the signal that ended it. When it fails, what
the sandbox was asked and what it notified is printed on standard error.

Every APO_* variable and every other that holds a key of a profile is taken away
from the command, and it gets
  APO_GATEWAY, APO_CLIENT_ID, APO_PRIVATE_KEY_FILE, APO_ANTOM_PUBLIC_KEY_FILE
  APO_HOME         a folder of its own: apo sandbox clock, rule and so on mean this sandbox
  GATEWAY_URL, CLIENT_ID, MERCHANT_PRIVATE_KEY, ALIPAY_PUBLIC_KEY, ANTOM_PUBLIC_KEY
                   the names of Antom's samples; keys in base64 on one line
  SANDBOX_TOKEN    for requests to GATEWAY_URL/_apo/, which set the sandbox up and look at it
  APO_NOTIFY_URL, PAYMENT_NOTIFY_URL   where --notify-url is given`,
		Example: `  # what your tests say
  apo sandbox run -- sh -c 'apo pay --amount 4200 --currency SGD'

  # with every payment declined
  apo sandbox run --scenario declines -- sh -c 'apo pay --amount 4200 --currency SGD; test $? = 3'`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return say.Fail(say.Usage, "apo sandbox run needs a command: apo sandbox run -- npm test")
			}
			if cmd.Flags().Changed("state") {
				return say.Fail(say.Usage, "apo sandbox run has a state of its own; --state is not for it")
			}
			if cmd.Flags().Changed("merchant") {
				return say.Fail(say.Usage, "apo sandbox run has one merchant; --merchant is not for it")
			}
			return runWithSandbox(cmd.Context(), d, &o, args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	addServerFlags(cmd, &o)
	cmd.Flags().StringVar(&o.Seed, "seed", "", "make all numbers a function of this `text` and the requests; with published keys")
	return cmd
}

func runWithSandbox(ctx context.Context, d *app.Run, o *serve.Options, argv []string) error {
	program, err := exec.LookPath(argv[0])
	if err != nil {
		return say.Fail(say.Usage, "%s cannot be run: %v", argv[0], errors.Unwrap(err))
	}
	home, end, err := sandbox.PassingFolder()
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	defer end()
	o.Listen = []string{"127.0.0.1:0"}
	o.KeyFolder = profile.Paths{State: filepath.Join(home, "state")}.Sandbox() // where apo looks for those of its profile local
	o.State = filepath.Join(o.KeyFolder, "state.db")
	if o.Seed != "" {
		d.IO.Note(say.SeedNote)
	}
	var asked serve.Transcript
	s, err := sandboxOf(d, o).Start(asked.Add)
	if err != nil {
		return err
	}
	defer s.Stop(ctx)
	cmd := exec.Command(program, argv[1:]...)
	_, _, _ = d.Configuration() // the keys of its profiles are not for the command
	cmd.Env = serve.Environment(os.Environ(), home, o.NotifyURL, s.Credentials())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	d.ChildDecides.Store(true)
	code, err := serve.RunToItsEnd(ctx, cmd, d.IO.InTTY || d.IO.OutTTY || d.IO.ErrTTY)
	if code != 0 {
		count, newest := asked.Requests()
		notified, _ := s.Box.Notifications(50)
		slices.Reverse(notified)
		d.Printer().SandboxAsked(count, newest, notified)
	}
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return say.Fail(say.Interrupted, "interrupted")
	case err != nil:
		return say.Fail(say.Error, "%s cannot be run: %v", argv[0], err)
	case code != 0:
		return app.ExitWith{Code: code}
	}
	return nil
}
