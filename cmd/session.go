package cmd

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// session is a run that talks to a gateway: who calls, and where.
type session struct {
	*deps
	profile  *profile.Profile
	operator *operate.Operator
	box      *sandbox.Sandbox // the embedded sandbox, for the profile local
	journal  *journal.SQLite  // nil where none is kept
	sends    moneyFlags       // of the request under way
}

// configuration loads the file and finds apo's folders.
func (d *deps) configuration() (profile.Paths, *profile.File, error) {
	if err := profile.CheckVariables(d.lookup); err != nil {
		return profile.Paths{}, nil, say.Fail(say.Config, "%v", err)
	}
	paths, err := profile.FindPaths(d.getenv, d.global.config)
	if err != nil {
		return paths, nil, say.Fail(say.Config, "%v", err)
	}
	file, err := profile.Load(d.io.Interrupted, paths.Config)
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

// resolve finds the profile of this run.
func (d *deps) resolve() (*profile.Profile, profile.Paths, error) {
	paths, file, err := d.configuration()
	if err != nil {
		return nil, paths, err
	}
	p, err := profile.Resolve(profile.Request{
		File: file, Getenv: d.getenv, Lookup: d.lookup, Profile: d.global.profile, Timeout: d.global.timeout,
	})
	if err != nil {
		return nil, paths, say.Fail(say.Config, "%v", err).Hint("apo profile show tells where each value comes from")
	}
	if err := d.trusts(p, paths); err != nil {
		return nil, paths, err
	}
	d.io.Masker.Known.Hide(p.AgentToken)
	return p, paths, nil
}

// open makes everything ready for a call.
func (d *deps) open(ctx context.Context) (*session, error) {
	p, paths, err := d.resolve()
	if err != nil {
		return nil, err
	}
	s := &session{deps: d, profile: p, operator: &operate.Operator{Masker: d.io.Masker}}
	if p.Name == profile.Local {
		err = s.openLocal(ctx, paths)
	} else {
		err = s.openGateway(ctx)
	}
	if err == nil {
		err = s.openJournal(paths)
	}
	if err == nil {
		s.operator.Account = journal.Account{Profile: p.Name, Mode: p.Mode(), ClientID: s.operator.Client.ClientID}
		s.operator.Limits = operate.Limits{Live: p.Live(), ReadOnly: p.ReadOnly, MaxAmount: p.MaxAmount}
		s.operator.Watch = s.watch()
	}
	return s, err
}

// openGateway makes a client of the profile's gateway.
func (s *session) openGateway(ctx context.Context) error {
	d, p := s.deps, s.profile
	key, antom, err := p.Keys(ctx)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	d.io.Masker.Known.HideKey(key)
	transport := apo.Transport{ConnectTimeout: d.global.connectTimeout}
	if d.global.caFile != "" {
		if transport.CA, err = profile.ReadFile(ctx.Done(), d.global.caFile); err != nil {
			return say.Fail(say.Config, "%v", err)
		}
	}
	httpClient, err := apo.NewHTTPClient(transport)
	if err != nil {
		return say.Fail(say.Config, "%s: %v", d.global.caFile, err)
	}
	if d.transport != nil {
		httpClient.Transport = d.transport
	}
	s.operator.Client = &apo.Client{
		Gateway: p.Gateway, ClientID: p.ClientID, Key: key, AntomKey: antom,
		KeyVersion: p.KeyVersion, AgentToken: p.AgentToken, HTTP: httpClient,
	}
	s.operator.Gateway, s.operator.Patience.Absent = p.Gateway.Books(), operate.DefaultAbsent()
	s.common()
	return nil
}

// boxFolder is where the embedded sandbox keeps state and keys.
func boxFolder(paths profile.Paths) string { return paths.Sandbox() }

func (s *session) openLocal(ctx context.Context, paths profile.Paths) error {
	folder := boxFolder(paths)
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		return say.Fail(say.Config, "the embedded sandbox's keys cannot be used: %v", err)
	}
	state := filepath.Join(folder, "state.db")
	s.box, err = sandbox.Open(sandbox.Config{State: state, Keys: keys, Now: s.now, Passive: true})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	s.cleanup = append(s.cleanup, func() { s.leave(ctx, state) })
	c := s.box.Credentials()
	s.profile.ClientID = c.ClientID
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		return err
	}
	s.operator.Client = &apo.Client{
		Gateway: gateway, ClientID: c.ClientID, Key: c.Key, AntomKey: c.AntomKey,
		KeyVersion: s.profile.KeyVersion, HTTP: &http.Client{Transport: s.box.Transport()},
	}
	s.operator.Gateway = operate.SandboxBooks + s.box.Identity()
	s.operator.Patience.Absent = operate.Absent{Times: 1} // nothing is on its way to a sandbox in this process
	s.common()
	return nil
}

// leave ends the use of the embedded sandbox, once it has delivered what it has
// to notify, unless a server does. What it answered is durable already, in
// SQLite's log, and closing would write all of it a second time. So the log is
// left to the next run, until it has grown long.
func (s *session) leave(ctx context.Context, state string) {
	const (
		long    = 256 << 10       // bytes
		patient = 3 * time.Second // with receivers
	)
	if s.box.Posted() {
		ctx, cancel := context.WithTimeout(ctx, patient)
		_, _ = s.box.DeliverDue(ctx)
		cancel()
	}
	if log, err := os.Stat(state + "-wal"); err != nil || log.Size() > long {
		s.box.Close()
	}
}

func (s *session) common() {
	c := s.operator.Client
	c.Timeout, c.Retries = s.profile.Timeout, s.global.retry
	c.UserAgent, c.Now = "apo/"+version(), s.now
	c.Masker = s.io.Masker
}

// caller is who apo says that it is.
func (s *session) caller() say.Caller {
	c := s.operator.Client
	return say.Caller{ClientID: c.ClientID, KeyVersion: c.KeyVersion, Fingerprint: c.Key.Public().Fingerprint()}
}

// words are what sentences need to know of this run.
func (d *deps) words() say.Words {
	return say.Words{Profile: d.global.profile, Config: d.global.config, Args: d.args, Now: d.now(), Masker: d.io.Masker}
}

// words are those of a run that talks to a gateway.
func (s *session) words() say.Words {
	w := s.deps.words()
	w.Mode, w.Where, w.ProfileName = s.profile.Mode(), s.profile.Gateway.String(), s.profile.Name
	if s.box != nil {
		w.Where = "the embedded sandbox"
	}
	return w
}

// printer writes data as this run asks for it.
func (d *deps) printer() say.Printer {
	return say.Printer{Streams: d.io, Format: d.format(), Query: d.global.query}
}
