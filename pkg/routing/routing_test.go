package routing_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
)

func acquirers() []string { return []string{"ALIPAY", "ADYEN", "CHECKOUT"} }

func parse(t testing.TB, text string) *routing.Rules {
	t.Helper()
	r, err := routing.Parse([]byte(text), acquirers())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return r
}

// rule is a file of one rule on payment.received with something else in it.
func rule(rest string) string {
	return "rules:\n  - name: a\n    on: payment.received\n" + rest
}

func when(conditions string) string {
	return rule("    when: " + conditions + "\n    route: [ADYEN]\n")
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 65)
	for text, want := range map[string]string{
		"":                                   "there are no rules: the file is empty",
		"# nothing\n":                        "there are no rules: the file is empty",
		"rules:\n":                           "line 1: there are no rules",
		"rules: []":                          "line 1: there are no rules",
		"rules: {}":                          "line 1: there are no rules",
		"- a\n":                              "line 1: the file has names and values: rules",
		"rules: [\n":                         "the rules are not YAML: line 1: did not find expected node content",
		"rule: []\n":                         `line 1: "rule" is not known of the file, which has rules`,
		rule("") + "rules: []\n":             "line 4: rules stands in the file twice",
		rule("") + "---\nrules: []\n":        "more than one document",
		"rules:\n  - a\n":                    "line 2: a rule has names and values",
		"rules:\n  - on: payment.received\n": "line 2: a rule has no name",
		"rules:\n  - name: a\n":              `line 2: rule "a" does not say what it is for: on is payment.received or payment.failed`,
		"rules:\n  - {name: a, on: payment}": `line 2: on is payment.received or payment.failed, not "payment"`,
		"rules:\n  - name: " + long:          "line 2: the name of a rule has 64 characters at most",
		"rules:\n  - name: \"a\\u202eb\"":    "line 2: the name of a rule holds something that cannot be shown",
		"rules:\n  - name: [a]\n":            "line 2: the name of a rule is a text that is not empty",
		"rules:\n  - name: ~\n":              "line 2: the name of a rule is a text that is not empty",
		rule(""):                             `line 2: rule "a" leads nowhere: it needs a route or a split`,
		rule("    routes: [ADYEN]\n"):        `line 4: "routes" is not known of a rule, which has name, on, when, split, route`,
		rule("    route: []\n"):              `line 4: the route of rule "a" is empty`,
		rule("    route: ADYEN\n"):           `line 4: the route of rule "a" is empty`,
		rule("    route:\n"):                 `line 4: the route of rule "a" is empty`,
		rule("    route: [ADYEN, NOBODY]\n"): `line 4: "NOBODY" is not one of the acquirers ALIPAY, ADYEN, CHECKOUT`,
		rule("    route: [adyen]\n"):         `line 4: "adyen" is not one of the acquirers`,
		rule("    route:\n    - ADYEN\n    - ADYEN\n"):                                     "line 6: ADYEN stands in the route twice",
		rule("    route: [ADYEN]\n    split: [{name: b, percent: 100, route: [ADYEN]}]\n"): `line 5: rule "a" has a route and a split`,
		rule("    route: [ADYEN]\n  - name: a\n    on: payment.failed\n"):                  `line 5: a rule "a" stands in line 2 already`,
		rule("    split: []\n"): `line 4: the split of rule "a" is empty`,
		rule("    split: [{name: b, percent: 90, route: [ADYEN]}]\n"):                                                         `line 4: the percentages of rule "a" add up to 90, not to 100`,
		rule("    split:\n    - {name: b, percent: 99.99, route: [ADYEN]}\n    - {name: c, percent: 0.02, route: [ADYEN]}\n"): `line 5: the percentages of rule "a" add up to 100.01, not to 100`,
		rule("    split: [{name: b, percent: 33.333, route: [ADYEN]}]\n"):                                                     "line 4: percent is a number from 0 to 100 with at most two decimals",
		rule("    split: [{name: b, percent: -1, route: [ADYEN]}]\n"):                                                         "line 4: percent is a number",
		rule("    split: [{name: b, percent: 1e2, route: [ADYEN]}]\n"):                                                        "line 4: percent is a number",
		rule("    split: [{name: b, percent: 101, route: [ADYEN]}]\n"):                                                        "line 4: percent is a number",
		rule("    split: [{name: b, route: [ADYEN]}]\n"):                                                                      "line 4: percent is a number",
		rule("    split: [{name: b, percent: 100}]\n"):                                                                        `line 4: the route of branch "b" is empty`,
		rule("    split: [{percent: 100, route: [ADYEN]}]\n"):                                                                 "line 4: a branch has no name",
		rule("    split: [{name: b, percent: 50, route: [ADYEN]}, {name: b, percent: 50, route: [ADYEN]}]\n"):                 `line 4: the split of rule "a" has a branch "b" already`,
		when("[]"):                 "line 4: when has 0 conditions",
		when("{field: cardBrand}"): "line 4: a condition has a field and an op",
		when("{field: cardBrand, op: is, value: VISA}"):                                                  `line 4: "is" is not one of the ops eq, ne, in, not-in, lt, le, gt, ge, prefix, exists`,
		when("{field: cardBrand, op: eq, values: VISA}"):                                                 `line 4: "values" is not known of a condition`,
		when("{field: card, op: eq, value: VISA}"):                                                       `line 4: "card" is neither a field of the pay request nor one of cardBrand`,
		when("{field: order.buyer.email, op: eq, value: x}"):                                             `line 4: "order.buyer.email" is neither`,
		when("{field: order.goods.first.goodsName, op: exists}"):                                         "is neither",
		when("{field: order.buyer, op: eq, value: x}"):                                                   "line 4: order.buyer has fields and no value of its own",
		when("{field: cardBrand, op: eq}"):                                                               "line 4: eq takes a value: a text",
		when("{field: cardBrand, op: eq, value: }"):                                                      "line 4: a value is a text that is not empty",
		when("{field: cardBrand, op: eq, value: [VISA]}"):                                                "line 4: eq takes one value; in and not-in take a list",
		when("{field: cardBrand, op: in, value: VISA}"):                                                  "line 4: in takes a list that is not empty",
		when("{field: cardBrand, op: in, value: []}"):                                                    "line 4: in takes a list that is not empty",
		when("{field: cardBrand, op: in, value: [VISA, [JCB]]}"):                                         "line 4: a value is a text",
		when("{field: cardBrand, op: eq, value: visa}"):                                                  `line 4: "visa" is not one of the brands AMEX`,
		when("{field: cardBin, op: eq, value: 4054}"):                                                    "line 4: cardBin is six digits, and a prefix six at most",
		when("{field: cardBin, op: prefix, value: 40546957}"):                                            "line 4: cardBin is six digits",
		when("{field: issuingCountry, op: eq, value: Singapore}"):                                        "line 4: a country is two capital letters",
		when("{field: currency, op: in, value: [SGD, usd]}"):                                             `line 4: a currency is three capital letters, such as SGD, not "usd"`,
		when("{field: amount, op: ge, value: 42.00}"):                                                    `line 4: amount is compared with a whole number, such as 4200, not "42.00"`,
		when("{field: amount, op: ge, value: SGD 42}"):                                                   "line 4: amount is compared with a whole number",
		when("{field: amount, op: eq, value: 007}"):                                                      "line 4: amount is compared with a whole number",
		when("{field: amount, op: ge, value: 99999999999999999999}"):                                     "line 4: amount is compared with a whole number",
		when("{field: amount, op: ge, value: {currency: SGD}}"):                                          "line 4: an amount has a currency and a value",
		when("{field: amount, op: ge, value: {currency: S, value: 1}}"):                                  "line 4: a currency is three capital letters",
		when("{field: amount, op: in, value: {currency: SGD, value: 1}}"):                                "line 4: a value with a currency is for amount",
		when("{field: cardBrand, op: eq, value: {currency: SGD, value: 1}}"):                             "line 4: a value with a currency is for amount",
		when("{field: amount, op: exists, value: yes}"):                                                  "line 4: exists takes true, false or no value",
		when("{field: resultCode, op: eq, value: DO_NOT_HONOR}"):                                         "line 4: resultCode is known on payment.failed alone",
		when("{field: acquirer, op: eq, value: ADYEN}"):                                                  "line 4: acquirer is known on payment.failed alone",
		when("{field: paymentMethod.paymentMethodMetaData.cardNo, op: prefix, value: 4}"):                "line 4: paymentMethod.paymentMethodMetaData.cardNo is data of the card",
		when("{field: paymentMethod.paymentMethodId, op: exists}"):                                       "line 4: paymentMethod.paymentMethodId is data of the card",
		when(`{field: order.orderDescription, op: eq, value: "4054 6957 2310 0768"}`):                    "line 4: a card number, or what looks like one",
		rule("    route: [ADYEN] # as for 4054 6957 2310 0768\n"):                                        "line 4: a card number, or what looks like one",
		"# 4054695723100768\n" + rule("    route: [ADYEN]\n"):                                            "line 1: a card number, or what looks like one",
		when("{field: cardBrand, op: eq, value: !x VISA}"):                                               "line 4: tags are not read",
		"rules:\n  - name: 4054695723100768\n":                                                           "line 2: a card number, or what looks like one",
		when("&a {field: cardBrand, op: eq, value: VISA}"):                                               "line 4: anchors and aliases are not read",
		"rules:\n  - {name: a, on: payment.failed, when: {field: resultCode, op: eq, value: NOPE}}":      `line 2: "NOPE" is not the result code of a decline`,
		"rules:\n  - {name: a, on: payment.failed, when: {field: resultCode, op: in, value: [SUCCESS]}}": `line 2: "SUCCESS" is not the result code of a decline`,
		"rules:\n  - {name: a, on: payment.failed, when: {field: acquirer, op: eq, value: NOBODY}}":      `line 2: "NOBODY" is not one of the acquirers`,
	} {
		_, err := routing.Parse([]byte(text), acquirers())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nis refused with: %v\nwant: %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "0768") {
			t.Errorf("the error shows a card number: %v", err)
		}
	}
	if _, err := routing.Parse([]byte(strings.Repeat("# comment\n", 120_000)), acquirers()); err == nil {
		t.Error("a file of more than a MiB was read")
	}
}

