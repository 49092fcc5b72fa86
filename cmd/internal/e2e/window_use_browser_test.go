package e2e

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	_ "modernc.org/sqlite"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// The window in Chromium: what it shows, what its buttons do, and what nobody can make
// it show.
func TestWindow(t *testing.T) {
	t.Parallel()
	browser := openBrowser(t)
	for name, test := range map[string]func(*workbench, *tab){
		"a payment":      testWindowPayment,
		"notifications":  testWindowNotifications,
		"rules":          testWindowRules,
		"disputes":       testWindowDisputes,
		"time":           testWindowTime,
		"state":          testWindowState,
		"keyboard alone": testWindowKeyboard,
		"hostile texts":  testWindowHostile,
		"readable":       testWindowReadable,
	} {
		t.Run(name, func(t *testing.T) {
			w, b := openWorkbench(t, sandbox.Config{State: filepath.Join(t.TempDir(), "state.db")}), openTab(t, browser)
			test(w, b)
			b.quiet()
		})
	}
}

// press clicks on a button by its label, which may be a name that is not shown.
func (b *tab) press(label string) {
	b.Helper()
	found := fmt.Sprintf(`[...document.querySelectorAll("button, a, summary")].find((e) => (e.getAttribute("aria-label") || e.textContent.trim()) == %q && e.checkVisibility())`, label)
	b.until(found)
	eval[chromedp.Void](b, fmt.Sprintf(`(%s).click()`, found))
}

// says waits for a text on the page.
func (b *tab) says(text string) {
	b.Helper()
	b.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
}

// writes is somebody who writes into a field.
func (b *tab) writes(field, text string) {
	b.Helper()
	eval[chromedp.Void](b, fmt.Sprintf(`(() => { const e = document.getElementById(%q); e.focus(); e.value = ""; e.dispatchEvent(new Event("input", { bubbles: true })); })()`, field))
	b.do(chromedp.KeyEvent(text))
}

func testWindowPayment(w *workbench, b *tab) {
	b.sized(1280, "light")
	b.looks(w, "#/payments")
	b.says("No payment yet")
	id := w.pays("demo-1", "visa", nil) // seen without a reload
	b.says("demo-1")
	b.says("SGD 42.00")
	eval[chromedp.Void](b, `document.querySelector(".rows a").click()`)
	b.says("What was said")
	eval[chromedp.Void](b, `document.querySelector(".event summary").click()`)
	b.says("The signature verifies.")
	b.says(`"paymentRequestId": "demo-1"`)
	eval[chromedp.Void](b, `document.querySelector('details[data-key$="q-signed"]').open = true`)
	b.says("Card data is hidden here")
	signed := `document.querySelector('details[data-key$="a-signed"]')`
	eval[chromedp.Void](b, `(`+signed+`).open = true`)
	b.until(`(` + signed + `).innerText.includes("POST /ams/")`)
	eval[chromedp.Void](b, `(`+signed+`).querySelector("button").click()`)
	b.until(`(` + signed + `).innerText.includes("00000  50 4f 53 54 20 2f 61 6d 73 2f")`)

	w.captures(id, "demo-c")
	b.says("CAPTURE_RESULT")
	if !eval[bool](b, `document.querySelector(".event").open`) {
		w.Error("what was open was closed when something changed")
	}
	w.pays("demo-2", "visa-lost", nil)
	b.writes("search", "demo-2")
	b.until(`document.querySelectorAll(".rows a").length == 1`)
	b.writes("search", id)
	b.until(`document.querySelector(".rows a").dataset.key == "` + id + `"`)
	b.writes("search", "none")
	b.says("No payment has this number")
	if text := eval[string](b, `document.documentElement.outerHTML`); strings.Contains(text, "4054695723100768") {
		w.Error("a card number is in the page")
	}
}

func testWindowNotifications(w *workbench, b *tab) {
	w.deaf.Store(true)
	w.pays("demo-1", "visa", nil)
	b.looks(w, "#/notifications")
	b.says("HTTP 500, not 200")
	eval[chromedp.Void](b, `document.querySelector(".event summary").click()`)
	b.says("<b>no</b>")
	b.says("It comes again at")
	b.says("The signature verifies.")
	w.deaf.Store(false)
	b.press("Send it again")
	b.says("It was acknowledged.")
	b.until(`document.querySelectorAll(".attempts li").length == 2`)
	b.until(`document.querySelector(".event .badge").textContent == "accepted"`)
}

