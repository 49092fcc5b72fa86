package profile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTakingVariables(t *testing.T) {
	for name, value := range map[string]string{
		"KEY": "a key of some length", "SAME_KEY": "a key of some length", "SHORT": "key", "ALSO_SHORT": "key", "OTHER": "other",
		"APO_PRIVATE_KEY": "apo's own", "APO_PRIVATE_KEYS": "with a slip", "APO_CLIENT_ID": "SANDBOX_1", "TOKEN": "agent-token",
	} {
		t.Setenv(name, value)
	}
	var e Environ
	e.TakeKeys()
	e.Take("KEY", "SHORT", "NOT_SET", "")
	e.TakeValues("agent-token", "", "absent-value")
	for name, want := range map[string]bool{
		"KEY": false, "SAME_KEY": false, "SHORT": false, "APO_PRIVATE_KEY": false, "APO_PRIVATE_KEYS": false, "TOKEN": false,
		"ALSO_SHORT": true, "OTHER": true, "APO_CLIENT_ID": true,
	} {
		if _, inherited := os.LookupEnv(name); inherited != want {
			t.Errorf("%s is inherited: %v", name, inherited)
		}
		if e.Get(name) == "" {
			t.Errorf("%s cannot be read any more", name)
		}
	}
	if value, set := e.Lookup("NOT_SET"); set {
		t.Errorf("NOT_SET is %q", value)
	}
}

func TestSecretsOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := "profiles:\n  a: {private_key_env: KEY_A, antom_public_key_env: ANTOM, agent_token: token-of-a}\n  b: {private_key_env: KEY_B, private_key: text}\n  c:\n  d: {client_id: x}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Load(nil, path)
	if err != nil {
		t.Fatal(err)
	}
	variables, values := file.Secrets()
	slices.Sort(variables)
	slices.Sort(values)
	if !slices.Equal(variables, []string{"ANTOM", "KEY_A", "KEY_B"}) || !slices.Equal(values, []string{"text", "token-of-a"}) {
		t.Errorf("%q, %q", variables, values)
	}
}
