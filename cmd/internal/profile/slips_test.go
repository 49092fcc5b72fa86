package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// slipped are ways in which a value comes to hold more than was meant.
func slipped(value string) map[string]string {
	return map[string]string{
		"quotes": `"` + value + `"`, "apostrophes": "'" + value + "'", "one quote": `"` + value, "typographic quotes": "“" + value + "”",
		"backquotes": "`" + value + "`", "a blank before": " " + value, "a blank behind": value + " ", "a carriage return": value + "\r",
		"a newline": value + "\n", "a tab": value + "\t", "a no-break space": value + "\u00a0", "a byte order mark": "\ufeff" + value,
		"a zero width space": value[:2] + "\u200b" + value[2:], "a soft hyphen": value[:2] + "\u00ad" + value[2:],
		"a direction": "\u202e" + value, "a filler": value + "\u3164", "a variation selector": value + "\ufe0f", "an escape": "\x1b[0m" + value,
	}
}

// Quotes and the like that a .env file or the clipboard left are refused, by the
// variable's name: a client ID in quotes would be one of live, a folder in quotes
// another folder with another journal.
func TestSlipsInVariables(t *testing.T) {
	for _, name := range variables() {
		key := name == "APO_PRIVATE_KEY" || name == "APO_ANTOM_PUBLIC_KEY" // may stand in quotes
		for how, value := range slipped("SANDBOX_5Y00000000000000") {
			err := CheckVariables(func(asked string) (string, bool) { return value, asked == name })
			if key == (err != nil) || err != nil && (!strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "5Y0")) {
				t.Errorf("%s with %s: %v", name, how, err)
			}
		}
	}
	for _, name := range []string{"APO_HOME", "APO_CONFIG", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"} {
		for how, value := range slipped("/srv/apo") {
			env := map[string]string{"HOME": "/h", name: value}
			if p, err := FindPaths(func(name string) string { return env[name] }, ""); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s with %s: %+v, %v", name, how, p, err)
			}
		}
	}
}

func TestSlipsInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	for _, key := range []string{"client_id", "gateway", "key_version", "agent_token", "timeout", "private_key_file", "antom_public_key_env"} {
		for how, value := range slipped("SANDBOX_5Y00000000000000") {
			text := strings.NewReplacer(`"`, `\"`, "\r", `\r`, "\n", `\n`, "\x1b", `\e`).Replace(value)
			if err := os.WriteFile(path, []byte("profiles:\n  box:\n    "+key+`: "`+text+"\"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(nil, path); err == nil || !strings.Contains(err.Error(), "line 3: "+key) {
				t.Errorf("%s with %s: %v", key, how, err)
			}
		}
	}
}

// What is no slip is taken.
func TestNoSlips(t *testing.T) {
	for _, value := range []string{"sea", "/home/josé/Ада 1", "C:\\Users\\Ada's files\\apo", "https://127.0.0.1:1", "1", "/srv/\xe9t\xe9", "日本語"} {
		if problem := slip(value); problem != "" {
			t.Errorf("%q %s", value, problem)
		}
	}
}

// Whatever is no client ID would count as one of live.
func TestCheckClientID(t *testing.T) {
	for _, id := range []string{"5Y00000000000000", "SANDBOX_5Y00000000000000", "X", "a-b_c"} {
		if err := CheckClientID(id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for id, want := range map[string]string{
		"sandbox_5Y00000000000000": "speaks of a sandbox", "SANDBOX-5Y00000000000000": "speaks of a sandbox", "SANDBOX5Y": "speaks of a sandbox",
		"ID_SANDBOX_5Y": "speaks of a sandbox", "SANDBOX": "speaks of a sandbox",
		"${APO_CLIENT}": "placeholder", "$CLIENT": "placeholder", "{{client_id}}": "placeholder", "<client ID>": "placeholder", "%CLIENT%": "placeholder",
		"5Y0 0": `holds ' '`, "5Y0,5Y1": `holds ','`, "client_id=5Y0": `holds '='`, "SANDBOX\u200b_5Y": "invisible", "ЅANDBOX_5Y": "holds 'Ѕ'",
		"TODO": "is none", "test": "is none", "SANDBOX_": "is none", "SANDBOX_xxxxxxxx": "is none", "SANDBOX_TODO": "is none",
		"4054695723100768": "card number", "SANDBOX_4054695723100768": "card number", "4054-6957-2310-0768": "card number",
	} {
		if err := CheckClientID(id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", id, err, want)
		}
	}
	for how, id := range slipped("SANDBOX_5Y00000000000000") {
		if CheckClientID(id) == nil {
			t.Errorf("with %s it is taken", how)
		}
	}
}

func TestCheckKeyVersion(t *testing.T) {
	for version, taken := range map[string]bool{"": true, "1": true, "2026.1-a_b": true, `"1"`: false, "1,signature=x": false, "1 ": false, "1\n": false, "4054695723100768": false} {
		if err := CheckKeyVersion(version); (err == nil) != taken {
			t.Errorf("%q: %v", version, err)
		}
	}
}
