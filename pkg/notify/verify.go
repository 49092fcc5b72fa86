package notify

import (
	"errors"
	"strings"

	"github.com/apo-cli/apo/pkg/sign"
)

// Verifier verifies notifications. It is safe for concurrent use.
type Verifier struct {
	Key      *sign.PublicKey // Antom's, from the dashboard
	ClientID string          // the receiver's own; empty: any client's notification is its own
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
// known of the message beside its body. Any other error is about the key.
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
	return n, err
}

// covered returns as much of the address as the signature covers.
func (v Verifier) covered(m sign.Message, signature string) (string, error) {
	h, err := sign.ReadHeader(signature)
	if err == nil {
		err = h.Verify(v.Key, m)
	}
	if err == nil {
		return m.Path, nil
	}
	if path, _, found := strings.Cut(m.Path, "?"); found && errors.Is(err, sign.ErrMismatch) {
		alone := m
		alone.Path = path
		if h.Verify(v.Key, alone) == nil {
			return path, nil
		}
	}
	if errors.Is(err, sign.ErrMismatch) || errors.Is(err, sign.ErrHeader) {
		err = &Unverified{Message: m, Signature: signature, Err: err}
	}
	return "", err
}
