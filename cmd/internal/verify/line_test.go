package verify

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// No field of a line is printed as it came, whether the message verified or not.
func TestLineIsMasked(t *testing.T) {
	const card = "4054695723100768"
	for name, v := range map[string]say.Line{
		"code":     {Verified: true, Notice: &say.Notice{ResultCode: card}},
		"status":   {Verified: true, Notice: &say.Notice{ResultStatus: card}},
		"an error": {Verified: true, Error: `the key "` + card + `" comes twice`},
		"unread":   {Error: "the key \"4054\u00a06957\u00a02310\u00a00768\" comes twice"},
	} {
		c := line{verdict: v}
		c.encode(apo.Masker{})
		if text := string(c.text); strings.Contains(text, "6957") || !strings.Contains(text, "0768") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
