// Package serve runs the sandbox as a process: which state and keys are meant, a
// server that listens, and a program that runs beside it.
package serve

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Options say which sandbox is meant, and what it is like: as flags have it, and
// unread.
type Options struct {
	State     string   // file; empty: that of the profile local, or of the seed
	KeyFolder string   // empty: beside the state
	Merchants []string // names; none: the one merchant that has none
	Seed      string

	Listen         []string // addresses
	AllowHosts     []string // let in beside the names of this machine
	BaseURL        string   // what the server is called outside
	Memory         bool     // no state is kept
	TLS            bool
	Time           string
	Speed          string
	Acquirers      string
	Routes         string // file of routing rules
	NotifyURL      string
	NotifyAnywhere bool
	Choices        []string // NAME=VALUE, of what sources differ in
	Faults         []string // [API=]NAME[@RATE]
	Scenario       string
}

// Config is what a sandbox needs to know of the run beside its options.
type Config struct {
	Options
	Paths      func() (profile.Paths, error)  // of apo's files
	Trusted    func() (*x509.CertPool, error) // authorities of receivers on https; nil: the system's
	Now        func() time.Time               // the real clock
	ReadRoutes func(file string) (*routing.Rules, error)

	// Listener finds the running apo listen of a state folder that verifies with a key,
	// given as its SHA-256, time and again: its address, or "" while there is none. It
	// may be nil.
	Listener func(folder, key string) func() string
}

// listener finds who listens for notifications without an address, where the keys lie
// as those of the profile local do.
func (c Config) listener(folder string, keys sandbox.Keys) func() string {
	paths, err := c.Paths()
	if c.Listener == nil || c.KeyFolder == "" && (err != nil || paths.State == "" || folder != paths.Sandbox()) {
		return nil
	}
	return c.Listener(filepath.Dir(folder), keys.Antom.Public().Fingerprint())
}

// Server finds the server that runs on the state which the options mean, or in its place
// in memory.
func (c Config) Server() (server sandbox.Server, found bool, err error) {
	state, _, err := c.places()
	if err != nil {
		return sandbox.Server{}, false, err
	}
	server, found = sandbox.ServerOf(state)
	return server, found, nil
}

// Open opens the sandbox for a command that works on its state. Close it.
func (c Config) Open() (*sandbox.Sandbox, error) {
	if len(c.Merchants) > 0 {
		return c.openMerchant()
	}
	if _, err := os.Stat(c.State); c.State != "" && errors.Is(err, fs.ErrNotExist) {
		return nil, say.Fail(say.Usage, "--state %s: there is no such file", c.State).Hint("apo sandbox --state %s makes it", say.Quoted(c.State))
	}
	return c.open()
}

// open makes a state where there is none.
func (c Config) open() (*sandbox.Sandbox, error) {
	state, folder, err := c.places()
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(folder)
	if err != nil {
		return nil, err
	}
	name, err := c.merchant()
	if err != nil {
		return nil, err
	}
	trusted, err := c.Trusted()
	if err != nil {
		return nil, err
	}
	box, err := sandbox.Open(sandbox.Config{State: state, Merchant: name, Keys: keys, Now: c.Now, Passive: true, Trusted: trusted, NotifyURLNow: c.listener(folder, keys)})
	if err != nil {
		return nil, stateFailure(err)
	}
	return box, nil
}

// stateFailure is about a state that cannot be used.
func stateFailure(err error) error {
	return say.Fail(say.Config, "%v", err).Hint("move the file out of the way, or name another with --state")
}

// StateFile is where the sandbox keeps its state.
func (c Config) StateFile() (string, error) {
	state, _, err := c.places()
	return state, err
}

// places are where the sandbox keeps its state file and keys, of the merchant that is
// meant.
func (c Config) places() (state, folder string, err error) {
	name, err := c.merchant()
	if err != nil {
		return "", "", err
	}
	state, folder, err = c.ownPlaces()
	switch {
	case err != nil || name == "":
	case c.State == "":
		folder = filepath.Join(folder, "merchants", name)
		state = filepath.Join(folder, "state.db")
	default:
		state += "." + name
		folder = state + ".keys"
	}
	return state, folder, err
}

func (c Config) ownPlaces() (state, folder string, err error) {
	if c.State != "" {
		absolute, err := filepath.Abs(c.State)
		if err != nil {
			return "", "", say.Fail(say.Usage, "--state %s: %v", c.State, err)
		}
		if paths, err := c.Paths(); err == nil && paths.State != "" && absolute == filepath.Join(paths.Sandbox(), "state.db") {
			return absolute, paths.Sandbox(), nil // that of profile local, by its name
		}
		return absolute, cmp.Or(c.KeyFolder, absolute+".keys"), nil
	}
	paths, err := c.Paths()
	if err == nil && paths.State == "" {
		err = say.Fail(say.Config, "%v", profile.ErrNoHome).Hint("apo sandbox --memory needs none")
	}
	if err != nil {
		return "", "", err
	}
	if c.Seed != "" {
		folder = filepath.Join(paths.State, "sandbox-seeded")
		return filepath.Join(folder, sandbox.SeedName(c.Seed)+".db"), folder, nil
	}
	return filepath.Join(paths.Sandbox(), "state.db"), paths.Sandbox(), nil
}

