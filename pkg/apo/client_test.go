package apo_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// What the gateway said is no answer, but the payment may well have been made.
func TestUnusableAnswers(t *testing.T) {
	antom := readKey(t, "antom")
	signed := func(spoil func(http.ResponseWriter), body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for name, values := range signAnswer(antom, r, atNoon, []byte(body)) {
				w.Header()[name] = values
			}
			spoil(w)
			io.WriteString(w, body)
		}
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			io.WriteString(w, body)
		}
	}
	page := "<!DOCTYPE html>\n<p>Sorry: " + spill + "</p>"

	for _, tt := range []struct {
		name   string
		serve  http.HandlerFunc
		kind   apo.Kind
		status int
		says   string
	}{
		{"204 without a body", status(204, ""), apo.NoAnswer, 204, "error"},
		{"400 with a signed success", signed(func(w http.ResponseWriter) { w.WriteHeader(400) }, accepted), apo.NoAnswer, 400, "error"},
		{"201 with a signed success", signed(func(w http.ResponseWriter) { w.WriteHeader(201) }, accepted), apo.NoAnswer, 201, "error"},
		{"404", status(404, "no such path; "+spill), apo.NoAnswer, 404, "error"},
		{"500", status(500, spill), apo.NoAnswer, 500, "error"},
		{"500 with an unsigned decline", status(500, `{`+result("F", "DO_NOT_HONOR")+`}`), apo.NoAnswer, 500, "error"},
		{"503 with a page", status(503, page), apo.NoAnswer, 503, "page of HTML"},
		{"502 with a page behind white space", status(502, "\n\n "+page), apo.NoAnswer, 502, "page of HTML"},
		{"200 with a page", status(200, page), apo.NoAnswer, 200, "page of HTML"},
		{"200 with a page that has a Response-Time", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Response-Time", atNoon)
			io.WriteString(w, page)
		}, apo.NoAnswer, 200, "page of HTML"},
		{"200 with text", status(200, spill), apo.NoAnswer, 200, "unreadable"},
		{"200 without a body", status(200, ""), apo.NoAnswer, 200, "empty"},
		{"200 without a body, signed", signed(func(http.ResponseWriter) {}, ""), apo.NoAnswer, 200, "empty"},
		{"200 with white space", status(200, " \n"), apo.NoAnswer, 200, "empty"},
		{"gzip that nobody asked for", func(w http.ResponseWriter, r *http.Request) {
			var packed bytes.Buffer
			zip := gzip.NewWriter(&packed)
			io.WriteString(zip, accepted)
			zip.Close()
			for name, values := range signAnswer(antom, r, atNoon, packed.Bytes()) {
				w.Header()[name] = values
			}
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed.Bytes())
		}, apo.NoAnswer, 200, `encoded as "gzip"`},
		{"brotli in name only", signed(func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "br") }, accepted), apo.NoAnswer, 200, `encoded as "br"`},
		{"another charset", signed(func(w http.ResponseWriter) { w.Header().Set("Content-Type", "application/json; charset=ISO-8859-1") }, accepted), apo.NoAnswer, 200, `charset "ISO-8859-1"`},
		{"a signed page", signed(func(http.ResponseWriter) {}, page), apo.NoAnswer, 200, "signed but unreadable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := pay(t, serve(t, tt.serve))
			wantError(t, err, tt.kind, tt.status, tt.says)
		})
	}
}

func TestHarmlessHeaders(t *testing.T) {
	antom := readKey(t, "antom")
	for _, tt := range []struct{ name, value string }{
		{"Content-Encoding", "identity"},
		{"Content-Type", "application/json"},
		{"Content-Type", "application/json; charset=utf-8"},
		{"Content-Type", `application/json;charset="UTF-8"`},
		{"Content-Type", "text/plain"},
		{"Content-Type", ";;"},
		{"Set-Cookie", "a=b"},
	} {
		t.Run(tt.name+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				for name, values := range signAnswer(antom, r, atNoon, []byte(accepted)) {
					w.Header()[name] = values
				}
				w.Header().Set(tt.name, tt.value)
				io.WriteString(w, accepted)
			})
			if _, err := pay(t, client); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			var elsewhere atomic.Int32
			other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
			defer other.Close()
			_, err := pay(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, other.URL+"/?"+spill, code)
			}))
			wantError(t, err, apo.NoAnswer, code, "redirects")
			if n := elsewhere.Load(); n != 0 {
				t.Errorf("the signed request went elsewhere %d times", n)
			}
		})
	}
}

