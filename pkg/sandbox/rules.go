package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Rule says what happens to some calls instead of success. Test cards,
// scenarios and faults are rules too: see [TestCards], [Scenarios], [Faults].
type Rule struct {
	ID int64 `json:"id,omitempty"` // AddRule's to set

	// Which calls: those for which all that is set fits.
	API       string `json:"api,omitempty"`       // "pay", "capture", …, or "notify" for notifications
	Card      string `json:"card,omitempty"`      // name of a test card
	Acquirer  string `json:"acquirer,omitempty"`  // "ADYEN"
	RequestID string `json:"requestId,omitempty"` // of the call: paymentRequestId, captureRequestId or refundRequestId

	Times int     `json:"times,omitempty"` // how many calls it is for; 0: all
	Rate  float64 `json:"rate,omitempty"`  // the share of calls it is for, drawn from the seed; 0: all

	Outcome

	Seen int    `json:"seen,omitempty"` // how many calls fitted so far
	Hits int    `json:"hits,omitempty"` // how many of them it was applied to
	From string `json:"from,omitempty"` // the scenario that it is of
}

// Outcome is what a rule makes of a call.
type Outcome struct {
	Result  string        `json:"result,omitempty"`  // result code of the answer
	Then    string        `json:"then,omitempty"`    // what it becomes: the result code that the books have in the end
	After   time.Duration `json:"after,omitempty"`   // when, in the sandbox's time; 0: at once, whatever the answer says
	ThreeDS string        `json:"threeDS,omitempty"` // of pay: "page" or "frictionless"

	Fault string        `json:"fault,omitempty"` // name of a fault of the wire, the answer or the notifications
	Delay time.Duration `json:"delay,omitempty"` // of the faults that wait, in real time
}

// String is the rule in the words of apo sandbox rule add.
func (r Rule) String() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	duration := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	add("api", r.API)
	add("card", r.Card)
	add("acquirer", r.Acquirer)
	add("request-id", r.RequestID)
	add("result", r.Result)
	add("then", r.Then)
	add("after", duration(r.After))
	add("3ds", r.ThreeDS)
	add("fault", r.Fault)
	add("delay", duration(r.Delay))
	if r.Times > 0 {
		add("times", strconv.Itoa(r.Times))
	}
	if r.Rate > 0 {
		add("rate", strconv.FormatFloat(r.Rate, 'g', -1, 64))
	}
	return strings.Join(parts, ", ")
}

// apis are those that a rule can be for.
func apis() []string {
	return []string{"pay", "inquiryPayment", "capture", "cancel", "refund", "inquiryRefund", "notify"}
}

// notYet is the code of an answer that says "not yet".
func notYet(api string) string {
	switch api {
	case "capture":
		return "CAPTURE_IN_PROCESS"
	case "refund":
		return "REFUND_IN_PROCESS"
	}
	return "PAYMENT_IN_PROCESS"
}

// check tells what is wrong with a rule, and puts a fault that is an outcome
// into the words of one.
func (r *Rule) check() error {
	if r.API != "" && !slices.Contains(apis(), r.API) {
		return fmt.Errorf("%q is not one of the APIs %s", r.API, strings.Join(apis(), ", "))
	}
	if _, found := FindTestCard(r.Card); r.Card != "" && !found {
		return fmt.Errorf("%q is not the name of a test card", r.Card)
	}
	if r.Acquirer != "" && !slices.Contains(Acquirers(), r.Acquirer) {
		return fmt.Errorf("%q is not one of the acquirers %s", r.Acquirer, strings.Join(Acquirers(), ", "))
	}
	if r.Times < 0 || !(r.Rate >= 0 && r.Rate <= 1) || r.After < 0 || r.Delay < 0 {
		return fmt.Errorf("times, after and delay are not negative, and a rate is from 0 to 1")
	}
	if r.Fault != "" {
		if err := r.checkFault(); err != nil {
			return err
		}
	}
	switch twice := r.Fault == "capture-twice"; {
	case r.Fault != "" && (r.Result != "" || r.Then != "" || r.After > 0 || r.ThreeDS != ""):
		return fmt.Errorf("a fault leaves the books as they are: a result needs a rule of its own")
	case r.Fault != "" && !twice && (r.Card != "" || r.Acquirer != ""):
		return fmt.Errorf("%s knows neither card nor acquirer; give it a request ID", r.Fault)
	}
	for _, code := range []string{r.Result, r.Then} {
		if code == "" {
			continue
		}
		if c, known := apo.Lookup(code); !known {
			return fmt.Errorf("%q is not a result code; apo explain lists them", code)
		} else if code == r.Then && c.Status == "U" {
			return fmt.Errorf("%s is not final, so nothing can become it", code)
		} else if r.After > 0 && r.Then == "" && c.Status == "U" {
			return fmt.Errorf("%s is not final: say what it becomes then", code)
		}
	}
	switch r.ThreeDS {
	case "", "page", "frictionless":
	default:
		return fmt.Errorf("3DS is page or frictionless, not %q", r.ThreeDS)
	}
	switch {
	case r.ThreeDS != "" && r.API != "pay":
		return fmt.Errorf("3DS is a matter of pay")
	case r.After > 0 && r.Then == "" && r.Result == "":
		return fmt.Errorf("a rule with a time after which something happens says what: a result, or what it becomes then")
	case r.Then != "" && r.API != "pay" && r.API != "capture" && r.API != "refund" && r.API != "cancel":
		return fmt.Errorf("only a pay, capture, refund or cancel becomes something")
	case r.API == "cancel" && r.After > 0:
		return fmt.Errorf("a cancel happens at once, or not at all")
	case r.Result == "" && r.Then == "" && r.ThreeDS == "" && r.Fault == "":
		return fmt.Errorf("the rule says nothing: give it a result, 3DS or a fault")
	case r.API == "notify" && r.Fault == "":
		return fmt.Errorf("a notification has a fault, and no result of its own")
	}
	return nil
}

