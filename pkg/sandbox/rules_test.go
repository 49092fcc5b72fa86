package sandbox_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func payResult(code string) sandbox.Rule {
	return sandbox.Rule{API: "pay", Outcome: sandbox.Outcome{Result: code}}
}

func TestFirstRuleThatFitsCounts(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	once := payResult("USER_BALANCE_NOT_ENOUGH")
	once.Times = 2
	first := m.rule(once)
	byID := payResult("PARAM_ILLEGAL")
	byID.RequestID = "special"
	m.rule(byID)
	byCard := payResult("RISK_REJECT")
	byCard.Card = "amex"
	m.rule(byCard)
	last := m.rule(payResult("DO_NOT_HONOR"))

	m.pay("USER_BALANCE_NOT_ENOUGH", "a", "1000", "visa")
	m.pay("USER_BALANCE_NOT_ENOUGH", "special", "1000", "visa")
	m.pay("RISK_REJECT", "c", "1000", "amex") // the first is used up
	m.pay("DO_NOT_HONOR", "d", "1000", "visa")
	m.pay("USER_BALANCE_NOT_ENOUGH", "special", "1000", "visa") // it is recorded: no rule is asked
	m.unrule(last.ID)
	m.pay("SUCCESS", "e", "1000", "visa")
	m.pay("LOST_CARD", "f", "1000", "visa-lost") // a card's own behaviour comes last

	rules, err := m.box.Rules()
	if err != nil || len(rules) != 3 {
		t.Fatalf("%v %v", rules, err)
	}
	if r := rules[0]; r.ID != first.ID || r.Seen != 2 || r.Hits != 2 {
		t.Errorf("the first rule counted %+v", r)
	}
	if r := rules[1]; r.Seen != 0 || r.Hits != 0 {
		t.Errorf("a rule that never fitted counted %+v", r)
	}
	if found, err := m.box.RemoveRule(last.ID); err != nil || found {
		t.Errorf("a rule was removed twice: %v %v", found, err)
	}
}

// Who is turned away comes again with the same paymentRequestId, as the code
// advises, and finds nothing of the first try in the way: not even of a card that
// was to be saved.
func TestTurnedAwayWithACardToSave(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	busy := payResult("REQUEST_TRAFFIC_EXCEED_LIMIT")
	busy.Times = 2
	m.rule(busy)
	r := m.request("demo", "1000", "visa")
	r.PaymentMethod.PaymentMethodMetaData.TokenizeMode = "ASKFORCONSENT"
	for _, code := range []string{"REQUEST_TRAFFIC_EXCEED_LIMIT", "REQUEST_TRAFFIC_EXCEED_LIMIT", "SUCCESS"} {
		answer, err := m.client.Pay(context.Background(), r)
		if token := m.wants(code, answer, err).Get("paymentResultInfo.cardToken"); (token != "") != (code == "SUCCESS") {
			t.Errorf("%s with the token %q", code, token)
		}
	}
}

func TestRulesForAnAcquirer(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Seed: "acquirers"})
	r := payResult("PROCESS_FAIL")
	r.Acquirer = "ADYEN"
	m.rule(r)
	seen := map[string]int{}
	for i := range 40 {
		answer := m.answered("pay", fmt.Sprint("p", i), "")
		p := apo.ReadPayment(answer)
		seen[p.Acquirer.Name]++
		if failed := answer.Result.Code == "PROCESS_FAIL"; failed != (p.Acquirer.Name == "ADYEN") {
			t.Errorf("%s at %s", answer.Result.Code, p.Acquirer.Name)
		}
	}
	if len(seen) != 3 {
		t.Errorf("40 payments went to %v alone", seen)
	}
	// A capture is at the acquirer of its payment.
	m.rule(sandbox.Rule{API: "capture", Acquirer: "CHECKOUT", Outcome: sandbox.Outcome{Result: "USER_STATUS_ABNORMAL"}})
	for i := range 40 {
		p := m.inquire("SUCCESS", fmt.Sprint("p", i))
		if p.Status != apo.StatusSuccess {
			continue
		}
		answer := m.answered("capture", fmt.Sprint("c", i), p.PaymentID)
		if failed := answer.Result.Code == "USER_STATUS_ABNORMAL"; failed != (p.Acquirer.Name == "CHECKOUT") {
			t.Errorf("captured at %s: %s", p.Acquirer.Name, answer.Result.Code)
		}
	}
}

