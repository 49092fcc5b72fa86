package routing

// Explanation is how a decision came about.
type Explanation struct {
	Decision
	Rules []Verdict // of each rule for the event, in their order
}

// Verdict is what a rule says of an event.
type Verdict struct {
	Rule       string
	Line       int
	Holds      bool // all of its conditions do
	Chosen     bool // it is the first that holds
	Conditions []Checked
	Branches   []Branch // of its split
}

// Checked is a condition, held against a payment.
type Checked struct {
	Field, Op string
	Wanted    []string // as the rule has it: a list for in and not-in, else one value; none for exists
	Value     string   // of the payment; "" there is none. It was not masked
	Holds     bool
}

// Branch is a part of a split.
type Branch struct {
	Name    string
	Percent string // "12.5"
	Route   []string
	Chosen  bool
}

// Explain is [Rules.Decide], and tells how it comes about.
func (r *Rules) Explain(seed [32]byte, e *Event) Explanation {
	x := Explanation{Decision: r.Decide(seed, e)}
	var w walk
	r.read(&w, e)
	decided := false
	for i := range r.list {
		rule := &r.list[i]
		if rule.on != e.On {
			continue
		}
		verdict := Verdict{Rule: rule.name, Line: rule.line, Holds: rule.holds(&w.to, r.currency)}
		verdict.Chosen = verdict.Holds && !decided
		decided = decided || verdict.Holds
		for j := range rule.when {
			verdict.Conditions = append(verdict.Conditions, rule.when[j].checked(&w.to, r.currency)...)
		}
		for _, b := range rule.split {
			verdict.Branches = append(verdict.Branches, Branch{b.name, percent(b.share), b.route, verdict.Chosen && b.name == x.Branch})
		}
		x.Rules = append(x.Rules, verdict)
	}
	return x
}

// checked holds a condition against a payment. An amount with a currency is two of them.
func (c *condition) checked(v *values, currency int) []Checked {
	one := Checked{Field: c.field, Op: Ops()[c.op].Name, Wanted: c.texts, Value: v[c.slot], Holds: c.holdsOf(v[c.slot])}
	if c.op == opExists && !c.there {
		one.Wanted = []string{"false"}
	}
	if c.currency == "" {
		return []Checked{one}
	}
	return []Checked{{"currency", "eq", []string{c.currency}, v[currency], v[currency] == c.currency}, one}
}
