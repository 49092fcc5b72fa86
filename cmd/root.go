package cmd

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// deps is what the commands share. The tree is built from it without touching
// the disk, so that help and completion need nothing.
type deps struct {
	io      *term.Streams
	getenv  func(string) string
	lookup  func(string) (string, bool)
	environ []string // as apo was started
	args    []string // of this run
	now     func() time.Time
	global  globalFlags
	cleanup []func() // what a session opened; run when the command is over

	environment *profile.Environ  // what apo starts inherits it; nil: that of the tests
	transport   http.RoundTripper // in place of the network, for tests; nil: the network

	sending      atomic.Pointer[sending] // the request under way that moves money; nil: none
	childDecides atomic.Bool             // a command that apo runs has the signals, and decides when it ends
	over         atomic.Bool             // how the process ends is decided

	noReminder bool // nobody need be reminded of what is in doubt
	doubted    bool // it was said who else could change what the profile trusts
}

// globalFlags are on every command.
type globalFlags struct {
	profile, config, color, caFile string
	output, query                  string
	timeout, connectTimeout        time.Duration
	retry                          int
	quiet                          bool
	noJournal                      bool
}

// Main runs apo on the process's own arguments and streams and returns the
// exit code.
func Main() int {
	endSilently()
	log.SetOutput(io.Discard) // net/http logs what comes unasked, as it came
	quietCompletion(os.Args[1:])
	d := &deps{io: term.System(os.Getenv), environ: os.Environ(), now: time.Now, args: os.Args[1:], environment: &profile.Environ{}}
	d.environment.TakeKeys()
	d.getenv, d.lookup = d.environment.Get, d.environment.Lookup
	code := d.run(d.untilSignalled(), d.args)
	if !d.over.CompareAndSwap(false, true) {
		select {} // breakOff ends the process
	}
	return code
}

func (d *deps) run(ctx context.Context, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = d.crashed()
		}
	}()
	defer d.close()
	d.hideKeys()
	d.io.Interrupted = ctx.Done()
	root := newRoot(d)
	root.SetArgs(args)
	root.SetOut(d.io.Out)
	root.SetErr(d.io.Err)
	root.SetIn(d.io.In)
	err := root.ExecuteContext(ctx)
	var passed exitWith
	if errors.As(err, &passed) {
		return passed.code
	}
	return report(d.io, d.errorFormat(args), d.classify(err))
}

// crashed ends a run that met a fault of apo's own. What went wrong is not
// printed: it could hold anything.
func (d *deps) crashed() int {
	f := say.Fail(say.Error, "apo met a fault of its own and stopped; please report the command")
	if u := d.sending.Load(); u != nil {
		f = u.broken("apo met a fault of its own while the request was under way")
	}
	return report(d.io, d.format(), f)
}

// hideKeys hides the text of a key that somebody put where a name or an ID
// belongs, before anything repeats it.
func (d *deps) hideKeys() {
	for _, entry := range d.environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "APO_") && name != "APO_PRIVATE_KEY" && name != "APO_ANTOM_PUBLIC_KEY" && apo.LooksLikeKey(value) {
			d.io.Masker.Known.Hide(value)
		}
	}
	for i, value := range d.args {
		flag := ""
		if strings.HasPrefix(value, "-") && !strings.HasPrefix(value, "-----") {
			if name := strings.Trim(value, "-="); !strings.Contains(name, "=") && apo.LooksLikeKey(name) {
				d.io.Masker.Known.Hide(name)
			}
			flag, value, _ = strings.Cut(value, "=")
		} else if i > 0 {
			flag = d.args[i-1]
		}
		if flag != "--signature" && apo.LooksLikeKey(value) {
			d.io.Masker.Known.Hide(value)
		}
	}
}

func (d *deps) close() {
	for i := len(d.cleanup) - 1; i >= 0; i-- {
		d.cleanup[i]()
	}
	d.cleanup = nil
}

// format is the output format of this run.
func (d *deps) format() term.Format { return term.Format(d.global.output) }

// errorFormat finds the format even where the flags could not be parsed.
func (d *deps) errorFormat(args []string) term.Format {
	return cmp.Or(formatIn(args), d.format())
}

