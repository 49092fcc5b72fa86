package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// twoTries are a route, and a rule that goes on along it.
const twoTries = `
rules:
  - {name: cards, on: payment.received, when: {field: cardBrand, op: eq, value: VISA}, route: [ADYEN, CHECKOUT, ALIPAY]}
  - {name: again, on: payment.failed, when: [{field: resultCode, op: in, value: [DO_NOT_HONOR, PROCESS_FAIL, SYSTEM_ERROR, USER_PAYMENT_VERIFICATION_FAILED]}, {field: order.buyer.referenceBuyerId, op: eq, value: buyer-1}]}
`

// alone is what a rule makes of pay at one acquirer.
func alone(acquirer string, o sandbox.Outcome) sandbox.Rule {
	return sandbox.Rule{API: "pay", Acquirer: acquirer, Outcome: o}
}

// tried are the acquirers of a payment, each with its code.
func (m *merchant) tried(id string) string {
	m.Helper()
	p, found, err := m.box.Payment(id)
	if err != nil || !found {
		m.Fatal(found, err)
	}
	var list []string
	if p.Routing != nil {
		for _, t := range p.Routing.Tries {
			if t.TransactionID == "" || t.Time.IsZero() || t.Rule != "again" {
				m.Errorf("%s was tried: %+v", id, t)
			}
			list = append(list, t.Acquirer+" "+t.Code)
		}
	}
	return strings.Join(append(list, p.Acquirer+" "+p.Code), ", ")
}

