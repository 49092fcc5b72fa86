package journal

import (
	"context"
	"iter"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// Inbox keeps what comes to a listener, and what became of its delivery to a
// target, for many goroutines and processes at once. What a method wrote is
// durable when it returns; an error says that it wrote nothing.
type Inbox interface {
	// Take writes down what came, all of it in one transaction: whoever batches
	// what waits pays for one sync of the disk. It returns the receptions in their
	// order, with ID, Record, Attempt, Fresh, Others and Masked filled in. Only then
	// may they be acknowledged.
	//
	// A notification gets a record as [Store].Receive makes one, and so do
	// both together only one. Every other message gets a record of its own, which
	// carries no number and no body, so that nothing takes it for news.
	Take(ctx context.Context, came []Reception) ([]Reception, error)

	// Delivered writes down what became of deliveries, all in one transaction;
	// nothing of a reception that was pruned meanwhile.
	Delivered(ctx context.Context, list []Delivery) error

	// Receptions are those of records, such as the notifications of one payment,
	// with their deliveries, the oldest first: the newest [MostReceptions] of them.
	// Attempt tells of more.
	Receptions(ctx context.Context, records ...int64) ([]Reception, error)

	// NotReceived yields, of all news that a target was given since a time
	// in vain, and that none has ever received, the newest reception, without its
	// deliveries, in the order in which they came. An error is the last that it
	// yields.
	NotReceived(ctx context.Context, since time.Time) iter.Seq2[Reception, error]
}

// MostReceptions is how many receptions are told of at once. Whoever saw one
// notification can send it a million times.
const MostReceptions = 1000

// MostOthers is how far [Reception].Others is counted.
const MostOthers = 256

// Reception is one message that came to a listener, verified or not. [Inbox].Take
// does not keep the values of headers that hold secrets.
type Reception struct {
	Time    time.Time // when it came, to the millisecond
	Account           // whose listener it came to; of a notification that was known before, whose record it has

	Method, Target string   // as they came: "POST", "/hooks/apo?shop=1"
	Headers        []Header // all, in their order
	Body           []byte   // the raw bytes

	Verified    bool
	Cause       string // why it did not verify, or is not to be acted upon: the word of a diagnosis
	OtherClient bool   // it verified, and is for another client ID: no news of ours
	Stale       bool   // its request-time is older than a listener takes
	Kind        notify.Kind

	// What a notification says of itself. Of what is none they are not kept.
	Notice Notice
	Result apo.Result
	Amount apo.Amount

	ID, Record int64 // its own, and its record's, which is its number in the log
	Attempt    int   // the how many-th reception of the same news it is, 1, 2, …: whenever it was signed, and whichever record has it
	Fresh      bool  // Take says: it is a notification that nobody had written down before, and has a new record
	Others     int   // of news: how many other records carry one of its numbers, as far as [MostOthers]; 0: nothing else is known of its payment
	Masked     Masked

	Deliveries []Delivery // as [Inbox].Receptions returns them
}

// IsNews reports whether it is a notification for this client ID that verified.
func (r Reception) IsNews() bool { return r.Verified && !r.OtherClient }

// Header is one header of a message, as it came.
type Header struct{ Name, Value string }

// Masked says why a body is not kept byte for byte, nor with it what was signed;
// empty where it is.
type Masked string

// All of them.
const (
	MaskedUnverified Masked = "unverified" // whatever it holds, nobody vouches for it; at most 16 KiB are kept
	MaskedCard       Masked = "holds a card number"
	MaskedSecret     Masked = "holds a secret" // such as a card token
)

// Delivery is one try to hand a reception to a target.
type Delivery struct {
	Reception int64 // ID
	Time      time.Time
	URL       string
	Status    int    // HTTP; 0: no answer came
	Answer    []byte // its beginning; masked, and at most 4 KiB are kept
	Received  bool   // APO would count it as received
	Why       string // why not
	Took      time.Duration
	Resigned  bool // it was signed anew, with another key
}