func TestAnswersHaveALargestSize(t *testing.T) {
	antom := readKey(t, "antom")
	body := func(size int) string {
		head, tail := `{`+success+`,"pad":"`, `"}`
		return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
	}
	t.Run("exactly 4 MiB", func(t *testing.T) {
		whole := body(4 << 20)
		answer, err := pay(t, serve(t, func(w http.ResponseWriter, r *http.Request) { write(w, r, antom, whole) }))
		if err != nil || len(answer.Raw) != apo.MaxAnswer {
			t.Fatal(err)
		}
	})
	t.Run("one byte more", func(t *testing.T) {
		_, err := pay(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body(4<<20+1)) }))
		wantError(t, err, apo.NoAnswer, 200, "longer than 4 MiB")
	})
}

func TestBrokenConnections(t *testing.T) {
	say := func(text string) func(net.Conn) {
		return func(conn net.Conn) { io.WriteString(conn, text) }
	}
	afterBytes := func(n int) string { return fmt.Sprintf("broke off after %d bytes", n) }
	for _, tt := range []struct {
		name   string
		answer func(net.Conn)
		status int
		says   string
	}{
		{"closed before the first byte", say(""), 0, "broke before the answer"},
		{"cut in the status line", say("HTTP/1.1 20"), 0, "broke before the answer"},
		{"cut in the headers", say("HTTP/1.1 200 OK\r\nSignature: algorithm=RSA256,keyVer"), 0, "broke before the answer"},
		{"cut in the body", say("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{" + spill), 200, afterBytes(1 + len(spill))},
		{"cut before the body", say("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), 200, afterBytes(0)},
		{"cut in a chunk", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{" + spill), 200, afterBytes(1 + len(spill))},
		{"an error, cut in the body", say("HTTP/1.1 500 No\r\nContent-Length: 500\r\n\r\n" + spill), 500, afterBytes(len(spill))},
		{"no HTTP at all", say("220 smtp.example ESMTP\r\n"), 0, "broke before the answer"},
		{"card data instead of HTTP", say(spill + "\r\n\r\n"), 0, "broke before the answer"},
		{"headers without end", func(conn net.Conn) {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for range 2000 {
				if _, err := io.WriteString(conn, "X: "+strings.Repeat("x", 100)+"\r\n"); err != nil {
					return
				}
			}
		}, 0, "broke before the answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := pay(t, serveRaw(t, tt.answer))
			wantError(t, err, apo.NoAnswer, tt.status, tt.says)
		})
	}
}

func TestNothingWasWritten(t *testing.T) {
	// Our end of a connection has a port that nobody listens at and that nobody
	// else can take meanwhile.
	refusing := func(t *testing.T) *apo.Client {
		t.Helper()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return newClient(t, "http://"+conn.LocalAddr().String())
	}
	t.Run("connection refused", func(t *testing.T) {
		client := refusing(t)
		_, err := pay(t, client)
		failed := wantError(t, err, apo.Unreachable, 0, client.Gateway.String()+" could not be reached: ")
		if failed.Excerpt != "" || failed.Endpoint != "pay" || failed.Err == nil {
			t.Errorf("%+v", failed)
		}
	})
	t.Run("no such host", func(t *testing.T) {
		client := newClient(t, "https://name.invalid")
		noNameServer := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("the test has no name server")
		}}
		client.HTTP.Transport.(*http.Transport).DialContext = (&net.Dialer{Resolver: noNameServer}).DialContext
		_, err := pay(t, client)
		wantError(t, err, apo.Unreachable, 0, "https://name.invalid could not be reached")
		var dns *net.DNSError
		if !errors.As(err, &dns) {
			t.Errorf("the cause is not kept: %v", err)
		}
	})
	t.Run("the context ended before", func(t *testing.T) {
		_, err := refusing(t).Call(cancelled(), endpoint(t, "pay"), []byte(payBody))
		wantError(t, err, apo.Interrupted, 0, "interrupted")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the cause is not kept: %v", err)
		}
	})
	t.Run("a client without a key", func(t *testing.T) {
		for _, spoil := range []func(*apo.Client){
			func(c *apo.Client) { c.Key = nil },
			func(c *apo.Client) { c.AntomKey = nil },
			func(c *apo.Client) { c.ClientID = "" },
		} {
			client := refusing(t)
			client.Retries = 5
			spoil(client)
			_, err := pay(t, client)
			var failed *apo.Error
			if err == nil || errors.As(err, &failed) {
				t.Errorf("got %v, want an error that is about the client alone", err)
			}
		}
	})
}