// A decline goes on to the next acquirer as long as a rule says so; the payment keeps
// its ID, and nobody is asked twice.
func TestFailover(t *testing.T) {
	t.Parallel()
	declined := sandbox.Outcome{Result: "DO_NOT_HONOR"}
	for _, c := range []struct {
		name, card string
		rules      []sandbox.Rule
		answer     string
		then       func(m *merchant, answer *apo.Answer)
		tried      string
	}{
		{"none declines", "visa", nil, "SUCCESS", nil, "ADYEN SUCCESS"},
		{"the first declines", "visa", []sandbox.Rule{alone("ADYEN", declined)}, "SUCCESS", nil, "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS"},
		{"two decline", "visa", []sandbox.Rule{alone("ADYEN", declined), alone("CHECKOUT", sandbox.Outcome{Result: "PROCESS_FAIL"})}, "SUCCESS", nil, "ADYEN DO_NOT_HONOR, CHECKOUT PROCESS_FAIL, ALIPAY SUCCESS"},
		{"all decline", "visa-declined", nil, "DO_NOT_HONOR", nil, "ADYEN DO_NOT_HONOR, CHECKOUT DO_NOT_HONOR, ALIPAY DO_NOT_HONOR"},
		{"a code that is not in the rule", "visa-lost", nil, "LOST_CARD", nil, "ADYEN LOST_CARD"},
		{"the second declines with another", "visa", []sandbox.Rule{alone("ADYEN", declined), alone("CHECKOUT", sandbox.Outcome{Result: "STOLEN_CARD"})}, "STOLEN_CARD", nil, "ADYEN DO_NOT_HONOR, CHECKOUT STOLEN_CARD"},
		{"the second cannot turn it away any more", "visa", []sandbox.Rule{alone("ADYEN", declined), alone("CHECKOUT", sandbox.Outcome{Result: "SYSTEM_ERROR"})}, "SUCCESS", nil, "ADYEN DO_NOT_HONOR, CHECKOUT SYSTEM_ERROR, ALIPAY SUCCESS"},
		{"the second does not know", "visa", []sandbox.Rule{alone("ADYEN", declined), alone("CHECKOUT", sandbox.Outcome{Result: "UNKNOWN_EXCEPTION"})}, "PAYMENT_IN_PROCESS", nil, "ADYEN DO_NOT_HONOR, CHECKOUT PAYMENT_IN_PROCESS"},
		{"the second says failed, and takes the money", "visa", []sandbox.Rule{alone("ADYEN", declined), alone("CHECKOUT", sandbox.Outcome{Result: "SYSTEM_ERROR", Then: "SUCCESS"})}, "SYSTEM_ERROR", nil, "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS"},
		{"the first declines late", "visa", []sandbox.Rule{alone("ADYEN", sandbox.Outcome{Then: "DO_NOT_HONOR", After: time.Minute})}, "PAYMENT_IN_PROCESS", func(m *merchant, _ *apo.Answer) {
			m.is("a", "PROCESSING", "PAYMENT_IN_PROCESS")
			m.passes(time.Minute)
		}, "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS"},
		{"both take their time", "visa", []sandbox.Rule{alone("ADYEN", sandbox.Outcome{Then: "DO_NOT_HONOR", After: time.Minute}), alone("CHECKOUT", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})}, "PAYMENT_IN_PROCESS", func(m *merchant, _ *apo.Answer) {
			m.passes(time.Minute)
			if got := m.tried("a"); got != "ADYEN DO_NOT_HONOR, CHECKOUT PAYMENT_IN_PROCESS" {
				m.Error(got)
			}
			m.passes(time.Minute)
		}, "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS"},
		{"3DS is asked for once", "visa-3ds-declined", []sandbox.Rule{alone("CHECKOUT", sandbox.Outcome{ThreeDS: "page"})}, "PAYMENT_IN_PROCESS", func(m *merchant, a *apo.Answer) {
			m.answerPage(a.Get("normalUrl"), "approve")
		}, "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS"},
		{"a buyer who fails is not sent on", "visa-3ds", nil, "PAYMENT_IN_PROCESS", func(m *merchant, a *apo.Answer) {
			m.answerPage(a.Get("normalUrl"), "fail")
		}, "ADYEN USER_PAYMENT_VERIFICATION_FAILED"},
		{"the second asks for 3DS, late", "visa", []sandbox.Rule{alone("ADYEN", sandbox.Outcome{Then: "DO_NOT_HONOR", After: time.Minute}), alone("CHECKOUT", sandbox.Outcome{ThreeDS: "page"})}, "PAYMENT_IN_PROCESS", func(m *merchant, _ *apo.Answer) {
			m.passes(time.Minute)
			p, _, err := m.box.Payment("a")
			if err != nil || p.Page == "" {
				m.Fatal(p, err)
			}
			m.answerPage(p.Page, "approve")
		}, "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &receiver{}
			m := newMerchant(t, sandbox.Config{Routes: []byte(twoTries), NotifyURL: "http://127.0.0.1:1/", Deliver: r})
			for _, rule := range c.rules {
				m.rule(rule)
			}
			answer := m.pay(c.answer, "a", "1000", c.card)
			if c.then != nil {
				c.then(m, answer)
			}
			if got := m.tried("a"); got != c.tried {
				t.Errorf("tried: %s\nwant:  %s", got, c.tried)
			}
			p := m.inquire("SUCCESS", "a")
			last := c.tried[strings.LastIndex(c.tried, ", ")+1:]
			if name, _, _ := strings.Cut(strings.TrimSpace(last), " "); p.Acquirer.Name != name {
				t.Errorf("acquirerInfo is that of %s, want %s", p.Acquirer.Name, name)
			}
			if id := answer.Get("paymentId"); id != "" && id != p.PaymentID {
				t.Errorf("paymentId %s became %s", id, p.PaymentID)
			}
			if _, err := m.box.DeliverDue(context.Background()); err != nil {
				t.Fatal(err)
			}
			for _, d := range r.got { // declines on the way are not told
				if code := d.get("result.resultCode"); code != p.ResultCode {
					t.Errorf("told: %s, and it is %s", code, p.ResultCode)
				}
			}
		})
	}
}

// Routes take the place of weights and the other way round, survive in the state, and
// are gone with what the configuration said.
func TestRoutesAreKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	names := func(c sandbox.Config) string {
		t.Helper()
		c.State, c.Keys, c.Passive = file, publishedKeys(t), true
		box, err := sandbox.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		rules, err := box.Routes()
		if err != nil {
			t.Fatal(err)
		}
		if c.Scenario == "declines" { // the sign to forget
			if err := box.Forget(); err != nil {
				t.Fatal(err)
			}
		}
		if rules == nil {
			return ""
		}
		return strings.Join(rules.Names(), " ")
	}
	weights := []sandbox.Acquirer{{Name: "ADYEN", Weight: 1}}
	for i, c := range []struct {
		c    sandbox.Config
		want string
	}{
		{sandbox.Config{}, ""},
		{sandbox.Config{Routes: []byte(twoTries)}, "cards again"},
		{sandbox.Config{}, "cards again"},
		{sandbox.Config{Acquirers: weights}, ""},
		{sandbox.Config{Routes: []byte(twoTries)}, "cards again"},
		{sandbox.Config{Scenario: "declines"}, "cards again"},
		{sandbox.Config{}, ""},
	} {
		if got := names(c.c); got != c.want {
			t.Errorf("%d: the rules are %q, want %q", i, got, c.want)
		}
	}
	for name, c := range map[string]sandbox.Config{
		"contradict": {Routes: []byte(twoTries), Acquirers: weights},
		"no rules":   {Routes: []byte{}},
		`"STRIP"`:    {Routes: []byte("rules: [{name: a, on: payment.received, route: [STRIP]}]")},
	} {
		c.Keys, c.Passive = publishedKeys(t), true
		if box, err := sandbox.Open(c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
			if err == nil {
				box.Close()
			}
		}
	}
}

