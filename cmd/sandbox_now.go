package cmd

import (
	"sync"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// boxClock tells the time in the sandbox of the profile local, which may have been
// moved since it was asked last. It is safe for concurrent use.
type boxClock struct {
	run *app.Run

	mu  sync.Mutex
	box *sandbox.Sandbox // once it was asked for
}

// now is that time; known is false where the sandbox cannot tell.
func (c *boxClock) now() (now time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.box == nil {
		box, err := sandboxOf(c.run, &serve.Options{}).Open()
		if err != nil {
			return time.Time{}, false
		}
		c.box = box
	}
	clock, err := c.box.Clock()
	return clock.Now(c.run.Now()), err == nil
}

func (c *boxClock) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.box != nil {
		_ = c.box.Close()
	}
}
