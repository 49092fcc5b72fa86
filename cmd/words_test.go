package cmd

import (
	"regexp"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/spf13/cobra"
)

// The words of other tools lead to commands that there are, and to none that moves
// money; and none of them is a command of apo's own.
func TestOtherWords(t *testing.T) {
	root, seen := Root(), 0
	root.InitDefaultHelpCmd()
	for under, table := range app.OtherWords() {
		parent, rest, err := root.Find(strings.Fields(under)[1:])
		if err != nil || len(rest) > 0 {
			t.Errorf("there is no command %s", under)
			continue
		}
		own := map[string]bool{}
		for _, c := range parent.Commands() {
			own[c.Name()] = true
		}
		for line := range strings.Lines(strings.TrimSpace(table)) {
			words, target, found := strings.Cut(strings.TrimSpace(line), ": apo ")
			c, rest, err := root.Find(strings.Fields(target))
			if len(rest) == 1 && len(rest[0]) == 2 && c.Flags().ShorthandLookup(rest[0][1:]) != nil { // "-f"
				rest = nil
			}
			switch {
			case !found || err != nil || c == root:
				t.Errorf("%s: %s leads nowhere", under, line)
			case app.MovesMoney(c) || len(rest) > 0 && c.Name() != "help" && !hasFlag(c, rest[0]):
				t.Errorf("%s: %s leads to %s %q", under, words, c.CommandPath(), rest)
			case c.Name() == "help" && len(rest) == 1:
				if _, _, err := root.Find(rest); err != nil {
					t.Errorf("%s: there is no help on %s", under, rest[0])
				}
			}
			for _, word := range strings.Fields(words) {
				if seen++; own[word] {
					t.Errorf("%s %s is a command of apo's own", under, word)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d words were looked at", seen)
	}
}

// The flags of other tools lead to commands and flags that there are.
func TestOtherFlags(t *testing.T) {
	root := Root()
	for flags, advice := range app.OtherFlags() {
		for _, command := range regexp.MustCompile(`apo [a-z-]+( [a-z]+)?( --[a-z-]+)?`).FindAllString(advice, -1) {
			c, rest, err := root.Find(strings.Fields(command)[1:])
			if err != nil || c == root || app.MovesMoney(c) || len(rest) > 0 && strings.HasPrefix(rest[0], "-") && rest[0] != "--help" && !hasFlag(c, rest[0]) {
				t.Errorf("--%s leads to %s, %q", flags, command, rest)
			}
		}
	}
}

func hasFlag(c *cobra.Command, name string) bool {
	return c.Flags().Lookup(strings.TrimLeft(name, "-")) != nil
}
