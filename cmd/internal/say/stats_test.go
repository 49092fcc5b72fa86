package say

import (
	"strings"
	"testing"
)

// All is said of all alone, and none of none.
func TestSharesAreNotRoundedToAllOrNone(t *testing.T) {
	for _, c := range []struct {
		share   float64
		percent string
		full    int // of the bar's ten
	}{
		{0, "0.0%", 0},
		{1, "100.0%", 10},
		{0.5, "50.0%", 5},
		{9999. / 10000, "99.9%", 9},
		{1. / 10000, "0.1%", 1},
		{0.96, "96.0%", 9},
		{0.04, "4.0%", 1},
	} {
		if got, full := percent(c.share), strings.Count(bar(c.share), "█"); got != c.percent || full != c.full {
			t.Errorf("%v: %s, %d of ten; want %s, %d", c.share, got, full, c.percent, c.full)
		}
	}
	if got := codesOf(map[string]int{"": 2, "SUCCESS": 5, "DO_NOT_HONOR": 2}); got != "SUCCESS 5, DO_NOT_HONOR 2, no answer 2" {
		t.Errorf("%s", got)
	}
}
