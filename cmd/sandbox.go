package cmd

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxCmd(d *app.Run) *cobra.Command {
	var o serve.Options
	var readyFile, caFile string
	cmd := app.Group(&cobra.Command{
		Use:   "sandbox",
		Short: "Run a local APO, for any client",
		Long: `Run a local APO: a gateway that checks signatures, keeps payments, captures and
refunds, signs its answers and sends notifications. Any client of APO can use it;
apo's profile local uses the same one, without a port, and shares its state.

The server speaks HTTP on this machine alone, or HTTPS with --tls, until --listen,
--allow-host and --base-url let others in: a container, the network, a tunnel. Its client ID
and keys are those of apo sandbox credentials. What happens to a payment is
chosen by its card (apo sandbox cards), by a scenario, or by rules that can be
added while it runs. So can its clock be moved: notifications that are not
acknowledged, authorizations and unfinished payments follow it.

Notifications whose request names no URL go to --notify-url, or to the running apo
listen that trusts its key, also one that starts later.

The other commands work on the state file, whether the server runs or not; --state says
which. What changes something, and lists, is told to the server that runs on it, also
where that keeps its state in memory (--memory). Tests in any language do the same over
HTTP, at /_apo/, with the token of the --ready-file. What the server's own flags say ends
when it is stopped; after a kill it stays (apo sandbox reset).`,
		Example: `  # on the usual port, until Ctrl-C
  apo sandbox

  # every payment authorized late, a fifth of all captures without an answer, notifications to your own server
  apo sandbox --scenario late-success --fault capture=cut-after-commit@0.2 --notify-url http://127.0.0.1:3000/hooks/apo

  # on a free port, forgetting everything at the end, each request as JSON
  apo sandbox --listen 127.0.0.1:0 --memory -o json

  # for containers beside this one, which know it as apo
  apo sandbox --listen 0.0.0.0:4242 --allow-host apo

  # behind a tunnel that leads here
  apo sandbox --base-url https://abc.example`,
	},
		newSandboxRunCmd(d), newSandboxCardsCmd(d), newSandboxScenariosCmd(d), newSandboxOptionsCmd(d, &o), newSandboxRuleCmd(d, &o), newSandboxRouteCmd(d, &o),
		newSandboxDisputeCmd(d, &o), newSandboxClockCmd(d, &o), newSandboxWaitCmd(d, &o), newSandboxNotificationsCmd(d, &o), newSandboxLsCmd(d, &o), newSandboxShowCmd(d, &o),
		newSandboxExportCmd(d, &o), newSandboxReportCmd(d, &o), newSandboxResetCmd(d, &o), newSandboxCredentialsCmd(d, &o), newSandboxSnippetsCmd(d, &o),
		newSandboxTokenCmd(d, &o), newSandboxHealthCmd(d, &o), newSandboxEventsCmd(d, &o), newSandboxAtCmd(d, &o), newSandboxForkCmd(d, &o),
		newSandboxRewindCmd(d, &o))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return app.UnknownCommand(cmd, args[0])
		}
		if caFile != "" && !o.TLS {
			return say.Fail(say.Usage, "--ca-out without --tls")
		}
		if readyFile == "-" {
			return say.Fail(say.Usage, "--ready-file takes a file; -o json prints the same line on standard output")
		}
		if caFile == "-" {
			return say.Fail(say.Usage, "--ca-out takes a file; without it the certificate is printed on standard output")
		}
		return runSandbox(cmd.Context(), d, &o, readyFile, caFile)
	}
	cmd.PersistentFlags().StringVar(&o.State, "state", "", "`file` of the state; its keys lie beside it (default: that of profile local)")
	cmd.PersistentFlags().StringSliceVar(&o.Merchants, "merchant", nil, "`name` of a merchant, with a client ID, keys and a state of its own; of several, each by its --merchant")
	cmd.PersistentFlags().StringVar(&o.Seed, "seed", "", "make all numbers a function of this `text` and the requests; with published keys and a state of its own")
	addServerFlags(cmd, &o)
	f := cmd.Flags()
	f.StringSliceVar(&o.Listen, "listen", []string{sandbox.DefaultAddress}, "`address` to listen on, several with commas; port 0 is any free one")
	f.StringSliceVar(&o.AllowHosts, "allow-host", nil, "let in who asks for this host `name`, too, several with commas; needed to listen beyond this machine")
	f.StringVar(&o.BaseURL, "base-url", "", "what it is called outside, a tunnel or a proxy in front: the `URL` of its pages")
	f.BoolVar(&o.Memory, "memory", false, "keep no state")
	f.StringVar(&readyFile, "ready-file", "", "write a JSON `file` with address and keys when ready")
	f.BoolVar(&o.TLS, "tls", false, "speak HTTPS, with a certificate of an authority made for this run")
	f.StringVar(&caFile, "ca-out", "", "write the authority's certificate to this `file` (with --tls)")
	return cmd
}

