package cmd

import (
	"context"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/cmd/internal/say"
)

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
	if l.reached != "" || r.Err != nil || r.Refused != nil || r.News.OtherClient || r.News.Stale { // none of this listener's news
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
