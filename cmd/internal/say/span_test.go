package say

import (
	"testing"
	"time"
)

// What is left of a time is never said to be more than it is.
func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		40 * time.Second:                    "40s",
		119*time.Second + 900*1e6:           "1m59s",
		119 * time.Minute:                   "119m",
		47*time.Hour + 59*time.Minute:       "47h",
		48 * time.Hour:                      "2 days",
		61*time.Hour + 59*time.Minute:       "2 days 13 h",
		7*24*time.Hour - time.Nanosecond:    "6 days 23 h",
		7*24*time.Hour + 1*time.Millisecond: "7 days",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