func testWindowRules(w *workbench, b *tab) {
	b.looks(w, "#/rules")
	rules := func(want int) {
		w.Helper()
		if list, err := w.box.Rules(); err != nil || len(list) != want {
			w.Errorf("there are the rules %v, want %d, %v", list, want, err)
		}
	}
	b.writes("rule-api", "pay")
	b.writes("rule-result", "DO_NOT_HONOR")
	b.press("Add the rule")
	b.says("The rule is added.")
	rules(1)
	b.press("Rule 1: api pay, result DO_NOT_HONOR")
	b.says("The rule is off.")
	rules(0)
	b.press("Rule that is off: api pay, result DO_NOT_HONOR")
	b.says("The rule is on again")
	rules(1)
	for _, fault := range []string{"cut-after-commit", "u-then-s", "notify-duplicate"} {
		b.press(fault)
		b.says(fault + " is on.")
		b.until(`document.querySelector('[data-key="f` + fault + `"]').getAttribute("aria-checked") == "true"`)
		rules(2)
		b.press(fault)
		b.says(fault + " is off.")
		rules(1)
	}
	b.writes("rule-api", "nothing")
	b.press("Add the rule")
	b.until(`document.querySelector("#say.wrong").textContent.includes("nothing")`)
	eval[chromedp.Void](b, `document.querySelector('[aria-label^="Remove rule"]').click()`)
	b.says("The rule is removed.")
	rules(0)
	b.mu.Lock() // the browser's log has the refusal of the rule
	b.trouble = slices.DeleteFunc(b.trouble, func(s string) bool { return strings.Contains(s, "400 (Bad Request)") })
	b.mu.Unlock()
}

func testWindowDisputes(w *workbench, b *tab) {
	id := w.pays("demo-1", "visa", nil)
	w.captures(id, "demo-c")
	b.looks(w, "#/payments/"+id)
	b.press("Dispute it")
	b.says("Open dispute")
	b.press("Disputes")
	b.press("The merchant wins")
	b.says("ACCEPT_BY_CUSTOMER")
	if list, err := w.box.Disputes(1); err != nil || len(list) != 1 || list[0].Result != sandbox.JudgedForMerchant {
		w.Errorf("the disputes are %+v, %v", list, err)
	}
}

func testWindowTime(w *workbench, b *tab) {
	id := w.pays("demo-1", "visa", nil)
	w.captures(id, "demo-c")
	b.looks(w, "#/time")
	before := w.box.Now()
	for _, label := range []string{"1 minute", "1 hour", "26 hours", "8 days"} {
		b.press(label)
		b.until(`document.querySelector('main button[aria-disabled=true]') == null && document.getElementById("say").textContent != ""`)
		eval[chromedp.Void](b, `document.getElementById("say").textContent = ""`)
	}
	if gone := w.box.Now().Sub(before).Hours(); gone < 219 || gone > 220 {
		w.Errorf("%.2f hours went by", gone)
	}
	b.writes("by", "2d")
	b.press("Go on")
	b.says("The clock went on.")
	for label, speed := range map[string]float64{"60 times": 60, "3,600 times": 3600, "Freeze": 0, "Real": 1} {
		b.press(label)
		b.until(`document.querySelector('main button[aria-disabled=true]') == null && document.getElementById("say").textContent != ""`)
		if c, err := w.box.Clock(); err != nil || c.Speed != speed {
			w.Errorf("%s: the clock goes %v, %v", label, c.Speed, err)
		}
		eval[chromedp.Void](b, `document.getElementById("say").textContent = ""`)
	}
	b.press("Set it to now")
	b.says("The clock shows the real time.")

	b.says("Go back")
	eval[chromedp.Void](b, `(() => { const e = document.getElementById("event"); e.value = 1; e.dispatchEvent(new Event("input")); })()`)
	b.says("There was no payment yet.")
	b.says("Event 1 of")
	b.press("One on")
	b.says("Event 2 of")
	b.press("One back")
	b.says("Event 1 of")
	eval[chromedp.Void](b, `(() => { const e = document.getElementById("event"); e.value = e.max; e.dispatchEvent(new Event("input")); })()`)
	b.says("demo-1")
	b.press("Fork here")
	b.says("The fork is in ")
}