// It is the proxy that says no, not the gateway. Its password is not shown.
func TestAProxyIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	proxy := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })}
	go proxy.Serve(listener)
	t.Cleanup(func() { proxy.Close() })
	client := newClient(t, "https://gateway.invalid")
	client.HTTP.Transport.(*http.Transport).Proxy = func(*http.Request) (*url.URL, error) {
		return url.Parse("http://ada:sesame@" + listener.Addr().String())
	}
	_, err = pay(t, client)
	failed := wantError(t, err, apo.Unreachable, 0, "through the proxy "+listener.Addr().String()+": the proxy answered 502 Bad Gateway")
	if strings.Contains(failed.Error(), "sesame") {
		t.Errorf("it shows a password: %v", failed)
	}
}

func TestTLSIsChecked(t *testing.T) {
	antom := readKey(t, "antom")
	start := func(t *testing.T, config *tls.Config) (*httptest.Server, *atomic.Int32) {
		t.Helper()
		var requests atomic.Int32
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			write(w, r, antom, accepted)
		}))
		server.Config.ErrorLog, server.TLS = quiet(), config
		server.StartTLS()
		t.Cleanup(server.Close)
		return server, &requests
	}
	withCA := func(t *testing.T, server *httptest.Server) *apo.Client {
		t.Helper()
		client := newClient(t, server.URL)
		trusting, err := apo.NewHTTPClient(apo.Transport{CA: certificate(server)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(trusting.CloseIdleConnections)
		client.HTTP = trusting
		return client
	}

	t.Run("an unknown CA", func(t *testing.T) {
		server, requests := start(t, nil)
		_, err := pay(t, newClient(t, server.URL))
		wantError(t, err, apo.Unreachable, 0, "certificate")
		if requests.Load() != 0 {
			t.Error("the request was sent all the same")
		}
	})
	t.Run("its CA is given", func(t *testing.T) {
		server, _ := start(t, nil)
		if _, err := pay(t, withCA(t, server)); err != nil {
			t.Error(err)
		}
	})
	t.Run("a TLS too old", func(t *testing.T) {
		server, requests := start(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
		_, err := pay(t, withCA(t, server))
		wantError(t, err, apo.Unreachable, 0, "could not be reached")
		if requests.Load() != 0 {
			t.Error("the request was sent all the same")
		}
	})
	t.Run("plain HTTP where TLS was meant", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		_, err := pay(t, newClient(t, strings.Replace(server.URL, "http:", "https:", 1)))
		wantError(t, err, apo.Unreachable, 0, "could not be reached")
	})
}

// piped makes a client whose connections are pipes in memory, so that time can
// be fake.
func piped(t *testing.T, gateway string, serve func(net.Conn)) *apo.Client {
	t.Helper()
	client := newClient(t, gateway)
	client.Now = nil
	transport := client.HTTP.Transport.(*http.Transport)
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			serve(theirs)
		}()
		return ours, nil
	}
	return client
}

func swallow(conn net.Conn) { io.Copy(io.Discard, conn) }

