package cmd

import (
	"context"
	"net/url"
	"runtime"
	"sync"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sandbox"
)

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
	sent := say.Triggered{Message: m, Corrupt: t.options.news.Corrupt, Time: at, Status: got.Status, Answer: got.Kept(), Took: got.Took, Judgement: judgement, Again: wait}
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
