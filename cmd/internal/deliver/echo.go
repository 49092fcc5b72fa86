package deliver

import "github.com/apo-cli/apo/pkg/apo"

// Echo hides in what a target says whatever was secret in the message that it was
// given, in any form: it may print what it got, in base64 or as a dump.
type Echo struct {
	known *apo.Known // nil: nothing was
}

// EchoOf looks for what is secret in the body of a message.
func EchoOf(body []byte) Echo {
	known := new(apo.Known)
	if !known.LearnMessage(body) {
		return Echo{}
	}
	return Echo{known}
}

// IsPlain reports whether nothing was secret: then Hide leaves all as it is.
func (e Echo) IsPlain() bool { return e.known == nil }

// Hide is a text without what was secret.
func (e Echo) Hide(text []byte) []byte {
	if e.known == nil {
		return text
	}
	return apo.Masker{Known: e.known, KnownOnly: true}.JSON(text)
}
