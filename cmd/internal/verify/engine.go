package verify

import (
	"cmp"
	"context"
	"sync"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/journal"
)

// Settings say what is verified, and with what.
type Settings struct {
	Side      diagnose.Side
	PublicKey string   // file with the key to verify with; empty: the profile's
	Paths     []string // other paths of the same address, or prefixes that a proxy adds or strips
	Given     Given
}

// Part is the half of an exchange that is verified.
func (s Settings) Part() received.Part {
	if s.Side == diagnose.Response {
		return received.ResponsePart
	}
	return received.RequestPart
}

// Engine verifies messages. [Engine.Examine] and [Engine.Facts] are safe for
// concurrent use; the rest is for one message at a time.
type Engine struct {
	run      *app.Run
	settings Settings
	expected diagnose.Key
	clientID string           // of the profile; empty where there is none
	own      string           // clientID, if a message for another one is somebody else's
	profile  *profile.Profile // nil where the command line says all
	file     *profile.File    // nil where it cannot be read
	paths    profile.Paths

	known []diagnose.Key  // once they were needed
	book  *journal.SQLite // likewise
	heard *Stream         // of what comes over HTTP, likewise

	asking  *sync.Mutex // of whoever has the local sandbox's books open
	hinted  *sync.Once  // that news of this machine's gateway prove nothing
	ordered *sync.Map   // types of notifications that were heard, whose keys' order is kept
}

// New finds the key and the client ID to verify with. With both given no profile is
// needed, and one that nobody chose says nothing about whose a message is.
func New(ctx context.Context, d *app.Run, s Settings) (*Engine, error) {
	e := &Engine{run: d, settings: s, ordered: new(sync.Map), asking: new(sync.Mutex), hinted: new(sync.Once)}
	needed := "antom_public_key"
	switch {
	case s.PublicKey != "":
		needed = ""
	case s.Side == diagnose.Request:
		needed = "private_key"
	}
	var err error
	e.profile, e.paths, err = d.ResolveVerifying(needed)
	chosen := d.Global.Profile != "" || d.Getenv("APO_PROFILE") != ""
	if err != nil && (chosen || s.PublicKey == "" || s.Given.ClientID == nil) {
		return nil, err
	}
	if _, file, err := d.Configuration(); err == nil {
		e.file = file
	}
	local := e.profile != nil && e.profile.Name == profile.Local
	if local {
		e.profile.ClientID = app.LocalClientID
	}
	if e.profile != nil {
		e.clientID = e.profile.ClientID
	}
	if e.own = e.clientID; s.PublicKey != "" && local && !chosen {
		e.own = ""
	}
	if s.PublicKey != "" {
		id := cmp.Or(text(s.Given.ClientID), e.clientID)
		if err := d.Doubt(id != "" && !apo.IsSandbox(id), false, "the client ID "+id, s.PublicKey); err != nil {
			return nil, err
		}
		e.expected, err = d.PublicKeyIn(s.PublicKey, s.Side == diagnose.Request)
		return e, err
	}
	e.expected, err = app.PublicKeyOf(ctx, e.profile, e.paths, s.Side == diagnose.Request)
	return e, err
}

func text(given *string) string {
	if given == nil {
		return ""
	}
	return *given
}
