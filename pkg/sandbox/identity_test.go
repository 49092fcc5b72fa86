package sandbox_test

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// Whoever opens a state finds the identity that it was made with; a reset makes
// it another one, for all who have it open.
func TestIdentity(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	a := newMerchant(t, sandbox.Config{State: file})
	b := newMerchant(t, sandbox.Config{State: file})
	first := a.box.Identity()
	if !regexp.MustCompile(`^[a-z2-7]{26}$`).MatchString(first) || b.box.Identity() != first {
		t.Errorf("one finds %q, the other %q", first, b.box.Identity())
	}
	a.pay("SUCCESS", "demo", "4200", "visa")
	must(t, b.box.Forget())
	if again := newMerchant(t, sandbox.Config{State: file}).box.Identity(); again != first {
		t.Errorf("%q became %q by itself", first, again)
	}
	must(t, a.box.Reset())
	reset := a.box.Identity()
	if reset == first || len(reset) != len(first) {
		t.Errorf("%q became %q by a reset", first, reset)
	}
	b.inquire("ORDER_NOT_EXIST", "demo")
	if b.box.Identity() != reset {
		t.Errorf("after a reset one finds %q, the other %q", reset, b.box.Identity())
	}
	for _, c := range []sandbox.Config{{}, {}, {Seed: "x"}, {Seed: "x"}, {State: filepath.Join(t.TempDir(), "state.db")}} {
		if other := newMerchant(t, c).box.Identity(); other == first || other == reset || len(other) != len(first) {
			t.Errorf("another state has the identity %q", other)
		}
	}
}

// A state of before there were identities gets one, which stays, and keeps all
// that it has.
func TestIdentityOfAnOldState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: file})
	id := m.pay("SUCCESS", "demo", "4200", "visa").Get("paymentId")
	db, err := sql.Open("sqlite", file)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(`DELETE FROM settings WHERE name = 'identity'`)
	must(t, err)
	a := newMerchant(t, sandbox.Config{State: file})
	b := newMerchant(t, sandbox.Config{State: file})
	if a.box.Identity() == "" || a.box.Identity() != b.box.Identity() {
		t.Errorf("one finds %q, the other %q", a.box.Identity(), b.box.Identity())
	}
	m.inquire("SUCCESS", "demo")
	if m.box.Identity() != a.box.Identity() {
		t.Errorf("who had it open finds %q, the other %q", m.box.Identity(), a.box.Identity())
	}
	if p := b.pay("SUCCESS", "demo", "4200", "visa").Get("paymentId"); p != id {
		t.Errorf("the payment %s became %s: the seed is another one", id, p)
	}
}

// The gateway's answers name the state, whoever asks; what is none of them, and
// what is for a page of another site, do not.
func TestIdentityInAnswers(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	const pay = "/ams/sandbox/api/v1/payments/pay"
	for url, want := range map[string]string{"http://127.0.0.1:4242" + pay: m.box.Identity(), "http://shop.example" + pay: ""} {
		w := httptest.NewRecorder()
		m.box.ServeHTTP(w, httptest.NewRequest(http.MethodPost, url, strings.NewReader("{}")))
		name := "apo-sandbox" // as it goes over the wire
		if got := strings.Join(w.Result().Header[name], ", "); got != want {
			t.Errorf("%s is told %q, want %q", url, got, want)
		}
	}
	fault, err := sandbox.ParseFault("pay=html-502")
	must(t, err)
	_, err = m.box.AddRule(fault)
	must(t, err)
	transport := m.client.HTTP.Transport
	m.client.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		answer, err := transport.RoundTrip(r)
		if err == nil && (answer.StatusCode != http.StatusBadGateway || answer.Header.Get("Apo-Sandbox") != "") {
			t.Errorf("status %d, %v", answer.StatusCode, answer.Header)
		}
		return answer, err
	})
	if _, err := m.client.Pay(t.Context(), m.request("demo", "4200", "visa")); err == nil {
		t.Error("a page of a proxy was taken for an answer")
	}
}
