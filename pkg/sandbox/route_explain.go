package sandbox

import (
	"errors"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
)

// Routes are the routing rules that the state was told; nil: there are none.
func (s *Sandbox) Routes() (rules *routing.Rules, err error) {
	err = s.store.look(func(t *tx) error {
		rules = t.settings.rules()
		return nil
	})
	return rules, err
}

// RouteQuestion is about where a pay request would go.
type RouteQuestion struct {
	Request []byte         // strict JSON; it need not be complete
	Rules   *routing.Rules // nil: those of the state, if any
	As      string         // paymentRequestId in place of the request's own
	Result  string         // the code with which each acquirer declines; "" none does
}

// RouteAnswer is where it would go.
type RouteAnswer struct {
	RequestID string
	Ruled     bool     // there are routing rules
	Acquirer  string   // that would be tried first
	Route     []string // in their order
	Steps     []RouteStep
}

// RouteStep is one decision.
type RouteStep struct {
	On                  string // routing.Received or routing.Failed
	Declined            string // the acquirer that declined
	ResultCode          string // with which
	Acquirer            string // that would be tried now; "" none is left
	routing.Explanation        // without rules nothing
}

// ErrRoute is what [Sandbox.ExplainRoute] wraps where the request does not tell what is
// needed.
var ErrRoute = errors.New("the request does not tell where it goes")

// ExplainRoute tells where a pay request would go now, and why. Nothing is recorded.
func (s *Sandbox) ExplainRoute(q RouteQuestion) (a RouteAnswer, err error) {
	request := gjson.Parse(string(q.Request))
	if a.RequestID = q.As; a.RequestID == "" {
		a.RequestID = request.Get("paymentRequestId").String()
	}
	if a.RequestID == "" {
		return a, fmt.Errorf("%w: it has no paymentRequestId, from which splits and random choices follow", ErrRoute)
	}
	err = s.store.do(func(t *tx) error {
		l := s.ledger(t)
		if q.Rules != nil {
			l.tx = &tx{sql: t.sql, cards: t.cards, ids: t.ids, settings: settings{Routes: &routes{q.Rules}}}
		}
		return l.explainRoute(&a, request, q.Result)
	})
	return a, err
}

func (l ledger) explainRoute(a *RouteAnswer, request gjson.Result, result string) error {
	rules := l.settings.rules()
	a.Ruled, a.Steps = rules != nil, nil
	c, err := l.cardToRoute(a.RequestID, request, rules)
	if err != nil {
		return err
	}
	n := l.ids.of("payment", a.RequestID)
	n.transaction(l.now) // its number comes first
	a.Acquirer = n.route(l.settings.Acquirers)
	a.Route = []string{a.Acquirer}
	if rules == nil {
		a.Steps = []RouteStep{{On: routing.Received, Acquirer: a.Acquirer}}
		return nil
	}
	e := eventOf(a.RequestID, c)
	e.On, e.Request = routing.Received, request.Raw
	first := rules.Explain(l.ids.seed, &e)
	if first.Acquirer != "" {
		a.Acquirer, a.Route = first.Acquirer, first.Route
	}
	a.Steps = append(a.Steps, RouteStep{On: e.On, Acquirer: a.Acquirer, Explanation: first})
	e.On, e.ResultCode, e.Route = routing.Failed, result, a.Route
	for next := a.Acquirer; result != "" && next != ""; {
		e.Acquirer, e.Tried = next, append(e.Tried, next)
		x := rules.Explain(l.ids.seed, &e)
		next = x.Acquirer
		e.Route = x.Route
		a.Steps = append(a.Steps, RouteStep{On: e.On, Declined: e.Acquirer, ResultCode: result, Acquirer: next, Explanation: x})
	}
	return nil
}

// cardToRoute is what rules are told of the card of a request that need not be whole:
// its number may have been masked.
func (l ledger) cardToRoute(requestID string, request gjson.Result, rules *routing.Rules) (c card, err error) {
	method := request.Get("paymentMethod")
	number := method.Get("paymentMethodMetaData.cardNo").String()
	switch {
	case method.Get("paymentMethodId").String() != "":
		c, found, err := l.cardOf(requestID, method)
		if err == nil && !found && rules != nil && rules.AskForCard() {
			err = fmt.Errorf("%w: paymentMethodId is not the token of a saved card, and the rules ask for its card", ErrRoute)
		}
		return c, err
	case apo.Luhn(number) && len(number) >= 12:
		c, _, err := l.cardOf(requestID, method)
		return c, err
	case rules == nil || !rules.AskForCard():
		return c, nil
	case number != "":
		return c, fmt.Errorf("%w: its cardNo is masked or no card number, and the rules ask for the card", ErrRoute)
	}
	return c, fmt.Errorf("%w: it has no card, and the rules ask for it; of a pay without a card they are asked when the buyer has given it", ErrRoute)
}
