package cmd

import (
	"bytes"
	"fmt"
	"io"
	"strings"

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

They complete values too: payments and records with what they are, profiles,
currencies, test cards, result codes, faults. That reads the journal and the
configuration, calls nothing, writes nothing and says nothing.

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
				return writeBashCompletion(d.IO.Out, root)
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

// writeBashCompletion writes cobra's script, with the one change that it works, too,
// where the package bash-completion is not installed: then each tab would print that
// one of that package's functions is missing.
func writeBashCompletion(to io.Writer, root *cobra.Command) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		return err
	}
	const call = `    _get_comp_words_by_ref "$@" cur prev words cword
`
	before, after, found := strings.Cut(script.String(), call)
	if !found {
		return fmt.Errorf("cobra's script for bash has changed: it does not call _get_comp_words_by_ref")
	}
	_, err := io.WriteString(to, before+`    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    `+call+`    else # by itself: words are what blanks separate, up to the cursor
        local line="${COMP_LINE:0:COMP_POINT}"
        read -r -a words <<<"${line}"
        [[ ${line} != *[[:space:]] ]] || words+=("")
        cword=$((${#words[@]} - 1))
        cur="${words[cword]}"
        prev="${words[cword > 0 ? cword - 1 : 0]}"
    fi
`+after)
	return err
}
