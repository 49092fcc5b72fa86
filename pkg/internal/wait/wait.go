// Package wait lets time pass, for as long as somebody still wants to wait.
package wait

import (
	"context"
	"time"
)

// For waits, and reports whether it did so to the end: false, if ctx ended before.
func For(ctx context.Context, long time.Duration) bool {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