func (r *Rule) checkFault() error {
	f, found := FindFault(r.Fault)
	if !found {
		return fmt.Errorf("%q is not a fault; apo explain fault lists them", r.Fault)
	}
	r.Fault = f.Name
	switch f.Stage {
	case StageNotification:
		if r.API == "" || r.API == f.APIs { // capture-twice is a matter of captures
			r.API = "notify"
		}
		if r.API != "notify" {
			return fmt.Errorf("%s is a fault of notifications: its API is notify", f.Name)
		}
	case StageOutcome:
		if r.API != "pay" && r.API != "capture" && r.API != "refund" {
			return fmt.Errorf("%s is for one of pay, capture and refund", f.Name)
		}
		r.Fault, r.Result = "", notYet(r.API)
		if r.After == 0 {
			r.After = 5 * time.Second
		}
		if r.Then = "SUCCESS"; f.Name == "u-then-f" {
			r.Then = "PROCESS_FAIL"
		}
	default:
		if r.API == "notify" {
			return fmt.Errorf("%s is a fault of calls, not of notifications", f.Name)
		}
	}
	return nil
}

// ParseFault reads a fault as --fault takes it: API=NAME, with @RATE or *TIMES
// behind it, such as "capture=drop-after-commit@0.2". Without an API it is for
// all of them.
func ParseFault(text string) (Rule, error) {
	var r Rule
	api, name, found := strings.Cut(text, "=")
	if !found {
		api, name = "", text
	}
	if api == "any" {
		api = ""
	}
	var err error
	if before, rate, has := strings.Cut(name, "@"); has {
		if r.Rate, err = strconv.ParseFloat(rate, 64); err != nil || !(r.Rate > 0 && r.Rate <= 1) {
			return r, fmt.Errorf("the rate %q is not above 0 and at most 1", rate)
		}
		name = before
	}
	if before, times, has := strings.Cut(name, "*"); has {
		if r.Times, err = strconv.Atoi(times); err != nil || r.Times < 1 {
			return r, fmt.Errorf("the number of times %q is not a positive number", times)
		}
		name = before
	}
	if before, delay, has := strings.Cut(name, ":"); has {
		if r.Delay, err = time.ParseDuration(delay); err != nil || r.Delay < 0 {
			return r, fmt.Errorf("the delay %q is not a time such as 2s", delay)
		}
		name = before
	}
	r.API, r.Fault = api, name
	return r, r.check()
}

// call is what a rule is held against.
type call struct {
	api, card, acquirer, requestID string
}

func (r Rule) fits(c call) bool {
	return (r.API == "" || r.API == c.api) && (r.Card == "" || r.Card == c.card) &&
		(r.Acquirer == "" || r.Acquirer == c.acquirer) && (r.RequestID == "" || r.RequestID == c.requestID)
}

func (r Rule) usedUp() bool { return r.Times > 0 && r.Hits >= r.Times }

