package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Session is a run that talks to a gateway: who calls, and where.
type Session struct {
	*Run
	Profile  *profile.Profile
	Operator *operate.Operator
	Local    *sandbox.Sandbox // the embedded sandbox, for the profile local
	Journal  *journal.SQLite  // nil where none is kept
}

// Configuration loads the file and finds apo's folders. A file that somebody names
// has to exist: without it another gateway would be called than the one meant.
func (d *Run) Configuration() (profile.Paths, *profile.File, error) {
	paths, file, err := d.ConfigurationToMake()
	if err == nil && paths.Named != "" && !file.Exists() {
		err = say.Fail(say.Config, "%s: there is no file %s", paths.Named, paths.Config).Hint("apo profile add NAME makes it")
	}
	return paths, file, err
}

// ConfigurationToMake is Configuration for a command that makes the file.
func (d *Run) ConfigurationToMake() (profile.Paths, *profile.File, error) {
	if err := profile.CheckVariables(d.Lookup); err != nil {
		return profile.Paths{}, nil, say.Fail(say.Config, "%v", err)
	}
	paths, err := profile.FindPaths(d.Getenv, d.Global.config)
	if err != nil {
		return paths, nil, say.Fail(say.Config, "%v", err)
	}
	file, err := profile.Load(d.IO.Interrupted, paths.Config)
	if err != nil {
		return paths, nil, say.Fail(say.Config, "%v", err)
	}
	if d.environment != nil {
		variables, values := file.Secrets()
		d.environment.Take(variables...)
		d.environment.TakeValues(values...)
	}
	return paths, file, nil
}

// Resolve finds the profile of this run, with all that a call needs.
func (d *Run) Resolve() (*profile.Profile, profile.Paths, error) { return d.resolve(profile.Request{}) }

// ResolveVerifying is Resolve for whoever verifies a message and calls nobody: of the
// profile only one key is needed ("private_key" or "antom_public_key"), or none. The
// client ID stands in the message.
func (d *Run) ResolveVerifying(key string) (*profile.Profile, profile.Paths, error) {
	r := profile.Request{Unneeded: []string{"client_id", "gateway"}}
	for _, other := range []string{"private_key", "antom_public_key"} {
		if other != key {
			r.Unneeded = append(r.Unneeded, other)
		}
	}
	return d.resolve(r)
}

func (d *Run) resolve(r profile.Request) (*profile.Profile, profile.Paths, error) {
	paths, file, err := d.Configuration()
	if err != nil {
		return nil, paths, err
	}
	r.File, r.Getenv, r.Lookup, r.Profile, r.Timeout = file, d.Getenv, d.Lookup, d.Global.Profile, d.Global.timeout
	p, err := profile.Resolve(r)
	if err != nil {
		return nil, paths, BadProfile(err)
	}
	if err := d.trusts(p, paths); err != nil {
		return nil, paths, err
	}
	d.IO.Masker.Known.Hide(p.AgentToken)
	return p, paths, nil
}

// Open makes everything ready for a call.
func (d *Run) Open(ctx context.Context) (*Session, error) {
	p, paths, err := d.Resolve()
	if err != nil {
		return nil, err
	}
	s := &Session{Run: d, Profile: p, Operator: &operate.Operator{Masker: d.IO.Masker}}
	journalOpened, err := s.openJournal(paths)
	if err != nil {
		return nil, err
	}
	if p.Name == profile.Local {
		err = s.openLocal(ctx, paths)
	} else {
		err = s.openGateway(ctx)
	}
	if err := cmp.Or(err, journalOpened()); err != nil {
		return nil, err
	}
	s.remember()
	s.Operator.Account = journal.Account{Profile: p.Name, Mode: p.Mode(), ClientID: s.Operator.Client.ClientID}
	s.Operator.Limits = operate.Limits{Live: p.Live(), ReadOnly: p.ReadOnly, MaxAmount: p.MaxAmount}
	s.Operator.Watch = s.watch(SendFlags{})
	return s, nil
}

// openGateway makes a client of the profile's gateway.
func (s *Session) openGateway(ctx context.Context) error {
	d, p := s.Run, s.Profile
	key, antom, err := p.Keys(ctx)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	d.IO.Masker.Known.HideKey(key)
	d.IO.Masker.Known.HideProxies()
	transport := apo.Transport{ConnectTimeout: d.Global.connectTimeout}
	if transport.CA, err = d.authorities(ctx); err != nil {
		return err
	}
	httpClient, err := apo.NewHTTPClient(transport)
	if err != nil {
		return say.Fail(say.Config, "%s: %v", d.Global.caFile, err)
	}
	if d.Transport != nil {
		httpClient.Transport = d.Transport
	}
	s.Operator.Client = &apo.Client{
		Gateway: p.Gateway, ClientID: p.ClientID, Key: key, AntomKey: antom,
		KeyVersion: p.KeyVersion, AgentToken: p.AgentToken, HTTP: httpClient,
	}
	s.Operator.Gateway, s.Operator.Patience.Absent = p.Gateway.Books(), operate.DefaultAbsent()
	s.common()
	return nil
}

