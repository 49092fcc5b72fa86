package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

const liveClient = "5Y00000000000000"

// faulty is a gateway in front of a sandbox that goes wrong as it is told:
//
//	gateway pay=drop capture=html*1
//
// names the API, the fault and how many calls it lasts. It checks every
// request's signature over the raw bytes first, as the real one does.
type faulty struct {
	home  string
	keys  sandbox.Keys
	box   http.RoundTripper
	ctx   context.Context
	mu    sync.Mutex
	rules []*rule
	first string // the paymentId that was told first
}

type rule struct {
	api, fault string
	left       int
}

// serve starts a faulty gateway and writes the configuration that uses it: the
// profiles box (a sandbox client ID) and live.
func serve(ctx context.Context, listener net.Listener, home string, args []string) (stop func(), err error) {
	folder := keyFolder(home)
	keys, err := sandbox.LoadKeys(folder)
	if err != nil {
		return nil, err
	}
	box, err := sandbox.Open(sandbox.Config{Keys: keys})
	if err != nil {
		return nil, err
	}
	f := &faulty{home: home, keys: keys, box: box.Transport(), ctx: ctx}
	for _, arg := range args {
		api, fault, found := strings.Cut(arg, "=")
		if !found {
			return nil, fmt.Errorf("%q is not API=FAULT", arg)
		}
		fault, times, limited := strings.Cut(fault, "*")
		left := 1 << 30
		if limited {
			if left, err = strconv.Atoi(times); err != nil {
				return nil, err
			}
		}
		f.rules = append(f.rules, &rule{api, fault, left})
	}
	files := sandbox.KeyFilesIn(folder)
	config := fmt.Sprintf(`default_profile: box
profiles:
  box: {client_id: %[1]s, gateway: "http://%[2]s", private_key_file: %[3]q, antom_public_key_file: %[4]q}
  live: {client_id: %[5]s, gateway: "http://%[2]s", private_key_file: %[3]q, antom_public_key_file: %[4]q}
  watch: {client_id: %[1]s, gateway: "http://%[2]s", private_key_file: %[3]q, antom_public_key_file: %[4]q, read_only: true}
  small: {client_id: %[1]s, gateway: "http://%[2]s", private_key_file: %[3]q, antom_public_key_file: %[4]q, max_amount: {SGD: 1000}}
  swapped: {client_id: %[1]s, gateway: "http://%[2]s", private_key_file: %[3]q, antom_public_key_file: %[3]q}
`, sandbox.ClientID, listener.Addr(), files.Merchant, files.AntomPublic, liveClient)
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	server := &http.Server{Handler: f}
	go server.Serve(listener)
	return func() { server.Close(); box.Close() }, nil
}

func keyFolder(home string) string { return filepath.Join(home, "state", "sandbox") }

// testKeys makes the keys of all tests but those about making keys: an RSA key
// takes longer than a whole story.
var testKeys = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "apo-keys-")
	if err == nil {
		_, err = sandbox.LoadKeys(folder)
	}
	return folder, err
})

