package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
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

// check reads what the flags say.
func (o *listenOptions) check(c *listen.Config) error {
	if c.Ack = listen.Ack(o.ack); !slices.Contains(listen.Acks(), c.Ack) {
		return say.Fail(say.Usage, "--ack %q is not forward, always or never", o.ack)
	}
	if o.forwardTo != "" && o.exec {
		return say.Fail(say.Usage, "--forward-to and --exec are two targets; keep one")
	}
	if o.dropInvalid && o.forwardTo == "" && !o.exec {
		return say.Fail(say.Usage, "--drop-invalid without --forward-to or --exec: nothing is handed on")
	}
	if !strings.HasPrefix(o.path, "/") || strings.ContainsAny(o.path, "?# ") {
		return say.Fail(say.Usage, "--path %q is not a path such as /hooks/apo", o.path)
	}
	if o.forwardTimeout < 0 || o.timeout < 0 || o.count < 0 {
		return say.Fail(say.Usage, "--forward-timeout, --timeout and --count take no number below 0")
	}
	c.Path, c.Timeout, c.DropInvalid = o.path, o.forwardTimeout, o.dropInvalid
	for _, name := range o.types {
		kind := notify.Kind(strings.ToUpper(name))
		if !slices.Contains(kindNames(), string(kind)) {
			return say.Fail(say.Usage, "--type %q is not one of %s", name, strings.Join(kindNames(), ", "))
		}
		c.Kinds = append(c.Kinds, kind)
	}
	if o.until != "" && !slices.Contains(ends(), untilWord(o.until)) {
		return say.Fail(say.Usage, "--until %q is not KIND or KIND.OUTCOME, such as CAPTURE_RESULT.succeeded: kinds are %s, outcomes succeeded, failed and not-final",
			o.until, strings.Join(kindNames(), ", "))
	}
	if kind, _, _ := strings.Cut(untilWord(o.until), "."); o.until != "" && len(c.Kinds) > 0 && !slices.Contains(c.Kinds, notify.Kind(kind)) {
		return say.Fail(say.Usage, "--until %s never comes: --type shows %s alone", o.until, strings.Join(o.types, ", ")).Hint("add %s to --type", kind)
	}
	if o.forwardTo != "" {
		u, err := url.Parse(o.forwardTo) // one without a path gets that of each notification
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return say.Fail(say.Usage, "--forward-to %q is not a URL such as http://localhost:3000/hooks/apo", withoutPassword(o.forwardTo))
		}
		c.Target = u
	}
	if o.publicURL != "" {
		u, err := receiverURL("public-url", o.publicURL)
		if err != nil {
			return err
		}
		if at := cmp.Or(u.Path, "/"); o.path != "/" && at != o.path {
			o.warning = fmt.Sprintf("--public-url has the path %s, and --path receives %s alone: a tunnel that changes no path gets 404", at, o.path)
		}
	}
	if o.exec {
		program, err := exec.LookPath(o.command[0])
		if err != nil {
			return say.Fail(say.Usage, "--exec: %s cannot be run: %v", o.command[0], errors.Unwrap(err))
		}
		c.Command = append([]string{program}, o.command[1:]...)
	}
	return nil
}

// untilWord is --until as the kinds and outcomes are written.
func untilWord(text string) string {
	kind, outcome, found := strings.Cut(text, ".")
	if !found {
		return strings.ToUpper(kind)
	}
	return strings.ToUpper(kind) + "." + strings.ToLower(outcome)
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

// paths are those by which the listener is known, in front of a tunnel and behind it.
func (o *listenOptions) paths(c listen.Config) (list []string) {
	add := func(path string) {
		if path != "" && path != "/" && !slices.Contains(list, path) {
			list = append(list, path)
		}
	}
	add(o.path)
	if u, err := url.Parse(o.publicURL); err == nil {
		add(u.EscapedPath())
	}
	if c.Target != nil {
		add(c.Target.EscapedPath())
	}
	return list
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

// ready is how the listener is told of. Its URL has the path of the target, so that
// what is signed for it verifies there.
func (o *listenOptions) ready(l net.Listener, c listen.Config) listen.Ready {
	path := o.path
	if path == "/" && c.Target != nil && c.Target.Path != "" {
		path = c.Target.EscapedPath()
	}
	port := l.Addr().(*net.TCPAddr).Port
	r := listen.Ready{
		Type: "ready", URL: "http://" + l.Addr().String() + path, Port: port, PID: os.Getpid(), PublicURL: o.publicURL, Profile: c.Account.Profile,
	}
	if len(c.Verifier.Keys) > 0 {
		r.AntomKey = c.Verifier.Keys[0].Fingerprint()
	}
	return r
}

// announce writes the ready files: that by which other commands find the listener, and
// the one that was asked for.
func (o *listenOptions) announce(file string, r listen.Ready) error {
	if file != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return say.Fail(say.Config, "%v", err)
		}
		for _, name := range []string{listen.Own(file, r), file} {
			if err := profile.WriteFile(name, r.Announce(), true); err != nil {
				return say.Fail(say.Config, "%v", err)
			}
		}
	}
	if o.readyFile != "" {
		if err := profile.WriteFile(o.readyFile, r.Announce(), true); err != nil {
			return say.Fail(say.Error, "--ready-file: %v", err)
		}
	}
	return nil
}

