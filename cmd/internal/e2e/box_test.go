//go:build unix

package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

const acknowledged = `{"result":{"resultCode":"SUCCESS","resultMessage":"success.","resultStatus":"S"}}`

// The sandbox is killed while it delivers one notification and another waits
// for its second attempt. The next one goes on with both, and has the payments.
func TestBoxKilledWhileDelivering(t *testing.T) {
	t.Parallel()
	home := homeWithKeys(t)
	var refusing atomic.Bool
	refusing.Store(true)
	held := make(chan struct{}, 8)
	accepted := counter{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := requestIDIn(r)
		switch {
		case !refusing.Load():
			accepted.add(id)
			io.WriteString(w, acknowledged)
		case id == "held":
			held <- struct{}{}
			<-r.Context().Done() // until the sandbox is gone
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer receiver.Close()

	server, _ := serveBox(t, home, "--notify-url", receiver.URL+"/hook")
	mustRun(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "refused")
	eventually(t, "the first attempt is refused", func() bool {
		return tell(t, home, "sandbox", "notifications", "list", "-q", "0.attempts.0.why") == "HTTP 500, not 200"
	})
	mustRun(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "held")
	<-held
	server.Process.Signal(syscall.SIGKILL)
	server.Wait()
	refusing.Store(false)
	if got := tell(t, home, "sandbox", "notifications", "list", "-q", "#.state"); got != `["queued","queued"]` {
		t.Errorf("after the kill the notifications are %s", got)
	}

	serveBox(t, home)
	eventually(t, "what was being delivered is delivered again", func() bool { return accepted.of("held") > 0 })
	if n := accepted.of("refused"); n > 0 {
		t.Errorf("what was refused came %d times before its two minutes were over", n)
	}
	mustRun(t, home, "sandbox", "clock", "advance", "2m")
	eventually(t, "the second attempt is made", func() bool { return accepted.of("refused") > 0 })
	eventually(t, "both are written down", func() bool {
		return tell(t, home, "sandbox", "notifications", "list", "-q", "#.state") == `["accepted","accepted"]`
	})
	if got := tell(t, home, "sandbox", "ls", "-q", "#.paymentStatus"); got != `["SUCCESS","SUCCESS"]` {
		t.Errorf("of two payments there are %s", got)
	}
}

// The sandbox is killed while it takes payments: all that it answered with S
// are on its books.
func TestBoxKilledWhilePaying(t *testing.T) {
	t.Parallel()
	home := homeWithKeys(t)
	server, base := serveBox(t, home)
	shop := shopOf(t, home, base)
	var told sync.Map
	var answers atomic.Int64
	var people sync.WaitGroup
	for person := range 4 {
		people.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("pay-%d-%d", person, n)
				status, err := shop.pay(id)
				if err != nil {
					return // the kill
				}
				if status != "S" {
					t.Errorf("%s was answered with %q", id, status)
					return
				}
				told.Store(id, true)
				if answers.Add(1) == 60 {
					server.Process.Signal(syscall.SIGKILL)
				}
			}
		})
	}
	people.Wait()
	server.Wait()
	if answers.Load() < 60 {
		t.Fatalf("%d answers are too few for this to prove anything", answers.Load())
	}
	books := tell(t, home, "sandbox", "ls", "--limit", "100000", "-o", "json")
	on := map[string]string{}
	for _, p := range gjson.Parse(books).Array() {
		on[p.Get("paymentRequestId").Str] = p.Get("paymentStatus").Str
	}
	told.Range(func(id, _ any) bool {
		if on[id.(string)] != "SUCCESS" {
			t.Errorf("%s was answered with S, and is on the books as %q", id, on[id.(string)])
		}
		return true
	})
}

