package journal

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Store keeps records, for many goroutines and processes at once, also inside a
// loop over Records. What a method wrote is durable when it returns; an error
// says that it wrote nothing. Where Begin fails, nothing may be sent.
type Store interface {
	// Begin writes a call down and claims it. ID, Time and State are its to set.
	//
	// allow, if not nil, is given the earlier records of the client ID that share a
	// number with this one, inquiries and notifications too, the newest first; no
	// other of them begins meanwhile. Where it returns an error nothing is written, and
	// Begin returns that error as it is.
	Begin(ctx context.Context, r Record, allow func(earlier []Record) error) (Record, error)

	// End writes down how a call ended. An ending that is not open releases the
	// claim. What was resolved meanwhile stays so.
	End(ctx context.Context, id int64, e Ending) error

	// Resolve writes down what became of an open call, and takes over the numbers
	// that the record By knows. Of a call that is not open any more it changes
	// nothing: the first word counts. But what was done is done: Succeeded
	// overrides any other end, and what is Contradicted opens a call again. The claim is
	// released where that closes the call.
	Resolve(ctx context.Context, id int64, r Resolution) error

	// Claim is for whoever is going to ask about an open call. It is not free
	// while somebody else is at it: another process, or another goroutine of this
	// one. A call that is closed is free; whoever has claimed one reads it again.
	Claim(ctx context.Context, id int64) (free bool, err error)

	// Release says that nobody is at a call any more. Whoever began or claimed
	// one and has not closed it calls it.
	Release(ctx context.Context, id int64) error

	// Receive writes a notification down that verified: Endpoint is
	// "notifyPayment" or the like, and Answer holds the body. The same one again,
	// of the same Notice and body, is not fresh, and nothing is written.
	Receive(ctx context.Context, r Record) (got Record, fresh bool, err error)

	// Payment are the records of one payment of a client ID in the order in which
	// they began: its pay, whatever was done with it, the inquiries, and the
	// notifications. Those of a refund may name the refund alone. Who has the same
	// number for another reason is not of this payment.
	Payment(ctx context.Context, clientID string, n apo.Numbers) ([]Record, error)

	// Records are those that are wanted, the newest first. An error is the last
	// that it yields.
	Records(ctx context.Context, f Filter) iter.Seq2[Record, error]

	// Sharing are the calls of a client ID that move something and share a number
	// with n, the newest first.
	Sharing(ctx context.Context, clientID string, n apo.Numbers) ([]Record, error)
}

// Archive is a Store that can look back.
type Archive interface {
	Store

	// Get returns one record; the error is [ErrNotFound] where there is none.
	Get(ctx context.Context, id int64) (Record, error)

	// Find returns the records that carry a number, or a number that begins so,
	// the newest first and without inquiries that found nothing. Of more than [MostFound]
	// not all are there, but, up to [MostPayments], of each payment that carries the number
	// one, and of each number that begins so. Where none carries it as it is written, those that carry it
	// in another case are there too; and where none begins so either, those that begin so
	// in another case.
	Find(ctx context.Context, number string) ([]Record, error)

	// Outcomes is Records for statistics and several times as fast: of a record
	// it yields no more than Time, Endpoint, Numbers.Acquirer, State, Outcome,
	// Result.Code, Timing.Total and Poll, of one that moves something Amount, of a capture
	// or refund its request ID and paymentId, and the answer or notification that tells of
	// one.
	Outcomes(ctx context.Context, f Filter) iter.Seq2[Record, error]

	// Prune removes records that ended before a time, never open ones, nor those
	// of payments whose authorization still waits for a capture, and returns how
	// many. Others can write meanwhile.
	Prune(ctx context.Context, before time.Time) (int64, error)
}

// ErrNotFound says that there is no record of an ID.
var ErrNotFound = errors.New("the journal has no such record")

// Filter says which records are wanted; the zero value wants all.
type Filter struct {
	Since    time.Time
	Before   time.Time
	Profile  string
	Endpoint string
	State    State
	Moving   bool   // no inquiries, and nothing that came to a listener
	Called   bool   // inquiries too, but nothing that came to a listener
	Open     bool   // of which it is not known what became of them
	Failed   bool   // that did not succeed, or came to a listener and did not verify
	LastFour string // paid with a card that ends so: "0768"
	Amount   apo.Amount
	AuthEnd  time.Time // payments authorized until then at the latest, and neither captured nor cancelled
	Limit    int       // newest; 0: all
}

// List is [Store].Records for few of them.
func List(ctx context.Context, s Store, f Filter) ([]Record, error) {
	var list []Record
	for r, err := range s.Records(ctx, f) {
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}