// giveKeys gives a home the keys that would be made in it.
func giveKeys(home string) error {
	from, err := testKeys()
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(from, "*.pem"))
	if err != nil {
		return err
	}
	to := keyFolder(home)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(name)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (f *faulty) fault(api string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if r.api == api && r.left > 0 {
			r.left--
			return r.fault
		}
	}
	return ""
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m := sign.Message{
		Method: r.Method, Path: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"),
		Time: r.Header.Get("Request-Time"), Body: body,
	}
	if sign.Verify(f.keys.Merchant.Public(), m, r.Header.Get("Signature")) != nil {
		io.WriteString(w, `{"result":{"resultStatus":"F","resultCode":"INVALID_SIGNATURE","resultMessage":"bad"}}`)
		return
	}
	api := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	fault, detail, _ := strings.Cut(f.fault(api), ":")
	code, status, _ := strings.Cut(detail, ":")
	if status == "" {
		status = "F"
	}
	result := fmt.Sprintf(`{"result":{"resultStatus":%q,"resultCode":%q,"resultMessage":"as told"}}`, status, code)
	switch fault {
	case "":
		body := f.forward(m)
		f.withFirst(body)
		f.answer(w, m, body, time.Now(), f.keys.Antom)
	case "cut": // nothing is booked, the connection breaks
		panic(http.ErrAbortHandler)
	case "drop": // booked, and then the connection breaks
		f.forward(m)
		panic(http.ErrAbortHandler)
	case "hang": // booked, and never answered; a file says when
		f.forward(m)
		if err := os.WriteFile(filepath.Join(f.home, "hangs"), nil, 0o600); err != nil {
			panic(err)
		}
		<-f.ctx.Done()
	case "html":
		io.WriteString(w, "<html><h1>Welcome</h1></html>")
	case "503":
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "<html>card 4054695723100768 cvv=123 went wrong \x1b]0;owned\x07</html>")
	case "tamper": // booked; one byte of the answer changes on its way
		f.answer(w, m, f.forward(m), time.Now(), f.keys.Antom, func(b []byte) { b[len(b)-3] ^= 1 })
	case "otherkey":
		f.answer(w, m, f.forward(m), time.Now(), f.keys.Merchant)
	case "unsigned": // booked, and answered without any signature
		w.Write(f.forward(m))
	case "first": // booked, and answered with the paymentId that was told first
		f.answer(w, m, f.withFirst(f.forward(m)), time.Now(), f.keys.Antom)
	case "stale":
		f.answer(w, m, f.forward(m), time.Now().Add(-10*time.Minute), f.keys.Antom)
	case "after": // booked, and answered with this code, signed
		f.forward(m)
		f.answer(w, m, []byte(result), time.Now(), f.keys.Antom)
	case "named": // booked, and answered with this code and our ID, signed
		f.forward(m)
		id := fmt.Sprintf(`,"paymentRequestId":%q}`, apo.NumbersOf(body).PaymentRequestID)
		f.answer(w, m, []byte(strings.TrimSuffix(result, "}")+id), time.Now(), f.keys.Antom)
	case "code": // not booked, answered with this code, signed
		f.answer(w, m, []byte(result), time.Now(), f.keys.Antom)
	case "plain": // not booked, answered with this code, unsigned
		io.WriteString(w, result)
	case "leak": // an answer that repeats what it must not
		secret := `,"paymentMethodMetaData":{"cardNo":"4054695723100768","cvv":"917","expiryYear":"35"},"note":"card 4054 6957 2310 0768","cardToken":"ALIPAYtokentokentoken"}`
		f.answer(w, m, []byte(strings.TrimSuffix(result, "}")+secret), time.Now(), f.keys.Antom)
	default:
		panic("no fault is called " + fault)
	}
}

// forward has the sandbox book the request, whoever it is from.
func (f *faulty) forward(m sign.Message) []byte {
	m.ClientID = sandbox.ClientID
	header, err := sign.Sign(f.keys.Merchant, "1", m)
	if err != nil {
		panic(err)
	}
	r, err := http.NewRequest(m.Method, "http://127.0.0.1"+m.Path, bytes.NewReader(m.Body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Client-Id", m.ClientID)
	r.Header.Set("Request-Time", m.Time)
	r.Header.Set("Signature", header)
	resp, err := f.box.RoundTrip(r)
	if err != nil {
		panic(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	return body
}

// withFirst puts the paymentId that was told first in place of an answer's own.
func (f *faulty) withFirst(body []byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := apo.NumbersOf(body).PaymentID
	if f.first == "" {
		f.first = id
	}
	return bytes.ReplaceAll(body, []byte(`"`+id+`"`), []byte(`"`+f.first+`"`))
}

func (f *faulty) answer(w http.ResponseWriter, m sign.Message, body []byte, at time.Time, key *sign.PrivateKey, spoil ...func([]byte)) {
	m.Body, m.Time = body, at.Format(time.RFC3339)
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		panic(err)
	}
	for _, change := range spoil {
		change(body)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Signature", header)
	h.Set("Response-Time", m.Time)
	h.Set("Client-Id", m.ClientID)
	w.Write(body)
}
