package app

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
)

// found is on flags, and on commands for their arguments, whose values are found in
// the journal or the configuration: none of them is guessed at.
const found = "apo:found"

// CompleteFound completes the value of a flag with what is found at this moment.
func CompleteFound(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	cmd.Flag(flag).Annotations = map[string][]string{found: {}}
	_ = cmd.RegisterFlagCompletionFunc(flag, f)
}

// CompleteArgumentFound completes the arguments of a command with what is found at
// this moment.
func CompleteArgumentFound(cmd *cobra.Command, f cobra.CompletionFunc) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[found], cmd.ValidArgsFunction = "yes", f
}

// withMeant adds to a failure the value that was probably meant, where what was typed
// is nearly one of a fixed list: the same that is completed.
func (d *Run) withMeant(cmd *cobra.Command, f *say.Failure) {
	if cmd == nil || f.Kind != say.Usage {
		return
	}
	if d.Values != nil && !d.Completes() {
		d.Values()
	}
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		complete, known := cmd.GetFlagCompletionFunc(flag.Name)
		if !known || flag.Annotations[found] != nil {
			return
		}
		typed := flag.Value.String()
		if typed != "" && typed[0] >= '0' && typed[0] <= '9' { // of times and sizes the list has samples alone
			return
		}
		values, _ := complete(cmd, nil, "")
		if near := nearestChoice(typed, values); near != "" {
			f.Next = slices.Insert(f.Next, 0, "did you mean --"+flag.Name+" "+near+"?")
		}
	})
	if args := cmd.Flags().Args(); len(args) > 0 && cmd.Annotations[found] == "" && !cmd.HasSubCommands() && !hints(f, "did you mean") {
		values := cmd.ValidArgs
		if cmd.ValidArgsFunction != nil {
			values, _ = cmd.ValidArgsFunction(cmd, args[:len(args)-1], "")
		}
		if near := nearestChoice(args[len(args)-1], values); near != "" {
			f.Next = slices.Insert(f.Next, 0, "did you mean "+near+"?")
		}
	}
}

func hints(f *say.Failure, text string) bool {
	return slices.ContainsFunc(f.Next, func(next string) bool { return strings.Contains(next, text) })
}

// nearestChoice is the value of a list that was probably meant, "" if that is what was
// typed. The values may have descriptions behind a tab.
func nearestChoice(typed string, values []string) string {
	known := make([]string, len(values))
	for i, value := range values {
		known[i], _, _ = strings.Cut(value, "\t")
	}
	if typed == "" || slices.Contains(known, typed) {
		return ""
	}
	if near := spelling.Nearest(typed, known); near != "" {
		return near
	}
	for _, value := range known { // "automatic" for "auto"
		if len(value) > 2 && strings.HasPrefix(strings.ToLower(typed), strings.ToLower(value)) {
			return value
		}
	}
	return ""
}
