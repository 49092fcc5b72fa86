package compose

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// maxInput bounds what is read from a file or standard input, in bytes.
const maxInput = 4 << 20

// ReadInput reads what an argument such as --file or -d names: a file, or "-"
// for standard input.
func (src Source) ReadInput(flag, name string) ([]byte, error) {
	return src.ReadUpTo(flag, name, maxInput)
}

// ReadUpTo is ReadInput with a limit of its own, in bytes.
func (src Source) ReadUpTo(flag, name string, most int) ([]byte, error) {
	var from io.Reader
	if name == "-" {
		if src.IO.InTTY {
			return nil, say.Fail(say.Usage, "%s reads standard input, which is the terminal; pipe a file into it", named(flag, name))
		}
		from, name = src.IO.In, "standard input"
	} else {
		f, err := src.Open(flag, name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	data, err := src.IO.ReadAll(io.LimitReader(from, int64(most)+1))
	if errors.Is(err, files.ErrInterrupted) {
		return nil, say.Fail(say.Interrupted, "interrupted; nothing was sent")
	}
	if err != nil {
		return nil, say.Fail(say.Usage, "%s cannot be read", named(flag, name))
	}
	if len(data) > most {
		return nil, say.Fail(say.Usage, "%s is larger than %d MiB", named(flag, name), most>>20)
	}
	return data, nil
}

// named is a file with the flag that names it; an argument needs no name.
func named(flag, name string) string { return strings.TrimSpace(flag + " " + name) }

// Open opens a file that a flag or an argument names.
func (src Source) Open(flag, name string) (*os.File, error) {
	f, info, err := files.Open(src.IO.Interrupted, name)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, say.Fail(say.Usage, "%s: %v", named(flag, name), err)
	}
	if info.IsDir() {
		f.Close()
		return nil, say.Fail(say.Usage, "%s: it is a folder; give a file, or - for standard input", named(flag, name))
	}
	return f, nil
}

// readObject reads a JSON object from a file or standard input.
func (src Source) readObject(flag, name string) ([]byte, error) {
	data, err := src.ReadInput(flag, name)
	if err != nil {
		return nil, err
	}
	data = src.text(flag, name, data)
	src.IO.Masker.Known.Learn(data)
	if err := apo.CheckJSON(data); err != nil {
		return nil, say.Fail(say.Usage, "%s %s: %v", flag, name, err)
	}
	return data, nil
}

// text is what was read as UTF-8 without a byte order mark, which is what APO takes.
// That it was something else is told.
func (src Source) text(flag, name string, data []byte) []byte {
	text := files.TextOf(data)
	switch {
	case len(data)-len(text) == len("\xef\xbb\xbf") && bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		src.IO.Note(flag + " " + name + " begins with a byte order mark, which is left out")
	case !bytes.Equal(text, data):
		src.IO.Note(flag + " " + name + " is UTF-16; it is read as text, and sent as UTF-8")
	}
	return text
}

// ReadData reads the value of -d as it is: JSON text, @file, or - for standard input.
func (src Source) ReadData(value string) (data []byte, err error) {
	switch {
	case value == "-":
		data, err = src.ReadInput("-d", "-")
	case strings.HasPrefix(value, "@"):
		data, err = src.ReadInput("-d", value[1:])
	default:
		data = []byte(value)
	}
	src.IO.Masker.Known.Learn(data)
	return data, err
}
