package say

import (
	"testing"
	"time"
)

func TestLater(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                            "+0 ms",
		16 * time.Millisecond:        "+16 ms",
		949 * time.Millisecond:       "+949 ms",
		950 * time.Millisecond:       "+0.9 s",
		2300 * time.Millisecond:      "+2.3 s",
		59960 * time.Millisecond:     "+1 min 00 s",
		245 * time.Second:            "+4 min 05 s",
		3599600 * time.Millisecond:   "+1 h 00 min",
		64 * time.Minute:             "+1 h 04 min",
		24*time.Hour - time.Second:   "+1 d 00 h",
		74 * time.Hour:               "+3 d 02 h",
		-1500 * time.Millisecond:     "-1.5 s",
		100*24*time.Hour + time.Hour: "+100 d 01 h",
	} {
		if got := later(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestZones(t *testing.T) {
	at := time.Date(2026, 11, 30, 9, 8, 24, 0, time.UTC)
	for zone, want := range map[*time.Location]string{
		time.UTC: "UTC", time.FixedZone("SGT", 8*3600): "+08:00", time.FixedZone("", -(3*3600 + 1800)): "-03:30",
	} {
		if got := zoneOf(at.In(zone)); got != want {
			t.Errorf("%s: %q, want %q", zone, got, want)
		}
	}
	if got := When(time.Time{}); got != "" {
		t.Errorf("no time is %q", got)
	}
}
