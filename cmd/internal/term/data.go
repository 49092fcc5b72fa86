package term

import (
	"bytes"
	"io"

	"github.com/tidwall/gjson"
	"github.com/tidwall/pretty"

	"github.com/apo-cli/apo/pkg/apo"
)

// Format is how data is written to standard output.
type Format string

const (
	Pretty Format = ""       // JSON on several lines, errors in words
	JSON   Format = "json"   // the same, errors as JSON on standard error
	Raw    Format = "raw"    // the bytes received
	NDJSON Format = "ndjson" // JSON on one line
	Table  Format = "table"
)

// forOutput is the masker of standard output: what a person or a script needs
// to go on, such as a card's token, stays.
func (s *Streams) forOutput() apo.Masker {
	m := s.Masker
	m.KeepTokens = true
	return m
}

// Masked is a JSON document as standard output may have it.
func (s *Streams) Masked(data []byte) []byte { return s.forOutput().JSON(data) }

// WriteJSON writes one JSON document in a format. Order and digits stay as
// they came; card data is masked in every format.
func (s *Streams) WriteJSON(data []byte, format Format) error {
	return s.WriteOwnJSON(s.forOutput().JSON(data), format)
}

// WriteOwnJSON is WriteJSON without the masking, for what apo made itself and
// is asked to show: a public key, a signature.
func (s *Streams) WriteOwnJSON(data []byte, format Format) error {
	switch format {
	case Raw:
	case NDJSON:
		data = append(pretty.Ugly(data), '\n')
	default:
		data = pretty.PrettyOptions(data, &pretty.Options{Indent: "  ", Width: 0})
		data = foldedJSON(data, columns(s.outWidth))
	}
	if s.OutTTY {
		data = escapeJSON(data)
	}
	if s.paints(format) {
		data = paint(data)
	}
	_, err := s.Out.Write(data)
	return err
}

// WriteValue writes what is at a gjson path, bare: a text without quotes. It
// reports whether there is anything.
//
// What a terminal shows is masked last: without the characters that it does not
// get, groups of digits may be one number.
func (s *Streams) WriteValue(data []byte, path string) (found bool, err error) {
	masked := s.forOutput().JSON(data)
	if !s.OutTTY {
		return s.WriteOwnValue(masked, path)
	}
	value, found := lookUp(masked, path)
	if !found {
		return false, nil
	}
	if shown := clean(value); shown != value {
		value = s.forOutput().Text(shown)
	}
	_, err = io.WriteString(s.Out, value+"\n")
	return true, err
}

// WriteOwnValue is to WriteValue as WriteOwnJSON is to WriteJSON.
func (s *Streams) WriteOwnValue(data []byte, path string) (found bool, err error) {
	value, found := lookUp(data, path)
	if !found {
		return false, nil
	}
	if s.OutTTY {
		value = clean(value)
	}
	_, err = io.WriteString(s.Out, value+"\n")
	return true, err
}

// lookUp guards against paths that gjson cannot read: an output option must
// not take a payment down.
func lookUp(data []byte, path string) (value string, found bool) {
	defer func() {
		if recover() != nil {
			value, found = "", false
		}
	}()
	r := gjson.GetBytes(data, path)
	if !r.Exists() || r.Type == gjson.Null {
		return "", false
	}
	if r.Type == gjson.Number {
		return r.Raw, true // with the digits that came
	}
	if r.IsObject() || r.IsArray() {
		return string(bytes.TrimSpace(pretty.Ugly([]byte(r.Raw)))), true
	}
	return r.String(), true
}

// WriteText writes data that is no JSON: headers to paste, a public key.
func (s *Streams) WriteText(text string) error {
	if s.OutTTY {
		text = clean(text)
	}
	_, err := io.WriteString(s.Out, text)
	return err
}

// WriteLines writes lines of JSON that apo made itself.
func (s *Streams) WriteLines(data []byte) error {
	if s.OutTTY {
		data = escapeJSON(data)
	}
	_, err := s.Out.Write(data)
	return err
}
