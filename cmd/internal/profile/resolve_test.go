package profile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// resolveWith resolves with a configuration and an environment. viper reads
// the environment itself, so that the variables are really set.
func resolveWith(t *testing.T, config string, env map[string]string, flag string, timeout time.Duration) (*Profile, error) {
	t.Helper()
	for _, name := range variables() {
		if _, set := env[name]; !set {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	if config != "" {
		if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := CheckVariables(os.LookupEnv); err != nil {
		return nil, err
	}
	file, err := Load(nil, path)
	if err != nil {
		return nil, err
	}
	return Resolve(Request{File: file, Getenv: os.Getenv, Lookup: os.LookupEnv, Profile: flag, Timeout: timeout})
}

const two = `
default_profile: box
profiles:
  box: {client_id: SANDBOX_BOX, gateway: sea, private_key_file: a.pem, antom_public_key_file: b.pem, timeout: 7s, key_version: 3}
  shop.eu: {client_id: 5YSHOP, gateway: eu, private_key_file: /a.pem, antom_public_key_file: ~/b.pem, max_amount: {SGD: 100000, JPY: 5}, defaults: ["order.orderDescription=Tea A.B"]}
`

// A flag goes before a variable, a variable before the file, the file before
// the default.
func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		name    string
		config  string
		env     map[string]string
		flag    string
		timeout time.Duration
		want    Profile
		mode    string
	}{
		{
			name: "nothing at all", want: Profile{Name: "local", KeyVersion: "1", Timeout: 30 * time.Second}, mode: "LOCAL",
		},
		{
			name: "the file", config: two,
			want: Profile{Name: "box", ClientID: "SANDBOX_BOX", KeyVersion: "3", Timeout: 7 * time.Second}, mode: "SANDBOX",
		},
		{
			name: "a variable before default_profile", config: two, env: map[string]string{"APO_PROFILE": "shop.eu"},
			want: Profile{Name: "shop.eu", ClientID: "5YSHOP", KeyVersion: "1", Timeout: 30 * time.Second}, mode: "LIVE",
		},
		{
			name: "a flag before the variable", config: two, env: map[string]string{"APO_PROFILE": "shop.eu"}, flag: "box",
			want: Profile{Name: "box", ClientID: "SANDBOX_BOX", KeyVersion: "3", Timeout: 7 * time.Second}, mode: "SANDBOX",
		},
		{
			name: "variables before the file", config: two,
			env:  map[string]string{"APO_CLIENT_ID": "5YOTHER", "APO_TIMEOUT": "9s", "APO_KEY_VERSION": "8"},
			want: Profile{Name: "box", ClientID: "5YOTHER", KeyVersion: "8", Timeout: 9 * time.Second}, mode: "LIVE",
		},
		{
			name: "a flag before all", config: two, env: map[string]string{"APO_TIMEOUT": "9s"}, timeout: time.Second,
			want: Profile{Name: "box", ClientID: "SANDBOX_BOX", KeyVersion: "3", Timeout: time.Second}, mode: "SANDBOX",
		},
		{
			name: "the environment alone",
			env:  map[string]string{"APO_CLIENT_ID": "SANDBOX_E", "APO_GATEWAY": "na", "APO_PRIVATE_KEY": "x", "APO_ANTOM_PUBLIC_KEY": "y"},
			want: Profile{Name: "environment", ClientID: "SANDBOX_E", KeyVersion: "1", Timeout: 30 * time.Second}, mode: "SANDBOX",
		},
		{
			name: "local by name, whatever else is set", config: two, flag: "local",
			env:  map[string]string{"APO_CLIENT_ID": "5Y"},
			want: Profile{Name: "local", KeyVersion: "1", Timeout: 30 * time.Second}, mode: "LOCAL",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := resolveWith(t, c.config, c.env, c.flag, c.timeout)
			if err != nil {
				t.Fatal(err)
			}
			got := Profile{Name: p.Name, ClientID: p.ClientID, KeyVersion: p.KeyVersion, Timeout: p.Timeout}
			if got.Name != c.want.Name || got.ClientID != c.want.ClientID || got.KeyVersion != c.want.KeyVersion || got.Timeout != c.want.Timeout {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			if p.Mode() != c.mode {
				t.Errorf("mode %s, want %s", p.Mode(), c.mode)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	p, err := resolveWith(t, two, map[string]string{"HOME": "/h"}, "shop.eu", 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.MaxAmount["SGD"] != "100000" || p.MaxAmount["JPY"] != "5" || len(p.MaxAmount) != 2 {
		t.Errorf("max_amount %v", p.MaxAmount)
	}
	if len(p.Defaults) != 1 || p.Defaults[0] != "order.orderDescription=Tea A.B" {
		t.Errorf("defaults %q", p.Defaults)
	}
	if p.antom.file != "/h/b.pem" {
		t.Errorf("~ is %q", p.antom.file)
	}
	box, err := resolveWith(t, two, nil, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(box.private.file) {
		t.Errorf("a relative name stayed %q: it is relative to the configuration, not to where apo runs", box.private.file)
	}
}

func TestRefusals(t *testing.T) {
	const box = "default_profile: box\nprofiles:\n  box: "
	for name, c := range map[string]struct {
		config string
		env    map[string]string
		want   string
	}{
		"an empty variable":          {env: map[string]string{"APO_CLIENT_ID": ""}, want: "APO_CLIENT_ID is set but empty"},
		"half an environment":        {env: map[string]string{"APO_CLIENT_ID": "X"}, want: "not APO_GATEWAY"},
		"two variables for a key":    {config: two, env: map[string]string{"APO_PRIVATE_KEY": "x", "APO_PRIVATE_KEY_FILE": "y"}, want: "both APO_PRIVATE_KEY and APO_PRIVATE_KEY_FILE"},
		"no client ID":               {config: box + "{gateway: sea}", want: "no client_id"},
		"no gateway":                 {config: box + "{client_id: X}", want: "no gateway"},
		"no key":                     {config: box + "{client_id: X, gateway: sea}", want: "no private_key_file"},
		"a gateway that is none":     {config: box + "{client_id: X, gateway: asia}", want: "neither sea, na, eu"},
		"a client ID with a newline": {config: box + `{client_id: "X\n", gateway: sea}`, want: "line 3: client_id begins or ends with a blank or a line break"},
		"an unset variable":          {config: box + "{client_id: X, gateway: sea, private_key_env: NOT_SET_ANYWHERE}", want: "NOT_SET_ANYWHERE, which is not set"},
		"a timeout in words":         {config: box + "{client_id: X, gateway: sea, private_key: a, antom_public_key: b, timeout: soon}", want: "not a duration"},
		"a negative timeout":         {config: two, env: map[string]string{"APO_TIMEOUT": "-1s"}, want: "not a duration"},
		"an unknown limit":           {config: box + "{client_id: X, gateway: sea, private_key: a, antom_public_key: b, max_amount: {XYZ: 1}}", want: "max_amount"},
		"a limit in major units":     {config: box + "{client_id: X, gateway: sea, private_key: a, antom_public_key: b, max_amount: {SGD: 10.00}}", want: "smallest units"},
		"a misspelt key":             {config: box + "{clientid: X}", want: "did you mean client_id?"},
		"a key twice":                {config: "profiles:\n  box: {client_id: X, client_id: Y}", want: ""},
		"a profile twice":            {config: "profiles:\n  box: {}\n  box: {}", want: ""},
		"read_only in words":         {config: box + "{read_only: please}", want: "true or false"},
		"a name in capitals":         {config: "profiles:\n  Box: {}", want: "lower-case"},
		"a key that is a list":       {config: box + "{client_id: [X]}", want: "must be a text"},
		"a command that is a text":   {config: box + "{private_key_command: pass show}", want: "a list"},
		"an unknown default":         {config: "default_profile: shop\nprofiles:\n  box: {}", want: `default_profile is "shop"`},
		"unknown at the top":         {config: "profile: {}", want: "did you mean profiles?"},
		"a list":                     {config: "- a", want: "must hold names and values"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := resolveWith(t, c.config, c.env, "", 0)
			if err == nil {
				t.Fatalf("it was taken: %+v", p)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\ndoes not say %q", err, c.want)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	for _, c := range []struct {
		name          string
		env           map[string]string
		flag          string
		config, state string
	}{
		{"home", map[string]string{"HOME": "/h"}, "", "/h/.config/apo/config.yaml", "/h/.local/state/apo"},
		{"XDG", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"}, "", "/c/apo/config.yaml", "/s/apo"},
		{"a relative XDG folder is none", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "c"}, "", "/h/.config/apo/config.yaml", "/h/.local/state/apo"},
		{"APO_HOME", map[string]string{"HOME": "/h", "APO_HOME": "/a", "XDG_CONFIG_HOME": "/c"}, "", "/a/config.yaml", "/a/state"},
		{"APO_CONFIG", map[string]string{"HOME": "/h", "APO_CONFIG": "/x.yaml"}, "", "/x.yaml", "/h/.local/state/apo"},
		{"the flag", map[string]string{"HOME": "/h", "APO_CONFIG": "/x.yaml"}, "/y.yaml", "/y.yaml", "/h/.local/state/apo"},
	} {
		p, err := FindPaths(func(name string) string { return c.env[name] }, c.flag)
		if err != nil || p.Config != c.config || p.State != c.state {
			t.Errorf("%s: %+v %v", c.name, p, err)
		}
	}
	p, err := FindPaths(func(string) string { return "" }, "")
	if err != nil || p.Config != "" || p.State != "" {
		t.Errorf("without a home: %+v %v", p, err)
	}
	if f, err := Load(nil, p.Config); err != nil || f.Exists() {
		t.Errorf("without a home there is a configuration: %v", err)
	}
	if err := Change(nil, p.Config, func(*File) error { return nil }); !errors.Is(err, ErrNoHome) {
		t.Errorf("a configuration was to go nowhere: %v", err)
	}
	if list := (&Profile{}).Trusted(p); len(list) != 0 {
		t.Errorf("without a home these are trusted: %q", list)
	}
}

func TestMisspelt(t *testing.T) {
	got := Misspelt([]string{"APO_PROFIL=x", "APO_PROFILE=x", "HOME=/", "APO_SOMETHING_ELSE=1"})
	if len(got) != 2 || !strings.Contains(got[0], "did you mean APO_PROFILE?") || strings.Contains(got[1], "did you mean") {
		t.Errorf("%q", got)
	}
}

// Keys come from a command's output, bounded, without a shell.
func TestKeyCommand(t *testing.T) {
	read := func(argv ...string) (string, error) {
		out, err := runCommand(t.Context(), argv)
		return string(out), err
	}
	if out, err := read("printf", "%s", "$HOME;key"); err != nil || out != "$HOME;key" {
		t.Errorf("%q %v", out, err)
	}
	if _, err := read("head", "-c", "70000", "/dev/zero"); err == nil || !strings.Contains(err.Error(), "64 KiB") {
		t.Errorf("%v", err)
	}
	if _, err := read("sh", "-c", "echo secret >&2; exit 3"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	if _, err := read("no-such-command-anywhere"); err == nil || !strings.Contains(err.Error(), "not on this machine") {
		t.Errorf("%v", err)
	}
}

func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile("../../../config.example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	f.Add([]byte(two))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("profiles: {x: {<<: {client_id: y}}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := Load(nil, path)
		if err != nil {
			return
		}
		for _, name := range append(file.Names(), "") {
			_, _ = Resolve(Request{File: file, Getenv: func(string) string { return "" }, Lookup: func(string) (string, bool) { return "", false }, Profile: name})
		}
	})
}
