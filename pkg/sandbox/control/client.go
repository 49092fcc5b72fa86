// Package control sets up, moves and looks at a sandbox that runs elsewhere, over its
// HTTP API.
//
//	c, err := control.New(sandbox.Server{URL: ready.Gateway, Token: ready.Token})
//	rule, err := c.AddRule(ctx, sandbox.Rule{API: "capture", Outcome: sandbox.Outcome{Result: "PROCESS_FAIL"}})
//	err = c.Advance(ctx, 26*time.Hour)                        // returns when all that is due was delivered
//	payments, err := c.Payments(ctx, control.Page{Number: "demo-0001"})
//
// URL and token are in the ready file of apo sandbox --ready-file; those of the server of
// a state file are found by [sandbox.ServerOf].
package control

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Client controls one sandbox. It is safe for concurrent use.
type Client struct {
	URL   string // "http://127.0.0.1:4242"
	Token string
	HTTP  *http.Client // nil: [http.DefaultClient]
}

// New is a client of a server. It trusts the server's authority alone, where it has one.
func New(s sandbox.Server) (*Client, error) {
	c := &Client{URL: s.URL, Token: s.Token, HTTP: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token is for this server
	}}
	transport := &http.Transport{MaxIdleConnsPerHost: 4} // no proxy: the server is near
	if len(s.Authority) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(s.Authority) {
			return nil, errors.New("the authority of the sandbox is no certificate in PEM")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	c.HTTP.Transport = transport
	return c, nil
}

// Error is what a sandbox refused. It is one of the sandbox's errors too, such as
// [sandbox.ErrNoPayment], where that is why.
type Error struct {
	Status  int // of HTTP: 400, 401, 403, 404, 409, …
	Message string

	is error
}

func (e *Error) Error() string { return e.Message }

// Unwrap is the sandbox's error; nil: there is none.
func (e *Error) Unwrap() error { return e.is }

// mostAnswer bounds what is read of an answer, in bytes.
const mostAnswer = 256 << 20

// Do sends a JSON object to a path below /_apo, such as "/clock", and reads the answer
// into a value; both may be nil. An [Error] is what the sandbox says; any other, that
// it could not be asked.
func (c *Client) Do(ctx context.Context, method, path string, body, answer any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = apo.Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+"/_apo"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return fmt.Errorf("the sandbox at %s cannot be asked: %w", c.URL, err)
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return fmt.Errorf("the sandbox at %s: %w", c.URL, err)
	}
	if resp.StatusCode != http.StatusOK {
		return failed(resp.StatusCode, text)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("the sandbox at %s answered something else: %w", c.URL, err)
	}
	return nil
}

func failed(status int, text []byte) error {
	var said struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	e := &Error{Status: status, Message: fmt.Sprintf("the sandbox answered with HTTP %d", status)}
	if json.Unmarshal(text, &said) == nil && said.Error.Message != "" {
		e.Message = said.Error.Message
	}
	return e
}

// known says which of the sandbox's errors the statuses of an answer mean.
func known(err error, errs map[int]error) error {
	var e *Error
	if errors.As(err, &e) {
		e.is = errs[e.Status]
	}
	return err
}
