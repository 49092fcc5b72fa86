package serve

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// A program that was tried by hand runs under apo sandbox run as it is.
func TestSnippetsReadWhatAProgramGets(t *testing.T) {
	exported := strings.Join(Environment(nil, "", "", Credentials{}), " ")
	name := regexp.MustCompile(`\b[A-Z]+(?:_[A-Z]+)*_(?:KEY|URL)\b`)
	languages := 0
	for _, s := range say.SDKs() {
		if s.Secure { // apo sandbox run has no certificate
			continue
		}
		text := strings.Join(s.Lines(say.SDKGateway{URL: s.Gateway, Host: "127.0.0.1", Port: "4242"}, ""), "\n")
		for _, used := range name.FindAllString(text, -1) {
			if !strings.Contains(exported, used+"=") {
				t.Errorf("%s reads %s, which apo sandbox run does not export", s.Language, used)
			}
		}
		languages++
		if len(name.FindAllString(text, -1)) < 3 || !strings.Contains(text, "GATEWAY_URL") {
			t.Errorf("%s: no names in\n%s", s.Language, text)
		}
	}
	if languages < 3 {
		t.Errorf("%d languages were looked at", languages)
	}
}

// A program beside a sandbox hears nothing of the one that apo was told of.
func TestEnvironmentIsTheSandboxsOwn(t *testing.T) {
	t.Parallel()
	got := Environment([]string{"PATH=/bin", "APO_PROFILE=live", "APO_GATEWAY=sea"}, "home", "http://127.0.0.1:1/", Credentials{Gateway: "http://127.0.0.1:2"})
	for _, want := range []string{"PATH=/bin", "APO_HOME=home", "APO_GATEWAY=http://127.0.0.1:2", "APO_NOTIFY_URL=http://127.0.0.1:1/"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
	for _, pair := range got {
		if pair == "APO_PROFILE=live" || pair == "APO_GATEWAY=sea" {
			t.Errorf("%s was left", pair)
		}
	}
}

func TestTranscriptHasTheNewest(t *testing.T) {
	t.Parallel()
	var asked Transcript
	for range 501 {
		asked.Add(sandbox.Event{Delivery: true})
	}
	for i := range 501 {
		asked.Add(sandbox.Event{Endpoint: []string{"pay", "capture"}[min(i, 1)]})
	}
	count, newest := asked.Requests()
	if count != 501 || len(newest) != 500 || newest[0].Endpoint != "capture" {
		t.Errorf("%d requests, %d kept, the first %+v", count, len(newest), newest[0])
	}
}
