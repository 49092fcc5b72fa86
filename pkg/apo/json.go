package apo

import "github.com/apo-cli/apo/pkg/internal/strict"

// CheckJSON accepts data only if every reader would understand it alike: one
// JSON object in UTF-8, no key twice in an object, nothing behind it, not
// nested deeper than 64 levels.
//
// Duplicate keys matter because readers disagree which one counts, and a
// signature covers them all.
func CheckJSON(data []byte) error { return strict.Check(data) }

// Members is [CheckJSON] that also hands out the members of the object in
// their order, the values as they are written; [Text] reads those that are
// strings. Where it returns an error nothing was handed out.
func Members(data []byte, member func(name, value []byte)) error {
	return strict.Members(data, member)
}

// Text returns what a JSON value says: a string without its quotes and
// escapes, anything else as it is written, null as nothing.
func Text(value []byte) []byte { return strict.Text(value) }

func checkDepth(data []byte) error { return strict.CheckDepth(data) }

func notSpace(r rune) bool { return strict.NotSpace(r) }

func escaped(data []byte) rune { return strict.Escaped(data) }
