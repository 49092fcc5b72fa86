package routing

import (
	"fmt"
	"strings"
)

// Description is a rule in short words.
type Description struct {
	Name  string   `json:"name"`
	Line  int      `json:"line"`
	On    string   `json:"on"`
	When  []string `json:"when"`            // "cardBrand in VISA, JCB"
	Route []string `json:"route,omitempty"` // acquirers in their order
	Split []string `json:"split,omitempty"` // "70 % old: ADYEN, CHECKOUT"
}

// Leads is where the rule leads to, in words.
func (d Description) Leads() string {
	switch {
	case len(d.Split) > 0:
		return strings.Join(d.Split, "; ")
	case len(d.Route) > 0:
		return strings.Join(d.Route, ", ")
	}
	return "the payment's route"
}

// Describe tells the rules in short words.
func (r *Rules) Describe() []Description {
	list := []Description{}
	for _, rule := range r.list {
		d := Description{Name: rule.name, Line: rule.line, On: rule.on, When: []string{}, Route: rule.route}
		for i := range rule.when {
			d.When = append(d.When, rule.when[i].String())
		}
		for _, b := range rule.split {
			d.Split = append(d.Split, fmt.Sprintf("%s %% %s: %s", percent(b.share), b.name, strings.Join(b.route, ", ")))
		}
		list = append(list, d)
	}
	return list
}

func (c *condition) String() string {
	text := c.field + " " + Ops()[c.op].Name
	switch {
	case c.op == opExists && !c.there:
		text += " false"
	case c.currency != "":
		text += " " + c.currency
	}
	return strings.TrimSpace(text + " " + strings.Join(c.texts, ", "))
}
