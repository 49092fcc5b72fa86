package e2e

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The scripts work in the real shells: what is offered, and not a word on stderr. Of
// bash it is a bare one, without the package bash-completion.
func TestShellsComplete(t *testing.T) {
	home := t.TempDir()
	env := append(os.Environ(), "HOME="+home, "APO_HOME="+home, "CI=1", "COLUMNS=120")
	pay := exec.Command("apo", "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001")
	pay.Env = env
	if err := pay.Run(); err != nil {
		t.Fatal(err)
	}
	for shell, script := range map[string]string{
		"bash": `source completions/apo.bash
			compopt() { :; } # works within a completion alone
			read -r -a COMP_WORDS <<<"$LINE"; COMP_LINE="$LINE"; COMP_POINT=${#LINE}; COMP_TYPE=63; COMPREPLY=()
			COMP_CWORD=${#COMP_WORDS[@]}
			__start_apo; printf '%s\n' "${COMPREPLY[@]}"`,
		"fish": `source completions/apo.fish; complete -C "$LINE"`,
	} {
		for line, want := range map[string]string{
			"apo capture ":                     "demo-0001",
			"apo inquire demo":                 "demo-0001",
			"apo pay --currency SG":            "SGD",
			"apo pay --card visa-decl":         "visa-declined",
			"apo explain ORDER_N":              "ORDER_NOT_EXIST",
			"apo sandbox --fault capture=cut-": "cut-before",
			"apo lo":                           "log",
		} {
			t.Run(shell+"/"+line, func(t *testing.T) {
				if _, err := exec.LookPath(shell); err != nil {
					t.Skip("there is no " + shell + " here")
				}
				t.Parallel()
				c := exec.Command(shell, "-c", script)
				c.Dir = inModule()
				c.Env = append(slices.Clone(env), "LINE="+line)
				var talk strings.Builder
				c.Stderr = &talk
				out, err := c.Output()
				if err != nil || !strings.Contains(string(out), want) || talk.Len() > 0 {
					t.Errorf("%v\n%s%s\nwant %s", err, out, &talk, want)
				}
			})
		}
	}
}
