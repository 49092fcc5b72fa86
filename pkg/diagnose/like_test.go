package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// What broke one message breaks the next one alike, and is found at once. What broke
// another one is found as if nothing were known.
func TestLikeMessagesAreExplainedAtOnce(t *testing.T) {
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	diagnosed := func(n int, spoil func(*sign.Message), like ...[]diagnose.Fault) diagnose.Diagnosis {
		m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: "SANDBOX_5YAPO0000000001", Time: "2026-11-30T19:40:10+08:00"}
		m.Body = fmt.Appendf(nil, `{"notifyType":"CAPTURE_RESULT","captureAmount":{"currency":"SGD","value":"%d"},"note":"","result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, n)
		header, err := sign.Sign(key, "1", m)
		if err != nil {
			t.Fatal(err)
		}
		spoil(&m)
		d := diagnose.Signature(t.Context(), m, header, []diagnose.Key{{Name: "Antom's key", Key: key.Public()}}, diagnose.Hints{Like: like})
		if !d.Proven {
			t.Fatalf("not proven: %s", d.Explanation)
		}
		return d
	}
	kinds := map[string]func(*sign.Message){
		"a prefix and a blank": func(m *sign.Message) { m.Path, m.Body = "/api"+m.Path, append([]byte(" "), m.Body...) },
		"an indent and a prefix": func(m *sign.Message) {
			m.Path, m.Body = "/api"+m.Path, []byte(strings.ReplaceAll(string(m.Body), `":`, `": `))
		},
		"two parts of the head":   func(m *sign.Message) { m.Path, m.ClientID = "/api"+m.Path, strings.ToLower(m.ClientID) },
		"a query, and a newline":  func(m *sign.Message) { m.Path, m.Body = m.Path+"?a=1", append(m.Body, '\n') },
		"a slash at the end":      func(m *sign.Message) { m.Path += "/" },
		"a client ID with blanks": func(m *sign.Message) { m.ClientID += " " },
	}
	alone := map[string]diagnose.Diagnosis{}
	for name, spoil := range kinds {
		alone[name] = diagnosed(22, spoil)
	}
	for name, spoil := range kinds {
		first := diagnosed(1, spoil)
		again := diagnosed(22, spoil, first.Faults)
		if again.Cause != first.Cause || again.Explanation != alone[name].Explanation {
			t.Errorf("%s: %s; before: %s", name, again.Explanation, first.Explanation)
		}
		if again.Tried > 100 && again.Tried*20 > first.Tried {
			t.Errorf("%s: %d tries, after one of %d", name, again.Tried, first.Tried)
		}
		for other, spoil := range kinds {
			if got, want := diagnosed(22, spoil, first.Faults), alone[other]; got.Cause != want.Cause || got.Explanation != want.Explanation {
				t.Errorf("%s, after %s: %s; want %s", other, name, got.Explanation, want.Explanation)
			}
		}
	}
}
