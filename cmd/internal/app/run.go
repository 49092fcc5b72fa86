package app

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

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/spf13/cobra"
)

// Run is what the commands share. The tree is built from it without touching
// the disk, so that help and completion need nothing.
type Run struct {
	IO      *term.Streams
	Getenv  func(string) string
	Lookup  func(string) (string, bool)
	environ []string // as apo was started
	Args    []string // of this run
	Now     func() time.Time
	Global  GlobalFlags
	Cleanup []func() // what a session opened; run when the command is over

	Tree        func(*Run) *cobra.Command // makes the commands
	Values      func()                    // tells the commands what their flags and arguments can be; few runs need it
	environment *profile.Environ          // what apo starts inherits it; nil: that of the tests
	Transport   http.RoundTripper         // in place of the network, for tests; nil: the network

	sending      atomic.Pointer[sending] // the request under way that moves money; nil: none
	ChildDecides atomic.Bool             // a command that apo runs has the signals, and decides when it ends
	over         atomic.Bool             // how the process ends is decided

	tellsOfPayment bool // the exit code says what became of a payment

	NoReminder bool // nobody need be reminded of what is in doubt
	doubted    bool // it was said who else could change what the profile trusts
}

// Main runs apo on the process's own arguments and streams and returns the
// exit code.
//
// tree makes the commands.
func Main(tree func(*Run) *cobra.Command) int {
	endSilently()
	log.SetOutput(io.Discard) // net/http logs what comes unasked, as it came
	quietCompletion(os.Args[1:])
	d := &Run{IO: term.System(os.Getenv), environ: os.Environ(), Now: time.Now, Args: os.Args[1:], environment: &profile.Environ{}, Tree: tree}
	d.environment.TakeKeys()
	d.Getenv, d.Lookup = d.environment.Get, d.environment.Lookup
	code := d.Execute(d.untilSignalled(), d.Args)
	if !d.over.CompareAndSwap(false, true) {
		select {} // breakOff ends the process
	}
	return code
}

// Execute runs the command that args name and returns its exit code. A panic ends it
// as a fault of apo's own.
func (d *Run) Execute(ctx context.Context, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = d.crashed()
		}
	}()
	defer d.close()
	d.hideMisplaced()
	d.talkAsAsked(args)
	d.IO.Interrupted = ctx.Done()
	root := d.Tree(d)
	root.SetArgs(args)
	root.SetOut(d.IO.Out)
	root.SetErr(d.IO.Err)
	root.SetIn(d.IO.In)
	ran, err := root.ExecuteContextC(ctx)
	err = d.written(err)
	var passed ExitWith
	if errors.As(err, &passed) {
		if d.IO.TalksJSON && passed.Code != 0 {
			say.Report(d.IO, say.Fail(say.Error, "the command that apo ran ended with %v", passed), passed.Code)
		}
		return passed.Code
	}
	return report(d.IO, d.classify(ran, err))
}

// crashed ends a run that met a fault of apo's own. What went wrong is not
// printed: it could hold anything.
func (d *Run) crashed() int {
	f := say.Fail(say.Error, "apo met a fault of its own and stopped; please report the command")
	if u := d.sending.Load(); u != nil {
		f = u.broken("apo met a fault of its own while the request was under way")
	}
	return report(d.IO, f)
}

// hideMisplaced hides the text of a key, or a card number, that somebody put where
// a name or an ID belongs, before anything repeats it.
func (d *Run) hideMisplaced() {
	known := d.IO.Masker.Known
	for _, entry := range d.environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "APO_") || name == "APO_PRIVATE_KEY" || name == "APO_ANTOM_PUBLIC_KEY" {
			continue
		}
		for _, key := range apo.KeysIn(value) {
			known.Hide(key)
		}
		known.LearnTyped(value)
	}
	for i, value := range d.Args {
		flag := ""
		if strings.HasPrefix(value, "-") && !strings.HasPrefix(value, "-----") {
			if name := strings.Trim(value, "-="); !strings.Contains(name, "=") {
				if apo.LooksLikeKey(name) {
					known.Hide(name)
				}
				known.LearnTyped(name)
			}
			flag, value, _ = strings.Cut(value, "=")
		} else if i > 0 {
			flag = d.Args[i-1]
		}
		if flag == "--signature" {
			continue
		}
		for _, key := range keysTyped(value) {
			known.Hide(key)
		}
		if cardToken(value) && flag != "--payment-method-id" {
			known.Hide(value)
		}
		known.LearnTyped(value)
	}
}

// cardToken reports whether an argument looks like the token of a saved card, which pays:
// it is no ID of anything.
func cardToken(value string) bool {
	rest, found := strings.CutPrefix(value, "ALIPAY")
	return found && len(rest) >= 20 && strings.Trim(rest, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/=-") == ""
}

// keysTyped are the keys in an argument. Of JSON, and of a field that is one for
// tokens, only what has the length of a line of a key, or of a key, counts: what else is
// random there is none, and is needed.
func keysTyped(value string) []string {
	name, _, assigns := strings.Cut(value, "=")
	if strings.ContainsAny(value, "{[") || assigns && strings.Contains(strings.ToLower(name), "token") || strings.HasSuffix(name, "paymentMethodId") {
		const line, key = 64, 300
		return slices.DeleteFunc(apo.KeysIn(value), func(found string) bool { return len(found) != line && len(found) < key })
	}
	return apo.KeysIn(value)
}

func (d *Run) close() {
	for i := len(d.Cleanup) - 1; i >= 0; i-- {
		d.Cleanup[i]()
	}
	d.Cleanup = nil
}

// Format is the output format of this run.
func (d *Run) Format() term.Format { return term.Format(d.Global.Output) }

// talkAsAsked finds out, before the flags are parsed, how this run is to talk: what
// is wrong with them is said in that way too. Prepare knows it for certain.
func (d *Run) talkAsAsked(args []string) {
	d.IO.TalksJSON = talksJSON(cmp.Or(formatIn(args), term.Format(d.Getenv("APO_OUTPUT"))))
	d.IO.Quiet = quietIn(args)
}

// talksJSON reports whether a format is for programs, on both streams.
func talksJSON(f term.Format) bool { return f == term.JSON || f == term.NDJSON }

// formatIn is the format that the arguments ask for, the last one counts; "" is none.
func formatIn(args []string) (f term.Format) {
	for i, a := range args {
		value, glued := strings.CutPrefix(a, "--output=")
		if !glued {
			if value, glued = strings.CutPrefix(a, "-o"); glued && value != "" {
				value = strings.TrimPrefix(value, "=")
			}
		}
		switch {
		case a == "--":
			return f // what stands behind belongs to another command
		case a == "-o" || a == "--output":
			if i+1 < len(args) {
				f = term.Format(args[i+1])
			}
		case glued:
			f = term.Format(value)
		}
	}
	return f
}

func quietIn(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, "--quiet") || slices.Contains(args, "--quiet=true")
}

// classify gives errors of cobra and pflag their kind.
func (d *Run) classify(ran *cobra.Command, err error) error {
	var f *say.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f) && (errors.Is(err, files.ErrInterrupted) || errors.Is(err, context.Canceled)) && (f.Kind == say.Usage || f.Kind == say.Config):
		return say.Fail(say.Interrupted, "interrupted; nothing was sent")
	case f != nil:
		if f.Kind == say.Usage && ran != nil {
			if missing := valueMissing(ran); missing != nil {
				return missing
			}
		}
		d.withMeant(ran, f)
		return err
	}
	return say.Fail(say.Usage, "%s", strings.ReplaceAll(err.Error(), "\n", " ")).Hint("apo --help lists the commands")
}
