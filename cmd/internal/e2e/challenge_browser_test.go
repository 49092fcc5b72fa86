package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// openBrowser starts a Chromium that ends with the test. Where there is none
// the test is skipped.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	program := os.Getenv("APO_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program != "" {
			break
		}
		program, _ = exec.LookPath(name)
	}
	if program == "" {
		t.Skip("there is no chromium, chromium-browser or google-chrome in PATH, and APO_CHROMIUM names none: the 3DS page is not tested in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.DisableGPU, chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v", program, err)
	}
	return ctx
}

// tab is a buyer in front of a window of her own, with what the browser told
// about it.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string // "GET http://127.0.0.1:4242/3ds/…"
	trouble  []string // dialogs, console messages, violations of the policy
}

func openTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	b := &tab{T: t}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(cancel)
	b.ctx = ctx
	devtools(b, audits.Enable, cdp.Empty{})
	return b
}

// hear notes what the browser tells.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.Method+" "+e.Request.URL+e.Request.URLFragment)
	case *page.EventJavascriptDialogOpening:
		b.trouble = append(b.trouble, "a dialog: "+e.Message)
		go chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	case *log.EventEntryAdded:
		b.trouble = append(b.trouble, "the log: "+e.Entry.Text)
	case *cdpruntime.EventConsoleAPICalled:
		b.trouble = append(b.trouble, "a script wrote to the console")
	case *cdpruntime.EventExceptionThrown:
		b.trouble = append(b.trouble, "an exception: "+e.ExceptionDetails.Text)
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			b.trouble = append(b.trouble, "a violation of "+e.Issue.Details.ContentSecurityPolicyIssueDetails.ViolatedDirective)
		}
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.failed(err)
	}
}

func (b *tab) failed(err error) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Fatalf("the browser: %v\nrequests: %q\ntrouble: %q", err, b.requests, b.trouble)
}

// devtools runs a command of the browser's protocol.
func devtools[P, R any](b *tab, c cdp.Command[P, R], params P) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		b.failed(err)
	}
}

// shows waits for a page with this heading.
func (b *tab) shows(heading string) {
	b.Helper()
	b.do(chromedp.WaitVisible(fmt.Sprintf(`//h1[text()=%q]`, heading)))
}

func (b *tab) click(label string) {
	b.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`//*[self::a or self::button][text()=%q]`, label)))
}

// eval is what an expression is in the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.failed(err)
	}
	return value
}

// quiet fails if anything went wrong that a buyer would not see.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.trouble) > 0 {
		b.Errorf("trouble: %q", b.trouble)
	}
}

// takeRequests returns what was asked for since it was called last.
func (b *tab) takeRequests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.requests
	b.requests = nil
	return taken
}

// checkout is a sandbox whose clock can be moved, its merchant, and the shop to
// which buyers return.
type checkout struct {
	*testing.T
	client *apo.Client
	late   atomic.Int64           // how far the clock was moved, a time.Duration
	hold   atomic.Pointer[func()] // called before a page's answer to a POST leaves
	shop   string                 // "http://127.0.0.1:4243"

	mu     sync.Mutex
	visits []string // what was asked of the shop, as on the wire: "/return?order=1"
}

func openCheckout(t *testing.T) *checkout {
	t.Helper()
	folder, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		t.Fatal(err)
	}
	c := &checkout{T: t}
	box, err := sandbox.Open(sandbox.Config{Keys: keys, Now: func() time.Time { return time.Now().Add(time.Duration(c.late.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		box.ServeHTTP(w, r)
		if hold := c.hold.Load(); hold != nil && r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/3ds/") {
			(*hold)()
		}
	}))
	t.Cleanup(server.Close)
	box.ServePagesAt(server.URL)
	gateway, err := apo.ParseGateway(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	who := box.Credentials()
	c.client = &apo.Client{Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey, HTTP: server.Client()}
	shop := httptest.NewServer(c)
	t.Cleanup(shop.Close)
	c.shop = shop.URL
	return c
}

// ServeHTTP is the shop.
func (c *checkout) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.visits = append(c.visits, r.RequestURI)
	c.mu.Unlock()
	if referrer := r.Referer(); referrer != "" {
		c.Errorf("the shop is told the address of the page: %s", referrer)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, `<!doctype html><title>shop</title><link rel="icon" href="data:,"><h1>The shop</h1>`)
}

