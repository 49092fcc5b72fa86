package listen

import (
	"bufio"
	"cmp"
	"io"
	"os"
	"time"

	"github.com/apo-cli/apo/cmd/internal/deliver"
)

const (
	mostLine = 4 << 20 // bytes; a body in one line is shorter, even if all of it is escaped

	// lastWords is how long a command's output is waited for once it has ended: what it
	// left running may keep the stream open.
	lastWords = 200 * time.Millisecond
)

// told is a stream for the output of a command, of which whole lines go to another one:
// what is hidden or left out there would not be recognised in parts. Where the command
// was given a secret, they go together, as much as there is room for: it may break what
// it prints into lines. end waits for the last of them.
func told(to io.Writer, echo deliver.Echo) (stream *os.File, end func(), err error) {
	to = cmp.Or[io.Writer](to, os.Stderr)
	from, stream, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	all := make(chan struct{})
	go func() {
		defer close(all)
		defer from.Close()
		defer func() {
			if recover() != nil { // it could not be looked for what is hidden
				_, _ = io.Copy(io.Discard, from)
			}
		}()
		lines := bufio.NewScanner(from)
		lines.Buffer(nil, mostLine)
		var held []byte
		for lines.Scan() {
			if held = append(append(held, lines.Bytes()...), '\n'); echo.IsPlain() || len(held) > mostLine {
				_, _ = to.Write(echo.Hide(held))
				held = held[:0]
			}
		}
		if len(held) > 0 {
			_, _ = to.Write(echo.Hide(held))
		}
		if lines.Err() != nil {
			_, _ = io.WriteString(to, "(a line of the command is too long, and what follows is not shown)\n")
			_, _ = io.Copy(io.Discard, from)
		}
	}()
	return stream, func() {
		stream.Close()
		select {
		case <-all:
		case <-time.After(lastWords):
		}
	}, nil
}
