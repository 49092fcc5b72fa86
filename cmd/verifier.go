package cmd

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// verifier is what a run verifies with: the one way from a message to its
// verdict, for one message and for a stream of them.
type verifier struct {
	*app.Run
	options  *verifyOptions
	expected diagnose.Key
	clientID string           // of the profile; empty where there is none
	own      string           // clientID, if a message for another one is somebody else's
	profile  *profile.Profile // nil where the command line says all
	file     *profile.File    // nil where it cannot be read
	paths    profile.Paths

	known []diagnose.Key // once they were needed
}

// newVerifier finds the key and the client ID to verify with. With both given on
// the command line no profile is needed, and one that nobody chose says nothing
// about whose the message is.
func newVerifier(ctx context.Context, d *app.Run, o *verifyOptions) (*verifier, error) {
	v := &verifier{Run: d, options: o}
	needed := "antom_public_key"
	switch {
	case o.publicKey != "":
		needed = ""
	case o.side() == diagnose.Request:
		needed = "private_key"
	}
	var err error
	v.profile, v.paths, err = d.ResolveVerifying(needed)
	chosen := d.Global.Profile != "" || d.Getenv("APO_PROFILE") != ""
	if err != nil && (chosen || o.publicKey == "" || !o.given("client-id")) {
		return nil, err
	}
	if _, file, err := d.Configuration(); err == nil {
		v.file = file
	}
	local := v.profile != nil && v.profile.Name == profile.Local
	if local {
		v.profile.ClientID = app.LocalClientID
	}
	if v.profile != nil {
		v.clientID = v.profile.ClientID
	}
	if v.own = v.clientID; o.publicKey != "" && local && !chosen {
		v.own = ""
	}
	if o.publicKey != "" {
		id := cmp.Or(o.clientID, v.clientID)
		if err := d.Doubt(id != "" && !apo.IsSandbox(id), false, "the client ID "+id, o.publicKey); err != nil {
			return nil, err
		}
		v.expected, err = d.PublicKeyIn(o.publicKey, o.side() == diagnose.Request)
		return v, err
	}
	v.expected, err = app.PublicKeyOf(ctx, v.profile, v.paths, o.side() == diagnose.Request)
	return v, err
}

// clientIDOf is the client ID of a message that does not say whose it is. Of a whole
// message nobody guesses that it is the local sandbox's.
func (v *verifier) clientIDOf(m received.Message) string {
	if v.own == "" && m.Signed() {
		return ""
	}
	return v.clientID
}

// examined is a message after its signature was looked at.
type examined struct {
	message sign.Message
	header  string
	from    received.Message
	news    notify.Notification // if it verifies
	err     error               // it does not verify, or is unreadable
}

// unreadable says why the body of a message that verifies cannot be read; nil:
// it was, or the message does not verify.
func (c examined) unreadable() error {
	var u *notify.Unreadable
	if errors.As(c.err, &u) {
		return u.Err
	}
	return nil
}

// queryLeftOut reports whether the address had a query that its form did not
// keep as it was, and that was not needed.
func (c examined) queryLeftOut() bool {
	return c.from.Queried && c.verified() && !strings.Contains(c.message.Path, "?")
}

// spoilt reports whether what was found may come from what the form does not show.
func (c examined) spoilt(found say.Verification) bool {
	for _, f := range found.Faults {
		if f.Part == "body" {
			return c.from.Lossy != ""
		}
	}
	return c.from.Lossy != "" && !found.Proven
}

// verified reports whether the signature verifies, whatever the body is.
func (c examined) verified() bool { return c.err == nil || c.unreadable() != nil }

// check looks at the signature of a message and reads what verifies. Where its
// form leaves open which address was requested, each counts. It may run for many
// messages at once.
func (v *verifier) check(m sign.Message, header string, from received.Message) examined {
	c := v.checkOne(m, header, from)
	if !c.verified() && !v.options.given("uri") {
		for _, other := range from.Others {
			m.Path = other
			if one := v.checkOne(m, header, from); one.verified() {
				return one
			}
		}
	}
	return c
}