// hits are the payments, of so many, that a rule with a rate declines.
func hits(t *testing.T, seed string, rate float64, count int) string {
	t.Helper()
	m := newMerchant(t, sandbox.Config{Seed: seed})
	r := payResult("DO_NOT_HONOR")
	r.Rate = rate
	m.rule(r)
	var b strings.Builder
	for i := range count {
		b.WriteString(m.answered("pay", fmt.Sprint("p", i), "").Result.Status)
	}
	return b.String()
}

func TestRate(t *testing.T) {
	t.Parallel()
	const count = 100
	first := hits(t, "one", 0.3, count)
	if again := hits(t, "one", 0.3, count); again != first {
		t.Errorf("the same seed drew otherwise:\n%s\n%s", first, again)
	}
	if other := hits(t, "two", 0.3, count); other == first {
		t.Error("another seed drew the same")
	}
	if n := strings.Count(first, "F"); n < 20 || n > 40 {
		t.Errorf("%d of %d at a rate of 0.3", n, count)
	}
	if all := hits(t, "one", 1, 20); strings.Count(all, "F") != 20 {
		t.Errorf("at a rate of 1: %s", all)
	}
	// A rule that spares a call lets the next one speak.
	m := newMerchant(t, sandbox.Config{Seed: "one"})
	r := payResult("DO_NOT_HONOR")
	r.Rate, r.Times = 0.3, 5
	m.rule(r)
	m.rule(payResult("LOST_CARD"))
	seen := map[string]int{}
	for i := range 100 {
		seen[m.answered("pay", fmt.Sprint("p", i), "").Result.Code]++
	}
	if seen["DO_NOT_HONOR"] != 5 || seen["LOST_CARD"] != 95 {
		t.Errorf("%v", seen)
	}
}

