package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Of several merchants at one address each has books of its own: neither its calls, nor
// its token, nor its buyers' pages reach another's.
func TestMerchantsAreApart(t *testing.T) {
	const first, second = "shop-a", "shop-b"
	a := newMerchant(t, sandbox.Config{Merchant: first})
	keys, err := sandbox.NewKeys()
	must(t, err)
	b := newMerchant(t, sandbox.Config{Merchant: second, Keys: keys})
	server := httptest.NewServer(sandbox.Merchants(a.box, b.box))
	defer server.Close()
	a.box.ServePagesAt(server.URL)
	b.box.ServePagesAt(server.URL)
	client := func(m *merchant, id string) *apo.Client {
		c := *m.client
		if id != "" {
			c.ClientID = id
		}
		var err error
		c.HTTP = server.Client()
		c.Gateway, err = apo.ParseGateway(server.URL)
		must(t, err)
		return &c
	}
	pay := func(m *merchant, card, code string) string {
		answer, err := client(m, "").Pay(context.Background(), m.request("same-id", "4200", card))
		m.wants(code, answer, err)
		return answer.Get("normalUrl")
	}
	pay(a, "visa", "SUCCESS")
	page := pay(b, "visa-3ds", "PAYMENT_IN_PROCESS")
	if answer, err := client(b, a.box.Credentials().ClientID).InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: "same-id"}); err == nil && answer.Get("result.resultStatus") == "S" {
		t.Error("the key of one opens the books of another")
	}
	resp, err := http.PostForm(page, url.Values{"answer": {"fail"}})
	must(t, err)
	resp.Body.Close()
	for m, want := range map[*merchant]string{a: "SUCCESS", b: "FAIL"} {
		list, err := m.box.Payments(9)
		must(t, err)
		if len(list) != 1 || list[0].Status != want {
			t.Errorf("%+v, want one that is %s", list, want)
		}
	}
	for _, c := range []struct {
		token string
		code  int
		has   string
	}{{a.box.ControlToken(), 200, `"SUCCESS"`}, {b.box.ControlToken(), 200, `"FAIL"`}, {"nobody's", 401, "error"}} {
		r := httptest.NewRequest("GET", server.URL+"/_apo/payments", nil)
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		r.Host = "127.0.0.1"
		sandbox.Merchants(a.box, b.box).ServeHTTP(w, r)
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.has) || strings.Count(w.Body.String(), "paymentRequestId") > 1 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	resp, err = http.Get(server.URL + "/3ds/nobodys")
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("a page that nobody has: %d", resp.StatusCode)
	}
	resp, err = http.Get(server.URL + sandbox.HealthPath)
	must(t, err)
	resp.Body.Close()
	must(t, b.box.Close())
	unwell, err := http.Get(server.URL + sandbox.HealthPath)
	must(t, err)
	unwell.Body.Close()
	if resp.StatusCode != http.StatusOK || unwell.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("health %d, and of a closed one %d", resp.StatusCode, unwell.StatusCode)
	}
}

// Each merchant's name gives a client ID of its own; what is no name of one is refused.
func TestMerchantNames(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{sandbox.ClientID: true, sandbox.OtherClientID: true}
	for _, name := range []string{"shop-a", "shop-b", "Shop-a"} {
		if id := sandbox.ClientIDOf(name); ids[id] || !apo.IsSandbox(id) || len(id) != len(sandbox.ClientID) {
			t.Errorf("%s has the client ID %s", name, id)
		} else {
			ids[id] = true
		}
	}
	for _, name := range []string{"", "-a", "a b", "../x", "a/b", "ä", "a.b", strings.Repeat("a", 41)} {
		if sandbox.CheckMerchant(name) == nil {
			t.Errorf("%q is a merchant's name", name)
		}
	}
}
