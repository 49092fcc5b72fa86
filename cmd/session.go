package cmd

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// session is a run that talks to a gateway: who calls, and where.
type session struct {
	*deps
	profile *profile.Profile
	client  *apo.Client
	box     *sandbox.Sandbox // the embedded sandbox, for the profile local

	journal  *journal.Journal // nil where none is kept
	recorded int64            // the record of the call that was sent last
	again    bool             // what looks like a repetition is meant
}

// configuration loads the file and finds apo's folders.
func (d *deps) configuration() (profile.Paths, *profile.File, error) {
	if err := profile.CheckVariables(d.lookup); err != nil {
		return profile.Paths{}, nil, fail(kindConfig, "%v", err)
	}
	paths, err := profile.FindPaths(d.getenv, d.global.config)
	if err != nil {
		return paths, nil, fail(kindConfig, "%v", err)
	}
	file, err := profile.Load(d.io.Interrupted, paths.Config)
	if err != nil {
		return paths, nil, fail(kindConfig, "%v", err)
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
		return nil, paths, fail(kindConfig, "%v", err).hint("apo profile show tells where each value comes from")
	}
	if err := d.trusts(p, paths); err != nil {
		return nil, paths, err
	}
	if p.AgentToken != "" {
		d.io.Masker.Secrets = append(d.io.Masker.Secrets, p.AgentToken)
	}
	return p, paths, nil
}

// open makes everything ready for a call.
func (d *deps) open(ctx context.Context) (*session, error) {
	p, paths, err := d.resolve()
	if err != nil {
		return nil, err
	}
	s := &session{deps: d, profile: p}
	if p.Name == profile.Local {
		err = s.openLocal(ctx, paths)
	} else {
		err = s.openGateway(ctx)
	}
	if err == nil {
		err = s.openJournal(paths)
	}
	return s, err
}

// openGateway makes a client of the profile's gateway.
func (s *session) openGateway(ctx context.Context) error {
	d, p := s.deps, s.profile
	key, antom, err := p.Keys(ctx)
	if err != nil {
		return fail(kindConfig, "%v", err)
	}
	transport := apo.Transport{ConnectTimeout: d.global.connectTimeout}
	if d.global.caFile != "" {
		if transport.CA, err = profile.ReadFile(ctx.Done(), d.global.caFile); err != nil {
			return fail(kindConfig, "%v", err)
		}
	}
	httpClient, err := apo.NewHTTPClient(transport)
	if err != nil {
		return fail(kindConfig, "%s: %v", d.global.caFile, err)
	}
	if d.transport != nil {
		httpClient.Transport = d.transport
	}
	s.client = &apo.Client{
		Gateway: p.Gateway, ClientID: p.ClientID, Key: key, AntomKey: antom,
		KeyVersion: p.KeyVersion, AgentToken: p.AgentToken, HTTP: httpClient,
	}
	s.common()
	return nil
}

// boxFolder is where the embedded sandbox keeps state and keys.
func boxFolder(paths profile.Paths) string { return filepath.Join(paths.State, "sandbox") }

func (s *session) openLocal(ctx context.Context, paths profile.Paths) error {
	folder := boxFolder(paths)
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		return fail(kindConfig, "the embedded sandbox's keys cannot be used: %v", err)
	}
	state := filepath.Join(folder, "state.db")
	s.box, err = sandbox.Open(sandbox.Config{State: state, Keys: keys, Now: s.now, Passive: true})
	if err != nil {
		return fail(kindConfig, "%v", err)
	}
	s.cleanup = append(s.cleanup, func() { s.leave(ctx, state) })
	c := s.box.Credentials()
	s.profile.ClientID = c.ClientID
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		return err
	}
	s.client = &apo.Client{
		Gateway: gateway, ClientID: c.ClientID, Key: c.Key, AntomKey: c.AntomKey,
		KeyVersion: s.profile.KeyVersion, HTTP: &http.Client{Transport: s.box.Transport()},
	}
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
	s.client.Timeout = s.profile.Timeout
	s.client.Retries = s.global.retry
	s.client.UserAgent = "apo/" + version()
	s.client.Now = s.now
}

// where is the gateway in words.
func (s *session) where() string {
	if s.box != nil {
		return "the embedded sandbox"
	}
	return s.profile.Gateway.String()
}

// call sends a request. A gateway may take its time; a person is shown that
// apo has not stopped.
func (s *session) call(ctx context.Context, e apo.Endpoint, body []byte) (answer *apo.Answer, err error) {
	s.io.Waiting("waiting for the answer to "+e.Name, time.Second, func() { answer, err = s.client.Call(ctx, e, body) })
	return answer, err
}

// command is how to run apo again for the same profile.
func (d *deps) command(args ...string) string { return d.commandIn(d.global.profile, args...) }

// commandIn is command for another profile; without a name it is the default.
func (d *deps) commandIn(profile string, args ...string) string {
	words := []string{"apo"}
	for _, a := range args {
		words = append(words, quoted(a))
	}
	if profile != "" {
		words = append(words, "--profile", quoted(profile))
	}
	if d.global.config != "" {
		words = append(words, "--config", quoted(d.global.config))
	}
	return strings.Join(words, " ")
}

// show writes an answer to standard output, or the part that -q asks for. A
// path that is not there, or a reader that went away, changes nothing about
// what the answer means.
func (d *deps) show(data []byte) { d.write(data, d.io.WriteJSON, d.io.WriteValue) }

// showOwn writes what apo made itself, and is not masked; of a list NDJSON has
// one a line.
func (d *deps) showOwn(data any) error {
	text, err := apo.Encode(data)
	if err != nil {
		return err
	}
	if list := gjson.ParseBytes(text); list.IsArray() && d.format() == term.NDJSON && d.global.query == "" {
		list.ForEach(func(_, value gjson.Result) bool {
			return d.io.WriteLines([]byte(value.Raw+"\n")) == nil // else the reader went away
		})
		return nil
	}
	d.write(text, d.io.WriteOwnJSON, d.io.WriteOwnValue)
	return nil
}

func (d *deps) write(data []byte, whole func([]byte, term.Format) error, part func([]byte, string) (bool, error)) {
	if d.global.query == "" {
		_ = whole(data, d.format())
		return
	}
	found, err := part(data, d.global.query)
	if err == nil && !found {
		d.io.Warn("there is nothing at -q " + d.global.query)
	}
}

// wantsJSON reports whether a command that would talk in words was asked for
// JSON.
func (d *deps) wantsJSON() bool {
	return d.global.query != "" || d.format() != term.Pretty && d.format() != term.Table
}

// verdict begins a verdict line for this session.
func (s *session) verdict(mood term.Mood, what string, facts ...string) *term.Verdict {
	return &term.Verdict{Mode: s.profile.Mode(), Mood: mood, What: what, Facts: facts}
}
