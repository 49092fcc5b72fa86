package sandbox

import (
	"slices"
	"time"
)

// Scenario is a story to test a merchant's code against: rules under a name.
type Scenario struct {
	Name    string // "late-success"
	Meaning string // what happens, in a person's words
	Rules   []Rule
}

// Scenarios lists them.
func Scenarios() []Scenario {
	rule := func(api string, o Outcome) Rule { return Rule{API: api, Outcome: o} }
	once := func(r Rule) Rule { r.Times = 1; return r }
	list := []Scenario{
		{"late-success", "every payment is in process for 5 s, and then authorized", []Rule{
			rule("pay", Outcome{Then: "SUCCESS", After: 5 * time.Second}),
		}},
		{"late-decline", "every payment is in process for 5 s, and then declined: DO_NOT_HONOR", []Rule{
			rule("pay", Outcome{Then: "DO_NOT_HONOR", After: 5 * time.Second}),
		}},
		{"never-decided", "every payment stays in process until it is closed", []Rule{
			rule("pay", Outcome{Result: "PAYMENT_IN_PROCESS"}),
		}},
		{"declines", "every payment is declined: DO_NOT_HONOR", []Rule{
			rule("pay", Outcome{Result: "DO_NOT_HONOR"}),
		}},
		{"3ds-always", "every payment needs the buyer on a 3DS page", []Rule{
			rule("pay", Outcome{ThreeDS: "page"}),
		}},
		{"lost-answers", "the first pay, capture and refund are booked, and their answers get lost", []Rule{
			once(rule("pay", Outcome{Fault: "cut-after-commit"})),
			once(rule("capture", Outcome{Fault: "cut-after-commit"})),
			once(rule("refund", Outcome{Fault: "cut-after-commit"})),
		}},
		{"success-said-failed", "pay answers SYSTEM_ERROR, and the payment is authorized all the same", []Rule{
			rule("pay", Outcome{Result: "SYSTEM_ERROR", Then: "SUCCESS"}),
		}},
		{"slow-captures", "every capture is in process for a minute, and then done", []Rule{
			rule("capture", Outcome{Then: "SUCCESS", After: time.Minute}),
		}},
		{"capture-fails", "every capture fails: PROCESS_FAIL", []Rule{
			rule("capture", Outcome{Result: "PROCESS_FAIL"}),
		}},
		{"capture-told-twice", "the result of a capture is notified twice, with two captureIds", []Rule{
			rule("notify", Outcome{Fault: "capture-twice"}),
		}},
		{"slow-refunds", "every refund is in process for an hour, and then done", []Rule{
			rule("refund", Outcome{Then: "SUCCESS", After: time.Hour}),
		}},
		{"refund-fails-late", "every refund is in process for an hour, and then fails", []Rule{
			rule("refund", Outcome{Then: "PROCESS_FAIL", After: time.Hour}),
		}},
		{"notification-first", "notifications arrive before the answers to the calls that caused them", []Rule{
			rule("notify", Outcome{Fault: "notify-first"}),
		}},
		{"notification-storm", "every notification is delivered twice at the same time", []Rule{
			rule("notify", Outcome{Fault: "notify-two-at-once"}),
		}},
		{"no-notifications", "no notification is ever delivered", []Rule{
			rule("notify", Outcome{Fault: "notify-lost"}),
		}},
		{"adyen-outage", "what is routed to the acquirer ADYEN fails: PROCESS_FAIL", []Rule{
			{Acquirer: "ADYEN", API: "pay", Outcome: Outcome{Result: "PROCESS_FAIL"}},
			{Acquirer: "ADYEN", API: "capture", Outcome: Outcome{Result: "PROCESS_FAIL"}},
			{Acquirer: "ADYEN", API: "refund", Outcome: Outcome{Result: "PROCESS_FAIL"}},
		}},
		{"bad-network", "a tenth of all answers each is cut off, late, or not from APO", []Rule{
			{Rate: 0.1, Outcome: Outcome{Fault: "cut-after-commit"}},
			{Rate: 0.1, Outcome: Outcome{Fault: "delay"}},
			{Rate: 0.1, Outcome: Outcome{Fault: "html-502"}},
		}},
		{"untrusted", "answers are signed by another key", []Rule{
			{Outcome: Outcome{Fault: "other-key"}},
		}},
	}
	for i := range list {
		for j := range list[i].Rules {
			list[i].Rules[j].From = list[i].Name
		}
	}
	return list
}

// FindScenario finds a scenario by its name.
func FindScenario(name string) (Scenario, bool) {
	list := Scenarios()
	if i := slices.IndexFunc(list, func(s Scenario) bool { return s.Name == name }); i >= 0 {
		return list[i], true
	}
	return Scenario{}, false
}