// visitors returns who came to the shop since it was called last.
func (c *checkout) visitors() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	came := c.visits
	c.visits = nil
	return came
}

// pay begins a payment with 3DS and returns its page.
func (c *checkout) pay(id string, change func(*apo.PayRequest)) (normalURL string) {
	c.Helper()
	amount := &apo.Amount{Currency: "SGD", Value: "4200"}
	card, _ := sandbox.FindTestCard("visa-3ds")
	r := apo.PayRequest{
		ProductCode: "CASHIER_PAYMENT", PaymentRequestID: id, PaymentAmount: amount,
		Order: &apo.Order{ReferenceOrderID: "order-1", OrderDescription: "demo", OrderAmount: amount, Buyer: &apo.Buyer{ReferenceBuyerID: "buyer-1"}},
		PaymentMethod: &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{
			CardNo: card.Number, ExpiryYear: "35", ExpiryMonth: "12", CVV: card.CVV(), CardholderName: &apo.PersonName{FirstName: "Ada", LastName: "Example"},
		}},
		PaymentFactor:      &apo.Factor{IsAuthorization: true, CaptureMode: "AUTOMATIC"},
		PaymentRedirectURL: c.shop + "/return?order=1",
		Env:                &apo.Env{TerminalType: "WEB", ClientIP: "203.0.113.7"},
	}
	if change != nil {
		change(&r)
	}
	answer, err := c.client.Pay(c.Context(), r)
	if err != nil {
		c.Fatal(err)
	}
	normalURL = answer.Get("normalUrl")
	if normalURL == "" {
		c.Fatalf("there is no page: %s", answer.Raw)
	}
	return normalURL
}

// is checks where a payment stands.
func (c *checkout) is(id, status, code string, captures int) {
	c.Helper()
	answer, err := c.client.InquiryPayment(c.Context(), apo.PaymentKey{PaymentRequestID: id})
	if err != nil {
		c.Fatal(err)
	}
	if p := apo.ReadPayment(answer); p.Status != status || p.ResultCode != code || len(p.Transactions) != captures {
		c.Errorf("the payment is %s %s with %d captures, want %s %s with %d", p.Status, p.ResultCode, len(p.Transactions), status, code, captures)
	}
}

// returned checks that the buyer came to the shop, once and with nothing
// appended.
func (c *checkout) returned(b *tab) {
	c.Helper()
	b.shows("The shop")
	if got := eval[string](b, "location.href"); got != c.shop+"/return?order=1" {
		c.Errorf("the buyer is at %s", got)
	}
	if got := c.visitors(); !slices.Equal(got, []string{"/return?order=1"}) {
		c.Errorf("the shop was asked for %q", got)
	}
}

// The 3DS page in Chromium: how a challenge can end, and what a buyer can see,
// reach and be tricked into.
func TestChallengePage(t *testing.T) {
	t.Parallel()
	browser := openBrowser(t)
	for name, test := range map[string]func(*checkout, *tab){
		"approve":                testApprove,
		"fail":                   testFail,
		"abandon":                testAbandon,
		"approve after expiry":   testApproveAfterExpiry,
		"double click":           testDoubleClick,
		"back":                   testBack,
		"back and answer again":  testStalePage,
		"an app's own address":   testAppAddress,
		"a shop that sends on":   testSentOn,
		"an invented shop":       testInventedShop,
		"markup":                 testMarkup,
		"addresses that are bad": testBadAddresses,
		"readable":               testReadable,
		"the witness":            testWitness,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, b := openCheckout(t), openTab(t, browser)
			test(c, b)
			if name != "the witness" {
				b.quiet()
			}
		})
	}
}

