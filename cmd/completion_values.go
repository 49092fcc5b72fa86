package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// completeValues gives the flags and arguments of all commands what a shell can
// complete them with. A flag of one name has the same values everywhere; those that a
// command completes itself stay.
//
// Completing opens no network, makes no file and says nothing: what cannot be read is
// not offered.
func completeValues(d *app.Run, root *cobra.Command) {
	flags := fixedFlags()
	visit := func(cmd *cobra.Command, set *pflag.FlagSet) {
		set.VisitAll(func(flag *pflag.Flag) {
			complete, known := flags[flag.Name]
			if _, own := cmd.GetFlagCompletionFunc(flag.Name); known && !own && flag.Value.Type() != "bool" {
				_ = cmd.RegisterFlagCompletionFunc(flag.Name, complete)
			}
		})
	}
	app.CompleteFound(root, "profile", completeProfiles(d))
	visit(root, root.PersistentFlags())
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		visit(cmd, cmd.LocalNonPersistentFlags())
		completeNumbers(d, cmd)
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	for _, child := range root.Commands() {
		walk(child)
	}
	completeWords(d, root)
}

// fixedFlags are the flags with values that never change.
func fixedFlags() map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"output":              completeFormats,
		"color":               fixed("auto\ton a terminal", "always\tin a pipe too", "never"),
		"currency":            completeCurrencies,
		"settlement-currency": completeCurrencies,
		"terminal-type":       fixed("WEB", "WAP", "APP"),
		"os-type":             fixed("IOS", "ANDROID"),
		"endpoint":            completeAPIs,
		"fault":               completeFaultFlag,
		"api":                 fixed("pay", "inquiryPayment", "capture", "cancel", "refund", "inquiryRefund", "notify"),
		"option":              completeOptions,
		"bits":                fixed("2048", "3072", "4096"),
		"gateway":             fixed("sea\tSingapore", "na\tNorth America", "eu\tEurope"),
		"since":               fixed("1h", "24h", "7d", "30d"),
		"wait":                fixed("30s", "60s", "90s", "5m"),
		"forward-timeout":     fixed("0\tany, for breakpoints", "10s", "30s"),
		"timeout":             fixed("10s", "30s", "60s"),
	}
}

// completeWords gives arguments that are words their values.
func completeWords(d *app.Run, root *cobra.Command) {
	for path, f := range map[string]cobra.CompletionFunc{
		"sign":         completeAPIs,
		"profile show": onlyFirst(completeProfiles(d)),
	} {
		if cmd, rest, err := root.Find(strings.Fields(path)); err == nil && len(rest) == 0 {
			cmd.ValidArgsFunction = f
		}
	}
	for path, f := range unlisted() {
		if cmd, rest, err := root.Find(strings.Fields(path)); err == nil && len(rest) == 0 {
			app.CompleteArgumentFound(cmd, onlyFirst(f)) // another value is no slip of these
		}
	}
}

// unlisted are the arguments that may be anything, with examples where those help. No
// file is meant by them.
func unlisted() map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"profile add":                  cobra.NoFileCompletions,
		"sandbox credentials":          cobra.NoFileCompletions,
		"sandbox health":               cobra.NoFileCompletions,
		"sandbox clock advance":        fixed("2m", "1h", "26h", "8d"),
		"sandbox clock set":            fixed("now"),
		"sandbox clock speed":          fixed("1x", "60x", "3600x"),
		"sandbox at":                   cobra.NoFileCompletions,
		"sandbox fork":                 cobra.NoFileCompletions,
		"sandbox rewind":               cobra.NoFileCompletions,
		"sandbox dispute judge":        cobra.NoFileCompletions,
		"sandbox dispute cancel":       cobra.NoFileCompletions,
		"sandbox notifications resend": cobra.NoFileCompletions,
		"sandbox notifications show":   cobra.NoFileCompletions,
		"sandbox rule remove":          cobra.NoFileCompletions,
	}
}

// fixed completes with these words, in this order.
func fixed(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// onlyFirst completes the first argument alone.
func onlyFirst(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// completeFormats offers the formats that a command has.
func completeFormats(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var list []string
	has := formatsOf(cmd)
	for _, word := range []string{"json\tJSON, errors as JSON too", "table\tfor people", "raw\tthe bytes received", "ndjson\tJSON, one a line"} {
		format, _, _ := strings.Cut(word, "\t")
		if slices.Contains(has, term.Format(format)) {
			list = append(list, word)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeCurrencies shows with each currency what its amounts are.
func completeCurrencies(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, code := range apo.Currencies() {
		if !strings.HasPrefix(code, strings.ToUpper(typed)) {
			continue
		}
		list = append(list, code+"\t--amount 4200 is "+apo.Amount{Currency: code, Value: "4200"}.String())
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func completeAPIs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, e := range apo.Endpoints() {
		names = append(names, e.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeCodes offers result codes.
func completeCodes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, c := range apo.Codes() {
		words = append(words, c.Name+"\t"+c.Status+", "+c.Meaning)
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}