// Rules that can never be reached, and others that are hardly meant, are warned of.
func TestWarnings(t *testing.T) {
	t.Parallel()
	two := func(above, below string) string {
		x := "rules:\n  - {name: a, on: payment.received, route: [ADYEN]"
		if above != "" {
			x += ", when: " + above
		}
		return x + "}\n  - {name: b, on: payment.received, route: [CHECKOUT], when: " + below + "}\n"
	}
	const never = `line 3: rule "b" can never be reached: rule "a" in line 2 holds wherever it would`
	const visa, either, bin = "{field: cardBrand, op: eq, value: VISA}", "{field: cardBrand, op: in, value: [VISA, JCB]}", "{field: cardBin, op: prefix, value: 4054}"
	sum := func(op, value string) string {
		return "[{field: currency, op: eq, value: SGD}, {field: amount, op: " + op + ", value: " + value + "}]"
	}
	for text, want := range map[string]string{
		two("", visa):     never,
		two(either, visa): never,
		two(visa, either): "",
		two(visa, visa):   never,
		two("{field: cardBrand, op: ne, value: JCB}", visa):                                                       never,
		two("{field: cardBrand, op: exists}", visa):                                                               never,
		two("{field: cardBrand, op: exists, value: false}", visa):                                                 "",
		two("{field: cardBrand, op: not-in, value: [JCB]}", "{field: cardBrand, op: not-in, value: [JCB, VISA]}"): never,
		two("{field: cardBrand, op: not-in, value: [JCB, VISA]}", "{field: cardBrand, op: ne, value: JCB}"):       "",
		two("{field: cardBin, op: prefix, value: 40}", bin):                                                       never,
		two(bin, "{field: cardBin, op: prefix, value: 40}"):                                                       "",
		two(sum("ge", "100"), sum("gt", "100")):                                                                   never,
		two(sum("ge", "101"), sum("gt", "100")):                                                                   never,
		two(sum("gt", "100"), sum("ge", "100")):                                                                   "",
		two(sum("lt", "100"), sum("le", "99")):                                                                    never,
		two(sum("lt", "100"), sum("ge", "1")):                                                                     "",
		two(sum("lt", "100"), sum("eq", "99")):                                                                    never,
		two(visa, "["+visa+", "+bin+"]"):                                                                          never,
		two("["+visa+", "+bin+"]", visa):                                                                          "",
		two("{field: amount, op: ge, value: {currency: SGD, value: 1}}", "{field: amount, op: ge, value: {currency: USD, value: 2}}"): "",
		two("{field: amount, op: ge, value: {currency: SGD, value: 1}}", "{field: amount, op: ge, value: {currency: SGD, value: 2}}"): never,
		when("[" + visa + ", {field: cardBrand, op: eq, value: JCB}]"):                                                                `line 2: rule "a" can never be reached: its conditions contradict each other`,
		when("[" + either + ", {field: cardBrand, op: eq, value: JCB}]"):                                                              "",
		when("{field: amount, op: ge, value: 100}"):                                                                                   "line 4: amount is compared whatever its currency",
		when("{field: paymentAmount.value, op: ge, value: 100}"):                                                                      "line 4: paymentAmount.value is compared whatever its currency",
		when("{field: amount, op: exists}"):                                                                                           "",
		"rules: [{name: b, on: payment.failed}]":                                                                                      `line 1: rule "b" goes on along the payment's route, and no rule on payment.received gives one`,
		"rules: [{name: b, on: payment.failed, route: [ADYEN]}, {name: c, on: payment.received, route: [ADYEN]}]":                     "",
		rule("    split: [{name: b, percent: 0, route: [ADYEN]}, {name: c, percent: 100, route: [ADYEN]}]"):                           `line 4: branch "b" has 0 percent`,
	} {
		got := strings.Join(parse(t, text).Warnings(), "\n")
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s\nwarns: %s\nwant: %s", text, got, want)
		}
	}
}

