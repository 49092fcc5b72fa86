package apo

import (
	"slices"
	"strings"
	"testing"
)

// Every entry of every group has a meaning and all parts of a decision, and its code once.
func TestEachEntryIsWhole(t *testing.T) {
	least := map[Group]int{
		GroupCode: 95, GroupStatus: 21, GroupNotification: 17, GroupISO: 46, GroupMAC: 15, GroupAVS: 24, GroupCVV: 7, Group3DS: 8, GroupECI: 7, GroupAcquirer: 1,
	}
	for _, g := range Groups() {
		list, seen := Entries(g), map[string]bool{}
		if len(list) != least[g] || g.Source() == "" || len(g.Fields()) == 0 {
			t.Errorf("%s: %d entries, want %d; source %q, fields %v", g, len(list), least[g], g.Source(), g.Fields())
		}
		for _, e := range list {
			whole(t, string(g)+" "+e.Code, e.Decision)
			phrase := e.Meaning != "" && strings.TrimRight(e.Meaning, ". ") == e.Meaning
			if e.Group != g || !phrase || seen[e.Code] {
				t.Errorf("%s %s: group %s, meaning %q, twice %v", g, e.Code, e.Group, e.Meaning, seen[e.Code])
			}
			seen[e.Code] = true
			found, lower := g.Explained(e.Code), g.Explained(strings.ToLower(e.Code))
			if len(found) == 0 || found[0] != e || !slices.Contains(lower, e) {
				t.Errorf("%s %s is not found by its code: %v, %v", g, e.Code, found, lower)
			}
			if g.IsRaw() && e.Money == MovedNo && e.RequestID != NewID {
				t.Errorf("%s %s: declined, and the ID is %s", g, e.Code, e.RequestID)
			}
		}
	}
	if len(Entries("nosuch")) > 0 {
		t.Error("a group that nobody knows has entries")
	}
}

// The times of the advice codes, and what is never tried again, as the sources have them.
func TestWhenACardMayBeTriedAgain(t *testing.T) {
	for code, wait := range map[string]Wait{
		"mac 02": WaitLater, "mac 03": WaitNever, "mac 21": WaitNever, "mac 24": "1h", "mac 25": "24h", "mac 26": "2d", "mac 27": "4d", "mac 28": "6d", "mac 29": "8d", "mac 30": "10d",
		"iso 04": WaitNever, "iso 07": WaitNever, "iso 14": WaitNever, "iso 41": WaitNever, "iso 43": WaitNever, "iso 46": WaitNever,
		"iso 51": WaitLater, "iso 61": WaitLater, "iso 65": WaitLater, "iso 5": WaitNone,
	} {
		group, code, _ := strings.Cut(code, " ")
		if found := Group(group).Explained(code); len(found) != 1 || found[0].Wait != wait {
			t.Errorf("%s %s: %v, want %q", group, code, found, wait)
		}
	}
	for _, unknown := range []string{"5X", "", "005", "99", "-1"} {
		if found := GroupISO.Explained(unknown); len(found) > 0 {
			t.Errorf("%q is explained: %v", unknown, found)
		}
	}
}
