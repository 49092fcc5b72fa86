package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/apo-cli/apo/pkg/apo"
)

// withoutCard makes a pay that leaves the card to a page.
func withoutCard(r *apo.PayRequest) {
	r.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{TokenizeMode: "ASKFORCONSENT"}}
}

func (b *tab) types(field, text string) {
	b.Helper()
	b.do(chromedp.SendKeys(fmt.Sprintf(`//input[@name=%q]`, field), text))
}

// unlabelled are the fields and buttons whose purpose a screen reader cannot say, and
// the IDs that are there twice.
const unlabelled = `(() => {
	const found = [];
	for (const e of document.querySelectorAll("input, button, a[href]")) {
		const name = e.tagName == "INPUT" ? [...e.labels].map(l => l.textContent).join("") : e.textContent;
		if (!name.trim()) found.push(e.outerHTML);
		for (const id of (e.getAttribute("aria-describedby") || "").split(" ").filter(Boolean))
			if (!document.getElementById(id)?.textContent.trim()) found.push("nothing describes " + e.outerHTML);
		const r = e.getBoundingClientRect();
		if (e.tagName != "A" && e.type != "checkbox" && r.height < 44) found.push("low: " + e.outerHTML);
	}
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	return found.concat(ids.filter((id, i) => ids.indexOf(id) != i));
})()`

// The page that collects a card, in Chromium.
func TestCardPage(t *testing.T) {
	t.Parallel()
	browser := openBrowser(t)
	for name, test := range map[string]func(*checkout, *tab){
		"a card that is typed":     testTypedCard,
		"a test card with 3DS":     testChosenCard,
		"readable with its faults": testReadableCard,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, b := openCheckout(t), openTab(t, browser)
			test(c, b)
			b.mu.Lock() // the browser notes the status 422
			b.trouble = slices.DeleteFunc(b.trouble, func(s string) bool { return strings.Contains(s, "status of 422") })
			b.mu.Unlock()
			b.quiet()
		})
	}
}

// From the keyboard alone: the first mistake has the focus, and Enter pays.
func testTypedCard(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", withoutCard)))
	b.shows("Pay by card")
	b.do(chromedp.KeyEvent("4054 6957 2310 0769" + kb.Tab + "1235" + kb.Tab + "123" + kb.Tab + "Ada Example" + kb.Enter))
	b.do(chromedp.WaitVisible(`//*[@role="alert"]`))
	if got := eval[string](b, "document.activeElement.id + ' ' + document.querySelectorAll('[aria-invalid]').length"); got != "cc-number 1" {
		c.Errorf("the focus is on %q", got)
	}
	if html := eval[string](b, "document.documentElement.outerHTML"); strings.Contains(html, "0769") || strings.Contains(html, `"123"`) || !strings.Contains(html, `value="Ada Example"`) {
		c.Errorf("the page says\n%s", html)
	}
	b.types("cc-number", "4054 6957 2310 0768")
	b.types("cc-exp", "12/35")
	b.types("cc-csc", "123"+kb.Enter)
	c.returned(b)
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

func testChosenCard(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", withoutCard)))
	b.do(chromedp.Click(`//button[@value="visa-3ds"]`))
	b.shows("Approve this payment?")
	b.click("Approve")
	c.returned(b)
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

func testReadableCard(c *checkout, b *tab) {
	page := c.pay("a", func(r *apo.PayRequest) {
		withoutCard(r)
		r.Order.ReferenceOrderID, r.Order.OrderDescription = strings.Repeat("W", 64), strings.Repeat("M", 256)
	})
	for _, scheme := range []string{"light", "dark"} {
		devtools(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		b.do(chromedp.EmulateViewport(320, 640), chromedp.Navigate(page))
		for _, state := range []string{"empty", "refused"} {
			b.shows("Pay by card")
			b.readable(scheme + ", " + state)
			if found := eval[[]string](b, unlabelled); len(found) > 0 {
				c.Errorf("%s, %s: %q", scheme, state, found)
			}
			if state == "empty" {
				b.click("Pay SGD 42.00")
				b.do(chromedp.WaitVisible(`//*[@role="alert"]`))
			}
		}
		eval[string](b, `document.documentElement.style.fontSize = "200%"`)
		b.readable(scheme + ", large letters")
	}
}

// apo opens the page of a session, and serves it until the buyer has paid.
func TestSessionOpensThePage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the browser is replaced where xdg-open starts it")
	}
	t.Parallel()
	folder := t.TempDir()
	opened := filepath.Join(folder, "opened")
	opener := "#!/bin/sh\nprintf %s \"$1\" > " + opened + ".new && mv " + opened + ".new " + opened + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(opener), 0o700); err != nil {
		t.Fatal(err)
	}
	environment := []string{"APO_HOME=" + filepath.Join(folder, "home"), "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")}
	create := startWith(t, environment, "session", "create", "--amount", "4200", "--currency", "SGD", "--open", "--wait=10m")
	var page []byte
	eventually(t, "apo opens the page", func() (ok bool) {
		var err error
		page, err = os.ReadFile(opened)
		return err == nil
	})
	resp, err := http.PostForm(string(page), url.Values{"test-card": {"visa"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code := create.code(t); code != 0 || !strings.Contains(create.err.String(), "the buyer is done: SUCCESS SUCCESS") || !strings.Contains(create.err.String(), "open "+string(page)) {
		t.Errorf("exit code %d\n%s", code, create.err)
	}
}
