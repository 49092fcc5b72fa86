package cmd

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/verify"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
)

type listenOptions struct {
	port           uint16
	path           string
	forwardTo      string
	forwardTimeout time.Duration
	exec           bool
	command        []string // of exec, with its arguments
	ack            string
	dropInvalid    bool
	types          []string
	count          int
	until          string
	timeout        time.Duration
	readyFile      string
	publicURL      string
	publicKey      string

	warning string // about what was given; "" none
}

func newListenCmd(d *app.Run) *cobra.Command {
	var o listenOptions
	cmd := &cobra.Command{
		Use:   "listen [--exec COMMAND ARGUMENT …]",
		Short: "Receive notifications, verify them, and hand them on to your code",
		Long: `Receive notifications over HTTP on this machine, verify each over its raw bytes,
write it into the journal, and acknowledge it. Any tunnel may stand in front;
--public-url says what it is called outside.

With --forward-to each goes on to your own server, byte for byte with its headers
and Apo-Verified: true or false, and the sender gets your server's real answer. apo
judges it as APO would, and says when it would be sent again. A path in the URL
stands as it is; without one that of the notification is used, so that your own
verification finds the path that was signed. With --exec a command gets the body on
standard input, and acknowledges it with exit code 0; it has APO_VERIFIED, APO_KIND
and APO_STATUS in its environment, and no other APO_* variable.

News of one payment goes on in its order. What does not verify is explained on the
spot, and is answered with HTTP 400 unless a target answers. Repeated deliveries,
times more than 25 hours from now, other client IDs, and what contradicts the
journal are marked. Every message is kept: apo log lists it, apo replay sends it
again. What could hold card data is masked there, and marked so.

apo pay --notify-url listen, and the sandbox where nothing names a URL, send here.
It asks itself every minute whether it still receives, and ends with exit code 1 if
it does not. --count and --until end with 0, --timeout with 8.`,
		Example: `  # until one has come, for a second at most; nothing comes here, so it ends with 8
  apo listen --port 0 --count 1 --timeout 1s || test $? = 8

  # to your own server, while you debug it: the target may take its time
  apo listen --port 0 --forward-to http://localhost:3000/hooks/apo --forward-timeout 0 --timeout 1s || test $? = 8

  # to a command, as JSON, until a payment was captured
  apo listen --port 0 -o ndjson --until CAPTURE_RESULT.succeeded --timeout 1s --exec cat || test $? = 8`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.command = args
			switch {
			case !o.exec && len(args) > 0:
				return say.Fail(say.Usage, "apo listen takes no arguments, except those of --exec COMMAND: got %q", args[0])
			case o.exec && len(args) == 0:
				return say.Fail(say.Usage, "--exec needs a command behind it: apo listen --exec node handler.js")
			}
			return runListen(cmd.Context(), d, &o)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // what follows the command is its own
	f.Uint16Var(&o.port, "port", 4242, "`number` of the port on 127.0.0.1; 0 is any free one")
	f.StringVar(&o.path, "path", "/", "`path` that is received; / is any")
	f.StringVar(&o.forwardTo, "forward-to", "", "`URL` of your own server")
	f.DurationVar(&o.forwardTimeout, "forward-timeout", 30*time.Second, "`time` that the target has to answer; 0 is any, for breakpoints")
	f.BoolVar(&o.exec, "exec", false, "hand the body to the command that follows, with its arguments; no shell")
	f.StringVar(&o.ack, "ack", string(listen.AckForward), "what the sender is answered: forward, always or never")
	f.BoolVar(&o.dropInvalid, "drop-invalid", false, "hand on nothing that does not verify, or is for another client ID")
	f.StringSliceVar(&o.types, "type", nil, "`kind` to show and hand on, such as CAPTURE_RESULT; several with commas")
	f.IntVar(&o.count, "count", 0, "end after so `many` notifications that verified; 0 is endless")
	f.StringVar(&o.until, "until", "", "end after the first `KIND[.OUTCOME]`, such as CAPTURE_RESULT.succeeded")
	f.DurationVar(&o.timeout, "timeout", 0, "end after this `time` with exit code 8; 0 is never")
	f.StringVar(&o.readyFile, "ready-file", "", "write a JSON `file` with the URL when ready")
	f.StringVar(&o.publicURL, "public-url", "", "`URL` of the tunnel in front, for --notify-url listen")
	f.StringVar(&o.publicKey, "public-key", "", "`file` with the key to verify with; the profile's unless given")
	words := func(list []string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
	}
	_ = cmd.RegisterFlagCompletionFunc("ack", words([]string{"forward", "always", "never"}))
	_ = cmd.RegisterFlagCompletionFunc("type", words(kindNames()))
	_ = cmd.RegisterFlagCompletionFunc("until", words(ends()))
	return cmd
}

func kindNames() []string {
	var list []string
	for _, k := range notify.Kinds() {
		list = append(list, string(k))
	}
	return list
}

// ends are the values of --until.
func ends() []string {
	var list []string
	for _, kind := range kindNames() {
		list = append(list, kind)
		for _, status := range notify.Statuses() {
			list = append(list, kind+"."+string(status))
		}
	}
	return list
}

func runListen(ctx context.Context, d *app.Run, o *listenOptions) error {
	c := listen.Config{Now: d.Now}
	if err := o.check(&c); err != nil {
		return err
	}
	e, err := verify.New(ctx, d, verify.Settings{Side: diagnose.Notification, PublicKey: o.publicKey, Paths: o.paths(c)})
	if err != nil {
		return err
	}
	e.HideKeys(ctx)
	c.Verifier, c.Account, c.Knows, c.Inbox = e.Verifier(), e.Account(), e, listen.Nowhere{}
	if !d.WithoutJournal() {
		j, err := e.Journal()
		if err != nil {
			return say.Fail(say.Config, "%v; nothing is received", err).Hint("apo keeps what it acknowledges; --no-journal goes on without, and keeps nothing")
		}
		c.Inbox = j
	}
	if c.Client, err = d.TargetClient(ctx); err != nil {
		return err
	}
	c.Environment, c.Output = withoutKeys(d), d.IO.Err
	if c.Account.ClientID == app.LocalClientID && c.Account.Profile == profile.Local && o.publicKey == "" {
		clock := &boxClock{run: d}
		defer clock.close()
		c.SenderNow = clock.now
	}
	paths, _, err := d.Configuration()
	if err != nil {
		return err
	}
	return o.serve(ctx, d, c, e, paths)
}

// withoutKeys is the environment of a command that is given a notification.
func withoutKeys(d *app.Run) []string {
	_, _, _ = d.Configuration() // takes the keys of its profiles out of the environment
	var list []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "APO_") {
			list = append(list, pair)
		}
	}
	return list
}

