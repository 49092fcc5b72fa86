package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// workbench is a sandbox with a merchant, whose window is looked at.
type workbench struct {
	*testing.T
	box      *sandbox.Sandbox
	client   *apo.Client
	url      string
	deaf     atomic.Bool // the merchant acknowledges nothing
	hooks    string
	received atomic.Int32
}

func openWorkbench(t *testing.T, config sandbox.Config) *workbench {
	t.Helper()
	folder, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	if config.Keys, err = sandbox.LoadKeys(folder); err != nil {
		t.Fatal(err)
	}
	w := &workbench{T: t}
	hooks := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		w.received.Add(1)
		if w.deaf.Load() {
			http.Error(rw, "<b>no</b>", http.StatusInternalServerError)
			return
		}
		fmt.Fprint(rw, `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`)
	}))
	t.Cleanup(hooks.Close)
	w.hooks = hooks.URL + "/hooks/apo"
	if config.NotifyURL == "" {
		config.NotifyURL = w.hooks
	}
	if w.box, err = sandbox.Open(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.box.Close() })
	server := httptest.NewServer(w.box)
	t.Cleanup(server.Close)
	t.Cleanup(w.box.EndStreams)
	w.url = server.URL
	w.box.ServePagesAt(server.URL)
	gateway, err := apo.ParseGateway(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	who := w.box.Credentials()
	w.client = &apo.Client{Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey, HTTP: server.Client()}
	return w
}

// pays makes a payment, and returns its paymentId.
func (w *workbench) pays(id, card string, change func(*apo.PayRequest)) string {
	w.Helper()
	amount := &apo.Amount{Currency: "SGD", Value: "4200"}
	test, _ := sandbox.FindTestCard(card)
	r := apo.PayRequest{
		ProductCode: "CASHIER_PAYMENT", PaymentRequestID: id, PaymentAmount: amount,
		Order: &apo.Order{ReferenceOrderID: "order-" + id, OrderDescription: "demo", OrderAmount: amount, Buyer: &apo.Buyer{ReferenceBuyerID: "buyer-1"}},
		PaymentMethod: &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{
			CardNo: test.Number, ExpiryYear: "35", ExpiryMonth: "12", CVV: test.CVV(), CardholderName: &apo.PersonName{FirstName: "Ada", LastName: "Example"},
		}},
		PaymentFactor:      &apo.Factor{IsAuthorization: true, CaptureMode: "MANUAL"},
		PaymentRedirectURL: "https://shop.example/return", PaymentNotifyURL: w.hooks,
		Env: &apo.Env{TerminalType: "WEB", ClientIP: "203.0.113.7"},
	}
	if change != nil {
		change(&r)
	}
	answer, err := w.client.Pay(w.Context(), r)
	if answer == nil {
		w.Fatal(err)
	}
	return answer.Get("paymentId")
}

// captures captures all of a payment.
func (w *workbench) captures(payment, id string) {
	w.Helper()
	body, _ := json.Marshal(map[string]any{"paymentId": payment, "captureRequestId": id, "captureAmount": map[string]string{"currency": "SGD", "value": "4200"}})
	var r apo.CaptureRequest
	if err := json.Unmarshal(body, &r); err != nil {
		w.Fatal(err)
	}
	if _, err := w.client.Capture(w.Context(), r); err != nil {
		w.Fatal(err)
	}
}

// looks opens the window at a place: "#/payments".
func (b *tab) looks(w *workbench, place string) {
	b.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(w.url+"/"+place))
	b.until(`document.body.dataset.ready == "yes" && document.querySelector(".live").textContent == "live"`)
}

// promised is what a promise in the page becomes.
func promised[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.failed(err)
	}
	return value
}

// until waits for an expression to be true in the page.
func (b *tab) until(expression string) {
	b.Helper()
	const wait = `(async () => {
		for (let i = 0; i < 400; i++) {
			try { if (%s) return true; } catch {}
			await new Promise((done) => setTimeout(done, 25));
		}
		return false;
	})()`
	if !promised[bool](b, fmt.Sprintf(wait, expression)) {
		b.Errorf("it does not become true: %s\nthe page says\n%s\ntrouble: %q", expression, eval[string](b, "document.body.innerText"), b.trouble)
		b.FailNow()
	}
}

// sized makes the window as wide, and light or dark.
func (b *tab) sized(width int, scheme string) {
	b.Helper()
	devtools(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: 900, DeviceScaleFactor: 1})
	devtools(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// Pictures of the window for people, where WINDOW_PICTURES names a folder for them.
func TestWindowPictures(t *testing.T) {
	folder := os.Getenv("WINDOW_PICTURES")
	if folder == "" {
		t.Skip("WINDOW_PICTURES names no folder for pictures of the window")
	}
	w, b := openWorkbench(t, sandbox.Config{Seed: "pictures"}), openTab(t, openBrowser(t))
	beyond := true
	first := w.pays("demo-0001", "visa", nil)
	w.captures(first, "demo-c1")
	w.pays("demo-0002", "visa-3ds", nil)
	w.pays("demo-0003", "visa-lost", nil)
	w.deaf.Store(true)
	last := w.pays("demo-0004", "mastercard", func(r *apo.PayRequest) { r.PaymentAmount.Value, r.Order.OrderDescription = "1234567", "<b>markup</b>" })
	w.captures(first, "demo-c2")
	if _, err := w.box.OpenDispute(sandbox.NewDispute{Of: first}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.box.AddRule(sandbox.Rule{API: "capture", Times: 1, Outcome: sandbox.Outcome{Result: "PROCESS_FAIL"}}); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{375, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			b.sized(width, scheme)
			for _, place := range []string{"payments", "payments/" + first, "payments/" + last, "notifications", "disputes", "rules", "time", "state"} {
				b.looks(w, "#/"+place)
				promised[bool](b, `(async () => { await new Promise(r => setTimeout(r, 600)); document.querySelectorAll(".event").forEach((d, i) => d.open = i < 1 || i == 2); await new Promise(r => setTimeout(r, 400)); return true })()`)
				if axe, err := os.ReadFile(os.Getenv("WINDOW_AXE")); err == nil { // axe-core, which is not a part of this repository
					devtools(b, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
					eval[chromedp.Void](b, string(axe))
					found := promised[string](b, `axe.run({resultTypes: ["violations"]}).then((r) => r.violations.map((v) => v.id + " " + v.nodes.map((n) => n.html.slice(0, 150) + " " + n.failureSummary).join(" | ")).join("\n"))`)
					if found != "" {
						t.Errorf("axe finds at %s, %d px, %s:\n%s", place, width, scheme, found)
					}
				}
				text, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
				if err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s/%s-%d-%s.png", folder, strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(place, first), last), "/", "-")+map[bool]string{true: "one", false: ""}[strings.HasSuffix(place, first)]+map[bool]string{true: "last", false: ""}[strings.HasSuffix(place, last)], width, scheme)
				if err := os.WriteFile(name, text.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	b.quiet()
}