// formatIn is JSON where the arguments ask for it, and else "".
func formatIn(args []string) term.Format {
	for i, a := range args {
		if a == "-ojson" || a == "--output=json" || a == "-o=json" ||
			(a == "-o" || a == "--output") && i+1 < len(args) && args[i+1] == "json" {
			return term.JSON
		}
	}
	return ""
}

// classify gives errors of cobra and pflag their kind.
func (d *deps) classify(err error) error {
	var f *say.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f) && (errors.Is(err, files.ErrInterrupted) || errors.Is(err, context.Canceled)) && (f.Kind == say.Usage || f.Kind == say.Config):
		return say.Fail(say.Interrupted, "interrupted; nothing was sent")
	case f != nil:
		return err
	}
	return say.Fail(say.Usage, "%s", strings.ReplaceAll(err.Error(), "\n", " ")).Hint("apo --help lists the commands")
}

func newRoot(d *deps) *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:   "apo",
		Short: "Operate and debug payments on Antom Payment Orchestration",
		Long: `Operate and debug payments on Antom Payment Orchestration (APO).

Without any configuration apo talks to a sandbox of its own, built in. A profile
makes it talk to APO's gateways; see apo help environment and apo profile add.

Standard output is data, standard error is talk, the exit code is the verdict.`,
		Example: `  # a signed, verified payment against the sandbox inside apo
  apo pay --amount 4200 --currency SGD

  # keep its ID, capture it, and see what became of it
  id=$(apo pay --amount 4200 --currency SGD -q paymentId) && apo capture $id && apo inquire $id`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              cobra.ArbitraryArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error { return d.prepare() },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			if showVersion {
				return printVersion(d)
			}
			return cmd.Help()
		},
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	d.addGlobalFlags(root.PersistentFlags())
	root.Flags().BoolVar(&showVersion, "version", false, "print the version, as apo version does")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = d.io.WriteProse(helpText(cmd)) })
	root.AddGroup(
		&cobra.Group{ID: "payments", Title: "Payments:"},
		&cobra.Group{ID: "journal", Title: "What was sent:"},
		&cobra.Group{ID: "signatures", Title: "Signatures and notifications:"},
		&cobra.Group{ID: "sandbox", Title: "Sandbox:"},
		&cobra.Group{ID: "setup", Title: "Keys and profiles:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("payments",
		newPayCmd(d), newInquireCmd(d), newCaptureCmd(d), newCancelCmd(d),
		newRefundCmd(d), newInquireRefundCmd(d), newAPICmd(d))
	add("journal", newLogCmd(d), newFindCmd(d), newTimelineCmd(d), newResumeCmd(d))
	add("signatures", newSignCmd(d), newVerifyNotifyCmd(d), newExplainCmd(d))
	add("sandbox", newSandboxCmd(d))
	add("setup", newKeysCmd(d), newProfileCmd(d))
	root.AddCommand(newCompletionCmd(d), newVersionCmd(d))
	root.AddCommand(helpTopics()...)
	root.SetHelpCommand(newHelpCmd(d, root))
	return root
}

// Root returns the command tree, for programs that write documentation of it.
// Building it touches nothing.
func Root() *cobra.Command {
	return newRoot(&deps{io: term.New(strings.NewReader(""), io.Discard, io.Discard), getenv: os.Getenv, lookup: os.LookupEnv, now: time.Now})
}

// ProfileKeys lists what a profile can hold.
func ProfileKeys() []string { return profile.Keys() }

func (d *deps) addGlobalFlags(f *pflag.FlagSet) {
	g := &d.global
	f.StringVarP(&g.profile, "profile", "p", "", "`name` of the profile to use (APO_PROFILE)")
	f.StringVar(&g.config, "config", "", "configuration `file` (APO_CONFIG)")
	f.StringVarP(&g.output, "output", "o", "", "`format` of the output: json, table, raw or ndjson (APO_OUTPUT)")
	f.StringVarP(&g.query, "query", "q", "", "print only what is at this gjson `path`, bare")
	f.StringVar(&g.color, "color", "auto", "color `when`: auto, always or never")
	f.DurationVar(&g.timeout, "timeout", 0, "`time` for a whole call (APO_TIMEOUT, default 30s)")
	f.DurationVar(&g.connectTimeout, "connect-timeout", 0, "`time` for connecting (default 5s)")
	f.IntVar(&g.retry, "retry", 0, "send again up to `n` times when no usable answer came: same ID, same body")
	f.StringVar(&g.caFile, "ca-file", "", "`file` of certificates to trust beside the system's (APO_CA_FILE)")
	f.BoolVar(&g.quiet, "quiet", false, "no hints and no progress")
	f.BoolVar(&g.noJournal, "no-journal", false, "keep no record of what is sent (APO_JOURNAL=off); not on live")
}

