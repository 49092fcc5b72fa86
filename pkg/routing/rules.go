package routing

import "slices"

// Rules are routing rules that were understood. They do not change, and may be used
// from many goroutines.
type Rules struct {
	text     string
	list     []rule
	warnings []string

	paths    []string // of the request that conditions ask for
	tree     tree     // the same
	currency int      // slot of the payment's currency, if an amount is compared
}

// rule is one of them. It has a route or a split; one on Failed may have neither.
type rule struct {
	name  string
	line  int
	on    string
	when  []condition
	route []string
	split []branch
}

// branch is a part of a split.
type branch struct {
	name  string
	share int // in hundredths of a percent
	route []string
}

// Text is what the rules were read from.
func (r *Rules) Text() string { return r.text }

// Names are those of the rules, in the order in which they are asked.
func (r *Rules) Names() (names []string) {
	for _, rule := range r.list {
		names = append(names, rule.name)
	}
	return names
}

// Warnings tell what can be understood, and is hardly meant: "line 9: …".
func (r *Rules) Warnings() []string { return slices.Clone(r.warnings) }

// AskForCard reports whether a rule asks for something that is known of a card alone.
func (r *Rules) AskForCard() bool {
	return slices.ContainsFunc(r.list, func(r rule) bool {
		return slices.ContainsFunc(r.when, func(c condition) bool {
			return c.slot == slotBrand || c.slot == slotBin || c.slot == slotCountry
		})
	})
}
