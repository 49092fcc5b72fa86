package app

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
)

// SendFlags are those of every command that moves money.
type SendFlags struct {
	RequestID string
	named     bool // there is a flag for the request's ID
	live      bool
	confirm   string
	DryRun    bool
	again     bool
	Open      bool
	resolve   time.Duration
	Wait      time.Duration
}

// AddSendFlags adds them; idName is what a request's ID is called in its body:
// "captureRequestId", or "" where it has none.
func AddSendFlags(cmd *cobra.Command, m *SendFlags, idName string) {
	f := cmd.Flags()
	if m.named = idName != ""; m.named {
		f.StringVar(&m.RequestID, "request-id", "", "`ID` to send as "+idName+"; the same ID is the same request")
	}
	f.BoolVar(&m.live, "live", false, "allow this on a live profile")
	f.StringVar(&m.confirm, "confirm", "", "`amount` that moves, as confirmation on live: \"SGD 42.00\"")
	f.BoolVar(&m.DryRun, "dry-run", false, "show the request, masked, and send nothing")
	f.BoolVar(&m.again, "again", false, "do it although it looks like a repetition, or is more than is left")
	f.DurationVar(&m.resolve, "resolve", time.Minute, "`time` to ask what became of a request whose answer was lost; 0 does not ask")
	f.DurationVar(&m.resolve, "settle", time.Minute, "")
	_ = f.MarkHidden("settle") // its name of old
	f.DurationVar(&m.Wait, "wait", 0, "`time` to wait for a final state, as in --wait=90s")
	f.Lookup("wait").NoOptDefVal = "60s"
}

// Check finds what is wrong with the flags alone.
func (m SendFlags) Check() error {
	if m.resolve < 0 || m.Wait < 0 {
		return say.Fail(say.Usage, "--resolve and --wait take a time such as 60s")
	}
	if strings.HasPrefix(m.RequestID, "@") {
		return say.Fail(say.Usage, "--request-id %q begins as %s does, which stands for another request's; nothing was sent", m.RequestID, Last)
	}
	return nil
}
