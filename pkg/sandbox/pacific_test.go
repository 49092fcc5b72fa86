package sandbox

import (
	"testing"
	"time"
	_ "time/tzdata" // of the test alone: to hold the reckoning against
)

// Each hour of 1976 to 2199 has the offset that the tables of zones give it.
func TestPacificTimes(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	step := 12 * time.Hour
	for at := time.Date(1976, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2200; at = at.Add(step) {
		if got, want := isoTime(at), at.In(zone).Format(time.RFC3339); got != want {
			t.Fatalf("%s is written %s, want %s", at, got, want)
		}
	}
	for _, year := range []int{1980, 2006, 2007, 2025, 2026, 2100} {
		for at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == year; at = at.Add(time.Hour) {
			if got, want := isoTime(at.Add(-time.Second)), at.Add(-time.Second).In(zone).Format(time.RFC3339); got != want {
				t.Fatalf("%s is written %s, want %s", at, got, want)
			}
		}
	}
	if got := isoTime(time.Time{}); got != "" {
		t.Errorf("no time is written %q", got)
	}
}