const request = `{"paymentRequestId":"p1","paymentAmount":{"value":"4200","currency":"SGD"},"merchantRegion":"SG",` +
	`"order":{"orderDescription":"a \"demo\"","buyer":{"buyerEmail":"ada@example.com","successfulOrderCount":24,"isAccountVerified":true},` +
	`"goods":[{"goodsCategory":"book"},{"goodsCategory":"toy"}]},"env":{"terminalType":"WEB","deviceId":"","language":null}}`

func event() routing.Event {
	return routing.Event{On: routing.Received, RequestID: "p1", Request: request, CardBrand: "VISA", CardBin: "405469", IssuingCountry: "SG"}
}

// Each op, of what is there and of what is not.
func TestConditions(t *testing.T) {
	t.Parallel()
	for conditions, want := range map[string]bool{
		"{field: cardBrand, op: eq, value: VISA}":                                                  true,
		"{field: cardBrand, op: eq, value: JCB}":                                                   false,
		"{field: cardBrand, op: ne, value: JCB}":                                                   true,
		"{field: cardBrand, op: ne, value: VISA}":                                                  false,
		"{field: cardBrand, op: in, value: [JCB, VISA]}":                                           true,
		"{field: cardBrand, op: in, value: [JCB]}":                                                 false,
		"{field: cardBrand, op: not-in, value: [JCB]}":                                             true,
		"{field: cardBrand, op: not-in, value: [JCB, VISA]}":                                       false,
		"{field: cardBin, op: prefix, value: 4054}":                                                true,
		"{field: cardBin, op: prefix, value: 4055}":                                                false,
		"{field: issuingCountry, op: eq, value: SG}":                                               true,
		"{field: issuingCountry, op: eq, value: NO}":                                               false,
		"{field: currency, op: eq, value: SGD}":                                                    true,
		"{field: amount, op: lt, value: 4200}":                                                     false,
		"{field: amount, op: lt, value: 4201}":                                                     true,
		"{field: amount, op: le, value: 4200}":                                                     true,
		"{field: amount, op: le, value: 4199}":                                                     false,
		"{field: amount, op: gt, value: 4200}":                                                     false,
		"{field: amount, op: gt, value: 4199}":                                                     true,
		"{field: amount, op: ge, value: 4200}":                                                     true,
		"{field: amount, op: ge, value: 4201}":                                                     false,
		"{field: amount, op: eq, value: 4200}":                                                     true,
		"{field: amount, op: in, value: [1, 4200]}":                                                true,
		"{field: amount, op: ge, value: {currency: SGD, value: 10}}":                               true,
		"{field: amount, op: ge, value: {currency: JPY, value: 10}}":                               false,
		"{field: amount, op: gt, value: -1}":                                                       true,
		"{field: paymentAmount.value, op: gt, value: 900}":                                         true, // as numbers, not as texts
		"{field: order.buyer.buyerEmail, op: prefix, value: ada@}":                                 true,
		"{field: order.buyer.successfulOrderCount, op: ge, value: 3}":                              true,
		"{field: order.buyer.successfulOrderCount, op: eq, value: 24}":                             true,
		"{field: order.buyer.isAccountVerified, op: eq, value: true}":                              true,
		"{field: order.orderDescription, op: eq, value: 'a \"demo\"'}":                             true,
		"{field: order.goods.0.goodsCategory, op: eq, value: book}":                                true,
		"{field: order.goods.1.goodsCategory, op: eq, value: toy}":                                 true,
		"{field: order.goods.2.goodsCategory, op: exists}":                                         false,
		"{field: order.buyer, op: exists}":                                                         true,
		"{field: order.shipping, op: exists}":                                                      false,
		"{field: order.shipping, op: exists, value: false}":                                        true,
		"{field: order.buyer.buyerPhoneNo, op: eq, value: x}":                                      false,
		"{field: order.buyer.buyerPhoneNo, op: ne, value: x}":                                      true,
		"{field: order.buyer.buyerPhoneNo, op: not-in, value: [x]}":                                true,
		"{field: order.buyer.buyerPhoneNo, op: prefix, value: x}":                                  false,
		"{field: order.buyer.buyerPhoneNo, op: ge, value: 0}":                                      false,
		"{field: order.buyer.buyerEmail, op: ge, value: 0}":                                        false,
		"{field: env.deviceId, op: exists}":                                                        false,
		"{field: env.terminalType, op: in, value: [a, b, c, d, e, f, g, h, WEB]}":                  true,
		"[{field: cardBrand, op: eq, value: VISA}, {field: env.terminalType, op: eq, value: WEB}]": true,
		"[{field: cardBrand, op: eq, value: VISA}, {field: env.terminalType, op: eq, value: APP}]": false,
	} {
		e := event()
		r := parse(t, when(conditions))
		d := r.Decide([32]byte{}, &e)
		if (d.Acquirer == "ADYEN") != want || (d.Rule == "a") != want {
			t.Errorf("%s: %+v", conditions, d)
		}
		x := r.Explain([32]byte{}, &e)
		if x.Rule != d.Rule || x.Rules[0].Holds != want || x.Rules[0].Chosen != want {
			t.Errorf("%s is explained: %+v", conditions, x)
		}
		if all := !slices.ContainsFunc(x.Rules[0].Conditions, func(c routing.Checked) bool { return !c.Holds }); all != want {
			t.Errorf("%s: the conditions are %+v", conditions, x.Rules[0].Conditions)
		}
	}
	e := routing.Event{On: routing.Received}
	if d := parse(t, when("{field: cardBrand, op: ne, value: VISA}")).Decide([32]byte{}, &e); d.Acquirer != "ADYEN" {
		t.Errorf("of an empty request: %+v", d)
	}
}

