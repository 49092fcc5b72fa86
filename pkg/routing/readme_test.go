package routing_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/routing"
)

// README's tables are those of the code.
func TestReadmeTables(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var fields, ops string
	for _, f := range routing.Fields() {
		only := ""
		if f.On != "" {
			only = "; on " + f.On
		}
		fields += fmt.Sprintf("| `%s` | %s%s |\n", f.Name, f.Meaning, only)
	}
	for _, o := range routing.Ops() {
		ops += fmt.Sprintf("| `%s` | %s | %s |\n", o.Name, o.Value, o.Meaning)
	}
	for name, table := range map[string]string{"fields": fields + "| a path |", "ops": ops + "\n"} {
		if !strings.Contains(string(text), table) {
			t.Errorf("README's table of %s is not\n%s", name, table)
		}
	}
}
