package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// challenged makes a payment that waits for its buyer and returns the path of
// its page. The rules of pay would not let every redirect pass.
func challenged(t *testing.T, box *Sandbox, redirect string) string {
	t.Helper()
	now := box.Now()
	numbers := ids{newSeed()}.of("test", redirect)
	p := payment{
		ID: numbers.transaction(now), RequestID: numbers.nonce(), OrderID: "order-1", Description: "<b>demo</b>",
		Amount: apo.Amount{Currency: "SGD", Value: "4200"}, RedirectURL: redirect, Status: processing, Code: "PAYMENT_IN_PROCESS",
		Card: card{Brand: "VISA", LastFour: "3220", Behaviour: "visa-3ds"}, ThreeDS: threeDS{Nonce: numbers.nonce()}, Created: now, Closes: now.Add(PaymentLife),
	}
	if err := box.store.do(func(t *tx) error { return errors.Join(t.savePayment(&p), t.schedule(&p)) }); err != nil {
		t.Fatal(err)
	}
	return pagePrefix + p.ThreeDS.Nonce
}

// ask sends a request to a page. A form has to be posted.
func ask(box *Sandbox, method, path, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:4242"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	box.ServeHTTP(w, r)
	return w
}

func TestPage(t *testing.T) {
	box := openBox(t)
	w := ask(box, "GET", challenged(t, box, `https://shop.test/a?b=1&c="`), "")
	text := w.Body.String()
	for _, want := range []string{
		`<html lang="en">`, "<title>Approve this payment? - apo sandbox</title>", "SGD 42.00", "VISA ending in 3220",
		"order-1", "&lt;b&gt;demo&lt;/b&gt;", `<a href="https://shop.test/a?b=1&amp;c=&#34;">Leave without answering</a>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(text)
	if style == nil {
		t.Fatal("the page has no style")
	}
	sum := sha256.Sum256([]byte(style[1]))
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; frame-ancestors 'none'; base-uri 'none'",
		"Content-Type":                 "text/html; charset=utf-8",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

// Where an answer leads. Whoever may go on from there is the shop's affair: the
// policy of the page says nothing of forms.
func TestWhereBuyersGo(t *testing.T) {
	box := openBox(t)
	const stays = ""
	for redirect, want := range map[string]string{
		"https://shop.test/return?order=1":             "as it is",
		"HTTPS://Shop.test:8443":                       "as it is",
		"http://127.0.0.1:3000/r#done":                 "as it is",
		"https://user:secret@shop.test/":               "as it is",
		`https://shop.test/?a="<b>'&c=100%&d=é%0d%0a;`: "as it is",
		"https://shop.test:/":                          "as it is",
		"http://[::1]:3000/":                           "as it is",
		"http://192.0.2.1:3000/":                       "as it is",
		"https://münchen.test/":                        "as it is",
		"https://shop_1.test/":                         "as it is",
		"https://shop.test;script-src/":                "as it is",
		"https://shop.test,*/":                         "as it is",
		"http:///return":                               "as it is",
		"myapp://return?order=1":                       "as it is",
		"com.example.app:return":                       "as it is",

		"https://shop.example/return":     stays,
		"HTTP://Www.Example.COM.:8080/a":  stays,
		"https://user@example.org":        stays,
		"https://shop.example/return?a=1": "as it is",
		"HTTPS://SHOP.example/x":          "as it is",
		"https://example.com.shop.test/":  "as it is",
		"https://notexample.com/":         "as it is",
		"myapp://shop.examples/":          "as it is",

		"":                                     stays,
		"/return":                              stays,
		"//shop.test/":                         stays,
		"javascript:alert(1)":                  stays,
		"JavaScript://x/%0aalert(1)":           stays,
		" javascript:alert(1)":                 stays,
		"java\tscript:alert(1)":                stays,
		"data:text/html,<script>":              stays,
		"vbscript:x":                           stays,
		"file:///etc/passwd":                   stays,
		"https://shop.test/\r\nSet-Cookie: a=": stays,
		"https://shop.test/\x00":               stays,
		"https://shop.test;\nx/":               stays,
	} {
		page := challenged(t, box, redirect)
		before := ask(box, "GET", page, "")
		if policy := before.Header().Get("Content-Security-Policy"); strings.Contains(policy, "form-action") {
			t.Errorf("%q: %s", redirect, policy)
		}
		status, location := http.StatusSeeOther, []string{redirect}
		if want == stays {
			status, location = http.StatusOK, nil
		}
		if linked := strings.Contains(before.Body.String(), "<a "); linked != (want != stays) {
			t.Errorf("%q: the page holds a link: %v", redirect, linked)
		}
		for range 2 {
			w := ask(box, "POST", page, "answer=approve")
			if got := w.Header().Values("Location"); w.Code != status || !slices.Equal(got, location) {
				t.Errorf("%q leads to %d %q", redirect, w.Code, got)
			}
			if status == http.StatusOK && !strings.Contains(w.Body.String(), "<h1>Payment approved</h1>") {
				t.Errorf("%q: the answer is\n%s", redirect, w.Body)
			}
		}
		if text := ask(box, "GET", page, "").Body.String(); !strings.Contains(text, "<h1>Payment approved</h1>") || strings.Contains(text, "<button") {
			t.Errorf("%q: afterwards the page says\n%s", redirect, text)
		}
	}
}

