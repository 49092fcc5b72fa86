package cmd

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// What comes next is a command that there is, which moves nothing by itself; and each
// explanation has all keys that scripts read.
func TestNextIsACommand(t *testing.T) {
	root, seen := Root(), map[string]bool{}
	root.InitDefaultHelpCmd()
	for _, g := range explained() {
		if len(g.All) == 0 || g.About == "" {
			t.Errorf("the group %s has %d entries, and is about %q", g.Name, len(g.All), g.About)
		}
		for _, e := range g.All {
			text, err := say.Words{}.Object(e, nil)
			var object map[string]any
			if err != nil || json.Unmarshal(text, &object) != nil {
				t.Fatalf("%s %s: %v: %s", g.Name, e.Code, err, text)
			}
			for _, key := range []string{"group", "code", "meaning", "money", "final", "requestId", "wait", "buyer", "next"} {
				if value, there := object[key]; !there || value == "" || value == nil && key != "final" {
					t.Errorf("%s %s has no %s", g.Name, e.Code, key)
				}
			}
			next, _ := object["next"].(string)
			if seen[next] {
				continue
			}
			seen[next] = true
			c, rest, err := root.Find(strings.Fields(next)[1:])
			moves := c != nil && c.Flags().Lookup("confirm") != nil
			if err != nil || c == root || moves || slices.ContainsFunc(rest, func(a string) bool { return strings.HasPrefix(a, "-") && !hasFlag(c, a) }) {
				t.Errorf("%s %s: %q is no command that only looks", g.Name, e.Code, next)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d commands were looked at", len(seen))
	}
}

// The words that are explained are those that apo and its sandbox use.
func TestWhatIsUsedIsExplained(t *testing.T) {
	var used []string
	for _, k := range notify.Kinds() {
		used = append(used, "notification "+string(k))
	}
	for _, o := range []apo.Outcome{apo.Succeeded, apo.Declined, apo.Cancelled, apo.Pending, apo.InDoubt, apo.NeverArrived, apo.Different, apo.NotSent, apo.Refused, apo.Unrecognised} {
		used = append(used, "status "+string(o))
	}
	for _, c := range apo.Codes() {
		used = append(used, "code "+c.Name)
	}
	for _, f := range faultNames() {
		used = append(used, "fault "+f)
	}
	for _, word := range used {
		name, code, _ := strings.Cut(word, " ")
		group, known := groupNamed(name)
		if found := meanings(code, []say.ExplainedGroup{group}); !known || len(found) == 0 || found[0].Code != code {
			t.Errorf("%s is not explained", word)
		}
	}
}

// A word is found with what surrounds it where it was copied.
func TestBareWords(t *testing.T) {
	for typed, want := range map[string][2]string{
		"DO_NOT_HONOR": {"DO_NOT_HONOR", ""}, ` "DO_NOT_HONOR", `: {"DO_NOT_HONOR", ""}, `"avsResultRaw":"N"`: {"N", "avsResultRaw"},
		"result.resultCode=SUCCESS": {"SUCCESS", "resultCode"}, "body-reserialized": {"body-reserialized", ""}, ":": {":", ""}, "": {"", ""},
	} {
		if word, field := bare(typed); word != want[0] || field != want[1] {
			t.Errorf("%q: %q of %q, want %q", typed, word, field, want)
		}
	}
}
