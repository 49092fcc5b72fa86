package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

func clockRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/clock", "What the clock says, and how fast it goes", func(s *Sandbox, _ controlCall, _ none) (ClockFacts, error) { return s.clockFacts(true) }),
		on("PUT", "/clock", "Set the clock, or how many times as fast as the real one it goes; 0 freezes it", controlSetClock),
		on("POST", "/clock/advance", "Move the clock forward, and answer when all that is due by then has been delivered", controlAdvance),
		on("POST", "/wait", "Answer when all that is due has been delivered, or when the time for it is over", controlWait),
	}
}

// ClockFacts are what the control API tells of a clock.
type ClockFacts struct {
	Time      string  `json:"time"` // RFC 3339
	Speed     float64 `json:"speed"`
	Moved     bool    `json:"moved"`     // it is not the real one
	Delivered bool    `json:"delivered"` // all that is due, as far as was waited for
}

func (s *Sandbox) clockFacts(delivered bool) (ClockFacts, error) {
	c, err := s.Clock()
	return ClockFacts{c.Now(s.real()).UTC().Format(time.RFC3339Nano), c.speed(), !c.Natural(), delivered}, err
}

// ClockSetting is what the control API sets a clock to.
type ClockSetting struct {
	Time  string   `json:"time,omitempty"`  // RFC 3339, or now
	Speed *float64 `json:"speed,omitempty"` // 0: it stands still
	Wait  *bool    `json:"wait,omitempty"`  // until all that is due has been delivered; so unless it is false
}

func controlSetClock(s *Sandbox, c controlCall, in ClockSetting) (ClockFacts, error) {
	to := s.real()
	var err error
	if in.Time != "" && in.Time != "now" {
		if to, err = apo.ParseTime(in.Time); err != nil {
			return ClockFacts{}, badRequest("%q is not a time such as 2026-01-01T00:00:00Z, nor now", excerpt(in.Time, 40))
		}
	}
	if in.Time == "" && in.Speed == nil {
		return ClockFacts{}, badRequest("give time, speed or both")
	}
	return s.moveClock(c.Context(), in.Wait, func() error {
		if in.Time != "" {
			if err := s.SetTime(to); err != nil {
				return err
			}
		}
		if in.Speed != nil {
			return s.SetSpeed(*in.Speed)
		}
		return nil
	})
}

// ClockAdvance is how far the control API moves a clock forward.
type ClockAdvance struct {
	By   string `json:"by"` // "90s", "26h", "8d"
	Wait *bool  `json:"wait,omitempty"`
}

func controlAdvance(s *Sandbox, c controlCall, in ClockAdvance) (ClockFacts, error) {
	by, err := ParseDuration(in.By)
	if err != nil {
		return ClockFacts{}, asBad(err)
	}
	return s.moveClock(c.Context(), in.Wait, func() error { return s.Advance(by) })
}

// moveClock changes the clock between deliveries of what is due by then and of what has
// come due.
func (s *Sandbox) moveClock(ctx context.Context, wait *bool, change func() error) (ClockFacts, error) {
	waits := wait == nil || *wait
	if waits {
		if _, err := s.DeliverDue(ctx); err != nil {
			return ClockFacts{}, err
		}
	}
	if err := change(); err != nil {
		return ClockFacts{}, asBad(err)
	}
	if !waits {
		return s.clockFacts(false)
	}
	err := s.AwaitDeliveries(ctx)
	if err != nil && !errors.Is(err, ErrPaidOn) {
		return ClockFacts{}, err
	}
	return s.clockFacts(err == nil)
}

type patience struct {
	Timeout string `json:"timeout,omitempty"` // "30s" unless given; at most ten minutes
}

func controlWait(s *Sandbox, c controlCall, in patience) (ClockFacts, error) {
	long := 30 * time.Second
	if in.Timeout != "" {
		var err error
		if long, err = ParseDuration(in.Timeout); err != nil {
			return ClockFacts{}, asBad(err)
		}
	}
	ctx, stop := context.WithTimeout(c.Context(), min(long, 10*time.Minute))
	defer stop()
	err := s.AwaitDeliveries(ctx)
	if err != nil && ctx.Err() == nil {
		return ClockFacts{}, err
	}
	return s.clockFacts(err == nil)
}

// ParseDuration reads a length of time, in days too: "90s", "26h", "8d", "1d12h".
func ParseDuration(text string) (time.Duration, error) {
	wrong := fmt.Errorf("%q is not a length of time such as 90s, 26h or 8d, of 100 years at most", excerpt(text, 40))
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	}
	n, err := strconv.ParseFloat(days, 64)
	if err != nil || !(n >= 0 && n <= 36500) {
		return 0, wrong
	}
	by := time.Duration(n * 24 * float64(time.Hour))
	if found && rest == "" {
		return by, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, wrong
	}
	return by + more, nil
}