// A merchant's handler in another language sees a payment through 3DS, seven
// wrong acknowledgements of its own and an automatic capture; an hour passes
// every second.
func TestBoxHandlerInPython(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"python3", "openssl"} {
		if err := exec.Command(tool, "--help").Run(); err != nil {
			t.Skipf("there is no %s: %v", tool, err)
		}
	}
	home := homeWithKeys(t)
	handler := exec.Command("python3", inModule("testdata", "handlers", "merchant.py"), sandbox.KeyFilesIn(keyFolder(home)).AntomPublic)
	log, complaints := &screen{}, &screen{}
	handler.Stdout, handler.Stderr = log, complaints
	if err := handler.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { handler.Process.Kill(); handler.Wait() })
	eventually(t, "the handler listens", func() bool { return strings.Contains(log.String(), "\n") })
	port, _, _ := strings.Cut(log.String(), "\n")

	serveBox(t, home, "--speed", "3600x")
	// A payment is closed after 14 minutes, which are a quarter of a second
	// now: the clock stands still while the buyer is at the page.
	mustRun(t, home, "sandbox", "clock", "freeze")
	pay := start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--3ds", "--capture", "auto",
		"--request-id", "pay-1", "--notify-url", "http://127.0.0.1:"+port+"/hooks/apo?shop=1", "-q", "normalUrl")
	if code := pay.code(t); code != 8 {
		t.Fatalf("pay --3ds: exit code %d\n%s", code, pay.err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Post(strings.TrimSpace(pay.out.String()), "application/x-www-form-urlencoded", strings.NewReader("answer=approve"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK { // the invented shop of apo pay
		t.Fatalf("the 3DS page answers %s", resp.Status)
	}
	mustRun(t, home, "sandbox", "clock", "speed", "3600x")

	// The eighth attempt is made 25 hours and a half after the first.
	eventually(t, "the handler accepts both", func() bool {
		said := log.String()
		return strings.Contains(said, "accepted PAYMENT_RESULT") && strings.Contains(said, "accepted CAPTURE_RESULT")
	})
	if said := log.String(); strings.Contains(said, "forged") || strings.Count(said, "refused") != 7 || strings.Count(said, "accepted") != 2 {
		t.Errorf("the handler says\n%s%s", said, complaints)
	}
	var payment gjson.Result
	eventually(t, "both are written down", func() bool {
		list := gjson.Parse(tell(t, home, "sandbox", "notifications", "list", "-o", "json"))
		payment = list.Get(`#(notifyType=="PAYMENT_RESULT")`)
		return list.Get(`#(state=="accepted")#`).Get("#").Int() == 2
	})
	var why []string
	for _, a := range payment.Get("attempts").Array() {
		why = append(why, a.Get("why").Str)
	}
	want := []string{
		"HTTP 500, not 200", "the body is not JSON, but a page", `result.resultStatus is "F", not "S"`, `result.resultCode is "success", not "SUCCESS"`,
		"the body is empty", "HTTP 302, not 200: a redirect is not followed", "the body has no object result: resultStatus and resultCode belong into it", "",
	}
	if !slices.Equal(why, want) {
		t.Errorf("the attempts ended with\n%q, want\n%q", why, want)
	}
	if got := tell(t, home, "sandbox", "show", "pay-1", "-q", "captured"); got != "4200" {
		t.Errorf("captured is %s", got)
	}
}

// Two runs with one seed are the same, byte for byte: answers with their
// headers, notifications and books.
func TestBoxSeed(t *testing.T) {
	t.Parallel()
	keys, err := sandbox.PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	notified := &screen{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(notified, "%s %s\n%s\n", r.Header.Get("Request-Time"), r.Header.Get("Signature"), body)
		io.WriteString(w, acknowledged)
	}))
	defer receiver.Close()
	const capture = `{"captureRequestId":"capture-1","paymentId":%q,"captureAmount":{"currency":"SGD","value":"4200"}}`
	first := shop{key: keys.Merchant}.signed("pay", payment("pay-1", "4054695723100768", receiver.URL))
	requests := []signed{
		first,
		shop{key: keys.Merchant}.signed("pay", payment("pay-2", "4000000000000002", receiver.URL)),
		shop{key: keys.Merchant}.signed("pay", payment("pay-3", "4000000000003055", receiver.URL)),
		first,
		shop{key: keys.Merchant}.signed("inquiryPayment", `{"paymentRequestId":"pay-2"}`),
		shop{key: keys.Merchant}.signed("pay", `{}`),
	}
	run := func() (answers, notifications, books string) {
		home := t.TempDir()
		server, base := serveBox(t, home, "--seed", "7", "--now", "2026-01-01T00:00:00Z")
		begin := len(notified.String())
		var all strings.Builder
		for _, r := range requests {
			all.WriteString(r.raw(t, base))
		}
		id := gjson.Get(all.String()[strings.Index(all.String(), "{"):], "paymentId").Str
		all.WriteString(shop{key: keys.Merchant}.signed("capture", fmt.Sprintf(capture, id)).raw(t, base))
		eventually(t, "all notifications are delivered", func() bool {
			return tell(t, home, "sandbox", "notifications", "list", "--seed", "7", "-q", "#.state") == `["accepted","accepted","accepted","accepted"]`
		})
		books = tell(t, home, "sandbox", "export", "--seed", "7")
		server.Process.Signal(os.Interrupt)
		if code := server.code(t); code != 0 {
			t.Errorf("exit code %d\n%s", code, server.err)
		}
		own := regexp.MustCompile(`(?m)^apo-sandbox: .*$`) // each state's own, whatever its seed
		return own.ReplaceAllString(all.String(), ""), notified.String()[begin:], books
	}
	answers, notifications, books := run()
	answersAgain, notificationsAgain, booksAgain := run()
	if n := strings.Count(answers, "signature: algorithm=RSA256"); n != len(requests)+1 {
		t.Errorf("%d answers are signed, want %d:\n%s", n, len(requests)+1, answers)
	}
	if n := strings.Count(answers, "\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"); n != len(requests)+1 {
		t.Errorf("%d answers have the date of the sandbox, want %d:\n%s", n, len(requests)+1, answers)
	}
	if answers != answersAgain {
		t.Errorf("the answers differ:\n%s\n%s", answers, answersAgain)
	}
	if notifications != notificationsAgain {
		t.Errorf("the notifications differ:\n%s\n%s", notifications, notificationsAgain)
	}
	if books != booksAgain || strings.Count(books, `"type":"payment"`) != 3 {
		t.Errorf("the books differ, or have not three payments:\n%s\n%s", books, booksAgain)
	}
}

// Over TLS apo and others reach the sandbox at all of its addresses, if they
// trust the certificate of this run. Its key is in memory alone, and the names
// of the headers stay in lower case.
func TestBoxTLS(t *testing.T) {
	t.Parallel()
	home := homeWithKeys(t)
	temp := t.TempDir()
	ca := filepath.Join(home, "trust", "ca.pem")
	server := startWith(t, []string{"APO_HOME=" + home, "TMPDIR=" + temp},
		"sandbox", "--tls", "--ca-out", ca, "--listen", "127.0.0.1:0,127.0.0.1:0")
	base := server.shows(t, `(https://127\.0\.0\.1:[0-9]+)  client ID`)
	second := "https://" + server.shows(t, `and (127\.0\.0\.1:[0-9]+)`)
	server.shows(t, `apo trusts it with (--ca-file)`)
	useBox(t, home, base)

	untrusting := start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "pay-1")
	if code := untrusting.code(t); code != 7 {
		t.Errorf("without the certificate: exit code %d\n%s", code, untrusting.err)
	}
	mustRun(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "pay-1", "--ca-file", ca)
	useBox(t, home, second)
	mustRun(t, home, "inquire", "pay-1", "--ca-file", ca)

	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(pem) || bytes.Contains(pem, []byte("PRIVATE")) {
		t.Fatalf("the file holds no certificate, or more:\n%s", pem)
	}
	conn, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), &tls.Config{RootCAs: trusted, ServerName: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	raw := shopOf(t, home, base).signed("inquiryPayment", `{"paymentRequestId":"pay-1"}`).over(t, conn)
	for _, name := range []string{"client-id", "response-time", "signature"} {
		if !strings.Contains(raw, "\r\n"+name+": ") {
			t.Errorf("no header %s, so spelt, in\n%s", name, raw)
		}
	}
	if _, err := exec.LookPath("curl"); err == nil {
		if out, err := exec.Command("curl", "-sS", "--noproxy", "*", "--cacert", ca, second+"/").CombinedOutput(); err != nil || !gjson.ValidBytes(out) {
			t.Errorf("curl: %v\n%s", err, out)
		}
		if err := exec.Command("curl", "-sS", "--noproxy", "*", second+"/").Run(); err == nil {
			t.Error("curl trusts it without the certificate")
		}
	}
	server.Process.Signal(os.Interrupt)
	if code := server.code(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	looked := 0
	for _, folder := range []string{home, temp} {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			own := strings.HasPrefix(path, keyFolder(home)+string(filepath.Separator)) && strings.HasSuffix(path, "-private.pem")
			if looked++; bytes.Contains(text, []byte("PRIVATE KEY")) && !own {
				t.Errorf("%s holds a private key", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if looked < 3 {
		t.Errorf("only %d files were looked at", looked)
	}
}

// Two servers and many commands work on one state at the same time: no payment
// and no movement of the clock is lost, and each notification is delivered once.
func TestBoxSharedState(t *testing.T) {
	t.Parallel()
	home := homeWithKeys(t)
	delivered := counter{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delivered.add(requestIDIn(r))
		io.WriteString(w, acknowledged)
	}))
	defer receiver.Close()
	one, base := serveBox(t, home, "--notify-url", receiver.URL)
	two, otherBase := serveBox(t, home)

	var ids []string
	var work sync.WaitGroup
	for n := range 8 {
		local, first, second := fmt.Sprintf("local-%d", n), fmt.Sprintf("first-%d", n), fmt.Sprintf("second-%d", n)
		ids = append(ids, local, first, second)
		work.Go(func() {
			r := start(t, home, "pay", "--profile", "local", "--amount", "4200", "--currency", "SGD", "--request-id", local)
			if code := r.code(t); code != 0 {
				t.Errorf("%s: exit code %d\n%s", local, code, r.err)
			}
		})
		for id, base := range map[string]string{first: base, second: otherBase} {
			work.Go(func() {
				if status, err := shopOf(t, home, base).pay(id); status != "S" {
					t.Errorf("%s: %s %v", id, status, err)
				}
			})
		}
	}
	const hours = 6
	for range hours {
		work.Go(func() {
			r := start(t, home, "sandbox", "clock", "advance", "1h")
			if code := r.code(t); code != 0 {
				t.Errorf("clock: exit code %d\n%s", code, r.err)
			}
		})
	}
	work.Wait()
	says, err := time.Parse(time.RFC3339Nano, tell(t, home, "sandbox", "clock", "show", "-q", "time"))
	if ahead := time.Until(says); err != nil || ahead < hours*time.Hour-time.Minute || ahead > hours*time.Hour {
		t.Errorf("the clock was moved by %d hours, and is %s ahead: %v", hours, ahead, err)
	}
	eventually(t, "all are delivered and written down", func() bool {
		return tell(t, home, "sandbox", "notifications", "list", "-q", `#(state=="accepted")#|#`) == strconv.Itoa(len(ids))
	})
	for _, server := range []*running{one, two} {
		server.Process.Signal(os.Interrupt)
		if code := server.code(t); code != 0 {
			t.Errorf("exit code %d\n%s", code, server.err)
		}
	}
	for _, id := range ids {
		if n := delivered.of(id); n != 1 {
			t.Errorf("%s was delivered %d times", id, n)
		}
	}
	if got := tell(t, home, "sandbox", "ls", "-q", "#"); got != strconv.Itoa(len(ids)) {
		t.Errorf("there are %s payments, want %d", got, len(ids))
	}
}

func homeWithKeys(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	return home
}

// serveBox starts a server on a free port, and makes it the home's default.
func serveBox(t *testing.T, home string, flags ...string) (server *running, base string) {
	t.Helper()
	server = start(t, home, append([]string{"sandbox", "--listen", "127.0.0.1:0"}, flags...)...)
	base = server.shows(t, `(http://127\.0\.0\.1:[0-9]+)  client ID`)
	useBox(t, home, base)
	return server, base
}

// useBox writes the configuration that uses a server.
func useBox(t *testing.T, home, base string) {
	t.Helper()
	config := `default_profile: box
profiles:
  box: {client_id: ` + sandbox.ClientID + `, gateway: "` + base + `", private_key_file: state/sandbox/merchant-private.pem, antom_public_key_file: state/sandbox/antom-public.pem}
`
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// mustRun runs a command that must end with 0.
func mustRun(t *testing.T, home string, args ...string) *running {
	t.Helper()
	r := start(t, home, args...)
	if code := r.code(t); code != 0 {
		t.Fatalf("%v: exit code %d\n%s", args, code, r.err)
	}
	return r
}

// tell is what a command prints.
func tell(t *testing.T, home string, args ...string) string {
	t.Helper()
	return strings.TrimSuffix(mustRun(t, home, args...).out.String(), "\n")
}

// counter counts what came, by its request ID.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) add(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[id]++
}

func (c *counter) of(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[id]
}

func requestIDIn(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	return gjson.GetBytes(body, "paymentRequestId").Str
}

// shop is a client of the sandbox that is not apo.
type shop struct {
	base string
	key  *sign.PrivateKey
}

func shopOf(t *testing.T, home, base string) shop {
	keys, err := sandbox.LoadKeys(keyFolder(home))
	if err != nil {
		t.Error(err)
	}
	return shop{base, keys.Merchant}
}

// signed is a request with its signature, made once and sent as often as one
// likes.
type signed struct {
	sign.Message
	header string
}

func (s shop) signed(api, body string) signed {
	m := sign.Message{
		Method: "POST", Path: "/ams/sandbox/api/v1/payments/" + api, ClientID: sandbox.ClientID, Time: "1767225600000", Body: []byte(body),
	}
	header, err := sign.Sign(s.key, "1", m)
	if err != nil {
		panic(err)
	}
	return signed{m, header}
}

// raw sends a request on a connection of its own, and returns what comes back,
// byte for byte.
func (r signed) raw(t *testing.T, base string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return r.over(t, conn)
}

func (r signed) over(t *testing.T, conn net.Conn) string {
	t.Helper()
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nClient-Id: %s\r\nRequest-Time: %s\r\nSignature: %s\r\nContent-Length: %d\r\n\r\n%s",
		r.Path, r.ClientID, r.Time, r.header, len(r.Body), r.Body)
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// pay pays, and returns resultStatus.
func (s shop) pay(id string) (status string, err error) {
	r := s.signed("pay", payment(id, "4054695723100768", ""))
	request, err := http.NewRequest(r.Method, s.base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Client-Id", r.ClientID)
	request.Header.Set("Request-Time", r.Time)
	request.Header.Set("Signature", r.header)
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return gjson.GetBytes(body, "result.resultStatus").Str, err
}

// payment is the body of a request to pay by a test card.
func payment(id, card, notify string) string {
	address := ""
	if notify != "" {
		address = fmt.Sprintf(`"paymentNotifyUrl":%q,`, notify)
	}
	return fmt.Sprintf(`{"productCode":"CASHIER_PAYMENT","paymentRequestId":%q,%s"paymentAmount":{"currency":"SGD","value":"4200"},`+
		`"order":{"referenceOrderId":"order","orderDescription":"tea","orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"buyer"}},`+
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":%q,"expiryYear":"35","expiryMonth":"12","cvv":"123",`+
		`"cardholderName":{"firstName":"Test","lastName":"Buyer"}}},"paymentFactor":{"isAuthorization":true,"captureMode":"MANUAL"},`+
		`"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`, id, address, card)
}

// A terminal that is closed ends the command, and leaves nothing behind.
func TestBoxRunHangup(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	temp := t.TempDir()
	run := startWith(t, []string{"APO_HOME=" + t.TempDir(), "TMPDIR=" + temp}, "sandbox", "run", "--", "sh", "-c", "echo ready; exec sleep 60")
	eventually(t, "the command runs", func() bool { return strings.Contains(run.out.String(), "ready") })
	run.Process.Signal(syscall.SIGHUP)
	if code := run.code(t); code != 128+int(syscall.SIGHUP) {
		t.Errorf("exit code %d\n%s", code, run.err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A closed terminal ends a server as Ctrl-C does: what its flags said ends with it.
func TestBoxHangup(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	server, _ := serveBox(t, home, "--scenario", "declines")
	server.Process.Signal(syscall.SIGHUP)
	if code := server.code(t); code != 0 {
		t.Errorf("exit code %d\n%s", code, server.err)
	}
	if got := tell(t, home, "sandbox", "rule", "list", "-o", "json"); got != "[]" {
		t.Errorf("rules are left: %s", got)
	}
}
