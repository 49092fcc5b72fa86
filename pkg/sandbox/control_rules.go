package sandbox

import (
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

func ruleRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/rules", "The rules, in the order in which they are asked", controlRules),
		on("POST", "/rules", "Add a rule behind those that there are; its keys are the flags of apo sandbox rule add", controlAddRule),
		on("DELETE", "/rules", "Remove all rules", controlRemoveRules),
		on("GET", "/rules/{id}", "One rule", controlRule),
		on("DELETE", "/rules/{id}", "Remove a rule", controlRemoveRule),
		on("GET", "/faults", "The faults that a rule can have", func(*Sandbox, controlCall, none) ([]faultView, error) { return faultViews(), nil }),
		on("POST", "/faults", "Add a fault as --fault takes it: [API=]NAME[@RATE]; it is a rule", controlAddFault),
	}
}

// RuleFlags are a rule in the flags of apo sandbox rule add: what the control API takes.
type RuleFlags struct {
	API       string  `json:"api,omitempty"`
	Card      string  `json:"card,omitempty"`
	Acquirer  string  `json:"acquirer,omitempty"`
	RequestID string  `json:"request-id,omitempty"`
	IDPrefix  string  `json:"id-prefix,omitempty"`
	Amount    string  `json:"amount,omitempty"` // "4200" in smallest units, or "SGD 42.00"
	Currency  string  `json:"currency,omitempty"`
	Order     string  `json:"order,omitempty"`
	Buyer     string  `json:"buyer,omitempty"`
	Bin       string  `json:"bin,omitempty"`
	Nth       int     `json:"nth,omitempty"`
	Times     int     `json:"times,omitempty"`
	Rate      float64 `json:"rate,omitempty"`
	Result    string  `json:"result,omitempty"`
	Then      string  `json:"then,omitempty"`
	After     string  `json:"after,omitempty"` // "1h30m"
	ThreeDS   string  `json:"3ds,omitempty"`
	Fault     string  `json:"fault,omitempty"`
	Delay     string  `json:"delay,omitempty"` // "2s"
}

// RuleFacts are a rule as the control API tells it.
type RuleFacts struct {
	ID int64 `json:"id"`
	RuleFlags
	Seen int    `json:"seen"`
	Hits int    `json:"hits"`
	From string `json:"from,omitempty"`
}

// Flags is the rule in the words of the control API.
func (r Rule) Flags() RuleFlags {
	words := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	return RuleFlags{
		r.API, r.Card, r.Acquirer, r.RequestID, r.IDPrefix, r.Amount, r.Currency, r.Order, r.Buyer, r.Bin, r.Nth, r.Times, r.Rate,
		r.Result, r.Then, words(r.After), r.ThreeDS, r.Fault, words(r.Delay),
	}
}

// Rule reads the flags.
func (f RuleFlags) Rule() (r Rule, err error) {
	r = Rule{
		API: f.API, Card: f.Card, Acquirer: strings.ToUpper(f.Acquirer), RequestID: f.RequestID, IDPrefix: f.IDPrefix,
		Amount: f.Amount, Currency: strings.ToUpper(f.Currency), Order: f.Order, Buyer: f.Buyer, Bin: f.Bin,
		Nth: f.Nth, Times: f.Times, Rate: f.Rate,
		Outcome: Outcome{Result: f.Result, Then: f.Then, ThreeDS: f.ThreeDS, Fault: f.Fault},
	}
	for text, to := range map[*string]*time.Duration{&f.After: &r.After, &f.Delay: &r.Delay} {
		if *text == "" {
			continue
		}
		if *to, err = ParseDuration(*text); err != nil {
			return r, err
		}
	}
	if f.Amount != "" && (f.Currency != "" || f.Amount[0] > '9') {
		a, err := apo.ParseAmount(f.Amount, r.Currency)
		if err != nil {
			return r, err
		}
		r.Amount, r.Currency = a.Value, a.Currency
	}
	return r, nil
}

func rulesFacts(list []Rule) []RuleFacts {
	facts := []RuleFacts{}
	for _, r := range list {
		facts = append(facts, RuleFacts{r.ID, r.Flags(), r.Seen, r.Hits, r.From})
	}
	return facts
}

func controlRules(s *Sandbox, _ controlCall, _ none) ([]RuleFacts, error) {
	list, err := s.Rules()
	return rulesFacts(list), err
}

func controlRule(s *Sandbox, c controlCall, _ none) (RuleFacts, error) {
	id, err := c.number()
	if err != nil {
		return RuleFacts{}, err
	}
	list, err := s.Rules()
	i := slices.IndexFunc(list, func(r Rule) bool { return r.ID == id })
	if err == nil && i < 0 {
		err = notFound("there is no rule %d", id)
	}
	if err != nil {
		return RuleFacts{}, err
	}
	return rulesFacts(list[i:])[0], nil
}

func controlAddRule(s *Sandbox, _ controlCall, in RuleFlags) (RuleFacts, error) {
	r, err := in.Rule()
	if err != nil {
		return RuleFacts{}, asBad(err)
	}
	return s.controlAdds(r)
}

// mostRules bounds how many there are: each call is held against all of them.
const mostRules = 1000

func (s *Sandbox) controlAdds(r Rule) (RuleFacts, error) {
	if err := r.check(); err != nil {
		return RuleFacts{}, asBad(err)
	}
	if list, err := s.Rules(); err != nil || len(list) >= mostRules {
		if err == nil {
			err = controlError{409, "there are 1000 rules; DELETE /_apo/rules removes them"}
		}
		return RuleFacts{}, err
	}
	r, err := s.AddRule(r)
	if err != nil {
		return RuleFacts{}, err
	}
	return rulesFacts([]Rule{r})[0], nil
}

type removed struct {
	Removed int `json:"removed"`
}

func controlRemoveRule(s *Sandbox, c controlCall, _ none) (removed, error) {
	id, err := c.number()
	if err != nil {
		return removed{}, err
	}
	found, err := s.RemoveRule(id)
	if err == nil && !found {
		err = notFound("there is no rule %d", id)
	}
	return removed{1}, err
}

func controlRemoveRules(s *Sandbox, _ controlCall, _ none) (removed, error) {
	n, err := s.RemoveRules()
	return removed{n}, err
}

// RemoveRules removes all rules, and returns how many there were.
func (s *Sandbox) RemoveRules() (n int, err error) {
	err = s.store.do(func(t *tx) error {
		list, err := t.rules()
		if err != nil {
			return err
		}
		n = len(list)
		for _, r := range list {
			if err := t.removeRule(r.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

type faultView struct {
	Name    string `json:"fault"`
	Stage   string `json:"stage"`
	APIs    string `json:"api"`
	Meaning string `json:"meaning"`
	Advice  string `json:"advice"`
}

func faultViews() (list []faultView) {
	for _, f := range Faults() {
		list = append(list, faultView{f.Name, string(f.Stage), f.APIs, f.Meaning, f.Advice})
	}
	return list
}

type newFault struct {
	Fault string `json:"fault"`
}

func controlAddFault(s *Sandbox, _ controlCall, in newFault) (RuleFacts, error) {
	r, err := ParseFault(in.Fault)
	if err != nil {
		return RuleFacts{}, asBad(err)
	}
	return s.controlAdds(r)
}