const failover = `
rules:
  - {name: large, on: payment.received, when: {field: amount, op: ge, value: {currency: SGD, value: 100000}}, route: [CHECKOUT]}
  - {name: all, on: payment.received, route: [ADYEN, CHECKOUT, ALIPAY]}
  - {name: never, on: payment.failed, when: [{field: order.buyer.isAccountVerified, op: eq, value: false}], route: [ALIPAY]}
  - {name: elsewhere, on: payment.failed, when: [{field: resultCode, op: eq, value: LOST_CARD}, {field: acquirer, op: eq, value: ADYEN}], route: [ADYEN, ALIPAY]}
  - {name: next, on: payment.failed, when: {field: resultCode, op: in, value: [DO_NOT_HONOR, PROCESS_FAIL]}}
`

// Who declined is not asked again; the route goes on, or the rule has one of its own.
func TestFailover(t *testing.T) {
	t.Parallel()
	r := parse(t, failover)
	route := []string{"ADYEN", "CHECKOUT", "ALIPAY"}
	for _, c := range []struct {
		code       string
		tried      []string
		rule, next string
	}{
		{"DO_NOT_HONOR", []string{"ADYEN"}, "next", "CHECKOUT"},
		{"PROCESS_FAIL", []string{"ADYEN", "CHECKOUT"}, "next", "ALIPAY"},
		{"PROCESS_FAIL", []string{"ADYEN", "CHECKOUT", "ALIPAY"}, "next", ""},
		{"LOST_CARD", []string{"ADYEN"}, "elsewhere", "ALIPAY"},
		{"LOST_CARD", []string{"ADYEN", "CHECKOUT"}, "", ""},
		{"STOLEN_CARD", []string{"ADYEN"}, "", ""},
	} {
		kept := r.Keep(request)
		if want := (map[string]string{"order.buyer.isAccountVerified": "true"}); fmt.Sprint(kept) != fmt.Sprint(want) {
			t.Fatalf("kept: %v", kept)
		}
		for _, e := range []routing.Event{{Request: request}, {Kept: kept}} {
			e.On, e.ResultCode, e.Acquirer, e.Tried, e.Route = routing.Failed, c.code, c.tried[len(c.tried)-1], c.tried, route
			if d := r.Decide([32]byte{}, &e); d.Rule != c.rule || d.Acquirer != c.next {
				t.Errorf("%s of %v: %+v, want %s %s", c.code, c.tried, d, c.rule, c.next)
			}
		}
	}
	if kept := parse(t, when("{field: merchantRegion, op: exists}")).Keep(request); kept != nil {
		t.Errorf("kept without a rule on payment.failed: %v", kept)
	}
}

