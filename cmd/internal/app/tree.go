package app

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// UnknownCommand names the command that was probably meant; words are what was typed
// for it, and behind it.
func UnknownCommand(cmd *cobra.Command, words ...string) error {
	f := say.Fail(say.Usage, "unknown command %q for %q", words[0], cmd.CommandPath())
	target := wordLeads(cmd, words)
	if target == "" {
		if near := nearestCommand(cmd, words[0]); near != nil {
			return f.Hint("did you mean %s?", near.CommandPath())
		}
		return f.Hint("%s --help lists the commands", cmd.CommandPath())
	}
	return f.Hint("did you mean %s?%s", target, shortOf(cmd.Root(), target))
}

// shortOf is what a command says of itself, in brackets.
func shortOf(root *cobra.Command, path string) string {
	c, _, err := root.Find(strings.Fields(path)[1:])
	if err != nil || c == root || c.Name() == "help" || c.Short == "" {
		return ""
	}
	return " (" + strings.ToLower(c.Short[:1]) + c.Short[1:] + ")"
}

// FlagError says what is wrong with a flag, and names the one that was probably meant.
func FlagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return UnknownCommand(cmd, words...) // whose flag it is, nobody knows
	}
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &invalid):
		return invalidValue(cmd, invalid)
	case errors.As(err, &empty):
		_, usage := pflag.UnquoteUsage(empty.GetFlag())
		return say.Fail(say.Usage, "--%s needs a value: %s", empty.GetFlag().Name, usage).
			Hint("%s --help lists the flags", cmd.CommandPath())
	}
	return say.Fail(say.Usage, "%s", strings.ReplaceAll(err.Error(), "\n", " ")).Hint("%s --help lists the flags", cmd.CommandPath())
}

func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name := unknown.GetSpecifiedName()
	f := say.Fail(say.Usage, "unknown flag: --%s", name)
	if group := unknown.GetSpecifiedShortnames(); group != "" {
		f.Text = "unknown flag: -" + group
		if len(group) > 1 {
			name, _, _ = strings.Cut(group, "=")
		}
	}
	var known []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			known = append(known, flag.Name)
		}
	})
	if slices.Contains(known, name) { // one hyphen is missing
		return f.Hint("did you mean --%s?", name)
	}
	if advice := otherFlag(name); advice != "" {
		flag, isFlag := strings.CutPrefix(strings.FieldsFunc(advice, func(r rune) bool { return strings.ContainsRune(" ,:", r) })[0], "--")
		if !isFlag || slices.Contains(known, flag) {
			return f.Hint("did you mean %s?", advice)
		}
	}
	if best := spelling.Nearest(name, known); best != "" {
		return f.Hint("did you mean --%s?", best)
	}
	return f.Hint("%s --help lists the flags", cmd.CommandPath())
}

// invalidValue says in plain words what Go's own parsers do not take.
func invalidValue(cmd *cobra.Command, invalid *pflag.InvalidValueError) error {
	flag, value := invalid.GetFlag(), invalid.GetValue()
	f := say.Fail(say.Usage, "--%s %q ", flag.Name, value)
	switch flag.Value.Type() {
	case "duration":
		f.Text += "is not a time such as 90s, 5m or 1h"
		if _, err := strconv.ParseFloat(value, 64); err == nil {
			return f.Hint("did you mean --%s=%ss?", flag.Name, value)
		}
	case "uint16":
		f.Text += "is not a port, which is a number from 0 to 65535"
	case "int", "int64", "uint", "uint64":
		f.Text += "is not a whole number"
	case "float64":
		f.Text += "is not a number"
	case "bool":
		f.Text += "is neither true nor false; --" + flag.Name + " alone says yes"
	default:
		f.Text = strings.ReplaceAll(invalid.Error(), "\n", " ")
	}
	return f.Hint("%s --help lists the flags", cmd.CommandPath())
}

// Group makes a command that only holds others.
func Group(c *cobra.Command, children ...*cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return UnknownCommand(cmd, args...)
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
				Hint("%s", aboutTooMuch(cmd, args, args[most]))
		}
		for _, a := range args {
			if a == "" {
				return say.Fail(say.Usage, "an argument of %s is empty; is a variable of your script unset?", cmd.CommandPath())
			}
		}
		return nil
	}
}

// aboutTooMuch knows what is meant by words that stand beside the flags to which they
// belong: an amount without quotes, and the value of the one flag that takes it behind "="
// alone, since it may be left out.
func aboutTooMuch(cmd *cobra.Command, args []string, argument string) string {
	var unknown *say.Failure
	if cmd.HasSubCommands() && errors.As(UnknownCommand(cmd, args...), &unknown) && hints(unknown, "did you mean") {
		return unknown.Next[0]
	}
	if wait := cmd.Flags().Lookup("wait"); wait != nil && wait.Changed {
		if _, err := time.ParseDuration(argument); err == nil {
			return "--wait takes its time behind an equals sign: --wait=" + argument
		}
		if _, err := strconv.Atoi(argument); err == nil {
			return "--wait takes its time behind an equals sign: --wait=" + argument + "s"
		}
	}
	if amount := cmd.Flags().Lookup("amount"); amount != nil {
		if meant := amountIn(append([]string{amount.Value.String()}, args...)); meant != "" {
			return "an amount and its currency are one word in quotes, or two flags: " + meant
		}
	}
	return cmd.CommandPath() + " --help shows examples"
}

// amountIn finds an amount among words: a currency, and a number, best next to it.
func amountIn(words []string) string {
	words = strings.Fields(strings.Join(words, " "))
	isNumber := func(word string) bool { // and no payment's, or card's
		return word[0] >= '0' && word[0] <= '9' && len(word) <= 11
	}
	for i, word := range words {
		currency := strings.ToUpper(word)
		if _, err := apo.CurrencyDigits(currency); err != nil {
			continue
		}
		near := append(append([]string{}, words[i+1:]...), words[:i]...)
		if i > 0 && (i+1 == len(words) || !isNumber(words[i+1])) {
			near = append([]string{words[i-1]}, near...)
		}
		for _, number := range near {
			if !isNumber(number) {
				continue
			}
			if a, err := apo.ParseAmount(currency+" "+number, ""); err == nil {
				return fmt.Sprintf("--amount \"%s\"", a)
			}
			if a, err := apo.ParseAmount(number, currency); err == nil {
				return fmt.Sprintf("--amount %s --currency %s is %s", a.Value, a.Currency, a)
			}
		}
	}
	return ""
}
