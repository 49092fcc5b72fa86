package profile

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// Local is the built-in profile: the embedded sandbox.
const Local = "local"

// Environment is the profile that the environment alone makes up.
const Environment = "environment"

// Profile is who apo is on this run. Keys are read when they are asked for.
type Profile struct {
	Name       string
	ClientID   string
	Gateway    apo.Gateway
	KeyVersion string
	AgentToken string
	Timeout    time.Duration
	ReadOnly   bool
	MaxAmount  map[string]string // by currency, in smallest units; nil: no limit
	Defaults   []string          // --set expressions
	Origins    []Origin

	private, antom keySource
}

// Origin says where a setting came from.
type Origin struct {
	Key, Value, From string
}

// Live reports whether the profile moves real money.
func (p *Profile) Live() bool {
	return p.Name != Local && p.ClientID != "" && !apo.IsSandbox(p.ClientID)
}

// Mode is the word that begins every verdict.
func (p *Profile) Mode() string {
	switch {
	case p.Name == Local:
		return "LOCAL"
	case p.Live():
		return "LIVE"
	}
	return "SANDBOX"
}

// Request is what [Resolve] goes by.
type Request struct {
	File    *File
	Getenv  func(string) string
	Lookup  func(string) (string, bool)
	Profile string        // --profile
	Timeout time.Duration // --timeout; 0: not given
	Version string        // --key-version

	ClientID string   // of the command line, where the profile has none
	Unneeded []string // what this run can do without: "client_id", "gateway", "private_key", "antom_public_key"
}

func (r Request) needs(key string) bool { return !slices.Contains(r.Unneeded, key) }

// Resolve finds the profile of this run: a flag before the environment, the
// environment before the file, the file before the defaults.
func Resolve(r Request) (*Profile, error) {
	name, err := r.choose()
	if err != nil {
		return nil, err
	}
	p := &Profile{Name: name, KeyVersion: "1", Timeout: apo.DefaultTimeout}
	if name == Local {
		p.Origins = append(p.Origins, Origin{"gateway", "the embedded sandbox", "built in"})
		return p, p.common(r, func(string) string { return "" })
	}
	if err := p.resolve(r); err != nil {
		return nil, err
	}
	return p, nil
}

// choose picks the profile by name.
func (r Request) choose() (string, error) {
	name := r.Profile
	if name == "" {
		name = r.Getenv("APO_PROFILE")
	}
	fromEnvironment := false
	for _, v := range []string{"APO_CLIENT_ID", "APO_PRIVATE_KEY", "APO_PRIVATE_KEY_FILE", "APO_ANTOM_PUBLIC_KEY", "APO_ANTOM_PUBLIC_KEY_FILE", "APO_GATEWAY"} {
		fromEnvironment = fromEnvironment || r.Getenv(v) != ""
	}
	known := r.File.Names()
	switch {
	case name == Local:
		return Local, nil
	case name != "":
		if !slices.Contains(known, name) {
			return "", r.File.unknown(name)
		}
		return name, nil
	case r.File.Default() == Local && !fromEnvironment:
		return Local, nil
	case r.File.Default() != "" && r.File.Default() != Local:
		if !slices.Contains(known, r.File.Default()) {
			return "", fmt.Errorf("%s: default_profile is %q, which is not among its profiles", r.File.Path, r.File.Default())
		}
		return r.File.Default(), nil
	case fromEnvironment:
		return Environment, nil
	case len(known) > 0:
		return "", fmt.Errorf("%s has profiles but no default_profile; choose one with --profile %s, or apo profile use %s; --profile local is the sandbox inside apo",
			r.File.Path, strings.Join(known, "|"), known[0])
	}
	return Local, nil
}

// Has says that the file has no profile of a name; nil: it has.
func (f *File) Has(name string) error {
	if slices.Contains(f.Names(), name) {
		return nil
	}
	return f.unknown(name)
}

// ErrUnknown is the error of a profile that does not exist.
var ErrUnknown = errors.New("there is no profile")

func (f *File) unknown(name string) error {
	known := append([]string{Local}, f.Names()...)
	return fmt.Errorf("%w %q%s (known: %s)", ErrUnknown, name, meant(name, known), strings.Join(known, ", "))
}

