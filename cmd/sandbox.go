package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// sandboxOptions say which sandbox is meant, and what it is like.
type sandboxOptions struct {
	state     string
	keyFolder string // "": beside the state
	seed      string

	listen         []string
	memory         bool
	now            string
	speed          string
	acquirers      string
	notifyURL      string
	notifyAnywhere bool
	options        []string
	faults         []string
	scenario       string
	readyFile      string
	tls            bool
	caOut          string
}

func newSandboxCmd(d *deps) *cobra.Command {
	var o sandboxOptions
	cmd := group(&cobra.Command{
		Use:        "sandbox",
		SuggestFor: []string{"serve", "listen", "mock", "server", "start"},
		Short:      "Run a local APO, for any client",
		Long: `Run a local APO: a gateway that checks signatures, keeps payments, captures and
refunds, signs its answers and sends notifications. Any client of APO can use it;
apo's profile local uses the same one, without a port, and shares its state.

The server speaks HTTP on this machine alone, or HTTPS with --tls. Its client ID
and keys are those of apo sandbox credentials. What happens to a payment is
chosen by its card (apo sandbox cards), by a scenario, or by rules that can be
added while it runs. So can its clock be moved: notifications that are not
acknowledged, authorizations and unfinished payments follow it.

The other commands work on the state file, whether the server runs or not.
--state says which; with --memory there is none, and nothing to command. What the
server's own flags say ends when it is stopped; after a kill it stays (apo sandbox reset).`,
		Example: `  # on the usual port, until Ctrl-C
  apo sandbox

  # every payment authorized late, a fifth of all captures without an answer, notifications to your own server
  apo sandbox --scenario late-success --fault capture=cut-after-commit@0.2 --notify-url http://127.0.0.1:3000/hooks/apo

  # on a free port, forgetting everything at the end, each request as JSON
  apo sandbox --listen 127.0.0.1:0 --memory -o json`,
	},
		newSandboxRunCmd(d), newSandboxCardsCmd(d), newSandboxScenariosCmd(d), newSandboxOptionsCmd(d), newSandboxRuleCmd(d, &o),
		newSandboxClockCmd(d, &o), newSandboxNotificationsCmd(d, &o), newSandboxLsCmd(d, &o), newSandboxShowCmd(d, &o),
		newSandboxExportCmd(d, &o), newSandboxResetCmd(d, &o), newSandboxCredentialsCmd(d, &o), newSandboxSnippetsCmd(d, &o))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return runSandbox(cmd.Context(), d, &o)
	}
	cmd.PersistentFlags().StringVar(&o.state, "state", "", "`file` of the state; its keys lie beside it (default: that of profile local)")
	cmd.PersistentFlags().StringVar(&o.seed, "seed", "", "make all numbers a function of this `text` and the requests; with published keys and a state of its own")
	addServerFlags(cmd, &o)
	f := cmd.Flags()
	f.StringSliceVar(&o.listen, "listen", []string{sandbox.DefaultAddress}, "`address` to listen on, several with commas; port 0 is any free one")
	f.BoolVar(&o.memory, "memory", false, "keep no state")
	f.StringVar(&o.readyFile, "ready-file", "", "write a JSON `file` with address and keys when ready")
	f.BoolVar(&o.tls, "tls", false, "speak HTTPS, with a certificate of an authority made for this run")
	f.StringVar(&o.caOut, "ca-out", "", "write the authority's certificate to this `file` (with --tls)")
	return cmd
}

// addServerFlags adds what a sandbox can be like.
func addServerFlags(cmd *cobra.Command, o *sandboxOptions) {
	f := cmd.Flags()
	f.StringVar(&o.now, "now", "", "set its clock to this `time`, where it stands still unless --speed is given")
	f.StringVar(&o.speed, "speed", "", "let its clock go so many times as fast, such as `3600x`; 3DS pages live 14 minutes by it")
	f.StringVar(&o.acquirers, "acquirers", "", "route by `weights`, such as ADYEN:70,CHECKOUT:30; at random without")
	f.StringVar(&o.notifyURL, "notify-url", "", "`URL` for notifications whose request names none")
	f.BoolVar(&o.notifyAnywhere, "notify-anywhere", false, "deliver notifications to public addresses too")
	f.StringArrayVar(&o.options, "option", nil, "`NAME=VALUE` where sources about APO differ; apo sandbox options lists them")
	f.StringArrayVar(&o.faults, "fault", nil, "`[API=]NAME[@RATE]` that goes wrong; apo explain fault lists them")
	f.StringVar(&o.scenario, "scenario", "", "`name` of a story; apo sandbox scenarios lists them")
	_ = cmd.RegisterFlagCompletionFunc("scenario", cobra.FixedCompletions(scenarioNames(), cobra.ShellCompDirectiveNoFileComp))
}