func testApprove(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", nil)))
	b.shows("Approve this payment?")
	if text := eval[string](b, "document.body.innerText"); !strings.Contains(text, "SGD 42.00") || !strings.Contains(text, "VISA ending in 3220") {
		c.Errorf("the page says\n%s", text)
	}
	c.is("a", apo.StatusProcessing, "PAYMENT_IN_PROCESS", 0)
	b.click("Approve")
	c.returned(b)
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

// A buyer without a mouse gets there, too, and sees where she is.
func testFail(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", nil)))
	b.shows("Approve this payment?")
	for _, label := range []string{"Approve", "Fail the check"} {
		b.do(chromedp.KeyEvent(kb.Tab))
		if got := eval[string](b, "document.activeElement.textContent"); got != label {
			c.Errorf("the focus is on %q, want %q", got, label)
		}
		ring := `(s => s.outlineStyle == "none" ? 0 : parseFloat(s.outlineWidth))(getComputedStyle(document.activeElement))`
		if got := eval[float64](b, ring); got < 2 {
			c.Errorf("the focus on %q is marked by %v px", label, got)
		}
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	c.returned(b)
	c.is("a", apo.StatusFail, "USER_PAYMENT_VERIFICATION_FAILED", 0)
}

func testAbandon(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", nil)))
	b.click("Leave without answering")
	c.returned(b)
	c.is("a", apo.StatusProcessing, "PAYMENT_IN_PROCESS", 0)
	c.late.Store(int64(time.Hour))
	c.is("a", apo.StatusFail, "ORDER_IS_CLOSED", 0)
}

func testApproveAfterExpiry(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", nil)))
	b.shows("Approve this payment?")
	c.late.Store(int64(time.Hour))
	b.click("Approve")
	b.shows("Too late")
	c.is("a", apo.StatusFail, "ORDER_IS_CLOSED", 0)
	if n := eval[int](b, "document.querySelectorAll('button').length"); n != 0 {
		c.Errorf("a closed payment has %d buttons", n)
	}
	if came := c.visitors(); len(came) != 0 {
		c.Errorf("the shop was asked for %q before the buyer was told", came)
	}
	b.click("Continue to the shop")
	c.returned(b)
}

// A buyer who clicks again while her answer is on its way makes the browser ask
// again. The payment is made once, and the way leads to the shop.
func testDoubleClick(c *checkout, b *tab) {
	var posts atomic.Int32
	second := make(chan struct{})
	hold := func() {
		if posts.Add(1) == 2 {
			close(second)
		}
		select {
		case <-second:
		case <-c.Context().Done():
		}
	}
	c.hold.Store(&hold)
	b.do(chromedp.Navigate(c.pay("a", nil)))
	b.shows("Approve this payment?")
	// Once a form was sent, the browser takes no more input from a test. A click
	// may come too soon to be a second one, or too late to be seen by a browser
	// that is slow: each waits twice as long as the one before.
	const clicks = `(function click(ms) {
		document.querySelector("button[value=approve]").click();
		setTimeout(click, ms, 2 * ms);
	})(200)`
	eval[chromedp.Void](b, clicks)
	b.shows("The shop")
	for _, visit := range c.visitors() {
		if visit != "/return?order=1" {
			c.Errorf("the shop was asked for %q", visit)
		}
	}
	if n := posts.Load(); n < 2 {
		c.Errorf("the page was posted %d times", n)
	}
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

// Back shows what became of the payment, not a question that was answered.
func testBack(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", nil)))
	b.click("Approve")
	c.returned(b)
	b.do(chromedp.NavigateBack())
	b.shows("Payment approved")
	if n := eval[int](b, "document.querySelectorAll('button').length"); n != 0 {
		c.Errorf("an answered payment has %d buttons", n)
	}
	b.click("Continue to the shop")
	c.returned(b)
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

// Two windows with the same page: the first answer counts, the second goes the
// same way.
func testStalePage(c *checkout, b *tab) {
	page := c.pay("a", nil)
	b.do(chromedp.Navigate(page))
	b.shows("Approve this payment?")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Post(page, "application/x-www-form-urlencoded", strings.NewReader("answer=fail"))
	if err != nil {
		c.Fatal(err)
	}
	resp.Body.Close()
	b.click("Approve")
	c.returned(b)
	c.is("a", apo.StatusFail, "USER_PAYMENT_VERIFICATION_FAILED", 0)
}

// An app is returned to by a scheme of its own. This browser knows no such app,
// but its policy lets the buyer go.
func testAppAddress(c *checkout, b *tab) {
	b.do(chromedp.Navigate(c.pay("a", func(r *apo.PayRequest) { r.PaymentRedirectURL = "myapp://return?order=1" })))
	b.click("Approve")
	eventually(c, "the browser asks for the app", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.Contains(b.requests, "GET myapp://return?order=1") || len(b.trouble) > 0
	})
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

// A shop may send its buyer on, to another site or to an app: Chromium follows.
func testSentOn(c *checkout, b *tab) {
	other := httptest.NewServer(c)
	defer other.Close()
	for id, to := range map[string]string{"site": strings.Replace(other.URL, "127.0.0.1", "localhost", 1) + "/thanks", "app": "myapp://thanks"} {
		between := httptest.NewServer(http.RedirectHandler(to, http.StatusFound))
		defer between.Close()
		b.do(chromedp.Navigate(c.pay(id, func(r *apo.PayRequest) { r.PaymentRedirectURL = between.URL })))
		b.click("Approve")
		eventually(c, "the browser goes to "+to, func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return slices.Contains(b.requests, "GET "+to) || len(b.trouble) > 0
		})
		c.is(id, apo.StatusSuccess, "SUCCESS", 1)
	}
}

// The example's shop does not exist: the buyer's way ends on the page.
func testInventedShop(c *checkout, b *tab) {
	page := c.pay("a", func(r *apo.PayRequest) { r.PaymentRedirectURL = "https://shop.example/return" })
	b.do(chromedp.Navigate(page))
	b.click("Approve")
	b.shows("Payment approved")
	if text := eval[string](b, "document.body.innerText"); !strings.Contains(text, "an invented address") {
		c.Errorf("the page says\n%s", text)
	}
	for _, r := range b.takeRequests() {
		if !strings.HasSuffix(r, " "+page) {
			c.Errorf("the browser asked for %s", r)
		}
	}
	b.do(chromedp.EmulateViewport(320, 640))
	b.readable("the end of the way")
	c.is("a", apo.StatusSuccess, "SUCCESS", 1)
}

// hostile are texts that become something else where they are not escaped, and
// how they are shown.
func hostile() map[string]string {
	shown := map[string]string{
		"photo\u202egnp.exe \u2066\x1b[31m\x00\u0085": "photo\ufffdgnp.exe \ufffd\ufffd[31m\ufffd\ufffd",
	}
	for _, text := range []string{
		`<script>alert(1)</script>`,
		`"><img src=/pwned onerror=alert(1)>`,
		`' autofocus onfocus='alert(1)' x='`,
		`</title></style></dl><script>alert(1)</script>`,
		`<svg onload=alert(1)>`,
		`&lt;script&gt; &amp; &#60;b&#62; &quot;`,
		`{{.Title}} {{template "page"}} ${1} <!--`,
		strings.Repeat("W", 64),
	} {
		shown[text] = text
	}
	return shown
}

// inURL makes a text fit into a URL as a careless merchant would.
func inURL(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' {
			return '+'
		}
		return r
	}, text)
}

