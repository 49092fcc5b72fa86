package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A buyer gives a card on the page that apo made and serves while it waits, and passes
// or fails the check of it.
func TestVaultingPage(t *testing.T) {
	for name, c := range map[string]struct {
		args    []string
		form    string // of the card; "": the merchant has it
		answer  string // to the 3DS check; "": there is none
		code    int
		verdict string
	}{
		"collected":         {[]string{"vault", "create"}, "test-card=mastercard", "", 0, "card saved  MASTERCARD ending in 4444"},
		"collected, failed": {[]string{"vault", "create"}, "test-card=visa-3ds", "fail", 3, "USER_PAYMENT_VERIFICATION_FAILED"},
		"verified":          {[]string{"vault", "card", "--3ds"}, "", "approve", 0, "card saved  VISA ending in 0768"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apo := start(t, t.TempDir(), append(c.args, "--wait=2m", "--redirect-url", "https://shop.test/return")...)
			page := apo.shows(t, `open (http://127\.0\.0\.1:[0-9]+/(?:card/)?vault/[0-9a-f]{32})`)
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			post := func(form string) (next string) {
				resp, err := client.Post(page, "application/x-www-form-urlencoded", strings.NewReader(form))
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				to, err := url.Parse(page)
				if err == nil {
					to, err = to.Parse(resp.Header.Get("Location"))
				}
				if err != nil || resp.StatusCode != http.StatusSeeOther {
					t.Fatalf("%s: %s, %v", form, resp.Status, err)
				}
				return to.String()
			}
			if c.form != "" {
				page = post(c.form)
			}
			if c.answer != "" {
				page = post("answer=" + c.answer)
			}
			if page != "https://shop.test/return" {
				t.Errorf("the buyer goes to %s", page)
			}
			if got := apo.code(t); got != c.code || !strings.Contains(apo.err.String(), c.verdict) {
				t.Errorf("exit code %d, want %d and %q\n%s", got, c.code, c.verdict, apo.err)
			}
			if strings.Contains(apo.err.String(), "ALIPAY") {
				t.Errorf("the token is on stderr: %s", apo.err)
			}
		})
	}
}