// serve receives until something ends it.
func (o *listenOptions) serve(ctx context.Context, d *app.Run, c listen.Config, e *verify.Engine, paths profile.Paths) error {
	file := ""
	var other listen.Ready
	var runs bool
	if paths.State != "" {
		file = app.ListenerFile(paths)
		other, runs = listen.Running(ctx, file)
	}
	if err := o.clearReadyFile(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(o.port))))
	if err != nil {
		return o.taken(ctx, err, other, runs)
	}
	if o.readyFile != "" {
		defer os.Remove(o.readyFile)
	}
	ears := &ears{options: o, run: d, ended: make(chan string, 1)}
	c.Tell = ears.tell
	s := listen.Start(listener, c)
	ready := o.ready(listener, c)
	if err := o.announce(file, ready); err != nil {
		s.Stop(ctx)
		return err
	}
	if file != "" {
		defer listen.Withdraw(context.WithoutCancel(ctx), file, ready)
	}
	facts := say.Listening{URL: ready.URL, PublicURL: withoutPassword(o.publicURL), Mode: c.Account.Mode, Profile: c.Account.Profile, Recorded: !d.WithoutJournal()}
	if runs && other.Port != ready.Port {
		facts.Other, facts.OtherPID = other.URL, other.PID
	}
	switch {
	case c.Target != nil:
		facts.Target = c.Target.Redacted()
	case len(c.Command) > 0:
		facts.Target = o.command[0]
	}
	shown := ready
	shown.PublicURL = facts.PublicURL
	d.Printer().ListenReady(facts, shown)
	if o.warning != "" {
		d.IO.Warn(o.warning)
	}
	return ears.wait(ctx, s)
}

// grace is how long what is under way may take once the listener is told to end.
const grace = 5 * time.Second