// draw finds the first rule of a kind that fits a call and is not used up, and
// counts that it was met. A rule whose rate spares the call lets the next one
// speak.
func (t *tx) draw(c call, kind func(Rule) bool) (Outcome, bool, error) {
	rules, err := t.rules()
	if err != nil {
		return Outcome{}, false, err
	}
	for _, r := range rules {
		if !kind(r) || !r.fits(c) || r.usedUp() {
			continue
		}
		hit := r.Rate == 0 || t.ids.of("rule", fmt.Sprintf("%d %d", r.ID, r.Seen)).share() < r.Rate
		if r.Seen++; hit {
			r.Hits++
		}
		if err := t.saveRule(r); err != nil {
			return Outcome{}, false, err
		}
		if hit {
			return r.Outcome, true, nil
		}
	}
	return Outcome{}, false, nil
}

// outcome is what the books make of a call: of the first rule that fits, or
// else of the card.
func (l ledger) outcome(c call) (Outcome, error) {
	o, found, err := l.draw(c, func(r Rule) bool { return r.Fault == "" })
	if found || err != nil {
		return o, err
	}
	test, _ := l.testCard(c.card)
	for _, r := range test.Rules {
		if r.API == c.api {
			return r.Outcome, nil
		}
	}
	return Outcome{}, nil
}

// final is the result code that the books have in the end.
func (o Outcome) final() string { return cmp.Or(o.Then, o.Result, "SUCCESS") }

// turnsAway reports whether a call is answered with the rule's code and nothing
// is booked: the code is not one of a payment, capture or refund that failed,
// but of a request that was not taken.
func (o Outcome) turnsAway() bool {
	if o.Result == "" || o.Then != "" || o.After > 0 {
		return false
	}
	switch o.Result {
	case "PAYMENT_IN_PROCESS", "CAPTURE_IN_PROCESS", "REFUND_IN_PROCESS":
		return false
	case "PARAM_ILLEGAL", "SYSTEM_ERROR", "METHOD_NOT_SUPPORTED", "MEDIA_TYPE_NOT_ACCEPTABLE", "REPEAT_REQ_INCONSISTENT", "REPEAT_REQUEST",
		"ORDER_NOT_EXIST", "ORDER_IS_CANCELED", "ORDER_IS_CANCELLED", "ORDER_IS_CLOSED", "ORDER_STATUS_INVALID",
		"AUTH_CANCELLED", "AUTH_EXPIRED", "AUTH_NOT_FOUND", "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "MULTI_CAPTURE_NOT_SUPPORTED",
		"REFUND_AMOUNT_EXCEED", "REFUND_WINDOW_EXCEED", "REFUND_NOT_SUPPORTED", "MULTIPLE_REFUNDS_NOT_SUPPORTED", "PARTIAL_REFUND_NOT_SUPPORTED",
		"CANCEL_WINDOW_EXCEED", "TIME_EXCEEDS_LIMIT", "INVALID_AMOUNT":
		return true
	}
	code, known := apo.Lookup(o.Result)
	return !known || code.Caller || code.Status == "U"
}

// undecided reports whether what a call asks for never comes to an end.
func (o Outcome) undecided() bool {
	return o.Then == "" && o.After == 0 && strings.HasSuffix(o.Result, "_IN_PROCESS")
}

// waits reports whether a call's answer says "not yet".
func (o Outcome) waits() bool {
	return o.After > 0 || strings.HasSuffix(o.Result, "_IN_PROCESS")
}

// untrue reports whether the answer says something else than what is booked.
func (o Outcome) untrue() bool {
	return o.Then != "" && o.Result != "" && !strings.HasSuffix(o.Result, "_IN_PROCESS") && o.Result != o.Then
}

// AddRule adds a rule behind those that there are; the first that fits counts.
func (s *Sandbox) AddRule(r Rule) (Rule, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	r.Seen, r.Hits = 0, 0
	err := s.store.do(func(t *tx) (err error) {
		r.ID, err = t.addRule(r)
		return err
	})
	return r, err
}

// RemoveRule removes a rule; found is false where there is none of that ID.
func (s *Sandbox) RemoveRule(id int64) (found bool, err error) {
	err = s.store.do(func(t *tx) error {
		rules, err := t.rules()
		if err != nil {
			return err
		}
		if found = slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == id }); !found {
			return nil
		}
		return t.removeRule(id)
	})
	return found, err
}

// Rules lists them in the order in which they are asked.
func (s *Sandbox) Rules() (list []Rule, err error) {
	err = s.store.look(func(t *tx) (err error) {
		list, err = t.rules()
		list = slices.Clone(list)
		return err
	})
	return list, err
}