// clearReadyFile removes what an earlier listener left: whoever waits for the file waits
// for this one. Its folder is not made.
func (o *listenOptions) clearReadyFile() error {
	if o.readyFile == "" {
		return nil
	}
	if about, err := os.Stat(filepath.Dir(o.readyFile)); err != nil || !about.IsDir() {
		return say.Fail(say.Error, "--ready-file %s: there is no folder %s", o.readyFile, filepath.Dir(o.readyFile)).Hint("make it first")
	}
	if about, err := os.Stat(o.readyFile); err == nil && about.Mode().IsRegular() {
		if err := os.Remove(o.readyFile); err != nil {
			return say.Fail(say.Error, "--ready-file: %v", err)
		}
	}
	return nil
}

// taken says who has the port.
func (o *listenOptions) taken(ctx context.Context, err error, other listen.Ready, runs bool) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return say.Fail(say.Error, "127.0.0.1:%d: %v", o.port, errors.Unwrap(err))
	}
	who := "something else, perhaps apo sandbox,"
	switch {
	case runs && other.Port == int(o.port):
		who = fmt.Sprintf("another apo listen, process %d,", other.PID)
	case listen.Answers(ctx, int(o.port)):
		who = "another apo listen"
	}
	return say.Fail(say.Error, "port %d is taken: %s listens there", o.port, who).Hint("--port 0 takes any free one, --port 4243 that one")
}

// ears are the eyes of the command on what its listener hears.
type ears struct {
	options  *listenOptions
	run      *app.Run
	received int
	verified int            // of them, and written down
	pending  map[int64]bool // receptions that are to be handed on before it ends
	reached  string         // why it ends, once what was handed on is answered
	ended    chan string

	lastTrouble   time.Time
	unwritten     int // that could not be written down since the last that could
	lastUnwritten time.Time
}

// tell shows an event. It is called for one at a time.
func (l *ears) tell(e listen.Event) {
	p := l.run.Printer()
	switch {
	case e.Trouble != nil:
		l.trouble(e.Trouble)
	case e.Received != nil:
		r := e.Received
		l.received++
		l.refused(r)
		p.ListenHeard(say.Heard{
			Reception: r.Reception, Facts: r.Facts, Err: r.Err, Cause: r.Cause, Found: r.Found, Message: r.Message.Message, Refused: r.Refused,
			Answered: r.Answered(), Again: r.Again,
		}, l.run.Words())
		l.counts(r)
	case e.Delivered != nil:
		h := e.Delivered
		p.ListenHanded(say.Handed{
			Reception: h.Reception, Delivery: h.Delivery, Judgement: h.Judgement, Sent: h.Sent, Again: h.Again, OtherPath: h.OtherPath,
			WithoutQuery: h.WithoutQuery, Unverified: !h.Reception.Verified,
		})
		delete(l.pending, h.Reception.ID)
	}
	if l.reached != "" && len(l.pending) == 0 {
		select {
		case l.ended <- l.reached:
		default:
		}
	}
}

// counts looks whether a notification is the one to end after.
func (l *ears) counts(r *listen.Received) {
	o := l.options
	if l.reached != "" || r.Err != nil || r.Refused != nil {
		return
	}
	l.verified++
	if o.until != "" {
		if word := untilWord(o.until); word == string(r.News.Kind) || word == string(r.News.Kind)+"."+string(r.News.Status) {
			l.reached = "until"
		}
	}
	if o.count > 0 && l.verified >= o.count {
		l.reached = "count"
	}
	if l.reached != "" && r.HandedOn {
		l.pending = map[int64]bool{r.Reception.ID: true}
	}
}

// refused says once that the journal cannot be written, and once that it can again.
func (l *ears) refused(r *listen.Received) {
	switch {
	case r.Refused != nil:
		l.lastUnwritten = r.Reception.Time
		if l.unwritten++; l.unwritten == 1 {
			l.run.IO.Warn("not written down, and so not acknowledged: " + r.Refused.Error() + "; so it goes with all that comes until that is mended")
		}
	case r.Reception.ID != 0 && l.unwritten > 0 && r.Reception.Time.After(l.lastUnwritten): // one that came before may be told later
		l.run.IO.Note("the journal can be written again; " + say.Counted(l.unwritten, "notification") + " not acknowledged meanwhile")
		l.unwritten = 0
	}
}

// trouble says what is wrong with who connects; of many a few.
func (l *ears) trouble(err error) {
	if now := l.run.Now(); now.Sub(l.lastTrouble) > 5*time.Second {
		l.run.IO.Warn(err.Error())
		l.lastTrouble = now
	}
}

// grace is how long what is under way may take once the listener is told to end.
const grace = 5 * time.Second

// wait ends when the listener does.
func (l *ears) wait(ctx context.Context, s *listen.Server) error {
	var over <-chan time.Time
	if l.options.timeout > 0 {
		timer := time.NewTimer(l.options.timeout)
		defer timer.Stop()
		over = timer.C
	}
	var reason string
	var err error
	select {
	case <-ctx.Done():
		reason = "stopped"
	case reason = <-l.ended:
	case <-over:
		reason, err = "timeout", say.Fail(say.Pending, "nothing more came within %s", l.options.timeout)
	case failure := <-s.Failed():
		reason, err = "deaf", say.Fail(say.Error, "the listener receives no more: %v", failure)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if s.Stop(stop) { // else nobody reads what is printed
		if reason == "timeout" && l.received == 0 {
			err = say.Fail(say.Pending, "nothing came within %s", l.options.timeout)
		}
		l.run.Printer().ListenEnd(reason, l.received)
	}
	return err
}
