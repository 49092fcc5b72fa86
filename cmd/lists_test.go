package cmd

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
)

// Each list that goes by the paths of commands speaks of commands that there are.
func TestListsOfCommands(t *testing.T) {
	root := Root()
	for list, paths := range map[string][]string{
		"ownFormats":   slices.Collect(maps.Keys(ownFormats())),
		"unlisted":     slices.Collect(maps.Keys(unlisted())),
		"numbersTaken": slices.Collect(maps.Keys(numbersTaken())),
	} {
		if len(paths) == 0 {
			t.Errorf("%s is empty", list)
		}
		for _, path := range paths {
			words := strings.Fields(strings.TrimPrefix(path, "apo "))
			if c, rest, err := root.Find(words); err != nil || len(rest) > 0 || c == root || !c.Runnable() {
				t.Errorf("%s has %q, which is no command", list, path)
			}
		}
	}
}

// No command forgets what its arguments are completed with: each that takes one says it,
// be it that there is nothing to offer. Files are offered to those that name a file.
func TestArgumentsComplete(t *testing.T) {
	seen := 0
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		for _, word := range strings.Fields(c.Use)[1:] {
			if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "[-") || word == "|" { // flags, or another command's words
				break
			}
			seen++
			if c.ValidArgsFunction == nil && len(c.ValidArgs) == 0 && !strings.Contains(word, "FILE") {
				t.Errorf("%s: %s has no completion", c.CommandPath(), word)
			}
		}
		for _, child := range c.Commands() {
			visit(child)
		}
	}
	d := &app.Run{Getenv: os.Getenv, Lookup: os.LookupEnv}
	root := Root()
	completeValues(d, root)
	visit(root)
	if seen < 20 {
		t.Errorf("only %d arguments were looked at", seen)
	}
}