// What is explained is what happens, for the rules, the split and the random choice.
func TestRoutesAreExplainedAsTheyHappen(t *testing.T) {
	t.Parallel()
	const split = `
rules:
  - {name: large, on: payment.received, when: {field: amount, op: ge, value: {currency: SGD, value: 5000}}, route: [ALIPAY]}
  - name: half
    on: payment.received
    when: {field: cardBrand, op: in, value: [VISA, JCB]}
    split: [{name: a, percent: 50, route: [ADYEN, CHECKOUT]}, {name: b, percent: 50, route: [CHECKOUT, ADYEN]}]
  - {name: again, on: payment.failed, when: {field: issuingCountry, op: eq, value: SG}}
`
	for _, text := range []string{"", split} {
		c := sandbox.Config{Seed: "explained"}
		if text != "" {
			c.Routes = []byte(text)
		}
		m := newMerchant(t, c)
		seen := map[string]int{}
		for i := range 40 {
			amount, card, code := "1000", "visa", "SUCCESS"
			switch i % 4 {
			case 1:
				amount = "9000"
			case 2:
				card = "mastercard" // no rule fits
			case 3:
				card, code = "visa-declined", "DO_NOT_HONOR"
			}
			request := m.request(fmt.Sprint("p", i), amount, card)
			body, err := apo.Encode(request)
			if err != nil {
				t.Fatal(err)
			}
			q := sandbox.RouteQuestion{Request: body}
			if code != "SUCCESS" {
				q.Result = code
			}
			a, err := m.box.ExplainRoute(q)
			if err != nil || a.RequestID != request.PaymentRequestID || a.Ruled != (text != "") || a.Steps[0].On != routing.Received {
				t.Fatal(a, err)
			}
			m.pay(code, request.PaymentRequestID, amount, card)
			p, _, err := m.box.Payment(request.PaymentRequestID)
			if err != nil {
				t.Fatal(err)
			}
			var tried []string
			for _, step := range a.Steps {
				if step.Acquirer != "" {
					tried = append(tried, step.Acquirer)
				}
			}
			got := []string{}
			if p.Routing != nil {
				for _, t := range p.Routing.Tries {
					got = append(got, t.Acquirer)
				}
				if rule, _, _ := strings.Cut(p.Routing.Rule, "/"); rule != a.Steps[0].Rule {
					t.Errorf("%s: rule %s, explained %s", request.PaymentRequestID, rule, a.Steps[0].Rule)
				}
			}
			if got = append(got, p.Acquirer); !slices.Equal(got, tried) {
				t.Errorf("%s: went to %v, explained %v", request.PaymentRequestID, got, tried)
			}
			seen[fmt.Sprint(got)]++
		}
		if len(seen) < 3 {
			t.Errorf("all went the same ways: %v", seen)
		}
	}
}

// A rule can name the brand of each test card, and each acquirer.
func TestRoutesKnowWhatTheSandboxPlays(t *testing.T) {
	t.Parallel()
	for _, c := range sandbox.TestCards() {
		text := "rules: [{name: a, on: payment.received, route: [" + strings.Join(sandbox.Acquirers(), ", ") + "], when: {field: cardBrand, op: eq, value: " + c.Brand + "}}]"
		if _, err := sandbox.ParseRoutes([]byte(text)); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// What a request does not tell is not guessed.
func TestRouteCannotBeExplained(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	rules, err := sandbox.ParseRoutes([]byte(twoTries))
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]string{
		`{}`:                       "it has no paymentRequestId",
		`{"paymentRequestId":"a"}`: "it has no card",
		`{"paymentRequestId":"a","paymentMethod":{"paymentMethodMetaData":{"cardNo":"************0768"}}}`: "its cardNo is masked",
		`{"paymentRequestId":"a","paymentMethod":{"paymentMethodId":"ALIPAYnobody"}}`:                      "not the token of a saved card",
	} {
		_, err := m.box.ExplainRoute(sandbox.RouteQuestion{Request: []byte(request), Rules: rules})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", request, err)
		}
		a, err := m.box.ExplainRoute(sandbox.RouteQuestion{Request: []byte(request), As: "b"}) // nothing of it is needed without rules
		if err != nil || a.RequestID != "b" || a.Acquirer == "" {
			t.Errorf("%s without rules: %+v %v", request, a, err)
		}
	}
}

