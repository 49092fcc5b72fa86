package say

import (
	"fmt"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// When is a time for people, in their own zone, which it names:
// "2026-11-30 17:08:24 +08:00", "2026-11-30 09:08:24 UTC".
func When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05") + " " + zoneOf(t.Local())
}

func zoneOf(t time.Time) string {
	if _, offset := t.Zone(); offset == 0 {
		return "UTC"
	}
	return t.Format("-07:00")
}

// WhenText is When of a time as APO writes it; what is none stays as it is.
func WhenText(text string) string {
	t, err := apo.ParseTime(text)
	if err != nil {
		return text
	}
	return When(t)
}

// later is how much time went by between two events: "+16 ms", "+2.3 s",
// "+4 min 05 s", "+1 h 04 min", "+3 d 02 h". A clock that was set back says so by
// its sign.
func later(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	switch {
	case d < 950*time.Millisecond:
		return fmt.Sprintf("%s%d ms", sign, d.Milliseconds())
	case d < time.Minute-50*time.Millisecond:
		return fmt.Sprintf("%s%.1f s", sign, d.Seconds())
	case d < time.Hour-time.Second/2:
		d = d.Round(time.Second)
		return fmt.Sprintf("%s%d min %02d s", sign, int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour-time.Minute/2:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%s%d h %02d min", sign, int(d.Hours()), int(d.Minutes())%60)
	}
	d = d.Round(time.Hour)
	return fmt.Sprintf("%s%d d %02d h", sign, int(d.Hours())/24, int(d.Hours())%24)
}
