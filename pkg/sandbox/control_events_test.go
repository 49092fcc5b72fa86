package sandbox_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// watching reads the changes of a sandbox; last is the Last-Event-ID.
func watching(t *testing.T, box *sandbox.Sandbox, url, last string) (next func() gjson.Result, stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), ample)
	r, err := http.NewRequestWithContext(ctx, "GET", url+"/_apo/events", nil)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+box.ControlToken())
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	return func() gjson.Result {
		id := ""
		for lines.Scan() {
			if text, found := strings.CutPrefix(lines.Text(), "id: "); found {
				id = text
			}
			if text, found := strings.CutPrefix(lines.Text(), "data: "); found {
				c := gjson.Parse(text)
				if strconv.FormatInt(c.Get("number").Int(), 10) != id {
					t.Errorf("id %s of %s", id, text)
				}
				return c
			}
		}
		return gjson.Result{}
	}, func() { cancel(); resp.Body.Close() }
}

// Each change is told once, in its order, and who comes back hears what it missed.
func TestEventsTellEachChange(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	server := httptest.NewServer(m.box)
	defer server.Close()
	next, stop := watching(t, m.box, server.URL, "")
	payment := m.pay("SUCCESS", "e-1", "1000", "visa").Get("paymentId")
	capture := m.capture("SUCCESS", "e-c", payment, "1000").Get("captureId")
	rule := m.rule(payResult("LOST_CARD"))
	var got []string
	var numbers []int64
	for range 3 {
		c := next()
		got = append(got, c.Get("kind").Str+" "+c.Get("id").Str)
		numbers = append(numbers, c.Get("number").Int())
	}
	stop()
	want := []string{"payment " + payment, "capture " + capture, "rule " + strconv.FormatInt(rule.ID, 10)}
	for i := range want {
		if got[i] != want[i] || i > 0 && numbers[i] != numbers[i-1]+1 {
			t.Errorf("told was %v %v, want %v", got, numbers, want)
			break
		}
	}
	again, stop := watching(t, m.box, server.URL, strconv.FormatInt(numbers[0], 10))
	defer stop()
	if c := again(); c.Get("id").Str != capture {
		t.Errorf("behind the first comes %s", c.Raw)
	}
	m.box.EndStreams()
	for again().Exists() { // it ends
	}
}

// What another process does to the state is told as such.
func TestEventsTellOfOthers(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: state})
	other := newMerchant(t, sandbox.Config{State: state})
	server := httptest.NewServer(m.box)
	defer server.Close()
	next, stop := watching(t, m.box, server.URL, "")
	defer stop()
	told := make(chan gjson.Result)
	go func() { told <- next() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case c := <-told:
			if c.Get("kind").Str != "state" {
				t.Errorf("told was %s", c.Raw)
			}
			return
		case <-tick.C:
			other.pay("SUCCESS", "o-"+strconv.Itoa(i), "1000", "visa")
		}
	}
}

// A state that was kept comes back whole, under an identity of its own.
func TestSnapshotComesBack(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]string{"memory": "", "file": filepath.Join(t.TempDir(), "state.db")} {
		m := newMerchant(t, sandbox.Config{State: state, NotifyURL: "http://127.0.0.1:9/hooks"})
		payment := m.pay("SUCCESS", "kept", "1000", "visa").Get("paymentId")
		m.rule(sandbox.Rule{API: "refund", Times: 3, Outcome: sandbox.Outcome{Result: "PROCESS_FAIL"}})
		m.wanted(200, "PUT", "/clock", `{"time":"2026-03-02T00:00:00Z","speed":0,"wait":false}`)
		before, first := m.wanted(200, "GET", "/payments/kept", ""), m.box.Identity()
		id := m.wanted(200, "POST", "/snapshot", "").Get("id").Str
		m.capture("SUCCESS", "later", payment, "1000")
		m.pay("SUCCESS", "other", "1000", "visa")
		m.wanted(200, "DELETE", "/rules", "")
		m.wanted(200, "POST", "/clock/advance", `{"by":"1h","wait":false}`)
		for range 2 {
			m.wanted(200, "POST", "/restore", `{"id":"`+id+`"}`)
			if after := m.wanted(200, "GET", "/payments/kept", ""); after.Raw != before.Raw {
				t.Errorf("%s: it was  %s and is %s", name, before.Raw, after.Raw)
			}
			m.wanted(404, "GET", "/payments/other", "")
			if rules := m.wanted(200, "GET", "/rules", ""); len(rules.Array()) != 1 {
				t.Errorf("%s: rules are %s", name, rules.Raw)
			}
			if c := m.wanted(200, "GET", "/clock", ""); c.Get("time").Str != "2026-03-02T00:00:00Z" {
				t.Errorf("%s: the clock is %s", name, c.Raw)
			}
			if now := m.box.Identity(); now == first {
				t.Errorf("%s: the state that came back says that it is the one that went on", name)
			}
			m.capture("SUCCESS", "later", payment, "1000")
			m.wanted(200, "POST", "/reset", "")
		}
	}
}
