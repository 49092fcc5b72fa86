package cmd

import (
	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/spf13/cobra"
)

func newCompletionCmd(d *app.Run) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the completion script of a shell",
		Long: `Print the completion script of a shell on standard output, and nothing else.

  bash        source <(apo completion bash)
  zsh         apo completion zsh > "${fpath[1]}/_apo"
  fish        apo completion fish > ~/.config/fish/completions/apo.fish
  powershell  apo completion powershell >> $PROFILE

The same scripts are in the folder completions of the sources.`,
		Example: `  # for bash, permanently
  apo completion bash > apo.bash

  # for fish
  apo completion fish > apo.fish`,
		Args:      app.Arguments(1, 1, "one shell: bash, zsh, fish or powershell"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(d.IO.Out, true)
			case "zsh":
				return root.GenZshCompletion(d.IO.Out)
			case "fish":
				return root.GenFishCompletion(d.IO.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(d.IO.Out)
			}
			return say.Fail(say.Usage, "%q is not bash, zsh, fish or powershell", args[0])
		},
	}
}