// No text of a merchant is more than a text.
func testMarkup(c *checkout, b *tab) {
	for text, shown := range hostile() {
		id := fmt.Sprintf("markup-%x", sha256.Sum256([]byte(text)))[:32]
		redirect := c.shop + "/return?q=" + inURL(text) + "&a=1&lt=2#" + inURL(text)
		page := c.pay(id, func(r *apo.PayRequest) {
			r.Order.ReferenceOrderID, r.Order.OrderDescription = text, strings.Repeat(text, 3)
			r.Order.Buyer.ReferenceBuyerID, r.Order.Buyer.BuyerEmail = text, text
			if name := text[:min(len(text), 32)]; shown == text { // only plain letters make a name
				r.PaymentMethod.PaymentMethodMetaData.CardholderName = &apo.PersonName{FirstName: name, LastName: name}
			}
			r.PaymentRedirectURL = redirect
		})
		b.takeRequests()
		b.do(chromedp.Navigate(page))
		b.shows("Approve this payment?")
		if got := eval[string](b, "document.title"); got != "Approve this payment? - apo sandbox" {
			c.Errorf("%s: the title is %q", text, got)
		}
		if got := eval[[]string](b, "[...document.querySelectorAll('dd')].map(e => e.textContent)"); !slices.Contains(got, shown) || !slices.Contains(got, strings.Repeat(shown, 3)) {
			c.Errorf("%s: the page shows %q", text, got)
		}
		const shape = `[...document.querySelectorAll("body *")].map(e => e.localName + [...e.attributes].map(a => " " + a.name).join(""))`
		for _, got := range eval[[]string](b, shape) {
			if !slices.Contains(elements(), got) {
				c.Errorf("%s: the page holds a <%s>", text, got)
			}
		}
		if got := eval[string](b, "document.querySelector('a').getAttribute('href')"); got != redirect {
			c.Errorf("the link leads to %s, want %s", got, redirect)
		}
		if got := b.takeRequests(); !slices.Equal(got, []string{"GET " + page}) {
			c.Errorf("%s: the page made the browser ask for %q", text, got)
		}
		want := eval[string](b, fmt.Sprintf("new URL(%q).href", redirect))
		b.click("Approve")
		b.shows("The shop")
		if got := eval[string](b, "location.href"); got != want {
			c.Errorf("the buyer is at %s, want %s", got, want)
		}
		c.is(id, apo.StatusSuccess, "SUCCESS", 1)
		b.do(chromedp.Navigate(page))
		b.shows("Payment approved")
		if got := eval[int](b, "document.querySelectorAll('script, img, svg, button').length"); got != 0 {
			c.Errorf("%s: afterwards the page holds %d elements that it should not", text, got)
		}
	}
}

