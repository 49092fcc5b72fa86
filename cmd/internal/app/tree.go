package app

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// UnknownCommand names the command that was probably meant.
func UnknownCommand(cmd *cobra.Command, name string) error {
	f := say.Fail(say.Usage, "unknown command %q for %q", name, cmd.CommandPath())
	var known []string
	for _, c := range cmd.Commands() {
		if slices.Contains(c.SuggestFor, strings.ToLower(name)) {
			return f.Hint("%s %s: %s", cmd.CommandPath(), c.Name(), c.Short)
		}
		known = append(known, c.Name())
	}
	if best := spelling.Nearest(name, known); best != "" {
		return f.Hint("did you mean %s %s?", cmd.CommandPath(), best)
	}
	return f.Hint("%s --help lists the commands", cmd.CommandPath())
}

// FlagError names the flag that was probably meant.
func FlagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return UnknownCommand(cmd, words[0]) // whose flag it is, nobody knows
	}
	f := say.Fail(say.Usage, "%s", strings.ReplaceAll(err.Error(), "\n", " "))
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var known []string
		cmd.Flags().VisitAll(func(flag *pflag.Flag) { known = append(known, flag.Name) })
		if best := spelling.Nearest(unknown.GetSpecifiedName(), known); best != "" {
			return f.Hint("did you mean --%s?", best)
		}
	}
	return f.Hint("%s --help lists the flags", cmd.CommandPath())
}

// Group makes a command that only holds others.
func Group(c *cobra.Command, children ...*cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return UnknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}
	c.AddCommand(children...)
	return c
}

// Arguments checks how many there are and says which are wanted.
func Arguments(least, most int, wanted string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return say.Fail(say.Usage, "%s needs %s", cmd.CommandPath(), wanted).Hint("%s --help shows examples", cmd.CommandPath())
		case len(args) > most:
			return say.Fail(say.Usage, "%s takes %s; %q is too much", cmd.CommandPath(), wanted, args[most]).
				Hint("%s", aboutTooMuch(cmd, args[most]))
		}
		for _, a := range args {
			if a == "" {
				return say.Fail(say.Usage, "an argument of %s is empty; is a variable of your script unset?", cmd.CommandPath())
			}
		}
		return nil
	}
}

// aboutTooMuch knows the one flag whose value must stand behind "=", since it
// may be left out.
func aboutTooMuch(cmd *cobra.Command, argument string) string {
	if wait := cmd.Flags().Lookup("wait"); wait != nil && wait.Changed {
		if _, err := time.ParseDuration(argument); err == nil {
			return "--wait takes its time behind an equals sign: --wait=" + argument
		}
	}
	return cmd.CommandPath() + " --help shows examples"
}
