// Package deliver posts notifications to a merchant's address, as they are, and
// takes the answer back.
package deliver

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

// MostAnswer is as much of an answer as is read, in bytes.
const MostAnswer = 1 << 20

// Message is a notification on its way.
type Message struct {
	URL    *url.URL
	Header http.Header // all; those about a connection are not sent
	Body   []byte
}

// At is the URL of a handler for a message that was addressed to a target, such as
// "/hooks/apo?shop=1": a path in it stands as it is, and one without gets the
// target's.
func At(handler *url.URL, target string) *url.URL {
	to := *handler
	if to.Path == "" || to.Path == "/" {
		if from, err := url.ParseRequestURI(target); err == nil {
			to.Path, to.RawPath, to.RawQuery = from.Path, from.RawPath, from.RawQuery
		}
	}
	return &to
}

// Answer is what came back.
type Answer struct {
	Status int // HTTP; 0: none came
	Header http.Header
	Body   []byte
	Err    error // why there is none, or not the whole; wraps [context.DeadlineExceeded] where the time ran out
	Took   time.Duration

	echo Echo // of what it answers
}

// Kept is the body as it may be shown and kept: without what is secret in the message
// that it answers.
func (a Answer) Kept() []byte { return a.echo.Hide(a.Body) }

// Judgement says whether APO would count the answer as received.
func (a Answer) Judgement() notify.Judgement {
	if a.Err != nil {
		return notify.Judgement{Why: a.Err.Error()}
	}
	j := notify.Judge(a.Status, a.Header, a.Body)
	if kept := notify.Judge(a.Status, a.Header, a.Kept()); !j.Received && !kept.Received {
		return kept // it quotes the answer
	}
	return j
}

// Poster posts.
type Poster struct {
	Client  *http.Client  // follows no redirect
	Timeout time.Duration // for a whole exchange; 0: none
}

// Post posts a message once.
func (p Poster) Post(ctx context.Context, m Message) (a Answer) {
	start := time.Now()
	defer func() { a.Took, a.echo = time.Since(start), EchoOf(m.Body) }()
	if p.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.Timeout)
		defer cancel()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL.String(), bytes.NewReader(m.Body))
	if err != nil {
		return Answer{Err: err}
	}
	for name, values := range m.Header {
		if !OfConnection(name, m.Header) && !mimics(name) {
			r.Header[name] = values
		}
	}
	got, err := p.Client.Do(r)
	if err != nil {
		return Answer{Err: p.why(ctx, err)}
	}
	defer got.Body.Close()
	if got.StatusCode < http.StatusOK { // 101: what follows is no HTTP
		return Answer{Status: got.StatusCode, Err: fmt.Errorf("HTTP %d is no answer to a notification", got.StatusCode)}
	}
	a = Answer{Status: got.StatusCode, Header: got.Header}
	a.Body, err = io.ReadAll(io.LimitReader(got.Body, MostAnswer+1))
	switch {
	case err != nil:
		a.Err = fmt.Errorf("before the end of its answer: %w", p.why(ctx, err))
	case len(a.Body) > MostAnswer:
		a.Err = fmt.Errorf("its answer has more than %d bytes", MostAnswer)
	}
	return a
}

// why says what went wrong on the way.
func (p Poster) why(ctx context.Context, err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return TimeUp{p.Timeout}
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("nothing listens there")
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return errors.New("it hung up")
	}
	return inWords(err)
}

// inWords is an error of the network without the steps that led to it.
func inWords(err error) error {
	var name *net.DNSError
	var step *net.OpError
	var code syscall.Errno
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		return errors.New("nobody who is trusted here signed its certificate; --ca-file trusts one more")
	case errors.As(err, &certificate):
		return errors.New("its certificate: " + strings.TrimPrefix(certificate.Err.Error(), "x509: "))
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("no host is called %s", name.Name)
	case errors.As(err, &name):
		return fmt.Errorf("the name %s cannot be looked up", name.Name)
	case errors.As(err, &step) && errors.As(step.Err, &code):
		return errors.New(code.Error())
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return errors.New("it speaks HTTP, and not HTTPS")
	case errors.As(err, new(textproto.ProtocolError)), strings.Contains(err.Error(), "malformed"), strings.Contains(err.Error(), "transport connection broken"):
		return errors.New("what it sent is not HTTP") // the error would quote it
	}
	return err
}

// TimeUp says that the time ran out.
type TimeUp struct{ After time.Duration }

func (t TimeUp) Error() string {
	if t.After == 0 {
		return "no answer"
	}
	return "no answer within " + t.After.String()
}
func (TimeUp) Unwrap() error { return context.DeadlineExceeded }

// OfConnection reports whether a header is about the connection, and not handed on.
func OfConnection(name string, all http.Header) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Expect", "Content-Length", "Host":
		return true
	}
	if vouches(name) { // whoever sends it does not have it taken away
		return false
	}
	for _, list := range all["Connection"] {
		for named := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(named), name) {
				return true
			}
		}
	}
	return false
}

// vouches reports whether a header says who sends a message, or whether it verified.
func vouches(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Apo-Verified", "Signature", "Client-Id", "Request-Time", "Response-Time":
		return true
	}
	return false
}

// mimics reports whether a header would be read for one that vouches, such as
// Apo_Verified: behind CGI, PHP and WSGI whatever is no letter or digit is the same.
func mimics(name string) bool {
	folded := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
	return folded != name && vouches(folded)
}
