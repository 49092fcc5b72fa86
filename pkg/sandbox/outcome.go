package sandbox

import (
	"cmp"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Outcome is what a rule makes of a call.
type Outcome struct {
	Result  string        `json:"result,omitempty"`  // result code of the answer
	Then    string        `json:"then,omitempty"`    // what it becomes: the result code that is recorded in the end
	After   time.Duration `json:"after,omitempty"`   // when, in the sandbox's time; 0: at once, whatever the answer says
	ThreeDS string        `json:"threeDS,omitempty"` // of pay: "page" or "frictionless"

	Fault string        `json:"fault,omitempty"` // name of a fault of the wire, the answer or the notifications
	Delay time.Duration `json:"delay,omitempty"` // of the faults that wait, in real time
}

// outcome is what becomes of a call: by the first rule that fits, else by the
// card.
func (l ledger) outcome(c call) (Outcome, error) {
	o, found, err := l.ruled(c)
	if found || err != nil {
		return o, err
	}
	return l.byCard(c), nil
}

// outcomeOfPay is outcome for pay, of which more is known: risk control comes before
// the card, and so does the end of a card that was saved.
func (l ledger) outcomeOfPay(c call, amount apo.Amount, ended bool) (Outcome, error) {
	o, found, err := l.ruled(c)
	switch {
	case found || err != nil:
		return o, err
	case amount.Value == "11" && l.settings.Options.is("amount-11", "risk"):
		return Outcome{Result: "RISK_REJECT"}, nil
	case ended:
		return Outcome{Result: "CARD_EXPIRED"}, nil
	}
	return l.byCard(c), nil
}

// ruled is what a rule makes of a call; found is false where none fits.
func (l ledger) ruled(c call) (o Outcome, found bool, err error) {
	return l.draw(c, func(r Rule) bool { return r.Fault == "" })
}

// byCard is what its test card makes of a call.
func (l ledger) byCard(c call) Outcome {
	test, _ := l.testCard(c.card)
	for _, r := range test.Rules {
		if r.API == c.api {
			return r.Outcome
		}
	}
	return Outcome{}
}

// final is the result code that is recorded in the end.
func (o Outcome) final() string { return cmp.Or(o.Then, o.Result, "SUCCESS") }

// rejects reports whether a call is answered with the rule's code and nothing
// is recorded: the code is not one of a payment, capture or refund that failed,
// but of a request that was not taken.
func (o Outcome) rejects() bool {
	if o.Result == "" || o.Then != "" || o.After > 0 {
		return false
	}
	switch o.Result {
	case "PAYMENT_IN_PROCESS", "CAPTURE_IN_PROCESS", "REFUND_IN_PROCESS", "VERIFICATION_IN_PROCESS":
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

// declined is what becomes of a payment that was taken before it was rejected.
func (o Outcome) declined() Outcome {
	if code, known := apo.Lookup(o.Result); known && code.Status == "F" {
		return Outcome{Result: o.Result, Then: o.Result}
	}
	return Outcome{Result: "PROCESS_FAIL"}
}

// undecided reports whether what a call asks for never comes to an end.
func (o Outcome) undecided() bool {
	return o.Then == "" && o.After == 0 && strings.HasSuffix(o.Result, "_IN_PROCESS")
}

// waits reports whether a call's answer says "not yet".
func (o Outcome) waits() bool {
	return o.After > 0 || strings.HasSuffix(o.Result, "_IN_PROCESS")
}

// untrue reports whether the answer says something else than what is recorded.
func (o Outcome) untrue() bool {
	return o.Then != "" && o.Result != "" && !strings.HasSuffix(o.Result, "_IN_PROCESS") && o.Result != o.Then
}

// notYet is the code of an answer that says "not yet".
func notYet(api string) string {
	switch api {
	case "capture":
		return "CAPTURE_IN_PROCESS"
	case "refund":
		return "REFUND_IN_PROCESS"
	case "vaultPaymentMethod":
		return "VERIFICATION_IN_PROCESS"
	}
	return "PAYMENT_IN_PROCESS"
}
