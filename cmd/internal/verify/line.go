package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// line is one message of a stream after its signature was looked at.
type line struct {
	verdict say.Line
	message *Examined // nil: there is none in it, or it has no signature
	text    []byte    // of the verdict, once it is known
	problem error     // why it could not be read
}

// encode writes the verdict down as it is printed: whatever it quotes, verified or
// not, is masked.
func (c *line) encode(masker apo.Masker) {
	if text, err := c.verdict.Encode(); err == nil {
		c.text = masker.JSON(bytes.TrimSpace(text))
	}
}

// read reads one line and looks at its signature. It runs on many lines at once.
func (s *Stream) read(number int, data []byte) line {
	m, err := received.ReadLine(data, s.form, s.settings.Part())
	return s.examine(number, m, err)
}

// examine looks at the signature of one message, unless problem says why it
// could not be read.
func (s *Stream) examine(number int, from received.Message, problem error) (c line) {
	c.verdict.Line = number
	defer func() {
		if recover() != nil { // one line must not end the stream
			c = line{verdict: say.Line{Line: number, Error: "apo met a fault of its own at this line"}}
		}
	}()
	if c.verdict.ID = json.RawMessage(from.ID); len(from.ID) > 12 { // the sender's, whatever it holds
		c.verdict.ID = s.run.IO.Masker.JSON(c.verdict.ID)
	}
	if problem != nil {
		c.verdict.Error, c.problem = problem.Error(), problem
		return c
	}
	if name := from.Twice(); name != "" {
		c.verdict.Error = "the header " + name + " comes twice, with different values"
		return c
	}
	m, header, err := s.signed(from)
	var none *NotLogged
	switch {
	case errors.As(err, &none):
		c.verdict.Error, c.problem = err.Error(), err
		return c
	case err != nil && from.Signed():
		c.verdict.Error = "it lacks the header client-id, and neither --client-id nor a profile says whose it is"
		return c
	case err != nil && !from.Notifies():
		c.verdict.Error = "it is a message without the headers client-id, request-time and signature, so no notification"
		return c
	case errors.Is(err, ErrNoClientID), errors.Is(err, ErrNoSignature):
		c.verdict.Unsigned(s.expected)
		return c
	case m.Path == "" || m.Time == "" || !from.HasBody:
		c.verdict.Error = "it lacks " + lacking(m, from)
		return c
	case len(m.Body) == 0:
		c.verdict.Error = say.EmptyBody
		return c
	}
	message := s.check(m, header, from)
	if c.message = &message; message.Verified() {
		s.words.VerifiedLine(&c.verdict, s.Facts(message))
		c.encode(s.run.IO.Masker)
	}
	return c
}

func lacking(m sign.Message, from received.Message) string {
	var list []string
	if m.Path == "" {
		list = append(list, "the path (uri)")
	}
	if m.Time == "" {
		list = append(list, "the header request-time")
	}
	if !from.HasBody {
		list = append(list, "the body")
	}
	text := strings.Join(list, ", ")
	if from.Lossy != "" {
		text += ": " + from.Lossy
	}
	return text
}
