package cmd

import (
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/term"
)

// formatsOf are the formats of -o that a command has. What prints a result has
// JSON and a table; only an answer of a gateway has bytes that were received.
func formatsOf(cmd *cobra.Command) []term.Format {
	switch cmd.CommandPath() {
	case "apo pay", "apo inquire", "apo capture", "apo cancel", "apo refund", "apo inquire-refund", "apo api":
		return []term.Format{term.JSON, term.NDJSON, term.Table, term.Raw}
	case "apo log export":
		return []term.Format{term.JSON, term.NDJSON}
	case "apo sandbox export":
		return []term.Format{term.NDJSON}
	case "apo completion", "apo sandbox snippets", "apo keys fingerprint", "apo keys convert": // text for a program
		return nil
	}
	return []term.Format{term.JSON, term.NDJSON, term.Table}
}