func testWindowState(w *workbench, b *tab) {
	w.pays("demo-1", "visa", nil)
	b.looks(w, "#/state")
	b.press("Take a snapshot")
	b.says("Kept at ")
	eval[chromedp.Void](b, `(() => { const e = document.getElementById("option-method-id"); e.value = "128"; e.dispatchEvent(new Event("change")); })()`)
	b.says("method-id is 128 now.")
	b.press("Forget everything")
	b.press("Keep it as it is")
	b.until(`document.querySelector("dialog") == null`)
	if list, err := w.box.Payments(1); err != nil || len(list) != 1 {
		w.Errorf("the payments are gone, though the answer was no: %v", err)
	}
	b.press("Forget everything")
	b.until(`document.querySelector("dialog[open]")`)
	eval[chromedp.Void](b, `document.querySelector('dialog button[value=yes]').click()`)
	b.says("The sandbox is as new.")
	if list, err := w.box.Payments(1); err != nil || len(list) != 0 {
		w.Errorf("there are payments: %v", err)
	}
	eval[chromedp.Void](b, `document.querySelector('[aria-label^="Put back"]').click()`)
	b.until(`document.querySelector("dialog[open]")`)
	eval[chromedp.Void](b, `document.querySelector('dialog button[value=yes]').click()`)
	b.says("The state is as it was.")
	if list, err := w.box.Payments(1); err != nil || len(list) != 1 {
		w.Errorf("the payments did not come back: %v", err)
	}
}

