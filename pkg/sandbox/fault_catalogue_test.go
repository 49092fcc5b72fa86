package sandbox

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// Names are typed by people and written into scripts.
func TestFaultNames(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)
	stages := []Stage{StageConnection, StageAnswer, StageOutcome, StageNotification}
	seen, last := map[string]bool{}, 0
	for _, f := range Faults() {
		if seen[f.Name] || !kebab.MatchString(f.Name) {
			t.Errorf("%q: not unique, or not in kebab-case", f.Name)
		}
		seen[f.Name] = true
		stage := slices.Index(stages, f.Stage)
		if stage < last {
			t.Errorf("%s: stage %q is unknown or out of order", f.Name, f.Stage)
		}
		last = max(last, stage)
		if !slices.Contains([]string{"any", "moving", "pay", "capture", "notify"}, f.APIs) {
			t.Errorf("%s: APIs are %q", f.Name, f.APIs)
		}
		if found, ok := FindFault(f.Name); !ok || found != f {
			t.Errorf("%s is not found by its name", f.Name)
		}
	}
	if len(seen) != 35 {
		t.Errorf("%d faults; the sandbox plays 35", len(seen))
	}
}

func TestFaultAliases(t *testing.T) {
	for alias, name := range map[string]string{"drop-after-commit": "cut-after-commit", "drop-before": "cut-before", "503": "http-503"} {
		if f, ok := FindFault(alias); !ok || f.Name != name {
			t.Errorf("%s is %q, want %s", alias, f.Name, name)
		}
	}
	for _, name := range []string{"", "cut", "CUT-BEFORE", "504"} {
		if f, ok := FindFault(name); ok {
			t.Errorf("%q is %s", name, f.Name)
		}
	}
}

// A meaning fits on a line of a table, an advice on a screen; neither begs,
// shouts, or has white space that wrapping would lose.
func TestFaultTexts(t *testing.T) {
	for _, f := range Faults() {
		if n := len(f.Meaning); n < 20 || n > 80 || strings.HasSuffix(f.Meaning, ".") || strings.Contains(f.Meaning, "\n") {
			t.Errorf("%s: %d characters, or no plain line: %q", f.Name, n, f.Meaning)
		}
		words := strings.Fields(f.Advice)
		if len(words) < 60 || len(words) > 120 {
			t.Errorf("%s: the advice has %d words, not 60 to 120", f.Name, len(words))
		}
		if strings.Join(words, " ") != f.Advice || !strings.HasSuffix(f.Advice, ".") {
			t.Errorf("%s: the advice is not one paragraph of sentences", f.Name)
		}
		if text := strings.ToLower(f.Meaning + f.Advice); strings.Contains(text, "please") || strings.Contains(text, "!") {
			t.Errorf("%s: begs or shouts", f.Name)
		}
		for _, side := range []string{"correct", "wrong"} {
			if !strings.Contains(f.Advice, side+" integration") && !strings.Contains(f.Advice, "A "+side+" one") {
				t.Errorf("%s: the advice does not say what a %s integration does", f.Name, side)
			}
		}
	}
}

// A result code that an advice names is one that APO has.
func TestFaultsNameCodesOfTheCatalogue(t *testing.T) {
	capitals := regexp.MustCompile(`\b[A-Z]{5,}\b|\b[A-Z]+(?:_[A-Z]+)+\b`)
	statuses := []string{"PROCESSING", "PAYMENT_PENDING", "PAYMENT_RESULT"} // of paymentStatus and notifyType
	named := 0
	for _, f := range Faults() {
		for _, word := range capitals.FindAllString(f.Meaning+" "+f.Advice, -1) {
			named++
			if _, known := apo.Lookup(word); !known && !slices.Contains(statuses, word) {
				t.Errorf("%s names %s, which is no result code", f.Name, word)
			}
		}
	}
	if named < 10 {
		t.Fatalf("only %d codes were found; what is looked for?", named)
	}
}