func (s *Session) openLocal(ctx context.Context, paths profile.Paths) error {
	folder := paths.Sandbox()
	keys, err := LocalKeys(paths)
	if err != nil {
		return err
	}
	state := filepath.Join(folder, "state.db")
	trusted, err := s.Receivers(ctx)
	if err != nil {
		return err
	}
	s.Local, err = sandbox.Open(sandbox.Config{State: state, Keys: keys, Now: s.Now, Passive: true, Trusted: trusted, Log: s.notified(), NotifyURLNow: s.ListenerNow(paths.State, keys.Antom.Public().Fingerprint())})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	s.Cleanup = append(s.Cleanup, func() { s.leave(ctx, state) })
	c := s.Local.Credentials()
	s.Profile.ClientID = c.ClientID
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		return err
	}
	s.Operator.Client = &apo.Client{
		Gateway: gateway, ClientID: c.ClientID, Key: c.Key, AntomKey: c.AntomKey,
		KeyVersion: s.Profile.KeyVersion, HTTP: &http.Client{Transport: s.Local.Transport()},
	}
	s.Operator.Gateway = operate.SandboxBooks + s.Local.Identity()
	s.Operator.Patience.Absent = operate.Absent{Times: 1} // nothing is on its way to a sandbox in this process
	s.common()
	return nil
}

// LocalBooks gives an operator the embedded sandbox to ask, until leave is called. It
// delivers nothing.
func (d *Run) LocalBooks(paths profile.Paths, o *operate.Operator) (leave func(), err error) {
	keys, err := LocalKeys(paths)
	if err != nil {
		return nil, err
	}
	box, err := sandbox.Open(sandbox.Config{State: filepath.Join(paths.Sandbox(), "state.db"), Keys: keys, Now: d.Now, Passive: true})
	if err != nil {
		return nil, err
	}
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		box.Close()
		return nil, err
	}
	c := box.Credentials()
	o.Client = &apo.Client{
		Gateway: gateway, ClientID: c.ClientID, Key: c.Key, AntomKey: c.AntomKey, HTTP: &http.Client{Transport: box.Transport()},
		UserAgent: "apo/" + Version(), Now: d.Now, Masker: d.IO.Masker,
	}
	o.Gateway = operate.SandboxBooks + box.Identity()
	return func() { box.Close() }, nil
}

// notified says what a receiver answered to news when it was told it first. It never
// changes what a command comes to.
func (s *Session) notified() func(sandbox.Event) {
	var one sync.Mutex
	return func(e sandbox.Event) {
		if e.Delivery && e.Attempt == 1 {
			one.Lock()
			defer one.Unlock()
			s.IO.Note(say.Notified(e))
		}
	}
}

// leave ends the use of the embedded sandbox, once it has delivered what it has
// to notify, unless a server does. What it answered is durable already, in
// SQLite's log, and closing would write all of it a second time. So the log is
// left to the next run, until it has grown long.
func (s *Session) leave(ctx context.Context, state string) {
	const (
		long    = 256 << 10       // bytes
		patient = 3 * time.Second // with receivers
	)
	if s.Local.Posted() {
		ctx, cancel := context.WithTimeout(ctx, patient)
		_, _ = s.Local.DeliverDue(ctx)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			s.IO.Note(fmt.Sprintf("a receiver has not answered within %s; the next command on the sandbox, or apo sandbox, notifies it again", patient))
		}
		cancel()
	}
	if log, err := os.Stat(state + "-wal"); err != nil || log.Size() > long {
		s.Local.Close()
	}
}

func (s *Session) common() {
	c := s.Operator.Client
	c.Timeout, c.Retries = s.Profile.Timeout, s.Global.retry
	c.UserAgent, c.Now = "apo/"+Version(), s.Now
	c.Masker = s.IO.Masker
}

// caller is who apo says that it is.
func (s *Session) caller() say.Caller {
	c := s.Operator.Client
	return say.Caller{ClientID: c.ClientID, KeyVersion: c.KeyVersion, Fingerprint: c.Key.Public().Fingerprint()}
}

// Words are what sentences need to know of this run.
func (d *Run) Words() say.Words {
	return say.Words{Profile: d.Global.Profile, Config: d.Global.config, Args: d.Args, Now: d.Now(), Masker: d.IO.Masker}
}

// Words are those of a run that talks to a gateway.
func (s *Session) Words() say.Words {
	w := s.Run.Words()
	w.Mode, w.Where, w.ProfileName = s.Profile.Mode(), s.Profile.Gateway.String(), s.Profile.Name
	if s.Local != nil {
		w.Where = "the embedded sandbox"
	}
	return w
}

// Printer writes data as this run asks for it.
func (d *Run) Printer() say.Printer {
	return say.Printer{Streams: d.IO, Format: d.Format(), Query: d.Global.Query}
}

// Source is where requests of this run come from.
func (d *Run) Source() compose.Source { return compose.Source{IO: d.IO, Getenv: d.Getenv} }

// Source is that of a run with a profile.
func (s *Session) Source() compose.Source {
	src := s.Run.Source()
	src.Profile = s.Profile
	return src
}