// What is answered and what is recorded, for each combination of a rule.
func TestAnswerAndBooks(t *testing.T) {
	t.Parallel()
	out := func(result, then string, after time.Duration) sandbox.Outcome {
		return sandbox.Outcome{Result: result, Then: then, After: after}
	}
	const m5 = 5 * time.Minute
	for _, c := range []struct {
		api             string
		o               sandbox.Outcome
		answer          string
		now, later      string // status as recorded at once, and after five minutes; "": nothing is there
		code            string // in the end
		repeatedAnswers string // to the same request, in the end and without the rule
	}{
		{"pay", out("", "SUCCESS", m5), "PAYMENT_IN_PROCESS", "PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"pay", out("", "LOST_CARD", m5), "PAYMENT_IN_PROCESS", "PROCESSING", "FAIL", "LOST_CARD", "LOST_CARD"},
		{"pay", out("PAYMENT_IN_PROCESS", "SUCCESS", 0), "PAYMENT_IN_PROCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"pay", out("PAYMENT_IN_PROCESS", "LOST_CARD", 0), "PAYMENT_IN_PROCESS", "FAIL", "FAIL", "LOST_CARD", "LOST_CARD"},
		{"pay", out("SYSTEM_ERROR", "SUCCESS", 0), "SYSTEM_ERROR", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"pay", out("UNKNOWN_EXCEPTION", "SUCCESS", 0), "UNKNOWN_EXCEPTION", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"pay", out("DO_NOT_HONOR", "SUCCESS", m5), "DO_NOT_HONOR", "PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"pay", out("SUCCESS", "DO_NOT_HONOR", 0), "SUCCESS", "FAIL", "FAIL", "DO_NOT_HONOR", "DO_NOT_HONOR"},
		{"pay", out("DO_NOT_HONOR", "", m5), "PAYMENT_IN_PROCESS", "PROCESSING", "FAIL", "DO_NOT_HONOR", "DO_NOT_HONOR"},
		{"pay", out("", "SYSTEM_ERROR", 0), "SYSTEM_ERROR", "FAIL", "FAIL", "SYSTEM_ERROR", "SYSTEM_ERROR"},
		{"pay", out("CAPTURE_IN_PROCESS", "", 0), "PAYMENT_IN_PROCESS", "PROCESSING", "PROCESSING", "PAYMENT_IN_PROCESS", "PAYMENT_IN_PROCESS"},
		{"capture", out("", "SUCCESS", m5), "CAPTURE_IN_PROCESS", "PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"capture", out("", "PROCESS_FAIL", m5), "CAPTURE_IN_PROCESS", "PROCESSING", "FAIL", "PROCESS_FAIL", "PROCESS_FAIL"},
		{"capture", out("CAPTURE_IN_PROCESS", "SUCCESS", 0), "CAPTURE_IN_PROCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"capture", out("CAPTURE_IN_PROCESS", "", 0), "CAPTURE_IN_PROCESS", "PROCESSING", "PROCESSING", "CAPTURE_IN_PROCESS", "CAPTURE_IN_PROCESS"},
		{"capture", out("SYSTEM_ERROR", "SUCCESS", 0), "SYSTEM_ERROR", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"capture", out("SUCCESS", "PROCESS_FAIL", m5), "SUCCESS", "PROCESSING", "FAIL", "PROCESS_FAIL", "PROCESS_FAIL"},
		{"capture", out("SYSTEM_ERROR", "", 0), "SYSTEM_ERROR", "", "", "", "SUCCESS"},
		{"refund", out("", "SUCCESS", m5), "REFUND_IN_PROCESS", "PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"refund", out("REFUND_IN_PROCESS", "PROCESS_FAIL", m5), "REFUND_IN_PROCESS", "PROCESSING", "FAIL", "PROCESS_FAIL", "PROCESS_FAIL"},
		{"refund", out("SYSTEM_ERROR", "SUCCESS", 0), "SYSTEM_ERROR", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"refund", out("UNKNOWN_EXCEPTION", "SUCCESS", m5), "UNKNOWN_EXCEPTION", "PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"refund", out("SUCCESS", "PROCESS_FAIL", 0), "SUCCESS", "FAIL", "FAIL", "PROCESS_FAIL", "PROCESS_FAIL"},
		{"cancel", out("SUCCESS", "PROCESS_FAIL", 0), "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"cancel", out("SYSTEM_ERROR", "SUCCESS", 0), "SYSTEM_ERROR", "CANCELLED", "CANCELLED", "ORDER_IS_CANCELED", "SUCCESS"},
		{"cancel", out("", "PROCESS_FAIL", 0), "PROCESS_FAIL", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"cancel", out("UNKNOWN_EXCEPTION", "", 0), "UNKNOWN_EXCEPTION", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"},
	} {
		name := c.api + " " + sandbox.Rule{Outcome: c.o}.String()
		t.Run(name, func(t *testing.T) {
			m := newMerchant(t, sandbox.Config{})
			payment := m.paid(c.api, "x")
			r := m.rule(sandbox.Rule{API: c.api, Outcome: c.o})
			answer := m.wants(c.answer, m.answered(c.api, "x", payment), nil)
			if c.answer == "SUCCESS" { // it looks like any other, whatever was recorded
				for _, field := range successFields(c.api) {
					if answer.Get(field) == "" {
						t.Errorf("%s is missing in %s", field, answer.Raw)
					}
				}
			}
			m.unrule(r.ID)
			if status, _ := m.recorded(c.api, "x"); status != c.now {
				t.Errorf("at once it is recorded as %q, want %q", status, c.now)
			}
			m.clock = m.clock.Add(m5)
			if status, code := m.recorded(c.api, "x"); status != c.later || code != c.code {
				t.Errorf("later it is recorded as %q %q, want %q %q", status, code, c.later, c.code)
			}
			m.wants(c.repeatedAnswers, m.answered(c.api, "x", payment), nil)
		})
	}
}

func successFields(api string) []string {
	return map[string][]string{
		"pay":     {"paymentId", "paymentRequestId", "paymentAmount.value", "paymentTime", "authExpiryTime", "paymentResultInfo.networkTransactionId", "acquirerInfo.acquirerName"},
		"capture": {"captureId", "captureRequestId", "paymentId", "captureAmount.value", "captureTime"},
		"refund":  {"refundId", "refundRequestId", "paymentId", "refundAmount.value", "refundTime"},
		"cancel":  {"cancelTime", "paymentId", "paymentRequestId"},
	}[api]
}

// recorded is what is recorded of what an API did; a cancel's is the payment's.
func (m *merchant) recorded(api, id string) (status, code string) {
	m.Helper()
	switch api {
	case "pay":
		p := m.inquire("SUCCESS", id)
		return p.Status, p.ResultCode
	case "cancel":
		p := m.inquire("SUCCESS", "p-"+id)
		return p.Status, p.ResultCode
	}
	tr, _ := m.inquire("SUCCESS", "p-"+id).Find(strings.ToUpper(api), id)
	return tr.Status, tr.Result.Code
}

func TestWrongRulesAreRefused(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	o := func(o sandbox.Outcome) sandbox.Outcome { return o }
	fine := o(sandbox.Outcome{Result: "DO_NOT_HONOR"})
	for want, r := range map[string]sandbox.Rule{
		`"payout" is not one of the APIs`:                 {API: "payout", Outcome: fine},
		`"diners" is not the name of a test card`:         {Card: "diners", Outcome: fine},
		`"adyen" is not one of the acquirers`:             {Acquirer: "adyen", Outcome: fine},
		`a rate is from 0 to 1`:                           {Rate: 1.1, Outcome: fine},
		`and a rate is from 0 to 1`:                       {Rate: math.NaN(), Outcome: fine},
		`times, after and delay are not negative`:         {Times: -1, Outcome: fine},
		`after and delay are not negative`:                {API: "pay", Outcome: o(sandbox.Outcome{Then: "SUCCESS", After: -time.Second})},
		`and delay are not negative`:                      {API: "pay", Outcome: o(sandbox.Outcome{Fault: "delay", Delay: -1})},
		`"do_not_honor" is not a result code`:             {Outcome: o(sandbox.Outcome{Result: "do_not_honor"})},
		`"NO_SUCH" is not a result code`:                  {API: "pay", Outcome: o(sandbox.Outcome{Then: "NO_SUCH"})},
		`UNKNOWN_EXCEPTION is not final`:                  {API: "pay", Outcome: o(sandbox.Outcome{Then: "UNKNOWN_EXCEPTION", After: 1})},
		`PAYMENT_IN_PROCESS is not final`:                 {API: "pay", Outcome: o(sandbox.Outcome{Result: "PAYMENT_IN_PROCESS", After: time.Second})},
		`CAPTURE_IN_PROCESS is not final`:                 {API: "capture", Outcome: o(sandbox.Outcome{Result: "CAPTURE_IN_PROCESS", After: time.Second})},
		`3DS is page or frictionless, not "on"`:           {API: "pay", Outcome: o(sandbox.Outcome{ThreeDS: "on"})},
		`3DS is a matter of pay`:                          {API: "capture", Outcome: o(sandbox.Outcome{ThreeDS: "page"})},
		`says what: a result, or what it becomes then`:    {API: "pay", Outcome: o(sandbox.Outcome{After: 1})},
		`only a pay, capture, refund or cancel becomes`:   {API: "inquiryPayment", Outcome: o(sandbox.Outcome{Then: "SUCCESS"})},
		`or cancel becomes something`:                     {Outcome: o(sandbox.Outcome{Then: "SUCCESS"})},
		`a cancel happens at once`:                        {API: "cancel", Outcome: o(sandbox.Outcome{Then: "SUCCESS", After: time.Second})},
		`the rule says nothing`:                           {API: "pay"},
		`a notification has a fault`:                      {API: "notify", Outcome: fine},
		`"lightning" is not a fault`:                      {API: "pay", Outcome: o(sandbox.Outcome{Fault: "lightning"})},
		`notify-lost is a fault of notifications`:         {API: "pay", Outcome: o(sandbox.Outcome{Fault: "notify-lost"})},
		`u-then-s is for one of pay, capture and refund`:  {API: "cancel", Outcome: o(sandbox.Outcome{Fault: "u-then-s"})},
		`u-then-f is for one of pay`:                      {Outcome: o(sandbox.Outcome{Fault: "u-then-f"})},
		`delay is a fault of calls, not of notifications`: {API: "notify", Outcome: o(sandbox.Outcome{Fault: "delay"})},
		`a fault leaves the books as they are`:            {API: "pay", Outcome: o(sandbox.Outcome{Fault: "cut-after-commit", Result: "DO_NOT_HONOR"})},
		`knows neither card nor acquirer`:                 {API: "pay", Card: "amex", Outcome: o(sandbox.Outcome{Fault: "cut-after-commit"})},
		`u-then-f says itself what is answered`:           {API: "pay", Outcome: o(sandbox.Outcome{Fault: "u-then-f", Result: "SUCCESS"})},
		`and what it becomes`:                             {API: "refund", Outcome: o(sandbox.Outcome{Fault: "u-then-s", Then: "PROCESS_FAIL"})},
		`gzip does not wait`:                              {API: "pay", Outcome: o(sandbox.Outcome{Fault: "gzip", Delay: time.Second})},
		`u-then-s does not wait: delay and slow-headers`:  {API: "pay", Outcome: o(sandbox.Outcome{Fault: "u-then-s", Delay: time.Second})},
		`a delay is of a fault`:                           {API: "pay", Outcome: o(sandbox.Outcome{Result: "SUCCESS", Delay: time.Second})},
		`a fault leaves the books`:                        {API: "pay", Outcome: o(sandbox.Outcome{Fault: "gzip", After: time.Second})},
		`times, after and delay are not`:                  {API: "pay", Outcome: o(sandbox.Outcome{Fault: "u-then-s", After: -1})},
		`neither card nor acquirer`:                       {API: "pay", Acquirer: "ADYEN", Outcome: o(sandbox.Outcome{Fault: "unsigned-s"})},
	} {
		added, err := m.box.AddRule(r)
		if err == nil {
			t.Errorf("%s was taken as rule %d", r, added.ID)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", r, err, want)
		}
		if box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, Rules: []sandbox.Rule{r}}); err == nil {
			box.Close()
			t.Errorf("Open took the rule %s", r)
		}
	}
	if rules, err := m.box.Rules(); err != nil || len(rules) != 0 {
		t.Errorf("%v %v", rules, err)
	}
	if box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, Scenario: "no-such"}); err == nil {
		box.Close()
		t.Error("a scenario that there is not was played")
	}
}

// A rule that is added has met nothing yet, whatever its maker says.
func TestAddedRuleIsUnused(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	if r := m.rule(sandbox.Rule{API: "pay", Times: 1, Seen: 3, Hits: 1, Outcome: sandbox.Outcome{Result: "LOST_CARD"}}); r.Seen != 0 || r.Hits != 0 {
		t.Errorf("%+v", r)
	}
	m.pay("LOST_CARD", "a", "1000", "visa")
	m.pay("SUCCESS", "b", "1000", "visa")
}

// A fault that is an outcome comes when it is told to, or after five seconds.
func TestWhenAnOutcomeComes(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for after, want := range map[time.Duration]time.Duration{0: 5 * time.Second, time.Hour: time.Hour} {
		r := m.rule(sandbox.Rule{API: "capture", Outcome: sandbox.Outcome{Fault: "u-then-f", After: after}})
		if r.After != want || r.Result != "CAPTURE_IN_PROCESS" || r.Then != "PROCESS_FAIL" || r.Fault != "" {
			t.Errorf("after %s it is %s", after, r)
		}
	}
}

// Rules are of the state: a second process that adds one is heard at once, and
// a third that opens the file later finds all of them.
func TestRulesAreShared(t *testing.T) {
	t.Parallel()
	c := sandbox.Config{State: filepath.Join(t.TempDir(), "state.db"), Seed: "shared"}
	m, other := newMerchant(t, c), newMerchant(t, c)
	m.pay("SUCCESS", "a", "1000", "visa")
	two := payResult("DO_NOT_HONOR")
	two.Times = 2
	r := other.rule(two)
	m.pay("DO_NOT_HONOR", "b", "1000", "visa")
	third := newMerchant(t, c)
	third.pay("DO_NOT_HONOR", "c", "1000", "visa")
	m.pay("SUCCESS", "d", "1000", "visa") // one count for all
	rules, err := third.box.Rules()
	if err != nil || len(rules) != 1 || rules[0].ID != r.ID || rules[0].Hits != 2 {
		t.Fatalf("%+v %v", rules, err)
	}
	m.unrule(r.ID)
	if rules, err := other.box.Rules(); err != nil || len(rules) != 0 {
		t.Errorf("%v %v", rules, err)
	}
}

// A configuration's rules take the place of those of the one before, and leave
// those alone that somebody added.
func TestConfiguredRules(t *testing.T) {
	t.Parallel()
	c := sandbox.Config{State: filepath.Join(t.TempDir(), "state.db"), Seed: "shared", Rules: []sandbox.Rule{{API: "pay", Outcome: sandbox.Outcome{Fault: "u-then-s"}}}}
	given := slices.Clone(c.Rules)
	m := newMerchant(t, c)
	if !slices.Equal(c.Rules, given) {
		t.Errorf("the caller's rules were changed to %v", c.Rules)
	}
	m.rule(payResult("LOST_CARD"))
	m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa")
	c.Rules = nil
	m = newMerchant(t, c) // says nothing of rules
	m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa")
	c.Rules, c.Scenario = nil, "declines"
	m = newMerchant(t, c)
	m.pay("LOST_CARD", "c", "1000", "visa") // the older one stands before it
	rules, err := m.box.Rules()
	if err != nil || len(rules) != 2 || rules[0].From != "" || rules[1].From != "declines" {
		t.Fatalf("%+v %v", rules, err)
	}
	if err := m.box.Reset(); err != nil {
		t.Fatal(err)
	}
	m.pay("SUCCESS", "c", "1000", "visa")
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, s := range sandbox.Scenarios() {
		m := newMerchant(t, sandbox.Config{Scenario: s.Name, Seed: s.Name})
		rules, err := m.box.Rules()
		if err != nil || len(rules) != len(s.Rules) {
			t.Errorf("%s: %v %v", s.Name, rules, err)
		}
		for _, r := range rules {
			if r.From != s.Name {
				t.Errorf("%s: a rule is from %q", s.Name, r.From)
			}
		}
	}
	// One that answers otherwise than it records.
	m := newMerchant(t, sandbox.Config{Scenario: "success-said-failed"})
	m.pay("SYSTEM_ERROR", "a", "1000", "visa")
	if p := m.inquire("SUCCESS", "a"); p.Status != apo.StatusSuccess {
		t.Errorf("%s", p.Status)
	}
	m = newMerchant(t, sandbox.Config{Scenario: "lost-answers"})
	if answer, err := m.client.Pay(context.Background(), m.request("a", "1000", "visa")); err == nil {
		t.Errorf("lost-answers answered %+v", answer.Result)
	}
	m.pay("SUCCESS", "a", "1000", "visa")
	m = newMerchant(t, sandbox.Config{Scenario: "3ds-always"})
	if m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa").Get("normalUrl") == "" {
		t.Error("3ds-always has no page")
	}
}

// Rules for captures hold for the capture that AUTOMATIC makes, and none of
// them spoils the payment.
func TestRulesForAutomaticCapture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o      sandbox.Outcome
		status string
	}{
		{sandbox.Outcome{Result: "SYSTEM_ERROR"}, ""},
		{sandbox.Outcome{Result: "UNKNOWN_EXCEPTION"}, ""},
		{sandbox.Outcome{Result: "SYSTEM_ERROR", Then: "SUCCESS"}, "SUCCESS"},
		{sandbox.Outcome{Result: "PROCESS_FAIL"}, "FAIL"},
		{sandbox.Outcome{Then: "SUCCESS", After: time.Minute}, "PROCESSING"},
	} {
		for _, late := range []bool{false, true} {
			m := newMerchant(t, sandbox.Config{})
			m.rule(sandbox.Rule{API: "capture", Outcome: c.o})
			want := "SUCCESS"
			if late {
				want = "PAYMENT_IN_PROCESS"
				m.rule(sandbox.Rule{API: "pay", Outcome: sandbox.Outcome{Then: "SUCCESS", After: time.Minute}})
			}
			r := m.request("a", "1000", "visa")
			r.PaymentFactor.CaptureMode = "AUTOMATIC"
			answer, err := m.client.Pay(context.Background(), r)
			m.wants(want, answer, err)
			if late {
				m.clock = m.clock.Add(time.Minute)
			}
			p := m.inquire("SUCCESS", "a")
			if tr, _ := p.Find("CAPTURE", "a"); p.Status != apo.StatusSuccess || tr.Status != c.status {
				t.Errorf("%+v, late %v: the payment is %s, the capture %q; want %q", c.o, late, p.Status, tr.Status, c.status)
			}
		}
	}
}

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]sandbox.Rule{
		"capture=drop-after-commit@0.2": {API: "capture", Rate: 0.2, Outcome: sandbox.Outcome{Fault: "cut-after-commit"}},
		"any=503":                       {Outcome: sandbox.Outcome{Fault: "http-503"}},
		"html-200*3":                    {Times: 3, Outcome: sandbox.Outcome{Fault: "html-200"}},
		"pay=delay:2s*3@0.5":            {API: "pay", Times: 3, Rate: 0.5, Outcome: sandbox.Outcome{Fault: "delay", Delay: 2 * time.Second}},
		"pay=delay:250ms":               {API: "pay", Outcome: sandbox.Outcome{Fault: "delay", Delay: 250 * time.Millisecond}},
		"notify=notify-lost":            {API: "notify", Outcome: sandbox.Outcome{Fault: "notify-lost"}},
		"notify-duplicate":              {API: "notify", Outcome: sandbox.Outcome{Fault: "notify-duplicate"}},
		"pay=u-then-s":                  {API: "pay", Outcome: sandbox.Outcome{Result: "PAYMENT_IN_PROCESS", Then: "SUCCESS", After: 5 * time.Second}},
		"refund=u-then-f@1":             {API: "refund", Rate: 1, Outcome: sandbox.Outcome{Result: "REFUND_IN_PROCESS", Then: "PROCESS_FAIL", After: 5 * time.Second}},
	} {
		if r, err := sandbox.ParseFault(text); err != nil || r != want {
			t.Errorf("%s: %+v %v", text, r, err)
		}
	}
	for _, text := range []string{
		"", "=", "pay=", "pay", "nothing", "pay=nothing", "Pay=delay", "pay=delay@", "pay=delay@0", "pay=delay@1.5", "pay=delay@-1", "pay=delay@x",
		"pay=delay@NaN", "pay=delay@Inf", "pay=delay*0", "pay=delay*-1", "pay=delay*x", "pay=delay*1.5", "pay=delay:", "pay=delay:x", "pay=delay:-1s",
		"notify=delay", "pay=notify-lost", "u-then-s", "cancel=u-then-s", "pay=delay=2s", "pay =delay", "pay=delay@0.5@0.5",
	} {
		if r, err := sandbox.ParseFault(text); err == nil {
			t.Errorf("%q was read as %+v", text, r)
		} else if len(err.Error()) < 20 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What the issuer says of a decline hangs on the code, not on who said it.
func TestRefusalOfARule(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for _, card := range sandbox.TestCards() {
		code, declined := strings.CutPrefix(card.Meaning, "declined: ")
		if !declined {
			continue
		}
		m.pay(code, "card-"+card.Name, "1000", card.Name)
		rule := m.rule(payResult(code))
		m.pay(code, "rule-"+card.Name, "1000", "visa")
		m.pay(code, "both-"+card.Name, "1000", "visa-declined")
		m.unrule(rule.ID)
		want := m.inquired("card-" + card.Name)
		for _, id := range []string{"rule-", "both-"} {
			got := m.inquired(id + card.Name)
			for _, field := range []string{"refusalCodeRaw", "refusalReasonRaw"} {
				if got.Get(field).String() == "" || got.Get(field).String() != want.Get(field).String() {
					t.Errorf("%s%s: %s %q, want %q", id, card.Name, field, got.Get(field), want.Get(field))
				}
			}
		}
	}
}

// inquired is paymentResultInfo of a payment.
func (m *merchant) inquired(id string) gjson.Result {
	m.Helper()
	answer, err := m.client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: id})
	return gjson.ParseBytes(m.wants("SUCCESS", answer, err).Raw).Get("paymentResultInfo")
}
