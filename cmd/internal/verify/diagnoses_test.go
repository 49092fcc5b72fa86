package verify

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// failing is a stream whose messages are to fail.
type failing struct {
	*Stream
	t        *testing.T
	key      *sign.PrivateKey
	out, err bytes.Buffer
	now      time.Time
	input    bytes.Buffer
}

func newFailing(t *testing.T) *failing {
	f := &failing{t: t, key: newKey(t), now: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)}
	run := &app.Run{
		IO: term.New(strings.NewReader(""), &f.out, &f.err), Getenv: func(string) string { return "" },
		Now: func() time.Time { f.now = f.now.Add(4 * time.Second); return f.now },
	}
	expected := diagnose.Key{Name: "Antom's key", Key: f.key.Public()}
	f.Stream = (&Engine{run: run, expected: expected, known: []diagnose.Key{expected}}).Stream("--ndjson lines", "")
	f.diagnoses.whole = 16 << 20
	return f
}

func newKey(t *testing.T) *sign.PrivateKey {
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

// line adds one that was signed, and then spoilt.
func (f *failing) line(n int, spoil func(*sign.Message)) {
	m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: "SANDBOX_5YAPO0000000001", Time: "1735689600000"}
	m.Body = fmt.Appendf(nil, `{"notifyType":"CAPTURE_RESULT","captureAmount":{"currency":"SGD","value":"%d"},"note":"","result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, n)
	header, err := sign.Sign(f.key, "1", m)
	if err != nil {
		f.t.Fatal(err)
	}
	spoil(&m)
	text, err := json.Marshal(map[string]string{"uri": m.Path, "clientId": m.ClientID, "requestTime": m.Time, "signature": header, "body": string(m.Body)})
	if err != nil {
		f.t.Fatal(err)
	}
	f.input.Write(append(text, '\n'))
}

// verdicts are a member of each verdict, in their order.
func (f *failing) verdicts(member string) string {
	if f.out.Len() == 0 {
		if err := f.Lines(f.t.Context(), io.Reader(&f.input)); err == nil {
			f.t.Fatal("the stream verifies")
		}
	}
	var list []string
	for _, line := range strings.Split(strings.TrimSpace(f.out.String()), "\n") {
		list = append(list, gjson.Get(line, member).String())
	}
	return strings.Join(list, " ")
}

func prefixed(m *sign.Message) { m.Path, m.Body = "/api"+m.Path, append([]byte(" "), m.Body...) }

func sorted(m *sign.Message) {
	var v any
	_ = json.Unmarshal(m.Body, &v)
	m.Body, _ = json.Marshal(v)
}

// What explained one line is tried first on the next; the same line is not looked
// into twice.
func TestStreamLearnsWhatBreaksIt(t *testing.T) {
	f := newFailing(t)
	for _, n := range []int{1, 2, 3, 1} {
		f.line(n, prefixed)
	}
	if got := f.verdicts("proven"); got != "true true true true" {
		t.Fatalf("proven: %s", got)
	}
	tried := strings.Fields(f.verdicts("tried"))
	if tried[1] != tried[2] || len(tried[1]) >= len(tried[0]) || tried[3] != tried[0] {
		t.Errorf("tried: %v", tried)
	}
}

// What nothing explains is looked for twice, not in each line. A line of another kind
// is looked into all the same, and in a pipe it is said how far the stream is.
func TestStreamIsNotSearchedInVain(t *testing.T) {
	f := newFailing(t)
	for n := range 4 {
		f.line(n, sorted)
	}
	f.line(5, prefixed)
	if got := f.verdicts("cause"); got != "body-reserialized body-reserialized body-reserialized body-reserialized uri-prefix" {
		t.Errorf("causes: %s", got)
	}
	if got := f.verdicts("diagnosis"); got != "  short short " {
		t.Errorf("diagnosis: %q", got)
	}
	if got := f.verdicts("proven"); got != "false false false false true" {
		t.Errorf("proven: %s", got)
	}
	if said := f.err.String(); strings.Count(said, "\n") != 2 || !strings.Contains(said, "2 lines: 0 verified, 2 body-reserialized; 12s so far") {
		t.Errorf("it says %q", said)
	}
	if f.short != 2 {
		t.Errorf("%d short searches", f.short)
	}
}

// A stream of what does not verify comes to its end: once its diagnoses took their
// share, the others have none, and no cause that nobody found.
func TestStreamRunsOutOfDiagnoses(t *testing.T) {
	f := newFailing(t)
	f.diagnoses.left = 1
	for _, n := range []int{1, 2, 1, 3} {
		f.line(n, prefixed)
	}
	if got := f.verdicts("diagnosis"); got != " skipped  skipped" {
		t.Errorf("diagnosis: %q", got)
	}
	if got := f.verdicts("cause"); got != "uri-prefix  uri-prefix " {
		t.Errorf("causes: %q", got)
	}
	if got := f.verdicts("verified"); got != "false false false false" {
		t.Errorf("verified: %s", got)
	}
	if said := f.err.String(); strings.Count(said, "from line 2 on it is not looked for") != 1 {
		t.Errorf("it says %q", said)
	}
	if got := f.summary(); got != "0 verified, 2 not diagnosed, 2 uri-prefix" {
		t.Errorf("it ends with %q", got)
	}
}

// What comes over HTTP has no end: the same again costs nothing, what anybody can send
// is not remembered without bounds, and the time for searches comes back.
func TestDiagnosesWithoutEnd(t *testing.T) {
	now := time.UnixMilli(0)
	d := newDiagnoses()
	d.goOn(now)
	d.left = -5
	for n := range maxSame + maxInVainLooks {
		d.same[[32]byte{byte(n), byte(n >> 8)}] = say.Verification{}
		d.inVain[looks{notifyType: fmt.Sprint(n)}] = 1
		d.goOn(now)
	}
	if len(d.same) > maxSame || len(d.inVain) > maxInVainLooks || d.left != -5 {
		t.Errorf("%d, %d remembered, %d left", len(d.same), len(d.inVain), d.left)
	}
	if d.goOn(now.Add(2 * time.Minute)); d.left != 2*searchesAMinute-5 {
		t.Errorf("%d left", d.left)
	}
	if d.goOn(now.AddDate(1, 0, 0)); d.left > allSearches {
		t.Errorf("%d left", d.left)
	}
}
