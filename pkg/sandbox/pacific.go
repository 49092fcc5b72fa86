package sandbox

import "time"

// isoTime writes a time as the gateway does: to the second, with the offset that
// the Pacific coast of the United States has on its date, as in the guide's samples.
func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	offset := -8 * 60 * 60
	if inPacificSummer(t) {
		offset = -7 * 60 * 60
	}
	return t.In(time.FixedZone("", offset)).Format(time.RFC3339)
}

// inPacificSummer reports whether clocks there are an hour ahead: from the second
// Sunday of March at 2:00 to the first of November at 2:00, by the law of 2007. It is
// reckoned, so that no machine's list of zones changes what is signed.
func inPacificSummer(t time.Time) bool {
	u := t.UTC()
	year := u.Year()
	begin, end := sunday(year, time.March, 8).Add(10*time.Hour), sunday(year, time.November, 1).Add(9*time.Hour)
	if year < 2007 {
		begin, end = sunday(year, time.April, 1).Add(10*time.Hour), sunday(year, time.October, 25).Add(9*time.Hour)
	}
	if year < 1987 {
		begin = sunday(year, time.April, 24).Add(10 * time.Hour)
	}
	return !u.Before(begin) && u.Before(end)
}

// sunday is the beginning of the first Sunday on or after a day, in UTC.
func sunday(year int, month time.Month, day int) time.Time {
	first := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (7-int(first.Weekday()))%7)
}
