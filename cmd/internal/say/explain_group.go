package say

import (
	"slices"
	"strings"
)

// ExplainedGroup is what apo explain knows of one kind.
type ExplainedGroup struct {
	Name  string
	About string // what its members are
	All   []Explanation
}

// ListGroups writes a line for each group.
func (p Printer) ListGroups(groups []ExplainedGroup) error {
	type row struct {
		Group   string `json:"group"`
		Entries int    `json:"entries"`
		About   string `json:"about"`
		Example string `json:"example"`
	}
	var rows []row
	var table [][]string
	for _, g := range groups {
		one := row{Group: g.Name, Entries: len(g.All), About: g.About, Example: "apo explain " + g.Name + " " + Quoted(g.All[0].Code)}
		rows = append(rows, one)
		table = append(table, []string{one.Group, one.About, one.Example})
	}
	if p.WantsJSON() {
		return p.ShowOwn(rows)
	}
	return p.WriteTable([]string{"group", "what it is", "example"}, table)
}

type entryRow struct {
	Group   string `json:"group"`
	Code    string `json:"code"`
	Meaning string `json:"meaning"`
}

func entryRows(list []Explanation) (rows []entryRow) {
	for _, e := range list {
		rows = append(rows, entryRow{e.Group, e.Code, e.Meaning})
	}
	return rows
}

// ListExplained writes a line for each member of a group.
func (p Printer) ListExplained(list []Explanation) error {
	if p.WantsJSON() {
		return p.ShowOwn(entryRows(list))
	}
	var table [][]string
	for _, e := range list {
		table = append(table, []string{e.Code, e.Meaning})
	}
	return p.WriteTable([]string{list[0].Group, "meaning"}, table)
}

// ListFound writes a line for each explanation that was found by words.
func (p Printer) ListFound(list []Explanation) error {
	if p.WantsJSON() {
		return p.ShowOwn(entryRows(list))
	}
	var table [][]string
	for _, e := range list {
		table = append(table, []string{e.Group, e.Code, e.Meaning})
	}
	return p.WriteTable([]string{"group", "code", "meaning"}, table)
}

// Search finds the explanations that hold all words, in any case and as parts of
// longer ones; those with all of them in their code and meaning first.
func Search(groups []ExplainedGroup, words string) (found []Explanation) {
	var others []Explanation
	wanted := strings.Fields(strings.ToLower(words))
	holds := func(text string) bool {
		text = strings.ToLower(text)
		return !slices.ContainsFunc(wanted, func(word string) bool { return !strings.Contains(text, word) })
	}
	for _, g := range groups {
		for _, e := range g.All {
			switch short := e.Group + " " + e.Code + " " + strings.ReplaceAll(e.Code, "_", " ") + " " + e.Meaning; {
			case len(wanted) == 0:
			case holds(short):
				found = append(found, e)
			case holds(short + " " + g.About + " " + e.Do + " " + e.also):
				others = append(others, e)
			}
		}
	}
	return append(found, others...)
}
