package app

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
)

// checkEmpty refuses variables that are set but empty, in each command alike: whoever set
// one meant something. Help is there for whoever has to find out.
func (d *Run) checkEmpty(cmd *cobra.Command) error {
	var names []string // all
	if alone(cmd) || helps(cmd) {
		names = []string{"APO_OUTPUT"}
	}
	if err := profile.CheckNotEmpty(d.Lookup, names...); err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return nil
}

// alone reports whether a command passes nothing of the environment on.
func alone(cmd *cobra.Command) bool { return cmd.CommandPath() == "apo sandbox run" }

// helps reports whether a command explains how apo is to be used.
func helps(cmd *cobra.Command) bool {
	switch topOf(cmd) {
	case "":
		return !cmd.Flags().Changed("version")
	case "help", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
		return true
	}
	return false
}

// checkProfile refuses a profile that does not exist, whatever the command would
// do with it: the records of a misspelt profile are none, and none is not the answer. A
// command that acts for no profile takes none of the environment, where one may be named
// that is still to be made.
func (d *Run) checkProfile(cmd *cobra.Command) error {
	name := d.Global.Profile
	if name == "" && takesProfile(cmd) && !alone(cmd) {
		name = d.Getenv("APO_PROFILE")
	}
	if name == "" || name == profile.Local || name == profile.Environment || helps(cmd) || cmd.CommandPath() == "apo profile add" {
		return nil
	}
	_, file, err := d.Configuration()
	if err != nil {
		return err
	}
	if err := file.Has(name); err != nil {
		return BadProfile(err)
	}
	return nil
}

// BadProfile ends a run whose profile does not exist, or is not whole.
func BadProfile(err error) *say.Failure {
	f := say.Fail(say.Config, "%v", err)
	if errors.Is(err, profile.ErrUnknown) {
		return f.Hint("apo profile list shows them")
	}
	return f.Hint("apo profile show tells where each value comes from")
}

// takesProfile reports whether a command acts for a profile. Those about profiles
// look for themselves.
func takesProfile(cmd *cobra.Command) bool {
	return !helps(cmd) && !slices.Contains([]string{"", "completion", "explain", "keys", "profile", "version"}, topOf(cmd))
}

// topOf is the word behind apo: "log" of apo log show; "" of apo itself.
func topOf(cmd *cobra.Command) string {
	if path := strings.Fields(cmd.CommandPath()); len(path) > 1 {
		return path[1]
	}
	return ""
}