// A split gives each branch its share, and the same request always the same one.
func TestSplit(t *testing.T) {
	t.Parallel()
	r := parse(t, rule(`
    split:
      - {name: most, percent: 69.75, route: [ADYEN, CHECKOUT]}
      - {name: some, percent: 30, route: [CHECKOUT]}
      - {name: few, percent: 0.25, route: [ALIPAY]}
`))
	const payments = 100_000
	seed, other := [32]byte{7}, [32]byte{8}
	seen, differ := map[string]int{}, 0
	for i := range payments {
		e := routing.Event{On: routing.Received, RequestID: fmt.Sprint("demo-", i)}
		d := r.Decide(seed, &e)
		seen[d.Branch+" "+d.Acquirer]++
		if again := r.Decide(seed, &e); again.Branch != d.Branch {
			t.Fatalf("%s is decided twice: %s, %s", e.RequestID, d.Branch, again.Branch)
		}
		if r.Decide(other, &e).Branch != d.Branch {
			differ++
		}
	}
	for branch, share := range map[string]float64{"most ADYEN": 0.6975, "some CHECKOUT": 0.30, "few ALIPAY": 0.0025} {
		sigma := math.Sqrt(payments * share * (1 - share))
		if off := math.Abs(float64(seen[branch]) - payments*share); off > 4*sigma {
			t.Errorf("%s has %d of %d, want %.2f %%", branch, seen[branch], payments, share*100)
		}
	}
	if len(seen) != 3 || differ < payments/3 {
		t.Errorf("%v; another seed differs in %d", seen, differ)
	}
	e := routing.Event{On: routing.Received, RequestID: "demo-1"}
	branches := r.Explain(seed, &e).Rules[0].Branches
	if len(branches) != 3 || branches[0].Percent != "69.75" || branches[2].Percent != "0.25" {
		t.Errorf("explained: %+v", branches)
	}
	for _, b := range branches {
		if b.Chosen != (b.Name == r.Decide(seed, &e).Branch) {
			t.Errorf("explained: %+v", branches)
		}
	}
}