// resolve reads the settings of a profile from file and environment.
func (p *Profile) resolve(r Request) error {
	v := r.File.viper
	path := func(key string) string { return strings.Join([]string{"profiles", p.Name, key}, delimiter) }
	for key, variable := range map[string]string{
		"client_id": "APO_CLIENT_ID", "gateway": "APO_GATEWAY", "key_version": "APO_KEY_VERSION", "timeout": "APO_TIMEOUT",
	} {
		if err := v.BindEnv(path(key), variable); err != nil {
			return err
		}
	}
	get := func(key string) string { return v.GetString(path(key)) }

	switch p.ClientID = get("client_id"); {
	case p.ClientID != "":
		if err := CheckClientID(p.ClientID); err != nil {
			return fmt.Errorf("profile %s: %s %w", p.Name, namedBy(r, "client_id", "APO_CLIENT_ID"), err)
		}
		p.origin(r, "client_id", p.ClientID, "APO_CLIENT_ID")
	case r.ClientID != "":
		p.ClientID = r.ClientID
	case r.needs("client_id"):
		return p.missing(r, "client_id", "APO_CLIENT_ID")
	}
	var err error
	switch gateway := get("gateway"); {
	case gateway != "":
		if p.Gateway, err = apo.ParseGateway(gateway); err != nil {
			return fmt.Errorf("profile %s: %w", p.Name, err)
		}
		p.origin(r, "gateway", gateway, "APO_GATEWAY")
	case r.needs("gateway"):
		return p.missing(r, "gateway", "APO_GATEWAY")
	}
	if p.private, err = p.keySource(r, "private_key", "APO_PRIVATE_KEY"); err != nil {
		return err
	}
	if p.antom, err = p.keySource(r, "antom_public_key", "APO_ANTOM_PUBLIC_KEY"); err != nil {
		return err
	}
	if p.AgentToken = get("agent_token"); p.AgentToken != "" {
		if apo.Placeholder(p.AgentToken) != "" {
			return fmt.Errorf("profile %s: agent_token is a placeholder that nothing was put in for", p.Name)
		}
		if len(p.AgentToken) < 8 || len(p.AgentToken) > 128 { // too short to be told from other words, and so to be hidden
			return fmt.Errorf("profile %s: agent_token has %d characters; the gateway's have 48, and at most 128", p.Name, len(p.AgentToken))
		}
		p.origin(r, "agent_token", "***", "")
	}
	p.ReadOnly = v.GetBool(path("read_only"))
	if v.IsSet(path("read_only")) {
		p.origin(r, "read_only", fmt.Sprint(p.ReadOnly), "")
	}
	if v.IsSet(path("max_amount")) {
		p.MaxAmount = map[string]string{}
		for currency, value := range v.GetStringMapString(path("max_amount")) {
			a := apo.Amount{Currency: strings.ToUpper(currency), Value: value} // viper lower-cases keys
			if _, err := apo.ParseAmount(a.Value, a.Currency); err != nil {
				return fmt.Errorf("profile %s: max_amount: %w", p.Name, err)
			}
			p.MaxAmount[a.Currency] = a.Value
			p.origin(r, "max_amount", a.String(), "")
		}
	}
	if p.Defaults = v.GetStringSlice(path("defaults")); len(p.Defaults) > 0 {
		for i, text := range p.Defaults {
			if apo.HoldsCard(text) {
				return fmt.Errorf("profile %s: entry %d of defaults holds card data, which no configuration may", p.Name, i+1)
			}
		}
		p.origin(r, "defaults", strings.Join(p.Defaults, " "), "")
	}
	return p.common(r, get)
}

// common are the settings that the embedded sandbox has too.
func (p *Profile) common(r Request, get func(string) string) error {
	switch {
	case r.Version != "":
		p.KeyVersion = r.Version
		p.Origins = append(p.Origins, Origin{"key_version", p.KeyVersion, "--key-version"})
	case get("key_version") != "":
		p.KeyVersion = get("key_version")
		p.origin(r, "key_version", p.KeyVersion, "APO_KEY_VERSION")
	}
	if err := CheckKeyVersion(p.KeyVersion); err != nil {
		return fmt.Errorf("key_version %w", err)
	}
	text, from := get("timeout"), "APO_TIMEOUT"
	if text == "" {
		text = r.Getenv("APO_TIMEOUT")
	}
	switch {
	case r.Timeout != 0:
		p.Timeout = r.Timeout
		p.Origins = append(p.Origins, Origin{"timeout", p.Timeout.String(), "--timeout"})
	case text != "":
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return fmt.Errorf("timeout %q is not a duration such as 30s", text)
		}
		p.Timeout = d
		p.origin(r, "timeout", text, from)
	}
	return nil
}

