package wait_test

import (
	"context"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/internal/wait"
)

func TestWaitingEndsWithTheTimeOrTheContext(t *testing.T) {
	if !wait.For(t.Context(), time.Microsecond) {
		t.Error("a wait to its end is told as one that was interrupted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if wait.For(ctx, time.Hour) {
		t.Error("a wait that was interrupted is told as one to its end")
	}
}
