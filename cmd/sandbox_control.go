package cmd

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sandbox/control"
)

// controlled is a sandbox that a command works on: its state file, or the server that
// runs on it.
type controlled interface {
	AddRule(sandbox.Rule) (sandbox.Rule, error)
	Rules() ([]sandbox.Rule, error)
	RemoveRule(id int64) (found bool, err error)
	RemoveRules() (n int, err error)
	Clock() (sandbox.Clock, error)
	Advance(by time.Duration) error
	SetTime(to time.Time) error
	SetSpeed(speed float64) error
	DeliverDue(ctx context.Context) (attempts int, err error)
	AwaitDeliveries(ctx context.Context) error
	Payments(most int) ([]sandbox.Payment, error)
	Payment(id string) (p sandbox.Payment, found bool, err error)
	PagesServed() bool
	Notifications(most int) ([]sandbox.Notification, error)
	Notification(id int64) (sandbox.Notification, error)
	NotificationMessage(id int64) (sandbox.Message, error)
	Resend(id int64, to string) error
	Deliver(ctx context.Context, id int64) (sandbox.Notification, error)
	Disputes(most int) ([]sandbox.Dispute, error)
	OpenDispute(sandbox.NewDispute) (sandbox.Dispute, error)
	JudgeDispute(id, result string) (sandbox.Dispute, error)
	CancelDispute(id string) (sandbox.Dispute, error)
	Reset() error
}

var (
	_ controlled = (*sandbox.Sandbox)(nil)
	_ controlled = (*remoteBox)(nil)
)

// openControl opens what a command looks at: the server that has the state, where one
// runs, or else the state file.
func openControl(ctx context.Context, d *app.Run, o *serve.Options) (controlled, error) {
	box, _, err := findControl(ctx, d, o)
	return box, err
}

// openToChange is openControl for a command that changes something; it says which server
// was told, once one did it.
func openToChange(ctx context.Context, d *app.Run, o *serve.Options) (controlled, error) {
	box, server, err := findControl(ctx, d, o)
	if remote, is := box.(*remoteBox); is {
		remote.told = sync.OnceFunc(func() { d.IO.Note(say.ServerTold(server.URL, server.Memory)) })
	}
	return box, err
}

// findControl finds the server that a command means; nil: there is none. One that keeps a
// state file and does not answer is none: the file is the same.
func findControl(ctx context.Context, d *app.Run, o *serve.Options) (controlled, *sandbox.Server, error) {
	server, found, err := sandboxOf(d, o).Server()
	if err != nil {
		return nil, nil, err
	}
	if !found {
		if err := oneOfSeveral(d, o); err != nil {
			return nil, nil, err
		}
		box, err := openBox(d, o)
		return box, nil, err
	}
	client, err := control.New(server)
	if err == nil {
		_, err = client.Clock(ctx)
	}
	switch {
	case err == nil:
		return &remoteBox{ctx: ctx, client: client, now: d.Now, told: func() {}}, &server, nil
	case ctx.Err() != nil:
		return nil, nil, say.Fail(say.Interrupted, "interrupted")
	case server.Memory || errors.As(err, new(*control.Error)):
		return nil, nil, say.Fail(say.Error, "%v", err).Hint("the server that runs at %s would have to be told; stop it, or name another state with --state", server.URL)
	}
	box, err := openBox(d, o)
	return box, nil, err
}

// openFile opens the state file itself, for a command that no server does. It is refused
// where the books that are meant are not in it.
func openFile(d *app.Run, o *serve.Options) (*sandbox.Sandbox, error) {
	server, found, err := sandboxOf(d, o).Server()
	if err != nil {
		return nil, err
	}
	if found && server.Memory {
		return nil, say.Fail(say.Refused, "the sandbox at %s keeps its books in memory, and this command works on a state file", server.URL).
			Hint("stop that server, or name a file with --state; %s/_apo/ tells of the books in memory", server.URL)
	}
	if err := oneOfSeveral(d, o); err != nil {
		return nil, err
	}
	return openBox(d, o)
}

// oneOfSeveral refuses a command that names none of the merchants whose server runs.
func oneOfSeveral(d *app.Run, o *serve.Options) error {
	c := sandboxOf(d, o)
	if _, found, err := c.Server(); err != nil || found {
		return err
	}
	if names := c.RunningMerchants(); len(names) > 0 {
		return say.Fail(say.Usage, "a sandbox with merchants runs, and no merchant is named: %s", strings.Join(names, ", ")).Hint("add --merchant %s", names[0])
	}
	return nil
}

// servedOptions are the values of options that the server has; nil: there is none.
func servedOptions(ctx context.Context, d *app.Run, o *serve.Options) (map[string]string, error) {
	server, found, err := sandboxOf(d, o).Server()
	if err != nil || !found {
		return nil, nil // the list needs no state
	}
	client, err := control.New(server)
	if err != nil {
		return nil, nil
	}
	list, err := client.Options(ctx)
	if refused := (*control.Error)(nil); errors.As(err, &refused) {
		return nil, say.Fail(say.Error, "%v", err)
	}
	if err != nil { // it is not to be reached from here
		return nil, nil
	}
	values := map[string]string{}
	for _, option := range list {
		values[option.Name] = option.Value
	}
	return values, nil
}

// remoteBox is a sandbox that a server has.
type remoteBox struct {
	ctx    context.Context // of the command, which makes one
	client *control.Client
	now    func() time.Time
	told   func() // after a change
}

