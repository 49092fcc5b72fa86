package verify

import (
	"errors"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// Examined is a message after its signature was looked at.
type Examined struct {
	Message sign.Message // as it was given; if it verifies, the one that does

	header string
	from   received.Message
	news   notify.Notification // if it verifies
	err    error               // it does not verify, or is unreadable
}

// Verified reports whether the signature verifies, whatever the body is.
func (c Examined) Verified() bool { return c.err == nil || c.unreadable() != nil }

// unreadable says why the body of a message that verifies cannot be read; nil:
// it was, or the message does not verify.
func (c Examined) unreadable() error {
	if c.err == nil {
		return nil
	}
	var u *notify.Unreadable
	if errors.As(c.err, &u) {
		return u.Err
	}
	return nil
}

// queryLeftOut reports whether the address had a query that its form did not
// keep as it was, and that was not needed.
func (c Examined) queryLeftOut() bool {
	return c.from.Queried && c.Verified() && !strings.Contains(c.Message.Path, "?")
}

// Examine looks at the signature of a message and reads what verifies. The error is
// [ErrNoClientID] or [ErrNoSignature]: there is nothing to look at.
func (e *Engine) Examine(from received.Message) (Examined, error) {
	m, header, err := e.signed(from)
	if err != nil {
		return Examined{Message: m, from: from}, err
	}
	return e.check(m, header, from), nil
}

// check looks at a signature. Where the form of the message leaves open which
// address was requested, each counts.
func (e *Engine) check(m sign.Message, header string, from received.Message) Examined {
	c := e.checkOne(m, header, from)
	if !c.Verified() && e.settings.Given.Path == nil {
		for _, other := range from.Others {
			m.Path = other
			if one := e.checkOne(m, header, from); one.Verified() {
				return one
			}
		}
	}
	return c
}

func (e *Engine) checkOne(m sign.Message, header string, from received.Message) Examined {
	c := Examined{Message: m, header: header, from: from}
	checks := notify.Verifier{Keys: []*sign.PublicKey{e.expected.Key}, ClientID: e.own}
	if e.settings.Side == diagnose.Notification {
		c.news, c.err = checks.Verify(m, header)
		c.news.QueryUncovered = c.news.QueryUncovered || c.queryLeftOut()
		return c
	}
	// Answers and requests are signed over path and query, and name what they are
	// about as notifications do.
	h, err := sign.ReadHeader(header)
	if err == nil {
		err = h.Verify(e.expected.Key, m)
	}
	if c.err = err; err != nil {
		return c
	}
	if c.news, err = notify.Read(m.Body); err != nil {
		c.err = &notify.Unreadable{Err: err}
	}
	c.news.ClientID, c.news.Time, c.news.URI = m.ClientID, m.Time, m.Path
	c.news.OtherClient = e.own != "" && e.own != m.ClientID
	return c
}

// Facts are those of a message that verifies.
func (e *Engine) Facts(c Examined) say.Verified {
	return say.Verified{
		Side: e.settings.Side, Key: e.expected, News: c.news, Unreadable: c.unreadable(),
		Query: strings.Contains(c.Message.Path, "?") || c.queryLeftOut(), Own: e.own,
	}
}

// Contradicted are the flags without which a message that does not verify would: each
// gives another value than the message has.
func (e *Engine) Contradicted(c Examined) (flags []string) {
	own := *e
	given := &own.settings.Given
	for _, f := range []struct {
		flag  string
		given **string
		said  string
	}{
		{"--client-id", &given.ClientID, c.from.Get("Client-Id")},
		{"--signature", &given.Signature, c.from.Get("Signature")},
		{"--uri", &given.Path, c.from.URI},
		{"--method", &given.Method, c.from.Method},
		{"--request-time", &given.Time, c.from.Get("Request-Time")},
	} {
		if e.settings.Side == diagnose.Response && f.flag == "--request-time" {
			f.flag, f.said = "--response-time", c.from.Get("Response-Time")
		}
		if *f.given != nil && f.said != "" && **f.given != f.said {
			*f.given = nil
			flags = append(flags, f.flag)
		}
	}
	if len(flags) == 0 {
		return nil
	}
	if alone, err := own.Examine(c.from); err != nil || !alone.Verified() {
		return nil
	}
	return flags
}
