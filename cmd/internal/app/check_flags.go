package app

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apo-cli/apo/cmd/internal/say"
)

// checkFlags refuses values of flags that nobody means: none, as a variable leaves that is
// not set, and another flag, where the value itself is missing. What is signed, or was, is
// taken as it is.
func checkFlags(cmd *cobra.Command) error {
	if err := valueMissing(cmd); err != nil {
		return err
	}
	var empty error
	eachText(cmd, func(flag *pflag.Flag, value string) {
		verbatim := (cmd.Name() == "sign" || cmd.Name() == "verify-notify") && slices.Contains([]string{"data", "signature", "uri", "request-time", "response-time"}, flag.Name)
		if value == "" && !verbatim {
			empty = say.Fail(say.Usage, "--%s is empty; is a variable of your script unset?", flag.Name)
		}
	})
	return empty
}

// valueMissing says so where a flag stands in the place of another one's value.
func valueMissing(cmd *cobra.Command) (missing error) {
	eachText(cmd, func(flag *pflag.Flag, value string) {
		if isFlag(cmd, value) {
			_, usage := pflag.UnquoteUsage(flag)
			missing = say.Fail(say.Usage, "--%s needs a value, and %s stands behind it: %s", flag.Name, value, usage).
				Hint("%s --help lists the flags", cmd.CommandPath())
		}
	})
	return missing
}

// eachText visits the flags that were given and take a text.
func eachText(cmd *cobra.Command, visit func(*pflag.Flag, string)) {
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if flag.Value.Type() == "string" {
			visit(flag, flag.Value.String())
		}
	})
}

// isFlag reports whether a word is a flag of a command: "-o", "--output=json".
func isFlag(cmd *cobra.Command, word string) bool {
	name, _, _ := strings.Cut(word, "=")
	if long, is := strings.CutPrefix(name, "--"); is {
		return cmd.Flags().Lookup(long) != nil
	}
	return len(name) == 2 && name[0] == '-' && cmd.Flags().ShorthandLookup(name[1:]) != nil
}
