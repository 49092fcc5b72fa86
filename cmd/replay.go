package cmd

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/deliver"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

type replayOptions struct {
	failed  bool
	since   string
	to      string
	resign  bool
	timeout time.Duration
}

func newReplayCmd(d *app.Run) *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay [ID …]",
		Short: "Send notifications again that a listener received",
		Long: `Send notifications again that apo listen received, byte for byte with the headers
they came with, and judge the answers as APO would. ID is the number in apo log --all.

--failed sends those that a target was given in vain, and that none has received
since. Each goes where it went last, or to --to; a URL without a path gets that of the
notification.

The old signature is over the path and the time of then. --resign signs anew with the
sandbox's key, over the path of the URL and for this moment: a handler that trusts the
key of apo sandbox credentials accepts that, and no other does.

Exit code 1 if one was not received. One that held a secret, such as a card token, is
not kept as it came, and cannot be sent: --failed counts it apart.`,
		Example: `  # what a handler missed within the last hour
  apo replay --failed --since 1h

  # one, to a handler that was mended: 12 stands for its number in apo log --all
  apo replay 12 --to http://localhost:3000/hooks/apo || true`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runReplay(cmd.Context(), d, &o, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.failed, "failed", false, "those that were delivered and not received")
	f.StringVar(&o.since, "since", "24h", "from a `time` on, for --failed: 24h, 7d, or 2026-11-25T08:00:00+08:00")
	f.StringVar(&o.to, "to", "", "`URL` to send to; where it went last unless given")
	f.BoolVar(&o.resign, "resign", false, "sign anew, with the sandbox's key and this moment")
	f.DurationVar(&o.timeout, "forward-timeout", 30*time.Second, "`time` that the receiver has to answer; 0 is any, for breakpoints")
	return cmd
}

func (o *replayOptions) check(args []string) (to *url.URL, err error) {
	switch {
	case o.failed == (len(args) > 0):
		return nil, say.Fail(say.Usage, "apo replay takes IDs of apo log --all, or --failed, and one of the two")
	case o.timeout < 0:
		return nil, say.Fail(say.Usage, "--forward-timeout takes a time such as 30s")
	case o.to == "":
		return nil, nil
	}
	return receiverURL("to", o.to)
}

// receiverURL is the URL of a merchant's handler, as a flag gives it.
func receiverURL(flag, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, say.Fail(say.Usage, "--%s %q is not a URL such as http://localhost:3000/hooks/apo", flag, withoutPassword(text))
	}
	if n, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || n < 1 || n > 65535) {
		return nil, say.Fail(say.Usage, "--%s %q: a port is 1 to 65535", flag, withoutPassword(text))
	}
	return u, nil
}

// withoutPassword is the URL that was given as it may be shown: its password is not.
func withoutPassword(text string) string {
	if u, err := url.Parse(text); err == nil {
		return u.Redacted()
	}
	scheme, rest, found := strings.Cut(text, "://")
	if at := strings.LastIndex(rest, "@"); found && at >= 0 {
		return scheme + "://xxxxx@" + rest[at+1:]
	}
	return text
}

func runReplay(ctx context.Context, d *app.Run, o *replayOptions, args []string) error {
	to, err := o.check(args)
	if err != nil {
		return err
	}
	j, err := d.ReadJournal()
	if err != nil {
		return err
	}
	list, err := o.wanted(ctx, d, j, args)
	if err != nil {
		return err
	}
	d.HideProfileKeys(ctx)
	client, err := d.TargetClient(ctx)
	if err != nil {
		return err
	}
	r := replay{run: d, journal: j, options: o, to: to, poster: deliver.Poster{Client: client, Timeout: o.timeout}, lines: d.Printer().Lines()}
	for _, one := range list {
		if err := r.once(ctx, one); err != nil {
			return err
		}
	}
	r.lines.End()
	return r.verdict(len(list))
}

// replay is one run of sendings.
type replay struct {
	run     *app.Run
	journal *journal.SQLite
	options *replayOptions
	to      *url.URL // nil: where each went last
	poster  deliver.Poster
	lines   *say.Lines

	missed int // that were not received
	unsent int // that are not kept as they came
}

// once sends one again, as far as it is kept and has somewhere to go.
func (r *replay) once(ctx context.Context, one journal.Reception) error {
	m, err := r.options.message(r.run, one, r.to)
	if err != nil {
		if !r.options.failed {
			return err
		}
		r.run.IO.Warn(err.Error()) // the others can be sent all the same
		if one.Masked != "" {
			r.unsent++
		} else {
			r.missed++
		}
		return nil
	}
	h := say.Handed{Reception: one, Delivery: journal.Delivery{Reception: one.ID, Time: r.run.Now(), URL: m.URL.Redacted(), Resigned: r.options.resign}}
	if path, _, _ := strings.Cut(one.Target, "?"); !r.options.resign && path != m.URL.EscapedPath() {
		h.OtherPath = m.URL.EscapedPath()
	}
	got := r.poster.Post(ctx, m)
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted; whether the last one arrived is not known")
	}
	h.Judgement, h.Sent = got.Judgement(), got.Status
	h.Again, _ = h.Judgement.Again(max(one.Attempt, 1))
	h.Delivery.Status, h.Delivery.Answer, h.Delivery.Took = got.Status, got.Kept(), got.Took
	h.Delivery.Received, h.Delivery.Why = h.Judgement.Received, h.Judgement.Why
	if err := r.journal.Delivered(ctx, []journal.Delivery{h.Delivery}); err != nil {
		r.run.IO.Warn(err.Error() + "; that it was sent again is not written down")
	}
	r.run.Printer().Replayed(h, r.lines)
	if !h.Judgement.Received {
		r.missed++
	}
	return nil
}

