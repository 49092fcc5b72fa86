package app

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
)

// chooseFormat takes the format that -o names, and refuses one that the command
// does not have. APO_OUTPUT is a preference: where the command cannot follow it,
// it says so and prints as it always does.
func (d *Run) chooseFormat(cmd *cobra.Command, has []term.Format) error {
	g := &d.Global
	wanted, preferred := term.Format(g.Output), g.Output == ""
	if preferred {
		wanted = term.Format(d.Getenv("APO_OUTPUT"))
	}
	g.Output = ""
	switch wanted {
	case term.Pretty:
		return nil
	case term.JSON, term.Raw, term.NDJSON, term.Table:
	default:
		from := "--output"
		if preferred {
			from = "APO_OUTPUT"
		}
		return say.Fail(say.Usage, "%s: output format %q is not json, table, raw or ndjson", from, wanted)
	}
	switch {
	case slices.Contains(has, wanted):
		g.Output = string(wanted)
	case preferred:
		d.IO.Warn("APO_OUTPUT is " + string(wanted) + "; " + hasFormats(cmd, has))
	default:
		if wanted == term.JSON {
			g.Output = string(wanted) // of the error
		}
		return say.Fail(say.Usage, "-o %s: %s", wanted, hasFormats(cmd, has))
	}
	d.IO.AsTable = d.Format() == term.Table && g.Query == ""
	return nil
}

// hasFormats says which formats a command has.
func hasFormats(cmd *cobra.Command, has []term.Format) string {
	if len(has) == 0 {
		return cmd.CommandPath() + " prints text, in one form"
	}
	names := make([]string, len(has))
	for i, format := range has {
		names[i] = string(format)
	}
	return cmd.CommandPath() + " has " + strings.Join(names, ", ")
}
