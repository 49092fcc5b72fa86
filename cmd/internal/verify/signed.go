package verify

import (
	"errors"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// What a message lacks without which there is nothing to verify.
var (
	ErrNoClientID  = errors.New("neither the message nor the profile says whose it is")
	ErrNoSignature = errors.New("there is no signature: the header is absent or empty")
)

// Given are values that go before what a message says. nil: it was not given.
type Given struct {
	Method, Path, ClientID, Time, Signature *string
	OtherTime                               string // of an answer that has no response-time
}

// signed puts the message together whose content was signed. It is whole, but for
// what the error says.
func (e *Engine) signed(m received.Message) (s sign.Message, header string, err error) {
	given, response := e.settings.Given, e.settings.Side == diagnose.Response
	pick := func(given *string, said, otherwise string) string {
		switch {
		case given != nil:
			return *given
		case said != "":
			return said
		}
		return otherwise
	}
	timeHeader := "Request-Time"
	if response {
		timeHeader = "Response-Time"
	}
	s = sign.Message{
		Method:   pick(given.Method, m.Method, "POST"),
		Path:     pick(given.Path, m.URI, ""),
		ClientID: pick(given.ClientID, m.Get("Client-Id"), e.clientIDOf(m)),
		Time:     pick(given.Time, m.Get(timeHeader), given.OtherTime),
		Body:     m.Body,
	}
	if s.ClientID == "" {
		return s, "", ErrNoClientID
	}
	if header = pick(given.Signature, m.Get("Signature"), ""); strings.TrimSpace(header) == "" {
		return s, "", ErrNoSignature
	}
	return s, header, e.notLogged(s, header)
}

// clientIDOf is the client ID of a message that does not say whose it is. Of a whole
// message nobody guesses that it is the local sandbox's.
func (e *Engine) clientIDOf(m received.Message) string {
	if e.own == "" && m.Signed() {
		return ""
	}
	return e.clientID
}