// verdict is how the run ends. What is not kept as it came was not sent, and is no
// failure of whoever receives.
func (r *replay) verdict(all int) error {
	if r.unsent > 0 {
		r.run.IO.Note(say.Counted(r.unsent, "notification") + " of " + strconv.Itoa(all) + " not sent")
		r.run.IO.Hint(wayOut)
	}
	if r.missed > 0 {
		return say.Fail(say.Error, "%s of %d not received", say.Counted(r.missed, "notification"), all)
	}
	return nil
}

// wayOut is how a handler comes by what cannot be sent again from here.
const wayOut = "apo sandbox notifications resend has the sandbox send its own again, and apo trigger makes one of any kind"

// wanted are the receptions that are to be sent again: the newest of each
// notification.
func (o *replayOptions) wanted(ctx context.Context, d *app.Run, j *journal.SQLite, args []string) (list []journal.Reception, err error) {
	if o.failed {
		since, err := d.PastTime(o.since)
		if err != nil {
			return nil, say.Fail(say.Usage, "--since %q: %v", o.since, err)
		}
		for r, err := range j.NotReceived(ctx, since) {
			if err != nil {
				return nil, app.Unread(ctx, err)
			}
			whole, err := j.Receptions(ctx, r.Record) // with its deliveries
			if err != nil {
				return nil, app.Unread(ctx, err)
			}
			if i := slices.IndexFunc(whole, func(one journal.Reception) bool { return one.ID == r.ID }); i >= 0 {
				list = append(list, whole[i])
			}
		}
		apart, err := j.UnverifiedNotReceived(ctx, since)
		if err != nil {
			return nil, app.Unread(ctx, err)
		}
		if apart > 0 {
			d.IO.Note(say.Counted(apart, "message") + " left out, not verified or for another client ID: a handler that is right refuses them")
		}
		if len(list) == 0 {
			d.IO.Note("nothing that a target was given in this time is left unreceived")
		}
		return list, nil
	}
	for _, arg := range args {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			return nil, say.Fail(say.Usage, "%q is no number of apo log --all", arg)
		}
		all, err := j.Receptions(ctx, id)
		if err != nil {
			return nil, app.Unread(ctx, err)
		}
		if len(all) == 0 {
			return nil, noReception(ctx, j, id)
		}
		list = append(list, all[len(all)-1])
	}
	return list, nil
}

// noReception says why there is nothing to send again.
func noReception(ctx context.Context, j *journal.SQLite, id int64) error {
	r, err := j.Get(ctx, id)
	switch {
	case err != nil:
		return say.Fail(say.NotFound, "the journal has no record %d", id).Hint("apo log --all lists what there is")
	case !r.IsNotification():
		return say.Fail(say.Usage, "record %d is a %s, no notification", id, r.Endpoint).Hint("apo log --all lists the notifications too")
	}
	return say.Fail(say.NotFound, "notification %d did not come to a listener: its headers are not kept", id).
		Hint("apo listen keeps what comes whole; apo sandbox notifications resend has the sandbox send its own again")
}

// message is what is sent: as it came, or signed anew.
func (o *replayOptions) message(d *app.Run, r journal.Reception, to *url.URL) (m deliver.Message, err error) {
	if r.Masked != "" {
		return m, app.Refused("notification %d is not kept as it came (%s): it cannot be sent again", r.Record, r.Masked).Hint(wayOut)
	}
	if m.URL = to; to == nil {
		for _, sent := range slices.Backward(r.Deliveries) {
			if u, err := url.Parse(sent.URL); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil {
				m.URL = u
				break
			}
		}
	}
	if m.URL == nil {
		return m, say.Fail(say.Usage, "notification %d was handed on to no URL: --to says where it goes", r.Record)
	}
	m.URL = deliver.At(m.URL, r.Target)
	m.Header, m.Body = http.Header{}, r.Body
	for _, h := range r.Headers {
		m.Header[h.Name] = append(m.Header[h.Name], h.Value)
	}
	m.Header.Del("Apo-Verified")
	if o.resign {
		return m, resign(d, &m)
	}
	return m, nil
}

// resign signs a message with the sandbox's key, for this moment.
func resign(d *app.Run, m *deliver.Message) error {
	paths, _, err := d.Configuration()
	if err != nil {
		return err
	}
	keys, err := app.LocalKeys(paths)
	if err != nil {
		return err
	}
	clientID := m.Header.Get("Client-Id")
	if clientID == "" {
		clientID = sandbox.ClientID
	}
	at := d.Now().Format("2006-01-02T15:04:05-07:00")
	signature, err := sign.Sign(keys.Antom, "1", sign.Message{Method: http.MethodPost, Path: m.URL.EscapedPath(), ClientID: clientID, Time: at, Body: m.Body})
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	m.Header.Set("Client-Id", clientID)
	m.Header.Set("Request-Time", at)
	m.Header.Set("Signature", signature)
	return nil
}
