package cmd

import (
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/term"
)

// formatsOf are the formats of -o that a command has. What prints a result has
// JSON and a table.
func formatsOf(cmd *cobra.Command) []term.Format {
	if own, found := ownFormats()[cmd.CommandPath()]; found {
		return own
	}
	return []term.Format{term.JSON, term.NDJSON, term.Table}
}

// ownFormats are the commands with others. Only an answer of a gateway has bytes that
// were received.
func ownFormats() map[string][]term.Format {
	answer := []term.Format{term.JSON, term.NDJSON, term.Table, term.Raw}
	return map[string][]term.Format{
		"apo pay": answer, "apo inquire": answer, "apo capture": answer, "apo cancel": answer, "apo refund": answer, "apo inquire-refund": answer, "apo api": answer,
		"apo session create": answer, "apo session show": answer,
		"apo vault card": answer, "apo vault create": answer, "apo vault show": answer,
		"apo log export":       {term.JSON, term.NDJSON},
		"apo sandbox export":   {term.NDJSON},
		"apo completion":       nil, // text for a program, as of those below
		"apo sandbox snippets": nil,
		"apo keys fingerprint": nil,
		"apo keys convert":     nil,
	}
}
