package profile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/spelling"
)

// variables lists the environment variables of apo.
func variables() []string {
	return []string{
		"APO_PROFILE", "APO_CONFIG", "APO_HOME", "APO_CLIENT_ID", "APO_GATEWAY",
		"APO_PRIVATE_KEY", "APO_PRIVATE_KEY_FILE", "APO_ANTOM_PUBLIC_KEY", "APO_ANTOM_PUBLIC_KEY_FILE",
		"APO_KEY_VERSION", "APO_OUTPUT", "APO_TIMEOUT", "APO_CA_FILE", "APO_NO_INPUT", "APO_JOURNAL", "APO_NOTIFY_URL",
	}
}

// Misspelt returns a warning for each variable that begins with APO_ and is
// none of apo's: it is nearly always a typing error.
func Misspelt(environ []string) []string {
	known := variables()
	var warnings []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "APO_") || slices.Contains(known, name) {
			continue
		}
		warning := "unknown environment variable " + name
		if best := spelling.Nearest(name, known); best != "" {
			warning += " (did you mean " + best + "?)"
		}
		warnings = append(warnings, warning)
	}
	return warnings
}

// CheckNotEmpty refuses those variables that are set but empty: a script meant to
// give it a value and had none. No names: all of apo's variables.
func CheckNotEmpty(lookup func(string) (string, bool), names ...string) error {
	if len(names) == 0 {
		names = variables()
	}
	for _, name := range names {
		if value, set := lookup(name); set && value == "" {
			return fmt.Errorf("%s is set but empty; unset it, or give it a value", name)
		}
	}
	return nil
}

// CheckVariables is [CheckNotEmpty] of all. It refuses what a [slip] has got into,
// too, and the text of a key where none belongs; keys are read with quotes around
// them and without.
func CheckVariables(lookup func(string) (string, bool)) error {
	if err := CheckNotEmpty(lookup); err != nil {
		return err
	}
	for _, name := range variables() {
		value, set := lookup(name)
		if !set || name == "APO_PRIVATE_KEY" || name == "APO_ANTOM_PUBLIC_KEY" {
			continue
		}
		if err := misplaced(name, value); err != nil {
			return err
		}
		if problem := slip(value); problem != "" {
			return fmt.Errorf("%s %s", name, problem)
		}
	}
	return nil
}
