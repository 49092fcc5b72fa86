package notify

import (
	"errors"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// Verifier verifies notifications. It is safe for concurrent use.
type Verifier struct {
	// Keys are Antom's, from the dashboard. While a key is replaced there are two:
	// what either of them signed verifies. None verifies nothing.
	Keys     []*sign.PublicKey
	ClientID string // the receiver's own; empty: any client's notification is its own

	// MaxAge is how far the signed time of a notification may be from now before
	// Notification.Stale says so; zero: any time will do. Deliveries go on for a day
	// and more, and nobody says that a later one has a later time: below 25 hours
	// it makes stale what APO itself sends again.
	MaxAge time.Duration
	Now    func() time.Time // nil: time.Now
}

// Unverified says that a signature does not verify. It holds what package
// diagnose needs to find out why. Its text has no part of the message.
type Unverified struct {
	Message   sign.Message // as it was given; nobody vouches for it
	Signature string
	Err       error // wraps [sign.ErrMismatch] or [sign.ErrHeader]
}

func (u *Unverified) Error() string { return u.Err.Error() }
func (u *Unverified) Unwrap() error { return u.Err }

// Unreadable says that a signature verifies and the body is not strict JSON:
// readers disagree about what it says, so nobody may act upon it.
type Unreadable struct{ Err error }

func (u *Unreadable) Error() string {
	return "verified, but the body is not strict JSON: " + u.Err.Error()
}
func (u *Unreadable) Unwrap() error { return u.Err }

// ErrNoKey says that a Verifier has no key.
var ErrNoKey = errors.New("there is no key of Antom's to verify with")

// Verify checks the signature of a notification and reads it. m has the raw body
// and the headers as they came, and as its Path the address as it stood in the
// request line. signature is the whole header, or the value behind signature=
// alone.
//
// Antom signs the path alone; some write of path and query. Either verifies. If
// the signature does not cover the query, Notification.QueryUncovered says so,
// and the query is not handed on.
//
// A notification for another client ID verifies, too: Antom signs those of many
// accounts. Notification.OtherClient says so; it is not the receiver's news.
//
// The error is an *[Unverified], or an *[Unreadable]: with that one comes what is
// known of the message beside its body. Any other error is about the keys.
func (v Verifier) Verify(m sign.Message, signature string) (Notification, error) {
	uri, err := v.covered(m, signature)
	if err != nil {
		return Notification{}, err
	}
	n, err := Read(m.Body)
	if err != nil {
		err = &Unreadable{err}
	}
	n.ClientID, n.Time, n.URI = m.ClientID, m.Time, uri
	n.OtherClient = v.ClientID != "" && v.ClientID != m.ClientID
	n.QueryUncovered = uri != m.Path
	n.Stale = v.stale(m.Time)
	return n, err
}

// covered returns as much of the address as the signature covers.
func (v Verifier) covered(m sign.Message, signature string) (string, error) {
	h, err := sign.ReadHeader(signature)
	if err != nil {
		return "", unverified(m, signature, err)
	}
	alone := m
	path, _, found := strings.Cut(m.Path, "?")
	alone.Path = path
	err = ErrNoKey
	for _, key := range v.Keys {
		if err = h.Verify(key, m); err == nil {
			return m.Path, nil
		}
		if found && errors.Is(err, sign.ErrMismatch) && h.Verify(key, alone) == nil {
			return path, nil
		}
	}
	return "", unverified(m, signature, err)
}

// unverified is an error about the message as an *Unverified; one about a key is
// none.
func unverified(m sign.Message, signature string, err error) error {
	if errors.Is(err, sign.ErrMismatch) || errors.Is(err, sign.ErrHeader) {
		return &Unverified{Message: m, Signature: signature, Err: err}
	}
	return err
}

func (v Verifier) stale(signed string) bool {
	if v.MaxAge == 0 {
		return false
	}
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	at, err := apo.ParseTime(signed)
	return err != nil || now().Sub(at).Abs() > v.MaxAge
}
