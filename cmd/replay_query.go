package cmd

import (
	"context"
	"net/http"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/verify"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sign"
)

// target is the address to which a notification is sent again, and whether a query in it
// was signed. The query of what verified goes on where its signature covers it, and no
// other does: whoever has it verified would take it for APO's.
func (o *replayOptions) target(ctx context.Context, d *app.Run, r journal.Reception) (target string, signed bool) {
	path, _, found := strings.Cut(r.Target, "?")
	switch {
	case !found:
		return r.Target, false
	case !r.Verified && !o.resign: // nobody vouches for any of it
		return r.Target, false
	case r.Verified && querySigned(ctx, d, r):
		return r.Target, true
	}
	d.IO.Note("the query of its address, which nobody is known to have signed, is left out")
	return path, false
}

// querySigned reports whether the signature that a reception came with covers its query.
func querySigned(ctx context.Context, d *app.Run, r journal.Reception) bool {
	e, err := verify.New(ctx, d, verify.Settings{Side: diagnose.Notification})
	if err != nil {
		return false
	}
	header := http.Header{}
	for _, h := range r.Headers {
		header.Add(h.Name, h.Value)
	}
	n, err := e.Verifier().Verify(sign.Message{
		Method: r.Method, Path: r.Target, ClientID: header.Get("Client-Id"), Time: header.Get("Request-Time"), Body: r.Body,
	}, header.Get("Signature"))
	return err == nil && !n.QueryUncovered
}

// lastReceived is the newest notification that a listener received and that is kept.
func lastReceived(ctx context.Context, d *app.Run, j *journal.SQLite) ([]journal.Reception, error) {
	for r, err := range j.Records(ctx, journal.Filter{Profile: d.Global.Profile}) {
		if err != nil {
			return nil, err
		}
		if !r.IsNotification() {
			continue
		}
		if all, err := j.Receptions(ctx, r.ID); err != nil || len(all) > 0 {
			return all, err
		}
	}
	return nil, nil
}