func (p *Profile) origin(r Request, key, value, variable string) {
	from := r.File.Path
	if variable != "" && r.Getenv(variable) != "" {
		from = variable
	}
	p.Origins = append(p.Origins, Origin{key, value, from})
}

// namedBy is where a setting comes from: the variable, or the key of the file.
func namedBy(r Request, key, variable string) string {
	if r.Getenv(variable) != "" {
		return variable
	}
	return key
}

func (p *Profile) missing(r Request, key, variable string) error {
	if p.Name == Environment {
		return fmt.Errorf("the environment sets some of apo's variables but not %s; set what is missing, or unset the others", strings.Join(lacking(r), ", "))
	}
	return fmt.Errorf("profile %s has no %s; add it to the configuration, or set %s", p.Name, key, variable)
}

// lacking are the variables without which the environment is no profile, all
// of them, so that a pipeline is mended in one go.
func lacking(r Request) (names []string) {
	for _, name := range []string{"APO_CLIENT_ID", "APO_GATEWAY"} {
		if r.Getenv(name) == "" && r.needs(strings.ToLower(strings.TrimPrefix(name, "APO_"))) {
			names = append(names, name)
		}
	}
	for _, name := range []string{"APO_PRIVATE_KEY", "APO_ANTOM_PUBLIC_KEY"} {
		if r.Getenv(name) == "" && r.Getenv(name+"_FILE") == "" && r.needs(strings.ToLower(strings.TrimPrefix(name, "APO_"))) {
			names = append(names, name+" (or "+name+"_FILE)")
		}
	}
	return names
}

// keySource is where a key's text comes from: exactly one of the four.
type keySource struct {
	text    string
	file    string
	command []string
	from    string // for messages: the variable or the key of the file
}

// keySource finds the one source of a key. The environment goes before the
// file; two sources of the same rank are an error.
func (p *Profile) keySource(r Request, key, variable string) (keySource, error) {
	source, err := p.sourceOf(r, key, variable)
	if err != nil && !r.needs(key) {
		return keySource{from: key}, nil
	}
	return source, err
}

func (p *Profile) sourceOf(r Request, key, variable string) (keySource, error) {
	var found []keySource
	if text := r.Getenv(variable); text != "" {
		found = append(found, keySource{text: text, from: variable})
	}
	if file := r.Getenv(variable + "_FILE"); file != "" {
		found = append(found, keySource{file: file, from: variable + "_FILE"})
	}
	if len(found) == 0 {
		v := r.File.viper
		path := func(suffix string) string { return strings.Join([]string{"profiles", p.Name, key + suffix}, delimiter) }
		if text := v.GetString(path("")); text != "" {
			found = append(found, keySource{text: text, from: key})
		}
		if file := v.GetString(path("_file")); file != "" {
			found = append(found, keySource{file: besides(r, file), from: key + "_file"})
		}
		if name := v.GetString(path("_env")); name != "" {
			text := r.Getenv(name)
			if text == "" {
				return keySource{}, fmt.Errorf("profile %s: %s_env names the variable %s, which is not set", p.Name, key, name)
			}
			found = append(found, keySource{text: text, from: key + "_env"})
		}
		if command := v.GetStringSlice(path("_command")); len(command) > 0 {
			found = append(found, keySource{command: command, from: key + "_command"})
		}
	}
	switch len(found) {
	case 0:
		return keySource{}, p.missing(r, key+"_file", variable)
	case 1:
		source := found[0]
		value := "***"
		switch {
		case source.file != "":
			value = source.file
		case source.command != nil:
			value = source.command[0] + " …"
		}
		from := r.File.Path
		if strings.HasPrefix(source.from, "APO_") {
			from = source.from
		} else {
			key = source.from
		}
		p.Origins = append(p.Origins, Origin{key, value, from})
		return source, nil
	}
	return keySource{}, fmt.Errorf("profile %s: both %s and %s give the same key; keep one", p.Name, found[0].from, found[1].from)
}

// besides resolves a file name in the configuration: ~ is the home folder, and
// a relative name is relative to the configuration, not to where apo runs.
func besides(r Request, file string) string {
	if rest, found := strings.CutPrefix(file, "~/"); found && r.Getenv("HOME") != "" {
		return filepath.Join(r.Getenv("HOME"), rest)
	}
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(r.File.Path), file)
}

