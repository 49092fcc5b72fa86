package cmd

import (
	"bytes"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// rawHTTP is a message as it is on the wire, byte for byte.
func rawHTTP(m sandbox.Message) ([]byte, error) {
	r, err := m.Request()
	if err != nil {
		return nil, err
	}
	var wire bytes.Buffer
	err = r.Write(&wire)
	return wire.Bytes(), err
}

// curlOf is the command that sends a message, with the bytes that were signed.
func curlOf(m sandbox.Message) string {
	parts := []string{"curl --globoff --request " + m.Method + " " + say.Quoted(m.URL)}
	names := make([]string, 0, len(m.Header))
	for name := range m.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range m.Header[name] {
			parts = append(parts, "--header "+say.Quoted(name+": "+value))
		}
	}
	parts = append(parts, "--data-binary "+say.Quoted(string(m.Body)))
	return strings.Join(parts, " \\\n  ") + "\n"
}

// writeRaw writes a message to standard output. A file or a pipe gets it byte for
// byte; on a terminal the prompt is not to follow the body.
func writeRaw(d *app.Run, wire []byte) error {
	if !d.IO.OutTTY {
		_, err := d.IO.Out.Write(wire)
		return err
	}
	return d.IO.WriteText(strings.ReplaceAll(string(wire), "\r\n", "\n") + "\n")
}