// The address is on the wire byte for byte, and no line of it is a header.
func TestRedirectOnTheWire(t *testing.T) {
	box := openBox(t)
	server := httptest.NewServer(box)
	defer server.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, redirect := range []string{"https://shop.test/?q=\"<é>'100%&x", "https://shop.test/\r\nX-Split: 1\r\n\r\n<script>"} {
		page := challenged(t, box, redirect)
		resp, err := client.Post(server.URL+page, "application/x-www-form-urlencoded", strings.NewReader("answer=fail"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != redirect && got != "" || resp.Header.Get("X-Split") != "" {
			t.Errorf("%q became %v", redirect, resp.Header)
		}
	}
}

// Of many answers at once, one counts, and everybody goes the same way.
func TestFirstAnswerCounts(t *testing.T) {
	box := openBox(t)
	page := challenged(t, box, "https://shop.test/return")
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			answer := []string{"approve", "fail"}[i%2]
			if w := ask(box, "POST", page, "answer="+answer); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://shop.test/return" {
				t.Errorf("%s: %d %v", answer, w.Code, w.Header())
			}
		})
	}
	group.Wait()
	first := ask(box, "GET", page, "").Body.String()
	if approved := strings.Contains(first, "Payment approved"); approved == strings.Contains(first, "Check failed") {
		t.Fatalf("the page says\n%s", first)
	}
	for _, answer := range []string{"approve", "fail"} {
		ask(box, "POST", page, "answer="+answer)
		if later := ask(box, "GET", page, "").Body.String(); later != first {
			t.Errorf("another %s changed the payment", answer)
		}
	}
}

func TestPageRefuses(t *testing.T) {
	box := openBox(t)
	page := challenged(t, box, "https://shop.test/return")
	for name, c := range map[string]struct {
		method, path, form string
		want               int
	}{
		"another method":    {"DELETE", page, "", http.StatusMethodNotAllowed},
		"a method of CORS":  {"OPTIONS", page, "", http.StatusMethodNotAllowed},
		"no answer":         {"POST", page, "", http.StatusBadRequest},
		"another answer":    {"POST", page, "answer=yes", http.StatusBadRequest},
		"an address answer": {"POST", page + "?answer=", "", http.StatusBadRequest},
		"a long form":       {"POST", page, "a=" + strings.Repeat("x", maxForm) + "&answer=approve", http.StatusBadRequest},
		"no payment":        {"GET", pagePrefix + "zebra%3Cb%3E", "", http.StatusNotFound},
		"no nonce":          {"GET", pagePrefix, "", http.StatusNotFound},
		"more than a nonce": {"GET", page + "/zebra", "", http.StatusNotFound},
		"an answer to none": {"POST", pagePrefix + "zebra", "answer=approve", http.StatusNotFound},
	} {
		w := ask(box, c.method, c.path, c.form)
		if w.Code != c.want || w.Header().Get("Content-Security-Policy") == "" || strings.Contains(w.Body.String(), "zebra") {
			t.Errorf("%s: %d %v\n%s", name, w.Code, w.Header(), w.Body)
		}
		if allow := w.Header().Get("Allow"); (c.want == http.StatusMethodNotAllowed) != (allow == "GET, HEAD, POST") {
			t.Errorf("%s: Allow is %q", name, allow)
		}
	}
	if text := ask(box, "GET", page, "").Body.String(); !strings.Contains(text, "Approve this payment?") {
		t.Errorf("one of them was taken for an answer:\n%s", text)
	}
	if w := ask(box, "HEAD", page, ""); w.Code != http.StatusOK {
		t.Errorf("HEAD: %d", w.Code)
	}
	box.Close()
	if w := ask(box, "GET", page, ""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "not known") {
		t.Errorf("without a store: %d\n%s", w.Code, w.Body)
	}
}