// addServerFlags adds what a sandbox can be like.
func addServerFlags(cmd *cobra.Command, o *serve.Options) {
	f := cmd.Flags()
	f.StringVar(&o.Time, "now", "", "set its clock to this `time`, where it stands still unless --speed is given")
	f.StringVar(&o.Speed, "speed", "", "let its clock go so many times as fast, such as `3600x`; 3DS pages live 14 minutes by it")
	f.StringVar(&o.Acquirers, "acquirers", "", "route by `weights`, such as ADYEN:70,CHECKOUT:30; at random without")
	f.StringVar(&o.Routes, "routes", "", "route by the rules in this YAML `file`; apo sandbox route explain tells how")
	f.StringVar(&o.NotifyURL, "notify-url", "", "`URL` that stands for the dashboard's: for notifyCapture, and for notifications whose request names none")
	f.BoolVar(&o.NotifyAnywhere, "notify-anywhere", false, "deliver notifications to public addresses too")
	f.StringArrayVar(&o.Choices, "option", nil, "`NAME=VALUE` where sources about APO differ; apo sandbox options lists them")
	f.StringArrayVar(&o.Faults, "fault", nil, "`[API=]NAME[@RATE]` that goes wrong; apo explain fault lists them")
	f.StringVar(&o.Scenario, "scenario", "", "`name` of a story; apo sandbox scenarios lists them")
	_ = cmd.RegisterFlagCompletionFunc("scenario", completeScenarios)
}

// sandboxOf is the sandbox that the options mean, in this run.
func sandboxOf(d *app.Run, o *serve.Options) serve.Config {
	return serve.Config{Options: *o, Now: d.Now, Paths: func() (profile.Paths, error) {
		paths, _, err := d.Configuration()
		return paths, err
	}, Trusted: func() (*x509.CertPool, error) { return d.Receivers(context.Background()) }, Listener: d.ListenerNow, ReadRoutes: func(file string) (*routing.Rules, error) { return readRoutes(d, file) }}
}

// openBox opens the sandbox for a command that works on its state.
func openBox(d *app.Run, o *serve.Options) (*sandbox.Sandbox, error) {
	box, err := sandboxOf(d, o).Open()
	if err == nil {
		d.Cleanup = append(d.Cleanup, func() { box.Close() })
	}
	return box, err
}

// runSandbox serves a sandbox until it is told to stop.
func runSandbox(ctx context.Context, d *app.Run, o *serve.Options, readyFile, caFile string) error {
	if o.Memory && o.State != "" {
		return say.Fail(say.Usage, "--memory and --state contradict each other")
	}
	s, err := sandboxOf(d, o).Start(d.Printer().SandboxEvent)
	if err != nil {
		return err
	}
	defer s.Stop(ctx)
	if caFile != "" {
		if err := profile.WriteFile(caFile, s.Authority, true); err != nil {
			return say.Fail(say.Error, "--ca-out: %v", err)
		}
	}
	if readyFile != "" {
		text, err := apo.Encode(s.Ready())
		if err == nil {
			err = profile.WriteFile(readyFile, append(text, '\n'), true)
		}
		if err != nil {
			return say.Fail(say.Error, "--ready-file: %v", err)
		}
	}
	if o.Seed != "" {
		d.IO.Note(say.SeedNote)
	}
	if text := s.Openness(); text != "" {
		d.IO.Warn(text)
	}
	d.Printer().SandboxReady(s.Ready(), oddities(s.Box, d.Now()), caFile)
	if lost := d.IO.OutputLost(); lost != nil && !lost.ReaderGone() {
		return lost // whoever waits for the line would wait for ever
	}
	select {
	case err := <-s.Failed:
		return say.Fail(say.Error, "the sandbox stopped: %v", err)
	case <-ctx.Done():
	}
	if !d.Printer().WantsJSON() {
		d.IO.Note("stopped")
	}
	return nil
}

// oddities say what about a sandbox is not as it comes; what cannot be read is
// not said.
func oddities(box *sandbox.Sandbox, now time.Time) string {
	clock, _ := box.Clock()
	rules, _ := box.Rules()
	routes, _ := box.Routes()
	ruled := 0
	if routes != nil {
		ruled = len(routes.Names())
	}
	return say.Oddities(clock, rules, ruled, now)
}
