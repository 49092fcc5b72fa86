// Package compose makes the bodies of requests: from flags, files, standard input,
// --set expressions, a profile's defaults and cards.
package compose

import (
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/term"
)

// Source is where requests are made from.
type Source struct {
	IO      *term.Streams
	Profile *profile.Profile // nil: only reads input
	Getenv  func(string) string
}
