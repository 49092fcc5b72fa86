package sandbox

import (
	"fmt"
	"time"
)

// Clock is the time of a sandbox. It goes with the real one until it is moved,
// frozen or made faster.
type Clock struct {
	Real  time.Time // a moment of the real clock …
	Box   time.Time // … and what the sandbox's said then
	Speed float64   // how much faster it goes; 0: it stands still

	// From is what it said before it was moved, if what came due on the way from
	// there to Box was not delivered since.
	From time.Time `json:",omitzero"`

	Configured bool `json:",omitempty"` // a Config chose the speed, and Forget undoes it
}

// Now is what the clock says at a moment of the real one.
func (c Clock) Now(real time.Time) time.Time {
	if c.Real.IsZero() {
		return real
	}
	gone := float64(real.Sub(c.Real)) * c.Speed
	if end := latest(); gone >= float64(end.Sub(c.Box)) {
		return end.In(c.Box.Location())
	}
	return c.Box.Add(time.Duration(gone))
}

// earliest and latest are as far as a clock goes: the state counts the
// nanoseconds since 1970, of which an int64 holds no more than 292 years.
func earliest() time.Time { return time.Unix(0, 0) }
func latest() time.Time   { return time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) }

// Natural reports whether it is the real clock, never moved. By any other one
// what is late happened when it was due.
func (c Clock) Natural() bool { return c.Real.IsZero() }

// after is the clock that goes on from here in another way.
func (c Clock) after(real, box time.Time, speed float64) Clock {
	return Clock{Real: real.Round(0), Box: box.Round(0), Speed: speed, Configured: c.Configured}
}

// speed is how fast it goes.
func (c Clock) speed() float64 {
	if c.Real.IsZero() {
		return 1
	}
	return c.Speed
}

// until is the real time that passes before the clock says then; ok is false
// where it stands still.
func (c Clock) until(real, then time.Time) (wait time.Duration, ok bool) {
	left := then.Sub(c.Now(real))
	if left <= 0 {
		return 0, true
	}
	if c.speed() == 0 {
		return 0, false
	}
	return time.Duration(float64(left) / c.speed()), true
}

// maxSpeed is as fast as a clock goes: a year in eight seconds.
const maxSpeed = 4e6

func (c Clock) check() error {
	if !c.Box.IsZero() && (c.Box.Before(earliest()) || c.Box.After(latest())) {
		return outside(c.Box)
	}
	if !(c.Speed >= 0 && c.Speed <= maxSpeed) { // no number is neither
		return fmt.Errorf("a clock goes between 0 and %d times as fast as the real one", int(maxSpeed))
	}
	return nil
}

func outside(t time.Time) error {
	return fmt.Errorf("a clock goes from 1970 to the end of 2199, so not to %s", t.UTC().Format(time.RFC3339))
}

// Clock returns the sandbox's clock as it goes now.
func (s *Sandbox) Clock() (Clock, error) {
	var c Clock
	err := s.store.look(func(t *tx) error { c = t.clock; return nil })
	return c, err
}

// Now is the time in the sandbox.
func (s *Sandbox) Now() time.Time { return s.store.clock.Load().Now(s.real()) }

// Advance moves the clock forward. Whatever is due on the way happens, in its
// order; notifications are delivered by whoever delivers them.
func (s *Sandbox) Advance(by time.Duration) error {
	if by < 0 {
		return fmt.Errorf("a clock cannot go back; it can be set")
	}
	return s.setClock(func(c Clock, real time.Time) Clock { return c.after(real, c.Now(real).Add(by), c.speed()) })
}

// SetTime sets the clock, which goes on from there as fast as before.
func (s *Sandbox) SetTime(to time.Time) error {
	if to.IsZero() { // a Clock says with it that it was not set
		return outside(to)
	}
	return s.setClock(func(c Clock, real time.Time) Clock { return c.after(real, to, c.speed()) })
}

// SetSpeed makes the clock go so many times as fast as the real one; 0 freezes
// it.
func (s *Sandbox) SetSpeed(speed float64) error {
	return s.setClock(func(c Clock, real time.Time) Clock {
		c.Configured = false
		return c.after(real, c.Now(real), speed)
	})
}

// jumpsFrom is where the past begins when the clock is moved now: here, or where it
// began before, if that is not made up for.
func (t *tx) jumpsFrom(real time.Time) (from time.Time, err error) {
	from = t.clock.Now(real).Round(0)
	if t.moved { // twice in one transaction: nothing has happened in between
		return t.clock.From, nil
	}
	if t.clock.From.IsZero() {
		return from, nil
	}
	var left bool
	err = t.sql.row(`SELECT EXISTS (SELECT 1 FROM notifications WHERE due >= ? AND due < ?)`, []any{t.clock.From.UnixNano(), t.clock.Box.UnixNano()}, &left)
	if left {
		from = t.clock.From
	}
	return from, err
}

func (s *Sandbox) setClock(change func(c Clock, real time.Time) Clock) error {
	err := s.store.do(func(t *tx) (err error) {
		real := s.real()
		c := change(t.clock, real)
		if err := c.check(); err != nil {
			return err
		}
		if c.From, err = t.jumpsFrom(real); err != nil {
			return err
		}
		t.clock = c                // for who moves it in the same transaction
		t.moved = true             // for whom comes next: time has not caught up yet
		t.planned(time.Unix(0, 1)) // who waits for something must think again
		return t.setting("clock", c)
	})
	if err != nil {
		return err
	}
	// Before any other work time catches up, a part at a time.
	return s.store.do(func(*tx) error { return nil })
}