// keys are the sandbox's: those of its folder, or with a seed the published
// ones.
func (c Config) keys(folder string) (sandbox.Keys, error) {
	if c.Seed != "" {
		if err := sandbox.PublishKeys(folder); err != nil {
			return sandbox.Keys{}, say.Fail(say.Config, "%v", err).Hint("a seed goes with published keys: give it a --state of its own")
		}
	}
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		return keys, say.Fail(say.Config, "the sandbox's keys cannot be used: %v", err)
	}
	return keys, nil
}

// sandbox reads what the options say of a sandbox.
func (c Config) sandbox() (b sandbox.Config, err error) {
	b = sandbox.Config{Now: c.Now, Seed: c.Seed, Scenario: c.Scenario, NotifyURL: c.NotifyURL, NotifyAnywhere: c.NotifyAnywhere}
	if b.Trusted, err = c.Trusted(); err != nil {
		return b, err
	}
	if c.NotifyURL != "" {
		if err := sandbox.CheckNotifyURL(c.NotifyURL); err != nil {
			return b, say.Fail(say.Usage, "--notify-url: %v", err)
		}
	}
	if err := c.hosts(&b); err != nil {
		return b, err
	}
	if c.Time != "" {
		if b.Time, err = ParseTime(c.Time, c.Now); err != nil {
			return b, say.Fail(say.Usage, "--now %q: %v", c.Time, err)
		}
	}
	if c.Speed != "" {
		if b.Speed, err = ParseSpeed(c.Speed); err != nil {
			return b, say.Fail(say.Usage, "--speed: %v", err)
		}
	}
	if c.Acquirers != "" {
		if b.Acquirers, err = sandbox.ParseAcquirers(c.Acquirers); err != nil {
			return b, say.Fail(say.Usage, "--acquirers: %v", err)
		}
	}
	if b.Routes, err = c.routes(); err != nil {
		return b, err
	}
	for _, text := range c.Choices {
		name, value, _ := strings.Cut(text, "=")
		if err := b.Options.Set(name, value); err != nil {
			return b, say.Fail(say.Usage, "--option %s: %v", text, err).Hint("apo sandbox options lists them")
		}
	}
	for _, text := range c.Faults {
		r, err := sandbox.ParseFault(text)
		if err != nil {
			return b, say.RefusedRule("--fault "+text+": ", err)
		}
		b.Rules = append(b.Rules, r)
	}
	if _, found := sandbox.FindScenario(c.Scenario); c.Scenario != "" && !found {
		return b, say.Fail(say.Usage, "--scenario %q is not one of %s", c.Scenario, strings.Join(ScenarioNames(), ", "))
	}
	return b, nil
}

// routes reads the file of routing rules, if there is one.
func (c Config) routes() ([]byte, error) {
	switch {
	case c.Routes == "":
		return nil, nil
	case c.Routes == "-":
		return nil, say.Fail(say.Usage, "--routes takes a file")
	case c.Acquirers != "":
		return nil, say.Fail(say.Usage, "--routes and --acquirers contradict each other; rules say where payments go, or weights do")
	}
	rules, err := c.ReadRoutes(c.Routes)
	if err != nil {
		return nil, err
	}
	return []byte(rules.Text()), nil
}

// tells reports whether the options tell a state something that it keeps.
func (o Options) tells() bool {
	return o.Time != "" || o.Speed != "" || o.Acquirers != "" || o.Routes != "" || o.NotifyURL != "" || o.Scenario != "" || len(o.Choices)+len(o.Faults) > 0
}

// ScenarioNames lists the stories that a sandbox can play.
func ScenarioNames() (names []string) {
	for _, s := range sandbox.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// ParseSpeed reads how fast a clock goes: 3600x, 3600, 0.5x.
func ParseSpeed(text string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(n > 0 && n <= 4e6) {
		return 0, fmt.Errorf("%q is not how many times as fast a clock goes, such as 3600x", text)
	}
	return n, nil
}

// ParseTime reads a moment for a clock; "now" is that of the real one.
func ParseTime(text string, now func() time.Time) (time.Time, error) {
	if text == "now" {
		return now(), nil
	}
	t, err := apo.ParseTime(text)
	if err != nil {
		return t, errors.New("it is not a time such as 2026-01-01T00:00:00Z, nor now")
	}
	return t, nil
}
