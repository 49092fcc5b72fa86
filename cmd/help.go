package cmd

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"
)

// newHelpCmd is "apo help WORD": a command or a topic.
func newHelpCmd(d *app.Run, root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command or topic]",
		Short: "Explain a command or a topic",
		Long:  "Explain a command or a topic: exit-codes, environment, output, keys, signing, forms, money, sandbox.",
		Example: `  # what the exit codes mean
  apo help exit-codes

  # a command
  apo help pay`,
		RunE: func(_ *cobra.Command, args []string) error {
			if topic := findTopic(root, args); topic != nil {
				_ = d.IO.WriteProse(topic.Long + "\n")
				return nil
			}
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return app.UnknownCommand(root, strings.Join(args, " "))
			}
			return found.Help()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range root.Commands() {
				if !c.Hidden {
					names = append(names, strings.TrimPrefix(c.Name(), "topic-")+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// findTopic looks among the topics first: "sandbox" and "keys" are both
// commands and topics, of which the topic explains more.
func findTopic(root *cobra.Command, args []string) *cobra.Command {
	if len(args) != 1 {
		return nil
	}
	for _, c := range root.Commands() {
		if c.Name() == args[0] && c.Run == nil && c.RunE == nil {
			return c
		}
	}
	return nil
}

// helpText is what cobra's own template says, as one text to lay out.
func helpText(cmd *cobra.Command) string {
	text := strings.TrimRight(cmd.Long, " \n")
	if text == "" {
		text = cmd.Short
	}
	if cmd.Runnable() || cmd.HasSubCommands() {
		return text + "\n\n" + cmd.UsageString()
	}
	return text + "\n"
}
