package say

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// RefusedRule is about a rule that the sandbox does not take. in names where it was
// given: "--fault pay=nope: ", or "".
func RefusedRule(in string, err error) *Failure {
	f := Fail(Usage, "%s%v", in, err)
	if errors.Is(err, sandbox.ErrNoFault) {
		f.Hint("apo explain fault lists them")
	}
	if errors.Is(err, sandbox.ErrNoCode) {
		var names []string
		for _, c := range apo.Codes() {
			names = append(names, c.Name)
		}
		f.Hint("the result codes are %s", strings.Join(names, ", "))
	}
	return f
}

// RuleView is a rule of a sandbox as scripts see it, with its times in words:
// "5s".
type RuleView struct {
	ID        int64   `json:"id,omitempty"`
	API       string  `json:"api,omitempty"`
	Card      string  `json:"card,omitempty"`
	Acquirer  string  `json:"acquirer,omitempty"`
	RequestID string  `json:"requestId,omitempty"`
	IDPrefix  string  `json:"idPrefix,omitempty"`
	Amount    string  `json:"amount,omitempty"`
	Currency  string  `json:"currency,omitempty"`
	Order     string  `json:"order,omitempty"`
	Buyer     string  `json:"buyer,omitempty"`
	Bin       string  `json:"bin,omitempty"`
	Nth       int     `json:"nth,omitempty"`
	Times     int     `json:"times,omitempty"`
	Rate      float64 `json:"rate,omitempty"`
	Result    string  `json:"result,omitempty"`
	Then      string  `json:"then,omitempty"`
	After     string  `json:"after,omitempty"`
	ThreeDS   string  `json:"threeDS,omitempty"`
	Fault     string  `json:"fault,omitempty"`
	Delay     string  `json:"delay,omitempty"`
	Seen      int     `json:"seen,omitempty"`
	Hits      int     `json:"hits,omitempty"`
	From      string  `json:"from,omitempty"`
}

// RuleOf is the view of a rule.
func RuleOf(r sandbox.Rule) RuleView {
	words := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	hidden := apo.Masker{}.ID // an ID may be anything, even a card number
	return RuleView{
		r.ID, r.API, r.Card, r.Acquirer, hidden(r.RequestID), hidden(r.IDPrefix), r.Amount, r.Currency, hidden(r.Order), hidden(r.Buyer), r.Bin, r.Nth, r.Times, r.Rate, r.Result, r.Then, words(r.After),
		r.ThreeDS, r.Fault, words(r.Delay), r.Seen, r.Hits, r.From,
	}
}

// RulesOf are the views of rules; an empty list for none.
func RulesOf(list []sandbox.Rule) []RuleView {
	views := []RuleView{}
	for _, r := range list {
		views = append(views, RuleOf(r))
	}
	return views
}

// ScenarioView is a scenario of a sandbox as scripts see it.
type ScenarioView struct {
	Name    string     `json:"name"`
	Meaning string     `json:"meaning"`
	Rules   []RuleView `json:"rules"`
}

// ScenarioOf is the view of a scenario.
func ScenarioOf(s sandbox.Scenario) ScenarioView {
	return ScenarioView{s.Name, s.Meaning, RulesOf(s.Rules)}
}

// Rules counts them: "1 rule".
func Rules(n int) string {
	if n == 1 {
		return "1 rule"
	}
	return fmt.Sprintf("%d rules", n)
}

// RuleUsed says how often a rule was used.
func RuleUsed(r sandbox.Rule) string {
	used := fmt.Sprintf("%d of %d", r.Hits, r.Seen)
	if r.Times > 0 && r.Hits >= r.Times || r.Nth > 0 && r.Seen >= r.Nth {
		used += ", used up"
	}
	return used
}
