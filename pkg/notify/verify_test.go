package notify_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

const own = "SANDBOX_5Y0000000000001"

func newKey(t testing.TB) *sign.PrivateKey {
	t.Helper()
	bare, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewPrivateKey(bare)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signed(t testing.TB, key *sign.PrivateKey, uri, clientID, body string) (sign.Message, string) {
	t.Helper()
	m := sign.Message{Method: "POST", Path: uri, ClientID: clientID, Time: "2026-12-01T08:00:02+08:00", Body: []byte(body)}
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	return m, header
}

const captured = `{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"captureRequestId":"c-1","captureAmount":{"currency":"SGD","value":"4200"}}`

// Path alone or path with query, whichever was signed; what the signature does
// not cover is said, and not handed on.
func TestVerifyAddress(t *testing.T) {
	key := newKey(t)
	v := notify.Verifier{Keys: []*sign.PublicKey{key.Public()}, ClientID: own}
	tests := []struct {
		signed, received, covered string // covered is empty where it does not verify
		uncovered                 bool
	}{
		{"/hooks/apo", "/hooks/apo", "/hooks/apo", false},
		{"/hooks/apo", "/hooks/apo?shop=1", "/hooks/apo", true},
		{"/hooks/apo", "/hooks/apo?", "/hooks/apo", true},
		{"/hooks/apo?shop=1", "/hooks/apo?shop=1", "/hooks/apo?shop=1", false},
		{"/hooks/apo?shop=1", "/hooks/apo?shop=2", "", false},
		{"/hooks/apo?shop=1", "/hooks/apo", "", false},
		{"/hooks", "/hooks/apo?shop=1", "", false},
		{"/hooks/apo?a=1", "/hooks/apo?a=1?b=2", "", false},
	}
	for _, test := range tests {
		m, header := signed(t, key, test.signed, own, captured)
		m.Path = test.received
		_, bare, _ := strings.Cut(header, "signature=")
		for _, signature := range []string{header, bare} {
			n, err := v.Verify(m, signature)
			if (err == nil) != (test.covered != "") || n.URI != test.covered || n.QueryUncovered != test.uncovered {
				t.Errorf("%s, signed over %s: covered %q, %t, %v", test.received, test.signed, n.URI, n.QueryUncovered, err)
			}
			var u *notify.Unverified
			if err != nil && (!errors.As(err, &u) || !errors.Is(err, sign.ErrMismatch) || u.Message.Path != test.received || u.Signature != signature) {
				t.Errorf("%s, signed over %s: %v", test.received, test.signed, err)
			}
		}
	}
}

func TestVerify(t *testing.T) {
	key := newKey(t)
	v := notify.Verifier{Keys: []*sign.PublicKey{key.Public()}, ClientID: own}
	m, header := signed(t, key, "/hooks/apo", own, captured)
	n, err := v.Verify(m, header)
	if err != nil || n.Meaning() != notify.Captured || n.ClientID != own || n.OtherClient || n.Time != m.Time || string(n.Body) != captured {
		t.Errorf("%+v, %v", n, err)
	}
	if e := n.Evidence(); e.ClientID != own || e.Outcome != "succeeded" {
		t.Errorf("it proves %+v", e)
	}

	// Another client's is told apart, and proves nothing.
	m, header = signed(t, key, "/hooks/apo", "SANDBOX_5Y9999999999999", captured)
	n, err = v.Verify(m, header)
	if err != nil || !n.OtherClient || n.ClientID != "SANDBOX_5Y9999999999999" || n.Evidence().Outcome != "" {
		t.Errorf("of another client: %+v, %v", n, err)
	}
	if n, err = (notify.Verifier{Keys: []*sign.PublicKey{key.Public()}}).Verify(m, header); err != nil || n.OtherClient {
		t.Errorf("with no client ID of one's own: %+v, %v", n, err)
	}

	// What is stale proves nothing.
	m, header = signed(t, key, "/hooks/apo", own, captured)
	old := v
	old.MaxAge, old.Now = time.Hour, func() time.Time { return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) }
	if n, err = old.Verify(m, header); err != nil || !n.Stale || n.Evidence().Outcome != "" {
		t.Errorf("stale: %+v, %v", n, err)
	}

	// A changed byte, another key, a header that is none.
	m, header = signed(t, key, "/hooks/apo", own, captured)
	changed := m
	changed.Body = []byte(strings.Replace(captured, "4200", "9200", 1))
	var u *notify.Unverified
	if n, err := v.Verify(changed, header); !errors.As(err, &u) || n.Kind != "" || strings.Contains(err.Error(), "9200") {
		t.Errorf("a changed body: %+v, %v", n, err)
	}
	if _, err := (notify.Verifier{Keys: []*sign.PublicKey{newKey(t).Public()}}).Verify(m, header); !errors.Is(err, sign.ErrMismatch) {
		t.Errorf("another key: %v", err)
	}
	if _, err := v.Verify(m, ""); !errors.Is(err, sign.ErrHeader) || !errors.As(err, &u) {
		t.Errorf("no header: %v", err)
	}
	if _, err := (notify.Verifier{}).Verify(m, header); err == nil || errors.As(err, &u) {
		t.Errorf("no key: %v", err)
	}

	// Verified, and readers disagree about it.
	m, header = signed(t, key, "/hooks/apo", own, `{"result":{},"result":{}}`)
	var unreadable *notify.Unreadable
	if n, err := v.Verify(m, header); !errors.As(err, &unreadable) || n.Kind != "" || n.ClientID != own || errors.As(err, &u) {
		t.Errorf("a key twice: %+v, %v", n, err)
	}
}

func TestAcknowledge(t *testing.T) {
	w := httptest.NewRecorder()
	if err := notify.Acknowledge(w); err != nil {
		t.Fatal(err)
	}
	body := gjson.ParseBytes(w.Body.Bytes())
	if w.Code != 200 || body.Get("result.resultStatus").Str != "S" || body.Get("result.resultCode").Str != "SUCCESS" || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Errorf("%d %v %s", w.Code, w.Header(), body.Raw)
	}
}
