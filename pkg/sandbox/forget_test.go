package sandbox_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// What a Config said of the clock ends with it; what was asked for since stays.
func TestForgetClock(t *testing.T) {
	for name, c := range map[string]struct {
		configured float64
		since      func(*sandbox.Sandbox) error
		want       float64
	}{
		"a speed of the Config ends":          {3600, func(*sandbox.Sandbox) error { return nil }, 1},
		"and so it does after a move":         {3600, func(box *sandbox.Sandbox) error { return box.Advance(3600e9) }, 1},
		"a speed that was set since stays":    {3600, func(box *sandbox.Sandbox) error { return box.SetSpeed(60) }, 60},
		"a clock that was frozen stays so":    {0, func(box *sandbox.Sandbox) error { return box.SetSpeed(0) }, 0},
		"a clock that was moved goes on":      {0, func(box *sandbox.Sandbox) error { return box.Advance(3600e9) }, 1},
		"frozen in spite of the Config stays": {3600, func(box *sandbox.Sandbox) error { return box.SetSpeed(0) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, Speed: c.configured})
			if err != nil {
				t.Fatal(err)
			}
			defer box.Close()
			if err := c.since(box); err != nil {
				t.Fatal(err)
			}
			if err := box.Forget(); err != nil {
				t.Fatal(err)
			}
			if clock, err := box.Clock(); err != nil || clock.Speed != c.want || clock.Configured {
				t.Errorf("%+v, %v", clock, err)
			}
		})
	}
}