// Whatever became of a payment, the page says it, and asks only where an
// answer would count.
func TestPageTellsTheOutcome(t *testing.T) {
	for _, c := range []struct {
		title string
		asks  bool
		p     payment
	}{
		{"Approve this payment?", true, payment{Status: processing}},
		{"Answered", false, payment{Status: processing, ThreeDS: threeDS{Result: "passed"}}},
		{"Payment approved", false, payment{Status: success, ThreeDS: threeDS{Result: "passed"}}},
		{"Too late", false, payment{Status: failed, Closed: true}},
		{"Check failed", false, payment{Status: failed, ThreeDS: threeDS{Result: "failed"}}},
		{"Payment declined", false, payment{Status: failed, ThreeDS: threeDS{Result: "passed"}}},
		{"Payment cancelled", false, payment{Status: cancelled}},
		{"Payment cancelled", false, payment{Status: cancelled, ThreeDS: threeDS{Result: "passed"}}},
	} {
		c.p.Amount = apo.Amount{Currency: "JPY", Value: "4200"}
		if v := viewOf(c.p); v.Title != c.title || v.Payment.Asks != c.asks || v.Payment.Amount != "JPY 4200" {
			t.Errorf("%s, 3DS %q: %q asks %v for %s", c.p.Status, c.p.ThreeDS.Result, v.Title, v.Payment.Asks, v.Payment.Amount)
		}
	}
}

// An answer to what was closed meanwhile leads to the page, which says so.
func TestAnswerAfterExpiry(t *testing.T) {
	var late time.Duration
	box, err := Open(Config{Passive: true, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(late) }})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	page := challenged(t, box, "https://shop.test/return")
	late = time.Hour
	for range 2 {
		if w := ask(box, "POST", page, "answer=approve"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Too late") {
			t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
		}
	}
	text := ask(box, "GET", page, "").Body.String()
	if !strings.Contains(text, "Too late") || !strings.Contains(text, "ORDER_IS_CLOSED") || !strings.Contains(text, `href="https://shop.test/return"`) {
		t.Errorf("the page says\n%s", text)
	}
}

// Where the shop's address is invented the way ends on the page, which tells what
// a shop would get, and links nowhere.
func TestPageWithoutAShop(t *testing.T) {
	box := openBox(t)
	page := challenged(t, box, "https://example.com/return?a=<b>")
	if text := ask(box, "GET", page, "").Body.String(); strings.Contains(text, "<a ") || !strings.Contains(text, "close this page") {
		t.Errorf("the page that asks says\n%s", text)
	}
	text := ask(box, "POST", page, "answer=fail").Body.String()
	for _, want := range []string{"Check failed", "https://example.com/return?a=&lt;b&gt;", "an invented address", "PAYMENT_RESULT", "inquiryPayment"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "<a ") || strings.Contains(text, "<button") {
		t.Errorf("it leads on:\n%s", text)
	}
}

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain, émoji 👩‍🚀":         "plain, émoji 👩‍🚀",
		"two\r\nlines\tand a tab":  "two  lines and a tab",
		"photo\u202egnp.exe":       "photo\ufffdgnp.exe",
		"\u2066isolate\u2069":      "\ufffdisolate\ufffd",
		"bell\a escape\x1b[31m":    "bell\ufffd escape\ufffd[31m",
		"next line\u0085":          "next line\ufffd",
		"card 4054 6957 2310 0768": apo.Masker{}.Text("card 4054 6957 2310 0768"),
	} {
		if got := visible(text); got != want || strings.Contains(got, "2310") {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