// prepare runs before every command: it settles what the global flags say.
func (d *deps) prepare() error {
	g := &d.global
	if err := d.io.SetColor(g.color, d.getenv); err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	if g.output == "" {
		g.output = d.getenv("APO_OUTPUT")
	}
	switch term.Format(g.output) {
	case term.Pretty, term.JSON, term.Raw, term.NDJSON, term.Table:
	default:
		bad := g.output
		g.output = ""
		return say.Fail(say.Usage, "output format %q is not json, table, raw or ndjson", bad)
	}
	if g.timeout < 0 || g.connectTimeout < 0 || g.retry < 0 || g.retry > 10 {
		return say.Fail(say.Usage, "--timeout and --connect-timeout take a positive time, --retry a number from 0 to 10")
	}
	if len(g.query) > 256 || strings.Count(g.query, "@") > 4 { // a chain of modifiers can grow without end
		return say.Fail(say.Usage, "the path of -q is longer than 256 characters, or has more than 4 modifiers")
	}
	if g.caFile == "" {
		g.caFile = d.getenv("APO_CA_FILE")
	}
	d.io.Quiet = g.quiet
	for _, warning := range profile.Misspelt(d.environ) {
		d.io.Warn(warning)
	}
	return nil
}

// unknownCommand names the command that was probably meant.
func unknownCommand(cmd *cobra.Command, name string) error {
	f := say.Fail(say.Usage, "unknown command %q for %q", name, cmd.CommandPath())
	var known []string
	for _, c := range cmd.Commands() {
		if slices.Contains(c.SuggestFor, strings.ToLower(name)) {
			return f.Hint("%s %s: %s", cmd.CommandPath(), c.Name(), c.Short)
		}
		known = append(known, c.Name())
	}
	if best := spelling.Nearest(name, known); best != "" {
		return f.Hint("did you mean %s %s?", cmd.CommandPath(), best)
	}
	return f.Hint("%s --help lists the commands", cmd.CommandPath())
}

// flagError names the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	f := say.Fail(say.Usage, "%s", strings.ReplaceAll(err.Error(), "\n", " "))
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var known []string
		cmd.Flags().VisitAll(func(flag *pflag.Flag) { known = append(known, flag.Name) })
		if best := spelling.Nearest(unknown.GetSpecifiedName(), known); best != "" {
			return f.Hint("did you mean --%s?", best)
		}
	}
	return f.Hint("%s --help lists the flags", cmd.CommandPath())
}

// group makes a command that only holds others.
func group(c *cobra.Command, children ...*cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}
	c.AddCommand(children...)
	return c
}

// arguments checks how many there are and says which are wanted.
func arguments(least, most int, wanted string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return say.Fail(say.Usage, "%s needs %s", cmd.CommandPath(), wanted).Hint("%s --help shows examples", cmd.CommandPath())
		case len(args) > most:
			return say.Fail(say.Usage, "%s takes %s; %q is too much", cmd.CommandPath(), wanted, args[most]).
				Hint("%s", aboutTooMuch(cmd, args[most]))
		}
		for _, a := range args {
			if a == "" {
				return say.Fail(say.Usage, "an argument of %s is empty; is a variable of your script unset?", cmd.CommandPath())
			}
		}
		return nil
	}
}

// aboutTooMuch knows the one flag whose value must stand behind "=", since it
// may be left out.
func aboutTooMuch(cmd *cobra.Command, argument string) string {
	if wait := cmd.Flags().Lookup("wait"); wait != nil && wait.Changed {
		if _, err := time.ParseDuration(argument); err == nil {
			return "--wait takes its time behind an equals sign: --wait=" + argument
		}
	}
	return cmd.CommandPath() + " --help shows examples"
}
