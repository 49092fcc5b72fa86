package app

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
)

// patience is how long a run may take to end after a signal has asked it to.
const patience = 8 * time.Second

// atOnce is within what time signals are one: timeout sends its own to the process
// and then to all of its group.
const atOnce = 100 * time.Millisecond

// untilSignalled returns a context that ends at the first signal that asks apo
// to end; then all that waits ends, too. Where something cannot, such as a call of
// the system about a mount that is gone, the process ends at the second signal,
// or when patience is over.
//
// The signals stay taken for as long as the process lives. Go itself would turn
// most of them into exit code 2, which says that nothing was sent.
func (d *Run) untilSignalled() context.Context {
	// A reader that goes away must not kill a payment on its way.
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, endingSignals()...)
	ctx, cancel := context.WithCancel(context.Background())
	go heed(signals, cancel, d.breakOff)
	return ctx
}

// heed asks for the end of the run at the first signal, and for that of the
// process at each later one and once patience is over.
func heed(signals <-chan os.Signal, endRun, endProcess func()) {
	<-signals
	first := time.Now()
	endRun()
	over := time.After(patience)
	for {
		select {
		case <-signals:
			if time.Since(first) < atOnce {
				continue
			}
		case <-over:
		}
		endProcess()
	}
}

// breakOff ends the process in the middle of its run, with what is true at this
// moment, unless a command that apo runs decides when it ends.
func (d *Run) breakOff() {
	if d.ChildDecides.Load() || !d.over.CompareAndSwap(false, true) {
		return
	}
	f := say.Fail(say.Interrupted, "interrupted; nothing that moves money was sent")
	if u := d.sending.Load(); u != nil {
		f = u.broken("interrupted while the request was under way")
	}
	told := make(chan struct{})
	go func() {
		defer close(told)
		report(d.IO, f)
	}()
	select {
	case <-told:
	case <-time.After(time.Second): // nobody reads what apo says
	}
	os.Exit(exitCode(f.Kind))
}