// What is kept of a request for later decisions holds no card number.
func TestKeptForRoutingIsMasked(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: file, Routes: []byte(`
rules:
  - {name: a, on: payment.received, route: [ADYEN, CHECKOUT]}
  - {name: again, on: payment.failed, when: {field: order.orderDescription, op: prefix, value: "card "}}
`)})
	r := m.request("a", "1000", "visa-declined")
	number := r.PaymentMethod.PaymentMethodMetaData.CardNo
	r.Order.OrderDescription = "card " + number
	answer, err := m.client.Pay(context.Background(), r)
	m.wants("DO_NOT_HONOR", answer, err)
	if got := m.tried("a"); got != "ADYEN DO_NOT_HONOR, CHECKOUT DO_NOT_HONOR" {
		t.Error(got)
	}
	if err := m.box.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(file + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(number)) {
			t.Errorf("%s holds the card number", name)
		}
	}
}

// A payment whose card a page collects is routed when it has the card, with all that its
// request said.
func TestHostedPaymentIsRouted(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Routes: []byte(twoTries)})
	m.rule(alone("ADYEN", sandbox.Outcome{Result: "DO_NOT_HONOR"}))
	answer := m.hosted("a", nil)
	if answer.Result.Code != "PAYMENT_IN_PROCESS" {
		t.Fatalf("%s", answer.Raw)
	}
	m.page(answer.Get("normalUrl"), typed("4054695723100768"))
	if got := m.tried("a"); got != "ADYEN DO_NOT_HONOR, CHECKOUT SUCCESS" {
		t.Error(got)
	}
}

// Who pays for a buyer who is not there is not sent to a page by a later acquirer.
func TestFailoverWithoutABuyer(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Routes: []byte(twoTries)})
	m.rule(alone("ADYEN", sandbox.Outcome{Result: "DO_NOT_HONOR"}))
	m.rule(alone("CHECKOUT", sandbox.Outcome{ThreeDS: "page"}))
	body, err := apo.Encode(m.request("a", "1000", "visa"))
	if err != nil {
		t.Fatal(err)
	}
	body = bytes.Replace(body, []byte(`"is3DSAuthentication":false`), []byte(`"is3DSAuthentication":false,"isCardOnFile":true,"recurringType":"SCHEDULED"`), 1)
	m.wants("AUTHENTICATION_REQUIRED", m.call("pay", string(body)), nil)
	if got := m.tried("a"); got != "ADYEN DO_NOT_HONOR, CHECKOUT AUTHENTICATION_REQUIRED" {
		t.Error(got)
	}
}

// Who asked for 3DS is checked at the acquirer that takes the payment: with a page
// where the buyer is there, and else not without.
func TestFailoverKeeps3DS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule     sandbox.Outcome
		unseen   bool
		answer   string
		inTheEnd string
	}{
		"at once":  {sandbox.Outcome{Result: "DO_NOT_HONOR"}, false, "PAYMENT_IN_PROCESS", "PROCESSING"},
		"late":     {sandbox.Outcome{Then: "DO_NOT_HONOR", After: time.Minute}, false, "PAYMENT_IN_PROCESS", "FAIL"},
		"no buyer": {sandbox.Outcome{Result: "DO_NOT_HONOR"}, true, "AUTHENTICATION_REQUIRED", "FAIL"},
	} {
		m := newMerchant(t, sandbox.Config{Routes: []byte(twoTries)})
		m.rule(alone("ADYEN", c.rule))
		r := m.request("a", "1000", "visa")
		r.Order.Buyer = &apo.Buyer{ReferenceBuyerID: "buyer-1"}
		r.PaymentMethod.PaymentMethodMetaData.Is3DSAuthenticated = true
		body, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		text := string(body)
		if c.unseen {
			text = strings.Replace(text, `"is3DSAuthentication":true`, `"is3DSAuthentication":true,"isCardOnFile":true,"recurringType":"SCHEDULED"`, 1)
		}
		a := m.call("pay", text)
		if a.Result.Code != c.answer || (a.Get("normalUrl") != "") != (name == "at once") {
			t.Errorf("%s: %s, want %s", name, a.Raw, c.answer)
		}
		m.passes(time.Minute)
		if p := m.inquire("SUCCESS", "a"); p.Status != c.inTheEnd || p.Acquirer.Name != "CHECKOUT" {
			t.Errorf("%s: in the end %+v", name, p)
		}
	}
}