// elements are those of the page that asks, with the names of their attributes.
func elements() []string {
	return []string{
		"main", "p class", "h1", "dl", "div", "dt", "dd", "bdi", "form method",
		"button class name value", "button name value", "p", "a href", "footer",
	}
}

// Where no browser may be sent, the buyer stays and is told.
func testBadAddresses(c *checkout, b *tab) {
	for i, address := range []string{"javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file://localhost/etc/passwd"} {
		id := fmt.Sprint("address-", i)
		b.do(chromedp.Navigate(c.pay(id, func(r *apo.PayRequest) { r.PaymentRedirectURL = address })))
		b.shows("Approve this payment?")
		if n := eval[int](b, "document.querySelectorAll('a').length"); n != 0 {
			c.Errorf("%s is linked", address)
		}
		b.click("Approve")
		b.shows("Payment approved")
		c.is(id, apo.StatusSuccess, "SUCCESS", 1)
	}
}

// contrasts finds texts, controls and the focus ring that stand out too little
// from what is behind them: WCAG 2.2, 1.4.3 and 1.4.11. All colors of the page
// are opaque.
const contrasts = `(() => {
	const rgb = color => color.match(/[\d.]+/g).map(Number);
	const clear = color => rgb(color).length == 4 && rgb(color)[3] == 0;
	const light = color => rgb(color).slice(0, 3).map(c => c / 255)
		.map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
	const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
	const behind = e => { while (e && clear(getComputedStyle(e).backgroundColor)) e = e.parentElement; return e ? getComputedStyle(e).backgroundColor : "rgb(255, 255, 255)" };
	const found = [];
	let texts = 0;
	for (const e of document.querySelectorAll("body *")) {
		const style = getComputedStyle(e);
		if ([...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) {
			texts++;
			if (ratio(style.color, behind(e)) < 4.5) found.push(e.localName + " " + e.textContent + ": " + ratio(style.color, behind(e)));
		}
		if (e.matches("button, .button")) {
			const edge = Math.max(ratio(style.borderColor, behind(e.parentElement)), ratio(style.backgroundColor, behind(e.parentElement)) * !clear(style.backgroundColor));
			if (edge < 3) found.push("the edge of " + e.textContent + ": " + edge);
			if (e.getBoundingClientRect().height < 44) found.push(e.textContent + " is lower than 44 px");
		}
		if (e.matches("button, a")) {
			e.focus({focusVisible: true});
			const ring = ratio(getComputedStyle(e).outlineColor, behind(e.parentElement));
			if (ring < 3) found.push("the focus of " + e.textContent + ": " + ring);
			e.blur();
		}
	}
	if (texts < 3) found.push("there are no texts");
	return found;
})()`