func TestTimeouts(t *testing.T) {
	const gateway = "http://127.0.0.1:4242"
	for _, tt := range []struct {
		name    string
		client  func(*testing.T) *apo.Client
		timeout time.Duration
		kind    apo.Kind
		status  int
		says    string
		after   time.Duration
	}{
		{
			"a gateway that never answers",
			func(t *testing.T) *apo.Client { return piped(t, gateway, swallow) },
			0, apo.NoAnswer, 0, "no answer within 30s", 30 * time.Second,
		},
		{
			"a shorter patience",
			func(t *testing.T) *apo.Client { return piped(t, gateway, swallow) },
			50 * time.Millisecond, apo.NoAnswer, 0, "no answer within 50ms", 50 * time.Millisecond,
		},
		{
			"an answer that never ends",
			func(t *testing.T) *apo.Client {
				return piped(t, gateway, func(conn net.Conn) {
					if readRequest(conn) == nil {
						io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"+spill)
						swallow(conn)
					}
				})
			},
			0, apo.NoAnswer, 200, "no answer within 30s", 30 * time.Second,
		},
		{
			"a TLS handshake that never ends",
			func(t *testing.T) *apo.Client { return piped(t, "https://127.0.0.1:4242", swallow) },
			0, apo.Unreachable, 0, "could not be reached", 5 * time.Second,
		},
		{
			"a connection that is never made",
			func(t *testing.T) *apo.Client {
				client := piped(t, gateway, swallow)
				client.HTTP.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return client
			},
			7 * time.Second, apo.Unreachable, 0, "could not be reached within 7s", 7 * time.Second,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := tt.client(t)
				client.Timeout = tt.timeout
				start := time.Now()
				_, err := pay(t, client)
				wantError(t, err, tt.kind, tt.status, tt.says)
				if took := time.Since(start); took != tt.after {
					t.Errorf("it took %s, want %s", took, tt.after)
				}
			})
		})
	}
}

func TestInterruption(t *testing.T) {
	const gateway = "http://127.0.0.1:4242"
	call := func(ctx context.Context, t *testing.T, client *apo.Client) error {
		_, err := client.Call(ctx, endpoint(t, "pay"), []byte(payBody))
		return err
	}
	t.Run("before anything is sent", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client := piped(t, gateway, func(net.Conn) { t.Error("a connection was made") })
			client.Retries = 3
			wantError(t, call(cancelled(), t, client), apo.Interrupted, 0, "interrupted")
		})
	})
	t.Run("while connecting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client := piped(t, gateway, swallow)
			client.HTTP.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			}
			wantError(t, call(ctx, t, client), apo.Interrupted, 0, "interrupted")
		})
	})
	t.Run("after sending", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client := piped(t, gateway, func(conn net.Conn) {
				if readRequest(conn) == nil {
					cancel()
					swallow(conn)
				}
			})
			client.Retries = 3
			err := call(ctx, t, client)
			wantError(t, err, apo.NoAnswer, 0, "interrupted while waiting")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the cause is not kept: %v", err)
			}
		})
	})
	t.Run("in the middle of the answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client := piped(t, gateway, func(conn net.Conn) {
				if readRequest(conn) == nil {
					io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"+spill)
					synctest.Wait()
					cancel()
					swallow(conn)
				}
			})
			wantError(t, call(ctx, t, client), apo.NoAnswer, 200, "interrupted while waiting")
		})
	})
}

// An excerpt is cut to 200 bytes. Half a card number is still half a card
// number.
func TestExcerptIsMaskedBeforeItIsCut(t *testing.T) {
	var body string
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500)
		io.WriteString(w, body)
	})
	for shift := range 24 {
		body = strings.Repeat("x", 195-shift) + " " + visa + " cvv=737"
		_, err := pay(t, client)
		failed := wantError(t, err, apo.NoAnswer, 500, "error")
		if len(failed.Excerpt) > 250 {
			t.Errorf("an excerpt of %d bytes", len(failed.Excerpt))
		}
	}
}