// What a rule may ask for is what the table of brands and fields says.
func TestFieldsAreThere(t *testing.T) {
	t.Parallel()
	brands := map[string]bool{}
	for n := range 1_000_000 / 7 {
		brands[apo.Brand(fmt.Sprintf("%06d", n*7))] = true
	}
	delete(brands, "")
	for brand := range brands {
		parse(t, when("{field: cardBrand, op: eq, value: "+brand+"}"))
	}
	if len(brands) < 10 {
		t.Errorf("there are %d brands", len(brands))
	}
	values := map[string]string{"cardBrand": "VISA", "cardBin": "405469", "issuingCountry": "SG", "amount": "1", "currency": "SGD", "resultCode": "LOST_CARD", "acquirer": "ADYEN"}
	for _, f := range routing.Fields() {
		on := f.On
		if on == "" {
			on = routing.Received
		}
		parse(t, "rules: [{name: a, on: "+on+", route: [ADYEN], when: {field: "+f.Name+", op: eq, value: "+values[f.Name]+"}}]")
	}
	var many []string
	for i := range 28 {
		many = append(many, fmt.Sprintf("{name: r%d, on: payment.received, route: [ADYEN], when: {field: order.goods.%d.goodsName, op: exists}}", i, i))
	}
	if _, err := routing.Parse([]byte("rules: ["+strings.Join(many, ", ")+"]"), acquirers()); err == nil || !strings.Contains(err.Error(), "more than 27 fields") {
		t.Errorf("28 fields: %v", err)
	}
	parse(t, "rules: ["+strings.Join(many[:27], ", ")+"]")
}

