package verify

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sign"
)

// One message that came in is verified, or explained; what nobody signed is neither.
func TestOneMessage(t *testing.T) {
	const client = "SANDBOX_5YAPO0000000001"
	key := newKey(t)
	home := t.TempDir()
	file := filepath.Join(home, "antom.pem")
	if err := os.WriteFile(file, key.Public().PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"APO_HOME": home}
	run := &app.Run{
		IO: term.New(strings.NewReader(""), io.Discard, io.Discard), Now: time.Now,
		Getenv: func(name string) string { return env[name] },
		Lookup: func(name string) (string, bool) { value, found := env[name]; return value, found },
	}
	body := `{"notifyType":"CAPTURE_RESULT","captureAmount":{"currency":"SGD","value":"4200"},"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`
	header, err := sign.Sign(key, "1", sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: client, Time: "1735689600000", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	given := client
	e, err := New(t.Context(), run, Settings{PublicKey: file, Given: Given{ClientID: &given}})
	if err != nil {
		t.Fatal(err)
	}
	message := func(signature, body string) received.Message {
		return received.Message{
			Method: "POST", URI: "/hooks/apo", Body: []byte(body), HasBody: true,
			Header: []received.Field{{Name: "Request-Time", Value: "1735689600000"}, {Name: "Signature", Value: signature}},
		}
	}
	good, err := e.Examine(message(header, body))
	if facts := e.Facts(good); err != nil || !good.Verified() || facts.News.Amount.Value != "4200" || facts.Unreadable != nil {
		t.Errorf("%v, %+v", err, good)
	}
	bad, err := e.Examine(message(header, body+"\n"))
	if err != nil || bad.Verified() {
		t.Fatalf("%v, %+v", err, bad)
	}
	if found, err := e.Explain(t.Context(), bad); err != nil || found.Cause != "body-trailing-newline" || !found.Proven {
		t.Errorf("%v, %+v", err, found)
	}
	var failure *say.Failure
	masked := message(header, body+"\n\n\n x")
	masked.Lossy = "letters were lost"
	if lossy, err := e.Examine(masked); err != nil || lossy.Verified() {
		t.Errorf("%v, %+v", err, lossy)
	} else if _, err := e.Explain(t.Context(), lossy); !errors.As(err, &failure) || failure.Kind != say.Usage {
		t.Errorf("what was lost may be the cause: %v", err)
	}
	if _, err := e.Examine(message(" ", body)); !errors.Is(err, ErrNoSignature) {
		t.Errorf("without a signature: %v", err)
	}
	nobody, err := New(t.Context(), run, Settings{PublicKey: file})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Examine(message(header, body)); !errors.Is(err, ErrNoClientID) {
		t.Errorf("nobody's: %v", err)
	}
}