// What the mask makes short brings what stood far behind into view.
func TestExcerptIsMaskedAsAWhole(t *testing.T) {
	var body string
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500)
		io.WriteString(w, body)
	})
	for shift := range 24 {
		body = `{"password":"` + strings.Repeat("x", 4<<10-20-shift) + `","a":"` + visa + `"}`
		_, err := pay(t, client)
		wantError(t, err, apo.NoAnswer, 500, "error")
	}
}

// A problem quotes what came where that helps, and is masked too.
func TestProblemsAreMasked(t *testing.T) {
	antom := readKey(t, "antom")
	for name, spoil := range map[string]func(http.Header) string{
		"a key that comes twice": func(http.Header) string { return `{"` + visa + `":1,"` + visa + `":2}` },
		"a path in the JSON":     func(http.Header) string { return `{"` + visa + `":{"a":1,"a":2}}` },
		"the charset": func(h http.Header) string {
			h.Set("Content-Type", "application/json; charset="+visa)
			return accepted
		},
		"the encoding": func(h http.Header) string {
			h.Set("Content-Encoding", visa)
			return accepted
		},
		"another currency": func(http.Header) string {
			return `{` + success + `,"paymentAmount":{"currency":"card ` + visa + `","value":"4200"}}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pay(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				header := http.Header{}
				body := spoil(header)
				for name, values := range signAnswer(antom, r, atNoon, []byte(body)) {
					w.Header()[name] = values
				}
				for name, values := range header {
					w.Header()[name] = values
				}
				io.WriteString(w, body)
			}))
			wantError(t, err, apo.NoAnswer, 200, "")
		})
	}
}

func TestExcerptIsText(t *testing.T) {
	_, err := pay(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "M\xfcller \x00\xff") }))
	if got := wantError(t, err, apo.NoAnswer, 200, "").Excerpt; got != "M\uFFFDller \x00\uFFFD" {
		t.Errorf("%q", got)
	}
}

func TestTheBytesSentAreTheBytesSigned(t *testing.T) {
	merchant, antom := readKey(t, "merchant").Public(), readKey(t, "antom")
	for _, tt := range []struct{ name, body string }{
		{"as every client sends it", payBody},
		{"indented, with a line feed at the end", "{\n   \"paymentRequestId\" : \"demo-0001\"\n}\n"},
		{"with signs that HTML escapes", `{"order":{"orderDescription":"<Tea & Söhne> \u003c 5 €"}}`},
		{"with numbers that floats lose", `{"a":12345678901234567890,"b":1.10,"c":1E+2}`},
		{"not even JSON", "\x00\xff not JSON"},
		{"empty", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				raw, err := io.ReadAll(r.Body)
				if err != nil || string(raw) != tt.body {
					t.Errorf("%q came as %q: %v", tt.body, raw, err)
				}
				m := sign.Message{
					Method: r.Method, Path: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: raw,
				}
				if err := sign.Verify(merchant, m, r.Header.Get("Signature")); err != nil {
					t.Error(err)
				}
				write(w, r, antom, `{`+success+`}`)
			})
			if _, err := client.Call(t.Context(), endpoint(t, "pay"), []byte(tt.body)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestThePathOnTheWireIsThePathSigned(t *testing.T) {
	merchant, antom := readKey(t, "merchant").Public(), readKey(t, "antom")
	for _, tt := range []struct {
		path string
		odd  bool // refusing it is as good as signing what is sent
	}{
		{"/ams/api/v1/payments/pay", false},
		{"/ams/api//v1/payments/retrievePaymentSession", false},
		{"/ams/api/v1/payments/payLater?a=b&c=%20d", false},
		{"/ams/api/v1/payments/pay%20%2f", false},
		{"/ams/api/v1/payments/pay;v=1", false},
		{"/ams/api/v1/payments/pay?a=ü", true},
		{"/ams/api/v1/payments/pay?", true},
		{"/ams/api/v1/payments/../payments/pay", true},
		{"/ams/api/v1/payments/bezahlen-für", true},
		{`/ams/api/v1/payments/"pay"`, true},
		{"/ams/api/v1/payments/<pay>", true},
		{"/ams/api/v1/payments/%zz", true},
		{"/ams/api/v1/payments/\x7f", true},
		{"//ams/api/v1/payments/pay", true},
		{"/", true},
	} {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			e, err := apo.FindEndpoint(tt.path)
			if err != nil && tt.odd {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var verified error
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				verified = sign.Verify(merchant, sign.Message{
					Method: r.Method, Path: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: raw,
				}, r.Header.Get("Signature"))
				m := sign.Message{Method: r.Method, Path: r.RequestURI, ClientID: clientID, Time: atNoon, Body: []byte(`{` + success + `}`)}
				value, _ := sign.Sign(antom, "1", m)
				w.Header().Set("Signature", value)
				w.Header().Set("Response-Time", atNoon)
				w.Header().Set("Client-Id", clientID)
				w.Write(m.Body)
			})
			_, err = client.Call(t.Context(), e, []byte(`{}`))
			var failed *apo.Error
			if tt.odd && err != nil && !errors.As(err, &failed) {
				return
			}
			if verified != nil || err != nil {
				t.Errorf("the gateway says: %v; the client says: %v", verified, err)
			}
		})
	}
}

func TestRequestHeaders(t *testing.T) {
	antom := readKey(t, "antom")
	var got *http.Request
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		write(w, r, antom, accepted)
	})
	want := func(t *testing.T, headers http.Header) {
		t.Helper()
		if _, err := pay(t, client); err != nil {
			t.Fatal(err)
		}
		if got.Method != http.MethodPost || got.RequestURI != "/ams/sandbox/api/v1/payments/pay" {
			t.Errorf("%s %s", got.Method, got.RequestURI)
		}
		for name, values := range headers {
			if !slices.Equal(got.Header.Values(name), values) {
				t.Errorf("%s: %q, want %q", name, got.Header.Values(name), values)
			}
		}
	}
	t.Run("by default", func(t *testing.T) {
		want(t, http.Header{
			"Client-Id": {clientID}, "Request-Time": {"1748779200000"}, "Content-Type": {"application/json; charset=UTF-8"},
			"User-Agent": {"apo"}, "Agent-Token": nil, "Accept-Encoding": nil, "Content-Length": {strconv.Itoa(len(payBody))},
		})
		if value := got.Header.Values("Signature"); len(value) != 1 || !strings.HasPrefix(value[0], "algorithm=RSA256,keyVersion=1,signature=") {
			t.Errorf("Signature: %q", value)
		}
	})
	t.Run("as configured", func(t *testing.T) {
		client.KeyVersion, client.AgentToken, client.UserAgent = "3", strings.Repeat("7", 48), "shop/2"
		want(t, http.Header{"Agent-Token": {client.AgentToken}, "User-Agent": {"shop/2"}})
		if value := got.Header.Get("Signature"); !strings.Contains(value, "keyVersion=3,") {
			t.Errorf("Signature: %q", value)
		}
	})
}

func TestALiveClientIDUsesTheProductionPath(t *testing.T) {
	antom := readKey(t, "antom")
	var paths []string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.RequestURI)
		write(w, r, antom, accepted)
	})
	for _, id := range []string{"5Y0000000000001", "sandbox_5Y0000000000001", clientID} {
		client.ClientID = id
		if _, err := pay(t, client); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(paths); got != "[/ams/api/v1/payments/pay /ams/api/v1/payments/pay /ams/sandbox/api/v1/payments/pay]" {
		t.Error(got)
	}
}

func TestErrorsReadLikeSentences(t *testing.T) {
	for _, tt := range []struct {
		err  apo.Error
		want string
	}{
		{apo.Error{Endpoint: "pay", Problem: "no answer within 30s"}, "pay: no answer within 30s"},
		{apo.Error{Endpoint: "refund", Problem: "the gateway answered with an error", Status: 503}, "refund: the gateway answered with an error (HTTP 503)"},
		{apo.Error{Endpoint: "pay", Problem: "the answer is empty", Status: 200}, "pay: the answer is empty"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
