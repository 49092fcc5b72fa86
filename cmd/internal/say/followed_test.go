package say

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
)

// Columns stand below each other whatever letters a profile's name has.
func TestFollowedColumns(t *testing.T) {
	var out bytes.Buffer
	s := term.New(nil, &out, &bytes.Buffer{})
	s.AsTable = true
	for _, name := range []string{"box", "größe", "店舗"} {
		r := journal.Record{ID: 7, Time: time.Now(), Account: journal.Account{Mode: "LOCAL", Profile: name}, Endpoint: "capture"}
		if err := Followed(Printer{Streams: s, Format: term.Table}, r, nil); err != nil {
			t.Fatal(err)
		}
	}
	column := -1
	for line := range strings.Lines(out.String()) {
		before, _, found := strings.Cut(line, "capture")
		if at := lipgloss.Width(before); !found || column >= 0 && at != column {
			t.Errorf("the column begins at %d, and at %d above:\n%s", at, column, out.String())
		} else {
			column = at
		}
	}
}
