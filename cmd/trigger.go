package cmd

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// anyHandler is whom a notification is made for that is printed and goes nowhere.
const anyHandler = "http://localhost:3000/hooks/apo"

type triggerOptions struct {
	news             sandbox.News
	amount, currency string
	set              []string
	to               string
	times            int
	delay            time.Duration
	print            string
	timeout          time.Duration
}

func newTriggerCmd(d *app.Run) *cobra.Command {
	var o triggerOptions
	cmd := &cobra.Command{
		Use:   "trigger [KIND[.OUTCOME]]",
		Short: "Send a notification of your choice to your handler",
		Long: `Send a notification of your choice to your handler, made by the sandbox's own code
and signed with its key: your handler must trust the key of apo sandbox credentials.
It is sent to --to, or to the running apo listen; nothing is written into the
sandbox's books. The answer is judged as APO would; exit code 1 if it was not received.

Without --of the payment is made up, and its numbers follow from --request-id. --set
changes a member of the body before it is signed; a path that is not there is an
error. --corrupt spoils one thing after that, and a handler that is right refuses it:
exit code 1, as all that is not received, and "refused, as it must be". One that takes it
is named, with exit code 1 too; but one that verifies with the client ID of its own
settings, as the SDKs mean it, may take client-id, whose header it does not read.

Without a kind the kinds are listed.`,
		Example: `  # what there is
  apo trigger

  # to your own server; nothing listens here, so it is not received
  apo trigger payment.succeeded --to http://127.0.0.1:9/hooks/apo || test $? = 1

  # the capture of a payment of the sandbox that fails, three times, a second apart
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo trigger capture.failed --of demo-0001 --times 3 --delay 1s --to http://127.0.0.1:9/hooks/apo || test $? = 1

  # only look at it
  apo trigger refund.succeeded --set refundAmount.value=100 --to http://localhost:3000/hooks/apo --print http

  # what your own verification must refuse
  apo trigger payment --corrupt body --to http://localhost:3000/hooks/apo --print http | apo verify-notify --http - || test $? = 5`,
		Args:              app.Arguments(0, 1, "one kind, such as payment.succeeded"),
		ValidArgsFunction: completeNews,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listNews(d)
			}
			o.news.Kind = args[0]
			return runTrigger(cmd.Context(), d, &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "`URL` of your handler; the running apo listen unless given")
	f.StringVar(&o.news.Of, "of", "", "any `number` of a payment of the sandbox")
	f.StringVar(&o.news.ID, "request-id", "", "`ID` of the request of a payment that is made up")
	f.StringVar(&o.amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"")
	f.StringVar(&o.currency, "currency", "", "ISO 4217 `code`")
	f.StringVar(&o.news.Code, "code", "", "result `code` of one that fails; of a judged dispute disputeJudgedResult")
	f.StringArrayVar(&o.set, "set", nil, "`PATH=VALUE` of the body that is changed before it is signed; may be repeated")
	f.StringVar(&o.news.Corrupt, "corrupt", "", "spoil one `thing`: "+strings.Join(corruptions(), ", "))
	f.IntVar(&o.times, "times", 1, "send it so `many` times, the same news each signed anew")
	f.DurationVar(&o.delay, "delay", 0, "`time` between two; without one they go as fast as they can be signed")
	f.StringVar(&o.print, "print", "", "print it as `http`, curl or json instead of sending it")
	f.DurationVar(&o.timeout, "forward-timeout", 30*time.Second, "`time` that your handler has to answer; 0 is any, for breakpoints")
	_ = cmd.RegisterFlagCompletionFunc("corrupt", cobra.FixedCompletions(corruptions(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("print", cobra.FixedCompletions([]string{"http", "curl", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func completeNews(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, k := range sandbox.AllNews() {
		list = append(list, k.Name+"\t"+k.Meaning)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

func corruptions() []string {
	var list []string
	for _, c := range sandbox.Corruptions() {
		list = append(list, c.Name)
	}
	return list
}

func newsNames() []string {
	var list []string
	for _, k := range sandbox.AllNews() {
		list = append(list, k.Name)
	}
	return list
}

// newsKinds are the kinds without their outcomes.
func newsKinds() []string {
	var list []string
	for _, name := range newsNames() {
		kind, _, _ := strings.Cut(name, ".")
		list = append(list, kind)
	}
	return slices.Compact(list)
}

func listNews(d *app.Run) error {
	type kind struct {
		Name    string `json:"name"`
		Meaning string `json:"meaning"`
	}
	var list []kind
	var rows [][]string
	for _, k := range sandbox.AllNews() {
		list = append(list, kind(k))
		rows = append(rows, []string{k.Name, k.Meaning})
	}
	if d.Printer().WantsJSON() {
		return d.Printer().ShowOwn(list)
	}
	return d.IO.WriteTable([]string{"kind", "what it tells"}, rows)
}

// check completes the options.
func (o *triggerOptions) check() error {
	kind, found := sandbox.FindNews(strings.ToLower(o.news.Kind))
	if !found {
		return noKind(o.news.Kind)
	}
	o.news.Kind = kind.Name
	switch {
	case o.times < 1 || o.delay < 0 || o.timeout < 0:
		return say.Fail(say.Usage, "--times is 1 or more, and --delay and --forward-timeout are times such as 1s")
	case o.print != "" && o.print != "http" && o.print != "curl" && o.print != "json":
		return say.Fail(say.Usage, "--print %q is not http, curl or json", o.print)
	case o.print != "" && o.times > 1:
		return say.Fail(say.Usage, "--print prints one; leave --times out")
	case o.news.Of != "" && o.news.ID != "":
		return say.Fail(say.Usage, "--of is a payment that exists, and --request-id one that is made up; keep one")
	case o.news.Code != "" && !strings.HasSuffix(kind.Name, ".failed") && kind.Name != "dispute.judged":
		of, _, _ := strings.Cut(kind.Name, ".")
		f := say.Fail(say.Usage, "--code: %s takes none; it is of what fails, and of dispute.judged", kind.Name)
		if of == "dispute" {
			return f.Hint("apo trigger dispute.judged --code %s", o.news.Code)
		}
		return f.Hint("apo trigger %s.failed --code %s", of, o.news.Code)
	case strings.HasSuffix(kind.Name, ".failed") && failsNot(o.news.Code):
		return say.Fail(say.Usage, "--code %s is no code of what fails: %s cannot have it", o.news.Code, kind.Name)
	case o.amount != "" && strings.HasPrefix(kind.Name, "vaulting."):
		return say.Fail(say.Usage, "--amount: %s tells of no amount", kind.Name)
	case o.news.Corrupt != "":
		o.news.Corrupt = strings.ToLower(o.news.Corrupt)
		if !slices.Contains(corruptions(), o.news.Corrupt) {
			return say.Fail(say.Usage, "--corrupt %q is not one of %s", o.news.Corrupt, strings.Join(corruptions(), ", "))
		}
	}
	if err := o.checkID(); err != nil {
		return err
	}
	if o.amount != "" {
		a, err := apo.ParseAmount(o.amount, o.currency)
		if err != nil {
			return say.Fail(say.Usage, "--%v", err)
		}
		o.news.Amount = a
	} else if o.currency != "" {
		return say.Fail(say.Usage, "--currency without --amount")
	}
	for _, text := range o.set {
		c, err := sandbox.ParseChange(text)
		if err != nil {
			return say.Fail(say.Usage, "--set: %v", err)
		}
		o.news.Changes = append(o.news.Changes, c)
	}
	return nil
}

// failsNot reports whether a code is known, and as one of what succeeds or is open.
func failsNot(code string) bool {
	c, known := apo.Lookup(code)
	return known && c.Status != "F"
}

// checkID takes the ID of a request that APO would take, and makes one where there is
// none: all that one run sends tell of the same.
func (o *triggerOptions) checkID() error {
	if o.news.ID == "" {
		o.news.ID = "trigger-" + strings.ToLower(rand.Text()[:16])
		return nil
	}
	doc, err := json.Marshal(map[string]string{"paymentRequestId": o.news.ID})
	if err != nil {
		return err
	}
	for _, v := range apo.Validate("pay", doc, time.Time{}) {
		if v.Path == "paymentRequestId" {
			return say.Fail(say.Usage, "--request-id: %v", v)
		}
	}
	return nil
}

// noKind says that there is no such kind, and what is near: another spelling, the word
// that a notification itself or apo listen has for it, or the outcomes of its kind.
func noKind(text string) error {
	f := say.Fail(say.Usage, "%q is no kind of notification", text)
	lower := strings.ToLower(text)
	of, outcome, dotted := strings.Cut(lower, ".")
	if kind := wireKind(of); kind != "" {
		of, lower = kind, kind
		switch {
		case outcome == "not-final":
			lower += ".pending"
		case outcome != "" && !strings.Contains(kind, "."):
			lower += "." + outcome
		}
		if _, known := sandbox.FindNews(lower); known {
			return f.Hint("did you mean %s?", lower).Hint("apo trigger lists the kinds")
		}
	}
	near := spelling.Nearest(lower, newsNames())
	kind := spelling.Nearest(of, newsKinds())
	if near == "" && kind != "" {
		near = kind
		if _, known := sandbox.FindNews(kind + "." + outcome); dotted && known {
			near += "." + outcome
		}
	}
	switch {
	case kind == "dispute" && (outcome == "lost" || outcome == "won"):
		f.Hint("did you mean dispute.judged? --code ACCEPT_BY_MERCHANT is lost, and ACCEPT_BY_CUSTOMER is won")
	case near != "" && near == kind && dotted:
		f.Hint("%s has the outcomes %s", kind, strings.Join(outcomes(kind), ", "))
	case near != "":
		f.Hint("did you mean %s?", near)
	}
	return f.Hint("apo trigger lists the kinds")
}

// wireKind is the kind that a word of the wire stands for; "" for any other word.
func wireKind(word string) string {
	switch word {
	case "payment_result", "notifypayment":
		return "payment"
	case "payment_pending":
		return "payment.pending"
	case "capture_result", "notifycapture":
		return "capture"
	case "refund_result", "notifyrefund":
		return "refund"
	case "notifyvaulting":
		return "vaulting"
	case "dispute_created", "notifydispute":
		return "dispute.created"
	case "dispute_judged":
		return "dispute.judged"
	}
	return ""
}

// outcomes are those of a kind.
func outcomes(kind string) (list []string) {
	for _, name := range newsNames() {
		if of, outcome, _ := strings.Cut(name, "."); of == kind {
			list = append(list, outcome)
		}
	}
	return list
}

func runTrigger(ctx context.Context, d *app.Run, o *triggerOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	box, err := openBox(d, &serve.Options{})
	if err != nil {
		return err
	}
	var nobody error // that it could be sent to
	if o.news.URL, nobody = o.address(ctx, d); nobody != nil {
		if o.to != "" {
			return nobody
		}
		o.news.URL = anyHandler
	}
	first, err := box.Compose(o.news)
	switch {
	case err != nil:
		return o.notComposed(err)
	case nobody != nil && o.print == "":
		return nobody
	case nobody != nil:
		d.IO.Note("made for " + anyHandler + ": --to names another handler, whose path is what is signed")
	}
	if o.print != "" {
		return o.show(d, first)
	}
	client, err := d.TargetClient(ctx)
	if err != nil {
		return err
	}
	d.IO.Note(first.Type + " of " + first.Of + ", for " + withoutPassword(first.URL))
	t := &trigger{run: d, box: box, options: o, poster: deliver.Poster{Client: client, Timeout: o.timeout}, lines: d.Printer().Lines()}
	err = t.send(ctx, first)
	t.lines.End()
	if err != nil {
		return err
	}
	return t.verdict()
}

// verdict is how the run ends. What was spoiled and refused ends with exit code 1 too,
// as all does that was not received, and is told as what it is.
func (t *trigger) verdict() error {
	times := t.options.times
	switch {
	case t.taken > 0:
		t.run.IO.Warn("your handler took what does not verify: it must verify the signature over the raw body, and refuse what fails")
		return say.Fail(say.Error, "%d of %d taken, and must be refused (--corrupt %s)", t.taken, times, t.options.news.Corrupt)
	case t.refused > 0 && t.refused == t.missed:
		f := say.Fail(say.Error, "%d of %d refused, as it must be", t.refused, times)
		f.Verdict = &term.Verdict{Mood: term.Good, What: f.Text}
		return f
	case t.missed > 0:
		return say.Fail(say.Error, "%d of %d not received", t.missed, times)
	}
	return nil
}

// address is where the notification goes.
func (o *triggerOptions) address(ctx context.Context, d *app.Run) (string, error) {
	if o.to != "" && o.to != app.ListenWord {
		u, err := receiverURL("to", o.to)
		if err != nil {
			return "", err
		}
		if u.Path == "" {
			u.Path = "/"
		}
		return u.String(), nil
	}
	to, err := d.ListenerURL(ctx)
	if f := (*say.Failure)(nil); errors.As(err, &f) && o.to == "" {
		return "", say.Fail(say.Usage, "nobody is named to send it to, and no listener runs").Hint("--to URL names your handler; apo listen, in another window, receives it too")
	}
	return to, err
}

// notComposed says why there is no such notification.
func (o *triggerOptions) notComposed(err error) error {
	var path *sandbox.UnknownPathError
	switch {
	case errors.As(err, &path):
		f := say.Fail(say.Usage, "--set: %v", err)
		if near := spelling.Nearest(path.Path, path.Paths); near != "" {
			f.Hint("did you mean %s?", near)
		}
		return f.Hint("apo trigger %s --to %s --print json shows the body", o.news.Kind, withoutPassword(o.news.URL))
	case errors.Is(err, sandbox.ErrNoPayment):
		return say.Fail(say.NotFound, "--of %s: %v", o.news.Of, err).Hint("apo sandbox ls lists its payments")
	}
	return say.Fail(say.Usage, "%v", err)
}

// show prints the message and sends nothing.
func (o *triggerOptions) show(d *app.Run, m sandbox.Message) error {
	switch o.print {
	case "curl":
		return d.IO.WriteText(curlOf(m))
	case "json":
		return d.Printer().TriggerMessage(m)
	}
	wire, err := rawHTTP(m)
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	return writeRaw(d, wire)
}

// trigger is one run of sendings.
type trigger struct {
	run     *app.Run
	box     *sandbox.Sandbox
	options *triggerOptions
	poster  deliver.Poster

	mu             sync.Mutex
	lines          *say.Lines
	missed         int // all that was not received
	refused, taken int // of what was spoiled
}

// send sends the notification as often as it is wanted: one after another where there
// is a delay, and else as fast as they can be signed.
func (t *trigger) send(ctx context.Context, first sandbox.Message) error {
	if t.options.delay > 0 || t.options.times == 1 {
		for n := range t.options.times {
			if n > 0 {
				select {
				case <-ctx.Done():
				case <-time.After(t.options.delay):
				}
			}
			if err := t.once(ctx, first, n); err != nil {
				return err
			}
		}
		return nil
	}
	numbers := make(chan int)
	var all sync.WaitGroup
	var failed error
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for n := range numbers {
				if err := t.once(ctx, first, n); err != nil {
					t.mu.Lock()
					failed = err
					t.mu.Unlock()
				}
			}
		})
	}
	for n := range t.options.times {
		numbers <- n
	}
	close(numbers)
	all.Wait()
	return failed
}

// once sends the notification, each time but the first signed anew.
func (t *trigger) once(ctx context.Context, m sandbox.Message, n int) error {
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted")
	}
	if n > 0 {
		var err error
		if m, err = t.box.Compose(t.options.news); err != nil {
			return t.options.notComposed(err)
		}
	}
	to, err := url.Parse(m.URL)
	if err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	at := t.run.Now()
	got := t.poster.Post(ctx, deliver.Message{URL: to, Header: m.Header, Body: m.Body})
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted; whether the last one arrived is not known")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	judgement := got.Judgement()
	wait, _ := judgement.Again(1)
	sent := say.Triggered{Message: m, Corrupt: t.options.news.Corrupt, Time: at, Status: got.Status, Answer: got.Body, Took: got.Took, Judgement: judgement, Again: wait}
	switch {
	case sent.Taken():
		t.taken++
	case !judgement.Received:
		t.missed++
	}
	if sent.RefusedRightly() {
		t.refused++
	}
	t.run.Printer().Triggered(sent, t.lines)
	return nil
}
