package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// What a header or an address brings is masked, however it is written.
func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"apo-test/1":               "apo-test/1",
		"4054 6957 2310 0768":      "0768",
		"4054-6957-2310-0768":      "0768",
		"x4054695723100768y":       "0768",
		"/pay?cvv=123":             "cvv=",
		"a\u202eb":                 "a\ufffdb",
		"POST /x\nSANDBOX.17.":     "POST /x\nSANDBOX.17.",
		strings.Repeat("a", 3000):  "a",
		"4054%36957%32310%30768":   "0768",
		"a\u00e4 4054695723100768": "0768",
	} {
		got := harmless(text, 1000)
		if !strings.Contains(got, want) || strings.Contains(got, "6957") || strings.Contains(got, "=123") || len(got) > 1000 {
			t.Errorf("%q is shown as %.100q", text, got)
		}
	}
}

// An agent token is a secret that has no shape by which it could be known, and no more of
// it is kept than that there was one.
func TestNoAgentTokenIsKept(t *testing.T) {
	l := letterOf("POST /", http.Header{"Agent-Token": {"plainsecretword"}, "User-Agent": {"shop"}}, []string{"agent-token", "User-Agent"}, []byte("{}"), 2, apo.Masker{})
	if got := fmt.Sprint(l.Header); got != "[{agent-token ***} {User-Agent shop}]" {
		t.Error(got)
	}
}

// A card number is hidden wherever a merchant put it, and other numbers are not.
func TestNoNumberInABody(t *testing.T) {
	for body, want := range map[string]string{
		`{"referenceBuyerId":"4054695723100768"}`:                     `{"referenceBuyerId":"************0768"}`,
		`{"referenceBuyerId":"4054 6957 2310 0768"}`:                  `{"referenceBuyerId":"**** **** **** 0768"}`,
		`{"referenceBuyerId":"12-4054-6957-2310-0768-2"}`:             `{"referenceBuyerId":"12-****-****-****-0768-2"}`,
		`{"x":"\u0034054695723100768"}`:                               `{"x":"************0768"}`,
		`{"paymentId":"20261130" ,"n":4054695723100768}`:              `{"paymentId":"20261130" ,"n":************0768}`,
		`{"paymentId":"202611301940108001001884054695723100768"}`:     ``,
		`{"t":"2026-11-30T10:00:00+08:00","v":"1000","a":"12345678"}`: ``,
	} {
		if want == "" {
			want = body
		}
		if got := string(withoutNumbers([]byte(body))); got != want {
			t.Errorf("%s is shown as %s, want %s", body, got, want)
		}
	}
}

// The exchanges that a state keeps are the newest, and are there once somebody asks,
// though no commit of theirs took them along.
func TestExchangesAreBounded(t *testing.T) {
	t.Parallel()
	box, err := Open(Config{Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for i := range mostExchanges + 300 {
		box.store.heard.add(heard{Endpoint: "pay", Code: fmt.Sprint(i), ref: "a"})
		if i%200 == 0 {
			box.store.heard.add(heard{ref: "other"})
			if err := box.store.do(func(*tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := box.store.do(box.store.hearAll()); err != nil {
		t.Fatal(err)
	}
	var list []heard
	err = box.store.do(func(t *tx) (err error) {
		list, err = t.exchanges([]string{"a"}, 2)
		return err
	})
	if err != nil || len(list) != 2 || list[1].Code != fmt.Sprint(mostExchanges+299) {
		t.Errorf("the newest are %+v, %v", list, err)
	}
	var count int
	err = box.store.do(func(t *tx) error { return t.sql.row(`SELECT count(*) FROM exchanges`, nil, &count) })
	if err != nil || count != mostExchanges {
		t.Errorf("%d are kept, %v", count, err)
	}
}
