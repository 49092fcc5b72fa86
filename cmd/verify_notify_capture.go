package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/verify"
	"github.com/apo-cli/apo/pkg/diagnose"
)

const formsHint = "apo help forms lists what is read; --from names one"

// readCapture reads what --http names, or standard input where no signature was
// given; with one, standard input is the body alone. where names the source.
func readCapture(d *app.Run, o *verifyOptions) (where string, c received.Capture, err error) {
	var data []byte
	switch {
	case o.http != "":
		where = "--http " + o.http
		data, err = d.Source().ReadUpTo("--http", o.http, verify.MaxCapture)
	case o.given("signature") && o.from == "" || d.IO.InTTY:
		return "", c, nil
	default:
		where = "standard input"
		data, err = d.Source().ReadUpTo("the message:", "-", verify.MaxCapture)
	}
	if err != nil {
		return where, c, err
	}
	c, err = received.Read(files.TextOf(data), o.from, o.settings().Part())
	var none *received.Unknown
	switch {
	case err == nil:
		return where, c, nil
	case o.http == "" && o.from == "" && (len(data) == 0 || errors.As(err, &none)):
		f := o.missing(received.Message{}, "")
		if len(data) > 0 {
			f.Hint("standard input: %v", err)
		}
		return where, c, f.Hint("%s", formsHint)
	}
	return where, c, say.Fail(say.Usage, "%s: %v", where, err).Hint("%s", formsHint)
}

// readSigned is the one message to verify; flags go before what was captured, and
// the body comes on standard input where nothing else holds it.
func readSigned(d *app.Run, o *verifyOptions, where string, c received.Capture) (received.Message, error) {
	var m received.Message
	if len(c.Messages) == 1 {
		m = c.Messages[0]
		if name := m.Twice(); name != "" {
			m.Problem = fmt.Errorf("the header %s comes twice, with different values", name)
		}
		if m.Problem != nil {
			return m, say.Fail(say.Usage, "%s: %v", where, m.Problem)
		}
		if c.LeftOut > 0 {
			d.IO.Note(leftOut(c))
		}
	}
	if problem := o.missing(m, where); problem != nil {
		return m, problem
	}
	if !m.HasBody {
		if problem := o.readBody(d, &m, where); problem != nil {
			return m, problem
		}
	}
	if len(m.Body) == 0 {
		return m, say.Fail(say.Usage, "%s", say.EmptyBody).Hint("%s", say.RawBodyFirst)
	}
	return m, nil
}

// readBody reads the body from standard input.
func (o *verifyOptions) readBody(d *app.Run, m *received.Message, where string) error {
	switch {
	case o.http == "-" || where == "standard input":
		f := say.Fail(say.Usage, "there is no body behind the headers on standard input")
		if m.Lossy != "" {
			f.Text += ": " + m.Lossy
		}
		return f
	case d.IO.InTTY:
		return say.Fail(say.Usage, "the body comes on standard input, which is the terminal; pipe it in: apo verify-notify … < body.json")
	}
	body, err := d.Source().ReadUpTo("the body:", "-", maxBody)
	if err != nil {
		return err
	}
	lossy := m.Lossy
	m.Lossy = ""
	if m.Body, m.HasBody = body, true; len(body) == 0 && where != "" {
		f := say.Fail(say.Usage, "there is no body: %s has none, and standard input is empty", strings.TrimPrefix(where, "--http "))
		if lossy != "" {
			f.Hint("%s", lossy)
		}
		return f.Hint("pipe the raw body in: apo verify-notify … < body.json")
	}
	return nil
}

// missing names the flags without which there is nothing to verify. A message
// that plainly is a notification needs no flag: without a signature it is not
// Antom's.
func (o *verifyOptions) missing(m received.Message, where string) *say.Failure {
	var missing []string
	need := func(flag, header string) {
		if !o.given(flag) && (header == "" || m.Get(header) == "") {
			missing = append(missing, "--"+flag)
		}
	}
	if !m.Notifies() {
		need("signature", "Signature")
	}
	if o.side() == diagnose.Response {
		if !o.given("request-time") {
			need("response-time", "Response-Time")
		}
	} else if !m.Notifies() || m.Signed() {
		need("request-time", "Request-Time")
	}
	if m.URI == "" {
		need("uri", "")
	}
	if len(missing) == 0 {
		return nil
	}
	f := say.Fail(say.Usage, "apo verify-notify needs %s", strings.Join(missing, ", "))
	if where != "" {
		f.Text += ": " + strings.TrimPrefix(where, "--http ") + " does not have it"
	}
	return f.Hint("apo verify-notify --help shows examples")
}

// leftOut tells of what else a capture holds.
func leftOut(c received.Capture) string {
	if c.LeftOut == 1 {
		return "1 line or message in it without a signature was left out"
	}
	return fmt.Sprintf("%d lines or messages in it without a signature were left out", c.LeftOut)
}
