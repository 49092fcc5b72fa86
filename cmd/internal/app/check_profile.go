package app

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
)

// checkEmpty refuses variables that are set but empty, in each command alike: those
// of a profile where the command acts for one, else the one that all commands read.
func (d *Run) checkEmpty(cmd *cobra.Command) error {
	names := []string{"APO_OUTPUT"}
	if takesProfile(cmd) && !alone(cmd) {
		names = nil
	}
	if err := profile.CheckNotEmpty(d.Lookup, names...); err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return nil
}

// alone reports whether a command passes nothing of the environment on.
func alone(cmd *cobra.Command) bool { return cmd.CommandPath() == "apo sandbox run" }

// checkProfile refuses a profile that does not exist, whatever the command would
// do with it: the records of a misspelt profile are none, and none is not the answer.
func (d *Run) checkProfile(cmd *cobra.Command) error {
	name := d.Global.Profile
	if name == "" && !alone(cmd) {
		name = d.Getenv("APO_PROFILE")
	}
	if name == "" || name == profile.Local || name == profile.Environment || !takesProfile(cmd) {
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
// look for themselves, and one of them makes them.
func takesProfile(cmd *cobra.Command) bool {
	path := strings.Fields(cmd.CommandPath())
	return len(path) > 1 && !slices.Contains([]string{
		"completion", "explain", "help", "keys", "profile", "version", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd,
	}, path[1])
}