func TestDecideTakesNoMemory(t *testing.T) {
	r := parse(t, benchRules)
	e := event()
	if n := testing.AllocsPerRun(100, func() { _ = r.Decide([32]byte{}, &e) }); n != 0 {
		t.Errorf("%v allocations a decision", n)
	}
}

// Whatever is read as rules decides without a panic, and as it is explained.
func FuzzParse(f *testing.F) {
	f.Add([]byte(failover), "DO_NOT_HONOR")
	f.Add([]byte(benchRules), "")
	f.Add([]byte(when("{field: order.goods.1.goodsName, op: exists, value: false}")), "LOST_CARD")
	f.Add([]byte("rules: [&a {name: x}, *a]"), "")
	f.Add([]byte(rule("    split: [{name: b, percent: 99.99, route: [ADYEN]}, {name: c, percent: .01, route: [ALIPAY]}]")), "x")
	f.Fuzz(func(t *testing.T, text []byte, code string) {
		r, err := routing.Parse(text, acquirers())
		if err != nil {
			return
		}
		if again, err := routing.Parse([]byte(r.Text()), acquirers()); err != nil || !slices.Equal(again.Names(), r.Names()) {
			t.Fatalf("its own text is read as %v, %v", again, err)
		}
		for _, on := range []string{routing.Received, routing.Failed} {
			e := event()
			e.On, e.ResultCode, e.Acquirer, e.Tried, e.Route = on, code, "ADYEN", []string{"ADYEN"}, acquirers()
			d, x := r.Decide([32]byte{1}, &e), r.Explain([32]byte{1}, &e)
			if d.Rule != x.Rule || d.Branch != x.Branch || d.Acquirer != x.Acquirer {
				t.Fatalf("decided %+v, explained %+v", d, x)
			}
			if d.Rule == "" != (d.Route == nil) || on == routing.Failed && d.Acquirer == "ADYEN" {
				t.Fatalf("decided %+v", d)
			}
			chosen := slices.IndexFunc(x.Rules, func(v routing.Verdict) bool { return v.Chosen })
			if chosen != slices.IndexFunc(x.Rules, func(v routing.Verdict) bool { return v.Holds }) {
				t.Fatalf("not the first that holds is chosen: %+v", x)
			}
			e.Request, e.Kept = "", r.Keep(request)
			if on == routing.Failed && e.Kept != nil {
				if kept := r.Decide([32]byte{1}, &e); kept.Rule != d.Rule {
					t.Fatalf("of what was kept: %+v, not %+v", kept, d)
				}
			}
		}
	})
}
