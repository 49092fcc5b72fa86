package verify

import (
	"context"
	"net/url"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
)

// Explain finds out why a message does not verify. The error says that it cannot be
// told, or that ctx ended before.
func (e *Engine) Explain(ctx context.Context, c Examined) (say.Verification, error) {
	_, found := e.explain(ctx, c, e.hints(c.from))
	switch {
	case ctx.Err() != nil:
		return found, say.Fail(say.Interrupted, "interrupted before the cause was found; the signature does not verify")
	case c.spoilt(found):
		return found, say.Fail(say.Usage, "%s", say.CannotTell+c.from.Lossy)
	}
	return found, nil
}

func (e *Engine) explain(ctx context.Context, c Examined, hints diagnose.Hints) (diagnose.Diagnosis, say.Verification) {
	start := time.Now()
	found := diagnose.Signature(ctx, c.Message, c.header, e.keys(ctx), hints)
	told := say.Diagnosed(found, e.expected, e.settings.Side)
	told.ElapsedMs = time.Since(start).Milliseconds()
	return found, told
}

// keys are those that a diagnosis may try.
func (e *Engine) keys(ctx context.Context) []diagnose.Key {
	if e.known == nil {
		e.known = append([]diagnose.Key{e.expected}, e.run.KnownKeys(ctx, e.profile, e.file, e.paths, e.settings.Side == diagnose.Request)...)
	}
	return e.known
}

// spoilt reports whether what was found may come from what the form does not show.
func (c Examined) spoilt(found say.Verification) bool {
	for _, f := range found.Faults {
		if f.Part == "body" {
			return c.from.Lossy != ""
		}
	}
	return c.from.Lossy != "" && !found.Proven
}

// hints are what is known of the message beside itself.
func (e *Engine) hints(from received.Message) diagnose.Hints {
	h := diagnose.Hints{Side: e.settings.Side, Length: from.Length}
	h.Paths = append(append(h.Paths, e.settings.Paths...), from.Others...)
	if e.clientID != "" {
		h.ClientIDs = append(h.ClientIDs, e.clientID)
	}
	if e.file != nil {
		for _, name := range e.file.Names() {
			h.ClientIDs = append(h.ClientIDs, e.file.ClientID(name))
		}
	}
	if e.profile == nil || e.profile.Name != profile.Local {
		h.ClientIDs = append(h.ClientIDs, app.LocalClientID)
	}
	for _, name := range []string{"X-Original-Uri", "X-Original-Url", "X-Forwarded-Uri", "X-Forwarded-Prefix", "X-Envoy-Original-Path", "X-Rewrite-Url"} {
		if path := from.Get(name); path != "" {
			h.Paths = append(h.Paths, path)
		}
	}
	if u, err := url.Parse(e.run.Getenv("APO_NOTIFY_URL")); err == nil && u.Path != "" {
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
	if e.settings.Side == diagnose.Notification {
		h.Bodies = e.run.KeyOrders(from.Body)
	}
	return h
}
