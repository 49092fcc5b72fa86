package sandbox

import (
	"errors"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
)

// ParseRoutes reads routing rules for the acquirers of the sandbox.
func ParseRoutes(text []byte) (*routing.Rules, error) { return routing.Parse(text, Acquirers()) }

// checkRoutes tells what is wrong with routing rules.
func (c Config) checkRoutes() error {
	if c.Routes == nil {
		return nil
	}
	if len(c.Acquirers) > 0 {
		return errors.New("routing rules and the weights of acquirers contradict each other")
	}
	_, err := ParseRoutes(c.Routes)
	return err
}

// routes are the routing rules that a state was told, as they are stored: their text.
type routes struct{ rules *routing.Rules }

// MarshalText is the text of the rules.
func (r *routes) MarshalText() ([]byte, error) { return []byte(r.rules.Text()), nil }

// UnmarshalText reads it again.
func (r *routes) UnmarshalText(text []byte) (err error) {
	r.rules, err = ParseRoutes(text)
	return err
}

// rules are the routing rules; nil: there are none.
func (s settings) rules() *routing.Rules {
	if s.Routes == nil {
		return nil
	}
	return s.Routes.rules
}

// course is how a payment was routed by rules. The exported names are its stored form.
type course struct {
	Rule  string            // that decided, "name" or "name/branch"; "" none fitted
	Route []string          // acquirers in their order
	Kept  map[string]string `json:",omitempty"` // of the request, for rules on payment.failed
	Tries []try             `json:",omitempty"` // those before the last

	Ended bool `json:",omitempty"` // the card has; see [ledger.hasEnded]
	Alone bool `json:",omitempty"` // no buyer is there; see [isMerchantInitiated]
	Asks  bool `json:",omitempty"` // for 3DS
}

// try is what an acquirer that declined had made of a payment.
type try struct {
	Acquirer acquirerInfo
	Code     string
	Refusal  string `json:",omitempty"` // the issuer's words
	Time     time.Time
	Rule     string // that sent the payment on
}

// tried are the acquirers that a payment has been to; last is where it is.
func (w *course) tried(last string) []string {
	var names []string
	for _, t := range w.Tries {
		names = append(names, t.Acquirer.Name)
	}
	return append(names, last)
}

func ruleName(d routing.Decision) string {
	if d.Branch == "" {
		return d.Rule
	}
	return d.Rule + "/" + d.Branch
}

// firstAcquirer is where a payment goes first: by the first routing rule that fits,
// else by weight, or at random. The course is nil where there are no rules.
func (l ledger) firstAcquirer(requestID string, request gjson.Result, c card, n numbers) (string, *course) {
	other := n.route(l.settings.Acquirers)
	rules := l.settings.rules()
	if rules == nil {
		return other, nil
	}
	e := eventOf(requestID, c)
	e.On, e.Request = routing.Received, request.Raw
	d := rules.Decide(l.ids.seed, &e)
	w := &course{
		Rule: ruleName(d), Route: slices.Clone(d.Route), Kept: rules.Keep(request.Raw),
		Ended: l.hasEnded(c, request), Alone: isMerchantInitiated(request),
	}
	mask, _ := l.masks(request)
	for path, value := range w.Kept {
		w.Kept[path] = mask.Text(value)
	}
	if d.Acquirer == "" {
		w.Route = []string{other}
		return other, w
	}
	return d.Acquirer, w
}

func eventOf(requestID string, c card) routing.Event {
	return routing.Event{RequestID: requestID, CardBrand: c.Brand, CardBin: c.Bin, IssuingCountry: c.Region}
}

// failOver takes a payment that its acquirer has declined to the next one, where a
// routing rule says so, and answers what comes of that. done is false where none does.
// A buyer who failed the check is not sent through it again.
func (l ledger) failOver(b *paymentRecord) (answer any, done bool, err error) {
	rules, w := l.settings.rules(), b.Routing
	if rules == nil || w == nil || b.ThreeDS.Result == "failed" {
		return nil, false, nil
	}
	e := eventOf(b.RequestID, b.Card)
	e.On, e.Kept = routing.Failed, w.Kept
	if e.Kept == nil {
		e.Kept = map[string]string{}
	}
	e.ResultCode, e.Acquirer, e.Route, e.Tried = b.Code, b.Acquirer.Name, w.Route, w.tried(b.Acquirer.Name)
	d := rules.Decide(l.ids.seed, &e)
	if d.Acquirer == "" {
		return nil, false, nil
	}
	plan, err := l.outcomeOfPay(call{"pay", b.Card.Behaviour, d.Acquirer, b.RequestID, factsOf(b.payment)}, b.Amount, w.Ended)
	if err != nil {
		return nil, true, err
	}
	if b.ThreeDS.Result == "frictionless" { // of the acquirer that declined
		b.ThreeDS.Result = ""
	}
	wants3DS := b.Wants3DS && b.ThreeDS.Result == ""
	if late := !b.Final.IsZero(); w.Alone || wants3DS && late { // nobody waits for an address any more
		plan = plan.withoutBuyer(wants3DS || w.Asks)
	}
	w.Tries = append(w.Tries, try{b.Acquirer, b.Code, l.refusalOf(b.Code), l.now, ruleName(d)})
	w.Route = slices.Clone(d.Route)
	n := l.ids.of("try", d.Acquirer+" "+b.RequestID)
	b.transition(reroute)
	b.Code, b.Acquirer = "PAYMENT_IN_PROCESS", n.acquirer(d.Acquirer, "pay_", b.ID, b.RequestID, l.now)
	b.Plan, b.Final = laterPlan(plan, b.ThreeDS.Result != ""), time.Time{}
	answer, err = l.firstStep(b, n)
	return answer, true, err
}

// laterPlan is an outcome as it comes to a payment that is recorded already: it cannot
// be turned away any more. A code that says no is a decline then, and one that does not
// know leaves the payment in process. Who was authenticated before is not asked again.
func laterPlan(plan Outcome, authenticated bool) Outcome {
	if code, _ := apo.Lookup(plan.Result); plan.rejects() && code.Status == "U" {
		plan.Result = "PAYMENT_IN_PROCESS"
	}
	if authenticated {
		plan.ThreeDS = ""
	}
	if plan == (Outcome{}) { // or it would be the card's
		plan.Then = "SUCCESS"
	}
	return plan
}

// Routing is how a payment was routed by rules, as the sandbox's owner sees it.
type Routing struct {
	Rule  string   `json:"rule"`  // "name" or "name/branch"; "" none fitted
	Route []string `json:"route"` // acquirers in their order
	Tries []Try    `json:"tries"` // acquirers that declined before the last one
}

// Try is what became of a payment at an acquirer that declined it.
type Try struct {
	Acquirer      string    `json:"acquirer"`
	TransactionID string    `json:"acquirerTransactionId"`
	Code          string    `json:"resultCode"`
	Time          time.Time `json:"time"`
	Rule          string    `json:"next"` // the rule that sent the payment on
}

func routingOf(w *course) *Routing {
	if w == nil {
		return nil
	}
	r := &Routing{Rule: w.Rule, Route: w.Route, Tries: []Try{}}
	for _, t := range w.Tries {
		r.Tries = append(r.Tries, Try{t.Acquirer.Name, t.Acquirer.TransactionID, t.Code, t.Time, t.Rule})
	}
	return r
}
