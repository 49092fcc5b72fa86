package apo_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

const (
	clientID  = "SANDBOX_5Y0000000000001"
	paymentID = "20250601194010890100111600255689113"

	// Numbers that the card industry publishes for tests; nobody can pay with them.
	visa       = "4054695723100768"
	mastercard = "5555555555554444"
	amex       = "378282246310005"

	// spill is what no gateway should send back, and what no excerpt may show.
	spill = `cardNo=` + visa + `&cvv=737&expiryMonth=11`

	payBody = `{"paymentRequestId":"demo-0001","paymentAmount":{"currency":"SGD","value":"4200"}}`
	success = `"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."}`
)

// noon is when every request is sent that has no other clock.
func noon() time.Time { return time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC) }

// atNoon is noon as the gateway writes it.
const atNoon = "2025-06-01T20:00:00+08:00"

func readKey(t testing.TB, owner string) *sign.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "keys", owner+".pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newClient(t testing.TB, gateway string) *apo.Client {
	t.Helper()
	g, err := apo.ParseGateway(gateway)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := apo.NewHTTPClient(apo.Transport{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &apo.Client{
		Gateway: g, ClientID: clientID, HTTP: transport, Now: noon,
		Key: readKey(t, "merchant"), AntomKey: readKey(t, "antom").Public(),
	}
}

// serve runs a gateway on loopback and returns a client of it.
func serve(t testing.TB, handler http.HandlerFunc) *apo.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(t, server.URL)
}

// serveRaw reads one request off each connection and leaves the rest to answer.
func serveRaw(t *testing.T, answer func(net.Conn)) *apo.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				if readRequest(conn) == nil {
					answer(conn)
				}
			})
		}
	})
	client := newClient(t, "http://"+listener.Addr().String())
	t.Cleanup(func() {
		listener.Close()
		client.HTTP.CloseIdleConnections()
		running.Wait()
	})
	return client
}

func readRequest(conn net.Conn) error {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, request.Body)
	return err
}

// roundTrip is a gateway without a network, for tests that turn the clock.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// connected tells the client that a connection is in hand, as net/http does.
func connected(r *http.Request) {
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
}

// signAnswer makes the headers of an honest answer to r.
func signAnswer(key *sign.PrivateKey, r *http.Request, at string, body []byte) http.Header {
	signature, err := sign.Sign(key, "1", sign.Message{
		Method: r.Method, Path: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"), Time: at, Body: body,
	})
	if err != nil {
		panic(err)
	}
	return http.Header{
		"Signature":     {signature},
		"Response-Time": {at},
		"Client-Id":     r.Header.Values("Client-Id"),
		"Content-Type":  {"application/json; charset=UTF-8"},
	}
}

// write sends an honest answer.
func write(w http.ResponseWriter, r *http.Request, antom *sign.PrivateKey, body string) {
	for name, values := range signAnswer(antom, r, atNoon, []byte(body)) {
		w.Header()[name] = values
	}
	io.WriteString(w, body)
}

func endpoint(t testing.TB, name string) apo.Endpoint {
	t.Helper()
	e, err := apo.FindEndpoint(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func pay(t testing.TB, c *apo.Client) (*apo.Answer, error) {
	t.Helper()
	return c.Call(t.Context(), endpoint(t, "pay"), []byte(payBody))
}

// wantError checks that err is an [*apo.Error] of a kind, that it says what it
// should, and that it shows no card.
func wantError(t testing.TB, err error, kind apo.Kind, status int, says string) *apo.Error {
	t.Helper()
	var failed *apo.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want an *apo.Error", err)
	}
	if failed.Kind != kind {
		t.Errorf("kind %s, want %s: %v", kindName(failed.Kind), kindName(kind), err)
	}
	if failed.Status != status {
		t.Errorf("status %d, want %d: %v", failed.Status, status, err)
	}
	if !strings.Contains(failed.Problem, says) {
		t.Errorf("it says %q, want %q in it", failed.Problem, says)
	}
	cvv := regexp.MustCompile(`(^|[^0-9])737([^0-9]|$)`) // and not a part of a port
	for _, text := range []string{failed.Excerpt, failed.Problem, failed.Error()} {
		if strings.Contains(text, visa[:9]) || cvv.MatchString(text) || strings.Contains(text, "Month=11") {
			t.Errorf("it shows card data: %q", text)
		}
	}
	return failed
}

// kindOf returns the kind of an [*apo.Error], 0 of any other.
func kindOf(err error) apo.Kind {
	var failed *apo.Error
	if errors.As(err, &failed) {
		return failed.Kind
	}
	return 0
}

func kindName(k apo.Kind) string {
	switch k {
	case apo.Unreachable:
		return "Unreachable"
	case apo.NoAnswer:
		return "NoAnswer"
	case apo.Untrusted:
		return "Untrusted"
	case apo.Interrupted:
		return "Interrupted"
	}
	return "of no kind"
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
