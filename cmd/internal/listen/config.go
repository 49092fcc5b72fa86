// Package listen is the ear of apo: it receives notifications over HTTP, verifies
// the raw bytes, writes them down, hands them on and gives the sender the answer.
// It has no words: what happened is told as events.
package listen

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// Ack says what the sender is answered.
type Ack string

const (
	AckForward Ack = "forward" // what the target answered; without a target what verified is acknowledged
	AckAlways  Ack = "always"  // what verified is acknowledged, whatever the target does
	AckNever   Ack = "never"   // nothing is, so that it comes again
)

// Acks are all of them.
func Acks() []Ack { return []Ack{AckForward, AckAlways, AckNever} }

// Config says how to listen.
type Config struct {
	Verifier notify.Verifier
	Account  journal.Account // whose listener it is
	Inbox    Inbox

	Path string // that alone is received; "" or "/": any
	Ack  Ack

	// Target is where what was received goes. A path in it stands as it is; without
	// one that of the message is used. nil: nowhere.
	Target  *url.URL
	Client  *http.Client  // for Target
	Timeout time.Duration // of the target; 0: none

	Command     []string // takes the body instead of a target; empty: none
	Environment []string // of the command

	// Output takes what the command prints, line by line: it may print what came. nil:
	// standard error.
	Output io.Writer

	DropInvalid bool          // what does not verify, or is another client's, is not handed on
	Kinds       []notify.Kind // these alone are handed on and told; empty: all

	Knows Knowing

	// SenderNow is the clock of who sends, where it is known; nil: it is Now's. A time
	// that is far from Now's is held against it.
	SenderNow func() (now time.Time, known bool)

	Tell func(Event) // one at a time
	Now  func() time.Time

	CheckEvery time.Duration // the listener asks itself whether it still receives; 0: each minute
}

// Inbox keeps what came, as [journal.Inbox] does.
type Inbox interface {
	Take(ctx context.Context, came []journal.Reception) ([]journal.Reception, error)
	Delivered(ctx context.Context, list []journal.Delivery) error
}

// Knowing is what a listener asks about what came.
type Knowing interface {
	// Diagnose finds out why a message does not verify. It is called for one message
	// at a time.
	Diagnose(ctx context.Context, m sign.Message, signature string, header http.Header) say.Verification
	// Heard are the facts of a notification, once it is written down; record is 0
	// where it is not.
	Heard(ctx context.Context, n notify.Notification, record int64) say.Verified
	// PaymentOf names the payment in whose order a notification is handled: its
	// paymentId, or what else is known of it.
	PaymentOf(ctx context.Context, n notify.Notification) string
}

// Message is one message as it came.
type Message struct {
	sign.Message
	Signature string
	Header    http.Header
}

// Event is what happened. One of the two is set.
type Event struct {
	Received  *Received
	Delivered *Delivered
	Trouble   error // with a connection or the journal; nothing was acknowledged
}

// Received is a message that came. Of what verified the body is not kept here, for
// many may wait to be told of.
type Received struct {
	Reception    journal.Reception   // its ID is 0 where it was not written down
	News         notify.Notification // the zero value where it did not verify
	Err          error               // it did not verify, or cannot be read
	Cause        string              // why it did not verify; "" where nobody had the time to find out
	Found        *say.Verification   // of what did not verify; nil where there is no more than the cause
	Facts        say.Verified        // of what verified
	Refused      error               // it was not acknowledged, and not handed on: the journal cannot be written
	Acknowledged bool                // by the listener itself: no target was asked
	HandedOn     bool                // a target is given it: a Delivered follows
	Message      Message
	Again        time.Duration // until the sender sends it once more; 0: never
}

// Delivered is a message that a target was given.
type Delivered struct {
	Reception journal.Reception
	News      notify.Notification
	Delivery  journal.Delivery
	Judgement notify.Judgement // of what the sender was answered
	Sent      int              // the status that the sender was answered
	Again     time.Duration    // until the sender sends it once more; 0: never
	OtherPath string           // that the target saw, where the signature is over another

	WithoutQuery bool // the query, which nobody signed, was not handed on
}

// Answered says how the sender was answered by the listener itself: "acknowledged" or
// "refused"; "" where a target answers.
func (r Received) Answered() string {
	switch {
	case r.Acknowledged:
		return "acknowledged"
	case r.HandedOn:
		return ""
	}
	return "refused"
}