// Keys reads both keys of a profile and checks that they belong to two parties.
func (p *Profile) Keys(ctx context.Context) (*sign.PrivateKey, *sign.PublicKey, error) {
	key, err := p.PrivateKey(ctx)
	if err != nil {
		return nil, nil, err
	}
	antom, err := p.AntomKey(ctx)
	if err != nil {
		return nil, nil, err
	}
	if antom.Equal(key.Public()) {
		return nil, nil, fmt.Errorf("profile %s: Antom's public key is the merchant's own (fingerprint %s); copy the key that the dashboard shows as Antom's, after uploading yours",
			p.Name, antom.Fingerprint())
	}
	return key, antom, nil
}

// PrivateKey reads the merchant's key alone.
func (p *Profile) PrivateKey(ctx context.Context) (*sign.PrivateKey, error) {
	text, err := p.private.read(ctx, ReadSecret)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %s: %w", p.Name, p.private.from, err)
	}
	key, err := OwnKeyIn(text)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %s: %w", p.Name, p.private.from, err)
	}
	return key, nil
}

// AntomKey reads Antom's public key alone.
func (p *Profile) AntomKey(ctx context.Context) (*sign.PublicKey, error) {
	text, err := p.antom.read(ctx, ReadFile)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %s: %w", p.Name, p.antom.from, err)
	}
	key, err := AntomKeyIn(text)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %s: %w", p.Name, p.antom.from, err)
	}
	return key, nil
}

// AntomFrom and OwnFrom name the variable that a key comes from; empty where it
// is the profile's own.
func (p *Profile) AntomFrom() string { return variable(p.antom.from) }

// OwnFrom is AntomFrom for the merchant's key.
func (p *Profile) OwnFrom() string { return variable(p.private.from) }

func variable(from string) string {
	if strings.HasPrefix(from, "APO_") {
		return from
	}
	return ""
}

// AntomPublic is Antom's key, if that can be had without running a command;
// nil otherwise.
func (p *Profile) AntomPublic(ctx context.Context) *sign.PublicKey {
	if p.antom.command != nil {
		return nil
	}
	key, _ := p.AntomKey(ctx)
	return key
}

// OwnPublic is the public half of the merchant's key, if that can be had
// without running a command; nil otherwise.
func (p *Profile) OwnPublic(ctx context.Context) *sign.PublicKey {
	if key := p.OwnPrivate(ctx); key != nil {
		return key.Public()
	}
	return nil
}

// OwnPrivate is the merchant's key, if that can be had without running a command;
// nil otherwise.
func (p *Profile) OwnPrivate(ctx context.Context) *sign.PrivateKey {
	if p.private.command != nil {
		return nil
	}
	key, _ := p.PrivateKey(ctx)
	return key
}

func (s keySource) read(ctx context.Context, file func(<-chan struct{}, string) ([]byte, error)) ([]byte, error) {
	switch {
	case s.file != "":
		return file(ctx.Done(), s.file)
	case s.command != nil:
		return runCommand(ctx, s.command)
	}
	return []byte(s.text), nil
}

const (
	commandTime = 10 * time.Second
	commandSize = 64 << 10
)

// runCommand runs an argv list without a shell and takes its output. What the
// command says otherwise is not shown: it could be about the key.
func runCommand(ctx context.Context, argv []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.WaitDelay = time.Second
	out := &limited{}
	command.Stdout = out
	err := command.Run()
	switch {
	case errors.Is(context.Cause(ctx), context.Canceled):
		return nil, files.ErrInterrupted
	case ctx.Err() != nil:
		return nil, fmt.Errorf("the command %s did not end within %s", argv[0], commandTime)
	case out.over:
		return nil, fmt.Errorf("the command %s printed more than 64 KiB", argv[0])
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("the command %s is not on this machine", argv[0])
	case err != nil:
		return nil, fmt.Errorf("the command %s failed: %w", argv[0], err)
	}
	return out.data, nil
}

type limited struct {
	data []byte
	over bool
}

func (l *limited) Write(b []byte) (int, error) {
	if len(l.data)+len(b) > commandSize {
		l.over = true
		return len(b), nil
	}
	l.data = append(l.data, b...)
	return len(b), nil
}