// did is the end of a change.
func (b *remoteBox) did(err error) error {
	if err == nil {
		b.told()
	}
	return err
}

// AddRule adds a rule behind those that there are.
func (b *remoteBox) AddRule(r sandbox.Rule) (sandbox.Rule, error) {
	added, err := b.client.AddRule(b.ctx, r)
	return added, b.did(err)
}

// Rules lists them.
func (b *remoteBox) Rules() ([]sandbox.Rule, error) { return b.client.Rules(b.ctx) }

// RemoveRule removes one.
func (b *remoteBox) RemoveRule(id int64) (bool, error) {
	found, err := b.client.RemoveRule(b.ctx, id)
	if !found {
		return false, err
	}
	return true, b.did(err)
}

// RemoveRules removes all.
func (b *remoteBox) RemoveRules() (int, error) {
	n, err := b.client.RemoveRules(b.ctx)
	return n, b.did(err)
}

// Clock is the clock as it goes now.
func (b *remoteBox) Clock() (sandbox.Clock, error) {
	f, err := b.client.Clock(b.ctx)
	if err != nil || !f.Moved {
		return sandbox.Clock{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, f.Time)
	return sandbox.Clock{Real: b.now(), Box: at, Speed: f.Speed}, err
}

// Advance moves the clock, and waits for nothing.
func (b *remoteBox) Advance(by time.Duration) error {
	return b.did(b.client.AdvanceAtOnce(b.ctx, by))
}

// SetTime sets the clock, and waits for nothing.
func (b *remoteBox) SetTime(to time.Time) error {
	no := false
	_, err := b.client.SetClock(b.ctx, sandbox.ClockSetting{Time: to.UTC().Format(time.RFC3339Nano), Wait: &no})
	return b.did(err)
}

// SetSpeed says how fast the clock goes, and waits for nothing.
func (b *remoteBox) SetSpeed(speed float64) error {
	no := false
	_, err := b.client.SetClock(b.ctx, sandbox.ClockSetting{Speed: &speed, Wait: &no})
	return b.did(err)
}

// DeliverDue leaves it to the server, which delivers by itself.
func (b *remoteBox) DeliverDue(context.Context) (int, error) { return 0, nil }

// AwaitDeliveries returns when all that is due was delivered.
func (b *remoteBox) AwaitDeliveries(ctx context.Context) error { return b.client.AwaitDeliveries(ctx) }

// Payments lists the newest.
func (b *remoteBox) Payments(most int) ([]sandbox.Payment, error) {
	all := []sandbox.Payment{}
	for last := ""; len(all) < most; {
		list, err := b.client.Payments(b.ctx, control.Page{Limit: min(most-len(all), pageOfServer), After: last})
		if err != nil || len(list) == 0 {
			return all, err
		}
		all, last = append(all, list...), list[len(list)-1].PaymentID
	}
	return all, nil
}

// pageOfServer is how many of a list a server gives at a time.
const pageOfServer = 1000

// Payment finds one.
func (b *remoteBox) Payment(id string) (sandbox.Payment, bool, error) {
	p, err := b.client.Payment(b.ctx, id)
	if errors.Is(err, sandbox.ErrNoPayment) {
		return p, false, nil
	}
	return p, err == nil, err
}

// PagesServed is so: that is what a server is for.
func (b *remoteBox) PagesServed() bool { return true }

// Notifications lists the newest.
func (b *remoteBox) Notifications(most int) ([]sandbox.Notification, error) {
	all := []sandbox.Notification{}
	for last := ""; len(all) < most; {
		list, err := b.client.Notifications(b.ctx, control.Page{Limit: min(most-len(all), pageOfServer), After: last})
		if err != nil || len(list) == 0 {
			return all, err
		}
		all, last = append(all, list...), strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	return all, nil
}

// Notification finds one.
func (b *remoteBox) Notification(id int64) (sandbox.Notification, error) {
	return b.client.Notification(b.ctx, id)
}

// NotificationMessage is the request of one.
func (b *remoteBox) NotificationMessage(id int64) (sandbox.Message, error) {
	return b.client.Message(b.ctx, id)
}

// Resend has it delivered too, and Deliver then shows it.
func (b *remoteBox) Resend(id int64, to string) error {
	_, err := b.client.Resend(b.ctx, id, to)
	return b.did(err)
}

// Deliver shows what came of it.
func (b *remoteBox) Deliver(ctx context.Context, id int64) (sandbox.Notification, error) {
	return b.client.Notification(ctx, id)
}

// Disputes lists the newest.
func (b *remoteBox) Disputes(most int) ([]sandbox.Dispute, error) {
	return b.client.Disputes(b.ctx, min(most, pageOfServer))
}

// OpenDispute opens one.
func (b *remoteBox) OpenDispute(n sandbox.NewDispute) (sandbox.Dispute, error) {
	d, err := b.client.OpenDispute(b.ctx, n)
	return d, b.did(err)
}

// JudgeDispute decides one.
func (b *remoteBox) JudgeDispute(id, result string) (sandbox.Dispute, error) {
	d, err := b.client.JudgeDispute(b.ctx, id, result)
	return d, b.did(err)
}

// CancelDispute takes one back.
func (b *remoteBox) CancelDispute(id string) (sandbox.Dispute, error) {
	d, err := b.client.CancelDispute(b.ctx, id)
	return d, b.did(err)
}

// Reset forgets everything.
func (b *remoteBox) Reset() error { return b.did(b.client.Reset(b.ctx)) }