func scenarioNames() (names []string) {
	for _, s := range sandbox.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// places are where the sandbox keeps its state file and keys.
func (o *sandboxOptions) places(d *deps) (state, folder string, err error) {
	if o.state != "" {
		absolute, err := filepath.Abs(o.state)
		if err != nil {
			return "", "", say.Fail(say.Usage, "--state %s: %v", o.state, err)
		}
		if paths, _, err := d.configuration(); err == nil && absolute == filepath.Join(boxFolder(paths), "state.db") {
			return absolute, boxFolder(paths), nil // that of profile local, by its name
		}
		return absolute, cmp.Or(o.keyFolder, absolute+".keys"), nil
	}
	paths, _, err := d.configuration()
	if err != nil {
		return "", "", err
	}
	folder = boxFolder(paths)
	if o.seed != "" {
		return filepath.Join(paths.State, "sandbox-seeded", sandbox.SeedName(o.seed)+".db"), filepath.Join(paths.State, "sandbox-seeded"), nil
	}
	return filepath.Join(folder, "state.db"), folder, nil
}

// config is what the flags say of a sandbox.
func (o *sandboxOptions) config(d *deps) (c sandbox.Config, err error) {
	c = sandbox.Config{Now: d.now, Seed: o.seed, Scenario: o.scenario, NotifyURL: o.notifyURL, NotifyAnywhere: o.notifyAnywhere}
	if o.notifyURL != "" {
		if err := sandbox.CheckNotifyURL(o.notifyURL); err != nil {
			return c, say.Fail(say.Usage, "--notify-url: %v", err)
		}
	}
	if o.now != "" {
		if c.Time, err = d.boxTime(o.now); err != nil {
			return c, say.Fail(say.Usage, "--now %q: %v", o.now, err)
		}
	}
	if o.speed != "" {
		if c.Speed, err = parseSpeed(o.speed); err != nil {
			return c, say.Fail(say.Usage, "--speed: %v", err)
		}
	}
	if o.acquirers != "" {
		if c.Acquirers, err = sandbox.ParseAcquirers(o.acquirers); err != nil {
			return c, say.Fail(say.Usage, "--acquirers: %v", err)
		}
	}
	for _, text := range o.options {
		name, value, _ := strings.Cut(text, "=")
		if err := c.Options.Set(name, value); err != nil {
			return c, say.Fail(say.Usage, "--option %s: %v", text, err).Hint("apo sandbox options lists them")
		}
	}
	for _, text := range o.faults {
		r, err := sandbox.ParseFault(text)
		if err != nil {
			return c, say.Fail(say.Usage, "--fault %s: %v", text, err)
		}
		c.Rules = append(c.Rules, r)
	}
	if _, found := sandbox.FindScenario(o.scenario); o.scenario != "" && !found {
		return c, say.Fail(say.Usage, "--scenario %q is not one of %s", o.scenario, strings.Join(scenarioNames(), ", "))
	}
	return c, nil
}

// tell reports whether the flags tell a state something that it keeps.
func (o *sandboxOptions) tell() bool {
	return o.now != "" || o.speed != "" || o.acquirers != "" || o.notifyURL != "" || o.scenario != "" || len(o.options)+len(o.faults) > 0
}

// parseSpeed reads how fast a clock goes: 3600x, 3600, 0.5x.
func parseSpeed(text string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(n > 0 && n <= 4e6) {
		return 0, fmt.Errorf("%q is not how many times as fast a clock goes, such as 3600x", text)
	}
	return n, nil
}

// keys are the sandbox's: those of its folder, or with a seed the published
// ones.
func (o *sandboxOptions) keys(folder string) (sandbox.Keys, error) {
	if o.seed != "" {
		if err := sandbox.PublishKeys(folder); err != nil {
			return sandbox.Keys{}, say.Fail(say.Config, "%v", err).Hint("a seed goes with published keys: give it a --state of its own")
		}
	}
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		return keys, say.Fail(say.Config, "the sandbox's keys cannot be used: %v", err)
	}
	return keys, nil
}

// openBox opens the sandbox for a command that works on its state.
func (d *deps) openBox(o *sandboxOptions) (*sandbox.Sandbox, error) {
	state, folder, err := o.places(d)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(state); o.state != "" && errors.Is(err, fs.ErrNotExist) {
		return nil, say.Fail(say.Usage, "--state %s: there is no such file", o.state).Hint("apo sandbox --state %s makes it", say.Quoted(o.state))
	}
	keys, err := o.keys(folder)
	if err != nil {
		return nil, err
	}
	box, err := sandbox.Open(sandbox.Config{State: state, Keys: keys, Now: d.now, Passive: true})
	if err != nil {
		return nil, stateFailure(err)
	}
	d.cleanup = append(d.cleanup, func() { box.Close() })
	return box, nil
}

// stateFailure is about a state that cannot be used.
func stateFailure(err error) error {
	return say.Fail(say.Config, "%v", err).Hint("move the file out of the way, or name another with --state")
}