func (v *verifier) checkOne(m sign.Message, header string, from received.Message) examined {
	c := examined{message: m, header: header, from: from}
	checks := notify.Verifier{Key: v.expected.Key, ClientID: v.own}
	if v.options.side() == diagnose.Notification {
		c.news, c.err = checks.Verify(m, header)
		c.news.QueryUncovered = c.news.QueryUncovered || c.queryLeftOut()
		return c
	}
	// Answers and requests are signed over path and query, and name what they are
	// about as notifications do.
	h, err := sign.ReadHeader(header)
	if err == nil {
		err = h.Verify(v.expected.Key, m)
	}
	if c.err = err; err != nil {
		return c
	}
	if c.news, err = notify.Read(m.Body); err != nil {
		c.err = &notify.Unreadable{Err: err}
	}
	c.news.ClientID, c.news.Time, c.news.URI = m.ClientID, m.Time, m.Path
	c.news.OtherClient = v.own != "" && v.own != m.ClientID
	return c
}

// facts are those of a message that verifies.
func (v *verifier) facts(c examined) say.Verified {
	return say.Verified{
		Side: v.options.side(), Key: v.expected, News: c.news, Unreadable: c.unreadable(),
		Query: strings.Contains(c.message.Path, "?") || c.queryLeftOut(), Own: v.own,
	}
}

// explain finds out why a message does not verify. bodies are those of its type
// that verified before. It runs for one message at a time.
func (v *verifier) explain(ctx context.Context, c examined, bodies [][]byte) say.Verification {
	start := time.Now()
	hints := v.hints(c.from)
	hints.Bodies = append(hints.Bodies, bodies...)
	if v.known == nil {
		v.known = append([]diagnose.Key{v.expected}, v.KnownKeys(ctx, v.profile, v.file, v.paths, v.options.side() == diagnose.Request)...)
	}
	found := say.Diagnosed(diagnose.Signature(ctx, c.message, c.header, v.known, hints), v.expected, v.options.side())
	found.ElapsedMs = time.Since(start).Milliseconds()
	return found
}

// hints are what is known of the message beside itself.
func (v *verifier) hints(from received.Message) diagnose.Hints {
	h := diagnose.Hints{Side: v.options.side(), Paths: v.options.knownPaths, Length: from.Length}
	h.Paths = append(h.Paths, from.Others...)
	if v.clientID != "" {
		h.ClientIDs = append(h.ClientIDs, v.clientID)
	}
	if v.file != nil {
		for _, name := range v.file.Names() {
			h.ClientIDs = append(h.ClientIDs, v.file.ClientID(name))
		}
	}
	if v.profile == nil || v.profile.Name != profile.Local {
		h.ClientIDs = append(h.ClientIDs, app.LocalClientID)
	}
	for _, name := range []string{"X-Original-Uri", "X-Original-Url", "X-Forwarded-Uri", "X-Forwarded-Prefix", "X-Envoy-Original-Path", "X-Rewrite-Url"} {
		if path := from.Get(name); path != "" {
			h.Paths = append(h.Paths, path)
		}
	}
	if u, err := url.Parse(v.Getenv("APO_NOTIFY_URL")); err == nil && u.Path != "" {
		h.Paths = append(h.Paths, u.RequestURI())
	}
	for _, name := range []string{"Host", "X-Forwarded-Host"} {
		if host := from.Get(name); host != "" {
			h.Hosts = append(h.Hosts, host)
		}
	}
	for _, name := range []string{"Request-Time", "Response-Time", "Date"} {
		if t := from.Get(name); t != "" {
			h.Times = append(h.Times, t)
		}
	}
	if v.options.side() == diagnose.Notification {
		h.Bodies = v.KeyOrders(from.Body)
	}
	return h
}