// Somebody without a mouse gets everywhere, and sees where that is.
func testWindowKeyboard(w *workbench, b *tab) {
	id := w.pays("demo-1", "visa", nil)
	b.looks(w, "#/payments")
	b.says("demo-1")
	reach := func(what string) {
		w.Helper()
		for range 120 {
			b.do(chromedp.KeyEvent(kb.Tab))
			if eval[bool](b, what) {
				ring := `(s => s.outlineStyle == "none" ? 0 : parseFloat(s.outlineWidth))(getComputedStyle(document.activeElement))`
				if got := eval[float64](b, ring); got < 2 {
					w.Errorf("the focus on %s is marked by %v px", what, got)
				}
				return
			}
		}
		w.Fatalf("the keyboard does not reach %s", what)
	}
	reach(`document.activeElement.classList.contains("skip")`)
	reach(`document.activeElement.dataset.part == "rules"`)
	reach(`document.activeElement.id == "search"`)
	reach(`document.activeElement.dataset.key == "` + id + `"`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.says("What was said")
	b.until(`document.activeElement.tagName == "H2"`)
	reach(`document.activeElement.tagName == "SUMMARY"`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`document.activeElement.parentElement.open`)
	b.says("The signature verifies.")
	w.captures(id, "demo-c") // the window draws anew
	b.until(`document.querySelectorAll(".story > li").length == 4`)
	b.until(`document.activeElement.tagName == "SUMMARY" && document.activeElement.parentElement.open`)
	eval[chromedp.Void](b, `location.hash = "#/rules"`)
	b.says("cut-before")
	reach(`document.activeElement.dataset.key == "fcut-before"`)
	b.do(chromedp.KeyEvent(" "))
	b.says("cut-before is on.")
	b.until(`document.activeElement.dataset.key == "fcut-before" && document.activeElement.getAttribute("aria-checked") == "true"`)
	eval[chromedp.Void](b, `location.hash = "#/time"`)
	b.says("Event ")
	reach(`document.activeElement.id == "event"`)
	b.do(chromedp.KeyEvent(kb.Home))
	b.says("Event 1 of")
}

// What a merchant sends is text, wherever it is shown.
func testWindowHostile(w *workbench, b *tab) {
	const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>"'&amp;</pre></details><a href="javascript:document.title='taken'">x</a>`
	id := w.pays("<b>demo</b>&1", "visa", func(r *apo.PayRequest) {
		r.Order.ReferenceOrderID, r.Order.OrderDescription = hostile[:60], hostile
		r.PaymentMethod.PaymentMethodMetaData.CardholderName.FirstName = `<svg onload=alert(1)>`
		r.Order.Buyer.ReferenceBuyerID = "4054695723100768"
		r.PaymentRedirectURL = "javascript:document.title='taken'"
		r.PaymentNotifyURL = w.hooks + "?x=<b>" + `"'`
	})
	if id == "" {
		id = w.pays("<b>demo</b>&1", "visa", func(r *apo.PayRequest) { r.Order.OrderDescription = hostile })
	}
	w.deaf.Store(true)
	w.captures(id, "<i>c</i>")
	if _, err := w.box.AddRule(sandbox.Rule{RequestID: `<u>rule</u>`, Outcome: sandbox.Outcome{Result: "DO_NOT_HONOR"}}); err != nil {
		w.Fatal(err)
	}
	for _, place := range []string{"payments/" + id, "notifications", "rules", "time", "disputes", "state", "payments/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"} {
		b.looks(w, "#/"+place)
		b.until(`document.querySelectorAll("main li, main .empty").length > 0`)
		eval[chromedp.Void](b, `document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
		b.until(`document.querySelectorAll(".message").length == document.querySelectorAll(".message > *").length`)
		const made = `[...document.querySelectorAll("main img, main script, main svg, main i, main u, main iframe, main a[href^='javascript'], main b")].filter((e) => !e.closest(".stage")).map((e) => e.outerHTML).join()`
		if got := eval[string](b, made); got != "" {
			w.Errorf("%s: text became markup: %s", place, got)
		}
		if got := eval[string](b, `document.documentElement.outerHTML`); strings.Contains(got, "4054695723100768") {
			w.Errorf("%s has a card number", place)
		}
		if title := eval[string](b, "document.title"); title == "taken" {
			w.Errorf("%s: a script of a merchant ran", place)
		}
	}
	b.mu.Lock() // there is no payment of the last place's name, which the browser's log has
	b.trouble = slices.DeleteFunc(b.trouble, func(s string) bool { return strings.Contains(s, "404 (Not Found)") })
	b.mu.Unlock()
}

// readability is what is wrong with the page for who reads it: contrast, names of controls,
// headings that leave a step out, IDs that are there twice, and what is too wide.
const readability = `(() => {
	const wrong = [], shown = (e) => e.checkVisibility() && getComputedStyle(e).clipPath == "none";
	const rgb = (s) => (s.match(/[\d.]+/g) || []).map(Number);
	const light = ([r, g, b]) => { const f = (c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
	const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length == 3 || c[3] > 0) return c; } return [255, 255, 255]; };
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; (n = walk.nextNode());) {
		const e = n.parentElement;
		if (!n.textContent.trim() || !shown(e)) continue;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
		if ((a + .05) / (b + .05) < 4.5) wrong.push("contrast " + ((a + .05) / (b + .05)).toFixed(2) + ": " + n.textContent.slice(0, 40));
	}
	for (const e of document.querySelectorAll("button, a, input, select, summary")) {
		if (shown(e) && !(e.getAttribute("aria-label") || e.textContent.trim() || (e.labels && e.labels.length))) wrong.push("no name: " + e.outerHTML.slice(0, 80));
		const box = e.getBoundingClientRect();
		if (shown(e) && box.height && (box.height < 18 || box.width < 18) && !e.classList.contains("skip")) wrong.push("too small: " + e.outerHTML.slice(0, 80));
	}
	let level = 0;
	for (const e of document.querySelectorAll("h1, h2, h3, h4")) {
		if (!e.checkVisibility()) continue;
		const now = Number(e.tagName[1]);
		if (now > level + 1) wrong.push("a heading leaves a step out: " + e.textContent);
		level = now;
	}
	if (document.querySelectorAll("h1").length != 1) wrong.push("not one h1");
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	if (new Set(ids).size != ids.length) wrong.push("an ID is there twice");
	if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the window: " + document.documentElement.scrollWidth);
	return wrong.join("\n");
})()`

func testWindowReadable(w *workbench, b *tab) {
	id := w.pays("demo-1", "visa", func(r *apo.PayRequest) {
		r.Order.ReferenceOrderID = strings.Repeat("long", 16)
		r.PaymentNotifyURL = w.hooks + "/" + strings.Repeat("long", 60)
	})
	w.captures(id, "demo-c")
	w.pays("demo-2", "visa-lost", nil)
	w.pays("demo-3", "visa-3ds", nil)
	if _, err := w.box.OpenDispute(sandbox.NewDispute{Of: id}); err != nil {
		w.Fatal(err)
	}
	for _, place := range []string{"payments/" + id, "notifications", "disputes", "rules", "time", "state"} {
		b.looks(w, "#/"+place)
		b.until(`document.querySelectorAll("main li").length > 0`)
		eval[chromedp.Void](b, `document.querySelectorAll(".event").forEach((d) => { d.open = true; })`)
		b.until(`document.querySelectorAll(".message").length == document.querySelectorAll(".message > *").length`)
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int{375, 768, 1280, 1920} {
				b.sized(width, scheme)
				if wrong := eval[string](b, readability); wrong != "" {
					w.Errorf("%s, %s, %d px:\n%s", place, scheme, width, wrong)
				}
			}
		}
	}
}

// Where others are let in the window asks for the token, and takes no other one.
func TestWindowAsksForTheToken(t *testing.T) {
	t.Parallel()
	w, b := openWorkbench(t, sandbox.Config{AllowHosts: []string{"apo"}}), openTab(t, openBrowser(t))
	w.pays("demo-1", "visa", nil)
	b.do(chromedp.Navigate(w.url + "/"))
	b.says("The token, please")
	if text := eval[string](b, "document.body.innerText"); strings.Contains(text, "demo-1") {
		t.Errorf("it shows the payments to anybody:\n%s", text)
	}
	b.writes("token", "wrong")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.says("This is not the token")
	b.writes("token", w.box.ControlToken())
	b.do(chromedp.KeyEvent(kb.Enter))
	b.says("demo-1")
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(w.url+"/")) // it is asked for once
	b.says("demo-1")
}

// With 100,000 payments the window is there as soon as with 1,000, or nearly.
func TestWindowOfManyPayments(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 payments take some seconds")
	}
	browser := openBrowser(t)
	took := map[int]float64{}
	for _, many := range []int{1000, 100_000} {
		file := filepath.Join(t.TempDir(), "state.db")
		first := openWorkbench(t, sandbox.Config{State: file})
		first.pays("demo-0", "visa", nil)
		first.box.Close()
		multiply(t, file, many)
		w, b := openWorkbench(t, sandbox.Config{State: file}), openTab(t, browser)
		var times []float64
		for range 5 {
			b.looks(w, "#/payments")
			b.until(`document.querySelectorAll(".rows a").length == 50`)
			times = append(times, eval[float64](b, `performance.getEntriesByName("shown")[0].startTime`))
		}
		slices.Sort(times)
		took[many] = times[len(times)/2]
		b.writes("search", fmt.Sprint("copy-", many-1))
		b.until(`document.querySelectorAll(".rows a").length == 1 && document.querySelector(".rows a").innerText.includes("copy-` + fmt.Sprint(many-1) + `")`)
		b.writes("search", "order-demo-0")
		b.until(`document.querySelectorAll(".rows a").length == 50`)
		b.press("Show older ones")
		b.until(`document.querySelectorAll(".rows a").length == 100`)
	}
	t.Logf("first shown after %.0f ms of 1,000 payments, %.0f ms of 100,000", took[1000], took[100_000])
	if took[100_000] > 2*took[1000] {
		t.Errorf("the window of 100,000 payments takes %.0f ms, of 1,000 %.0f ms", took[100_000], took[1000])
	}
}

// multiply makes so many payments of the one that a state has.
func multiply(t *testing.T, file string, many int) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO payments (id, request_id, doc) SELECT printf('30%026d', i), 'copy-' || i,
			json_set(doc, '$.ID', printf('30%026d', i), '$.RequestID', 'copy-' || i, '$.Created', strftime('%Y-%m-%dT%H:%M:%SZ', '2026-01-01', i || ' seconds')) FROM payments, n`, many-1)
	if err != nil {
		t.Fatal(err)
	}
}
