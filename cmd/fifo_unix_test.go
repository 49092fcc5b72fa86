//go:build unix

package cmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Opening a pipe that nobody writes to, or a file on a mount that is gone, never
// ends. Ctrl-C ends the run all the same, wherever such a file is named.
func TestFilesThatNeverOpen(t *testing.T) {
	home := t.TempDir()
	pipe := filepath.Join(home, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	slow := filepath.Join(home, "slow.yaml")
	keys := giveKeys(t, home)
	config := `{default_profile: slow, profiles: {slow: {client_id: SANDBOX_1, gateway: sea, private_key_command: [/bin/cat, "` + pipe + `"], antom_public_key_file: antom-public.pem}}}`
	if err := os.WriteFile(slow, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	pay := []string{"pay", "--amount", "4200", "--currency", "SGD"}
	with := func(more ...string) []string { return append(append([]string{}, pay...), more...) }
	for _, c := range []struct {
		args []string
		env  string
	}{
		{args: []string{"pay", "--file", pipe}},
		{args: with("--card-file", pipe)},
		{args: with("--ca-file", pipe)},
		{args: with("--config", pipe)},
		{args: with("--config", slow)},
		{args: pay, env: "APO_CONFIG"},
		{args: pay, env: "APO_CA_FILE"},
		{args: pay, env: "APO_PRIVATE_KEY_FILE"},
		{args: pay, env: "APO_ANTOM_PUBLIC_KEY_FILE"},
		{args: []string{"profile", "check"}, env: "APO_ANTOM_PUBLIC_KEY_FILE"},
		{args: []string{"profile", "show"}, env: "APO_PRIVATE_KEY_FILE"},
		{args: []string{"profile", "list", "--config", pipe}},
		{args: []string{"profile", "add", "x", "--client-id", "SANDBOX_1", "--private-key-file", pipe, "--antom-public-key-file", keys.AntomPublic}},
		{args: []string{"profile", "add", "x", "--client-id", "SANDBOX_1", "--private-key-file", keys.Merchant, "--antom-public-key-file", pipe}},
		{args: []string{"api", "pay", "-d", "@" + pipe}},
		{args: []string{"sign", "pay", "-d", "@" + pipe}},
		{args: []string{"sign", "pay", "-d", "{}"}, env: "APO_PRIVATE_KEY_FILE"},
		{args: []string{"verify-notify", "--http", pipe}},
		{args: []string{"verify-notify", "--ndjson", pipe}},
		{args: []string{"verify-notify", "--ndjson", "-", "--public-key", pipe}},
		{args: []string{"keys", "show", pipe}},
		{args: []string{"keys", "fingerprint", keys.Merchant, pipe}},
		{args: []string{"keys", "convert", pipe, "--to", "public"}},
		{args: []string{"resume"}, env: "APO_CONFIG"},
		{args: []string{"sandbox", "ls"}, env: "APO_CONFIG"},
	} {
		t.Run(strings.ReplaceAll(c.env+" "+strings.Join(c.args, " "), home, ""), func(t *testing.T) {
			run := newCommandLine(t, strings.NewReader(""))
			if c.env != "" {
				t.Setenv(c.env, pipe)
			}
			run.Transport = panicking{} // nothing is sent
			interrupted, interrupt := context.WithCancel(t.Context())
			interrupt()
			code := make(chan int, 1)
			go func() { code <- run.Execute(interrupted, c.args) }()
			select {
			case got := <-code:
				if got != 130 {
					t.Errorf("exit %d: %s", got, run.err.String())
				}
			case <-time.After(time.Minute):
				t.Fatal("it waits for ever")
			}
		})
	}
}