// The page can be read by whoever prefers light or dark, on a narrow screen and
// with letters of twice the size.
func testReadable(c *checkout, b *tab) {
	long := func(r *apo.PayRequest) {
		r.Order.ReferenceOrderID, r.Order.OrderDescription = strings.Repeat("W", 64), strings.Repeat("M", 256)
	}
	asks, answered := c.pay("a", long), c.pay("b", long)
	b.do(chromedp.Navigate(answered))
	b.click("Approve")
	b.shows("The shop")
	nowhere := asks[:strings.LastIndex(asks, "/")] + "/nowhere"
	grounds := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		devtools(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		for name, address := range map[string]string{"Approve this payment?": asks, "Payment approved": answered} {
			b.do(chromedp.EmulateViewport(320, 640), chromedp.Navigate(address))
			b.shows(name)
			b.readable(scheme)
			// 200 % of 320 pixels is half as many; letters alone of twice the size are harder.
			eval[string](b, `document.documentElement.style.fontSize = "200%"`)
			b.readable(scheme + ", large letters")
		}
		grounds[eval[string](b, "getComputedStyle(document.querySelector('main')).backgroundColor")] = true
		const outline = `[document.documentElement.lang, document.querySelectorAll("main").length, document.querySelectorAll("h1").length].join()`
		if got := eval[string](b, outline); got != "en,1,1" {
			c.Errorf("language, mains and headings are %s", got)
		}
	}
	if len(grounds) != 2 {
		c.Errorf("light and dark look the same: %v", grounds)
	}
	b.quiet()
	b.do(chromedp.Navigate(nowhere))
	b.shows("No such payment")
	b.readable("a page that is not there")
	if text := eval[string](b, "document.documentElement.outerHTML"); strings.Contains(text, "nowhere") {
		c.Error("the address is repeated")
	}
	b.mu.Lock() // the browser notes the status 404
	b.trouble = slices.DeleteFunc(b.trouble, func(s string) bool { return strings.Contains(s, "status of 404") })
	b.mu.Unlock()
}

func (b *tab) readable(how string) {
	b.Helper()
	for _, found := range eval[[]string](b, contrasts) {
		b.Errorf("%s: %s", how, found)
	}
	if wide := eval[int](b, "document.documentElement.scrollWidth"); wide > 320 {
		b.Errorf("%s: %d px wide on a screen of 320", how, wide)
	}
}

// A test that finds no script proves something only if it would have found one.
func testWitness(c *checkout, b *tab) {
	b.do(chromedp.Navigate("data:text/html,<script>alert(1)</script><img src=" + c.shop + "/pwned>"))
	eventually(c, "the script is noticed", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.Contains(b.trouble, "a dialog: 1") && slices.Contains(b.requests, "GET "+c.shop+"/pwned")
	})
}

// From a terminal: apo opens the page in the buyer's browser, and knows when
// she has answered.
func TestPayOpensThePage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the browser is replaced where xdg-open starts it")
	}
	t.Parallel()
	browser := openBrowser(t)
	c, b := openCheckout(t), openTab(t, browser)
	folder := t.TempDir()
	opened := filepath.Join(folder, "opened")
	opener := "#!/bin/sh\nprintf %s \"$1\" > " + opened + ".new && mv " + opened + ".new " + opened + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(opener), 0o700); err != nil {
		t.Fatal(err)
	}
	environment := []string{"APO_HOME=" + filepath.Join(folder, "home"), "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")}
	for redirect, end := range map[string]func(){
		c.shop + "/return?order=1":    func() { c.returned(b) },
		"https://shop.example/return": func() { b.shows("Payment approved") }, // though apo, which serves the page, ends at once
	} {
		os.Remove(opened)
		pay := startWith(t, environment, "pay", "--amount", "4200", "--currency", "SGD", "--3ds", "--open", "--wait=10m", "--redirect-url", redirect)
		var page []byte
		eventually(t, "apo opens the page", func() (ok bool) {
			var err error
			page, err = os.ReadFile(opened)
			return err == nil
		})
		b.do(chromedp.Navigate(string(page)))
		b.shows("Approve this payment?")
		b.click("Approve")
		end()
		if code := pay.code(t); code != 0 || !strings.Contains(pay.err.String(), "authorized") {
			t.Errorf("exit code %d\n%s", code, pay.err)
		}
		b.quiet()
	}
}
