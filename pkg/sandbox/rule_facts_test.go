package sandbox_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// A rule is for the calls that all of its facts fit, whether the call names them or its
// payment does.
func TestRulesMatchFacts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule sandbox.Rule
		fits bool
	}{
		"amount":            {sandbox.Rule{Amount: "4200"}, true},
		"another amount":    {sandbox.Rule{Amount: "4201"}, false},
		"currency":          {sandbox.Rule{Currency: "SGD"}, true},
		"another currency":  {sandbox.Rule{Currency: "USD"}, false},
		"amount, currency":  {sandbox.Rule{Amount: "4200", Currency: "USD"}, false},
		"order":             {sandbox.Rule{Order: "order-7"}, true},
		"another order":     {sandbox.Rule{Order: "order-8"}, false},
		"buyer":             {sandbox.Rule{Buyer: "ada"}, true},
		"another buyer":     {sandbox.Rule{Buyer: "bob"}, false},
		"bin":               {sandbox.Rule{Bin: "405469"}, true},
		"shorter bin":       {sandbox.Rule{Bin: "40"}, true},
		"another bin":       {sandbox.Rule{Bin: "37"}, false},
		"ID prefix":         {sandbox.Rule{IDPrefix: "f-"}, true},
		"another ID prefix": {sandbox.Rule{IDPrefix: "g-"}, false},
	} {
		m := newMerchant(t, sandbox.Config{})
		pay := m.request("f-first", "4200", "visa")
		pay.Order.ReferenceOrderID, pay.Order.Buyer = "order-7", &apo.Buyer{ReferenceBuyerID: "ada"}
		answer, err := m.client.Pay(t.Context(), pay)
		payment := m.wants("SUCCESS", answer, err).Get("paymentId")
		m.capture("SUCCESS", "first", payment, "4200")
		for i, outcome := range []sandbox.Outcome{{Result: "SYSTEM_ERROR"}, {Fault: "unsigned-f"}} {
			for api, body := range map[string]string{
				"pay":            string(must1(json.Marshal(pay))),
				"capture":        fmt.Sprintf(`{"captureRequestId":"f-c%d","paymentId":"%s","captureAmount":{"currency":"SGD","value":"4200"}}`, i, payment),
				"refund":         fmt.Sprintf(`{"refundRequestId":"f-r%d","paymentId":"%s","refundAmount":{"currency":"SGD","value":"4200"}}`, i, payment),
				"inquiryPayment": `{"paymentId":"` + payment + `"}`,
			} {
				if api == "capture" && outcome.Fault == "" { // all is captured: the books refuse it before any rule
					continue
				}
				c.rule.API, c.rule.Outcome = api, outcome
				body = strings.Replace(body, "f-first", fmt.Sprint("f-next", i), 1)
				r := m.rule(c.rule)
				answer := m.call(api, body)
				if hit := answer.Unsigned || answer.Result.Code == "SYSTEM_ERROR"; hit != c.fits {
					t.Errorf("%s: %s %s was hit: %v", name, r, body, hit)
				}
				m.unrule(r.ID)
			}
		}
	}
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Which requests a share of them is depends on their IDs, not on when they come.
func TestDrawsDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	hits := func(order func(i int) int, together bool) (list string) {
		m := newMerchant(t, sandbox.Config{Seed: "7", Rules: []sandbox.Rule{{API: "inquiryPayment", Rate: 0.3, Outcome: sandbox.Outcome{Result: "SYSTEM_ERROR"}}}})
		var mu sync.Mutex
		var all sync.WaitGroup
		hit := map[int]bool{}
		for i := range 60 {
			n := order(i)
			ask := func() {
				answer := m.call("inquiryPayment", fmt.Sprintf(`{"paymentRequestId":"q-%d"}`, n))
				mu.Lock()
				defer mu.Unlock()
				hit[n] = answer.Result.Code == "SYSTEM_ERROR"
			}
			if together {
				all.Go(ask)
			} else {
				ask()
			}
		}
		all.Wait()
		return fmt.Sprint(hit)
	}
	first := hits(func(i int) int { return i }, false)
	if second := hits(func(i int) int { return 59 - i }, true); second != first {
		t.Errorf("in order:      %s\nat one time: %s", first, second)
	}
	m := newMerchant(t, sandbox.Config{Rules: []sandbox.Rule{{API: "inquiryPayment", Rate: 0.5, Outcome: sandbox.Outcome{Result: "SYSTEM_ERROR"}}}})
	codes := map[string]bool{}
	for range 40 {
		codes[m.call("inquiryPayment", `{"paymentRequestId":"again"}`).Result.Code] = true
	}
	if len(codes) != 2 {
		t.Errorf("who repeats a request meets one fate for ever: %v", codes)
	}
}

// nth is for one call of those that fit.
func TestNthCall(t *testing.T) {
	t.Parallel()
	r := payResult("DO_NOT_HONOR")
	r.Nth, r.Currency = 2, "SGD"
	m := newMerchant(t, sandbox.Config{Rules: []sandbox.Rule{r}})
	for i, code := range []string{"SUCCESS", "DO_NOT_HONOR", "SUCCESS", "SUCCESS"} {
		m.pay(code, fmt.Sprint("n-", i), "1000", "visa")
	}
	for _, r := range []sandbox.Rule{
		{Nth: -1}, {Nth: 1, Times: 1}, {Nth: 1, Rate: 0.5}, {Amount: "42.00"}, {Amount: "-1"}, {Currency: "sgd"}, {Bin: "4054695"}, {Bin: "visa"},
	} {
		r.API, r.Outcome = "pay", sandbox.Outcome{Result: "DO_NOT_HONOR"}
		if _, err := m.box.AddRule(r); err == nil {
			t.Errorf("taken: %+v", r)
		}
	}
}

// A capture that a rule leaves in process is told as such, and one that a card leaves so is not.
func TestCaptureInProcessIsTold(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{NotifyURL: "http://127.0.0.1:9/hooks", Passive: true})
	payment := m.pay("SUCCESS", "u", "1000", "visa").Get("paymentId")
	r := m.rule(sandbox.Rule{API: "capture", Outcome: sandbox.Outcome{Result: "CAPTURE_IN_PROCESS"}})
	m.capture("CAPTURE_IN_PROCESS", "u-1", payment, "1000")
	m.unrule(r.ID)
	n := m.news()
	if n.Type != "CAPTURE_RESULT" {
		t.Fatalf("told was %s", n.Type)
	}
	if r := gjson.GetBytes(n.Body, "result"); r.Get("resultStatus").Str != "U" || r.Get("resultCode").Str != "CAPTURE_IN_PROCESS" {
		t.Errorf("told was %s", n.Body)
	}
}
