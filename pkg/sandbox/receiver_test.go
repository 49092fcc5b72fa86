package sandbox_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

const acknowledgement = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`

// delivery is what a merchant received.
type delivery struct {
	at     time.Time
	url    *url.URL
	header http.Header
	body   []byte
}

func (d delivery) get(path string) string { return gjson.GetBytes(d.body, path).String() }

// time is one of its headers, whose names are in lower case.
func (d delivery) time(name string) string { return strings.Join(d.header[name], ",") }

// receiver is a merchant's server without a network.
type receiver struct {
	mu     sync.Mutex
	got    []delivery
	answer func(n int) (status int, body string) // to the n-th delivery, from 0; nil: acknowledges
}

func (r *receiver) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	n := len(r.got)
	r.got = append(r.got, delivery{time.Now(), request.URL, request.Header.Clone(), body})
	r.mu.Unlock()
	status, text := 200, acknowledgement
	if r.answer != nil {
		status, text = r.answer(n)
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Location": {"http://127.0.0.1:1/elsewhere"}}, Request: request,
		Body: io.NopCloser(bytes.NewBufferString(text)),
	}, nil
}

func (r *receiver) all() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func refusing(int) (int, string) { return 500, "broken" }

// newShop opens a sandbox that goes on the clock of the test's bubble and
// delivers by itself.
func newShop(t *testing.T, c sandbox.Config) (*merchant, *receiver) {
	t.Helper()
	r := &receiver{}
	c.Keys, c.Deliver = publishedKeys(t), r
	if c.NotifyURL == "" {
		c.NotifyURL = "http://shop.example/hooks/apo?shop=1&q=a%2Fb"
	}
	box, err := sandbox.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		t.Fatal(err)
	}
	who := box.Credentials()
	return &merchant{T: t, box: box, client: &apo.Client{
		Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey, HTTP: &http.Client{Transport: box.Transport()},
	}}, r
}

// newPassiveShop is one whose clock and deliveries the test moves.
func newPassiveShop(t *testing.T, c sandbox.Config) (*merchant, *receiver) {
	t.Helper()
	r := &receiver{}
	c.Deliver = r
	if c.NotifyURL == "" {
		c.NotifyURL = "http://shop.example/hooks/apo?shop=1&q=a%2Fb"
	}
	return newMerchant(t, c), r
}

// delivers delivers what is due, and wants so many attempts.
func (m *merchant) delivers(want int) {
	m.Helper()
	if n, err := m.box.DeliverDue(context.Background()); err != nil || n != want {
		m.Fatalf("%d attempts, want %d; %v", n, want, err)
	}
}

// verified checks a notification's signature by nothing but the standard library.
func (m *merchant) verified(d delivery, timeHeader string) {
	m.Helper()
	one := func(name string) string {
		values := d.header[name] // in lower case: there are SDKs that read nothing else
		if len(values) != 1 {
			m.Fatalf("the header %s is %q", name, values)
		}
		return values[0]
	}
	parts := regexp.MustCompile(`^algorithm=RSA256,keyVersion=1,signature=([A-Za-z0-9%._-]+)$`).FindStringSubmatch(one("signature"))
	if parts == nil {
		m.Fatalf("the signature header is %q", one("signature"))
	}
	text, err := url.QueryUnescape(parts[1])
	if err != nil {
		m.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		m.Fatal(err)
	}
	key, err := x509.ParsePKIXPublicKey(m.box.Credentials().AntomKey.DER())
	if err != nil {
		m.Fatal(err)
	}
	content := "POST " + d.url.EscapedPath() + "\n" + one("client-id") + "." + one(timeHeader) + "." + string(d.body)
	digest := sha256.Sum256([]byte(content))
	if err := rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, digest[:], signature); err != nil {
		m.Errorf("the signature of %s does not verify: %v", d.body, err)
	}
	if one("client-id") != sandbox.ClientID {
		m.Errorf("client-id is %s", one("client-id"))
	}
}

// has checks which fields an object of JSON has, those of all levels given as
// paths.
func (m *merchant) has(body []byte, must, never []string) {
	m.Helper()
	if !json.Valid(body) {
		m.Fatalf("no JSON: %s", body)
	}
	for _, path := range must {
		if gjson.GetBytes(body, path).String() == "" {
			m.Errorf("%s is missing in %s", path, body)
		}
	}
	for _, path := range never {
		if gjson.GetBytes(body, path).Exists() {
			m.Errorf("%s is in %s", path, body)
		}
	}
}

// news is the newest notification.
func (m *merchant) news() sandbox.Notification {
	m.Helper()
	list, err := m.box.Notifications(1)
	if err != nil || len(list) != 1 {
		m.Fatalf("%v %v", list, err)
	}
	return list[0]
}
