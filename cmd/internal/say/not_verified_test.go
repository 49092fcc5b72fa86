package say

import (
	"errors"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/notify"
)

// What cannot be read is not called verified beside a verdict that says it is not.
func TestNotVerifiedIsNotCalledVerified(t *testing.T) {
	if text := notVerified(&notify.Unreadable{Err: errors.New("the key comes twice")}); strings.HasPrefix(text, "verified") || !strings.Contains(text, "the key comes twice") {
		t.Error(text)
	}
}
