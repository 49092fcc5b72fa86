package say

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// Of a request in doubt the advice of a success is not repeated: that nothing is to
// be done would be false.
func TestInDoubtIsNotAdvisedAsASuccess(t *testing.T) {
	for code, advised := range map[string]bool{"SUCCESS": false, "SYSTEM_ERROR": true} {
		answer := &apo.Answer{Result: apo.Result{Code: code}}
		f := Words{}.InDoubt(operate.Result{Answer: answer, Outcome: apo.InDoubt})
		if got := strings.Contains(strings.Join(f.Next, "\n"), code+": "); got != advised {
			t.Errorf("%s: %q", code, f.Next)
		}
	}
}
