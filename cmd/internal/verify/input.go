package verify

import (
	"context"
	"fmt"
	"io"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/received"
)

// MaxCapture bounds a file with messages that is read as a whole, in bytes: a
// recording holds many.
const MaxCapture = 64 << 20

// Input is a stream whose form is known.
type Input struct {
	Lines io.Reader        // with a message a line; nil: it is none
	Whole received.Capture // otherwise
}

// Begin looks at the beginning of a stream, and reads the whole where its form needs
// that. form is a name of [received.Forms]; empty: whatever it is. Nothing may come
// for long: it ends when ctx does.
func Begin(ctx context.Context, from io.Reader, form string, part received.Part) (Input, error) {
	done := make(chan struct{})
	var found Input
	var problem error
	go func() {
		defer close(done)
		found, problem = begin(from, form, part)
	}()
	select {
	case <-ctx.Done():
		return Input{}, ctx.Err()
	case <-done:
		return found, problem
	}
}

func begin(from io.Reader, form string, part received.Part) (in Input, err error) {
	byLine, all, err := received.Start(files.Text(from), form)
	if byLine || err != nil {
		return Input{Lines: all}, err
	}
	data, err := io.ReadAll(io.LimitReader(all, MaxCapture+1))
	if err != nil {
		return in, err
	}
	if len(data) > MaxCapture {
		return in, fmt.Errorf("it is no message a line, and as a whole it is larger than %d MiB", MaxCapture>>20)
	}
	in.Whole, err = received.Read(data, form, part)
	return in, err
}
