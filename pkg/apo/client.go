package apo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/apo-cli/apo/pkg/internal/wait"
	"github.com/apo-cli/apo/pkg/sign"
)

// MaxAnswer is the size above which an answer is refused, in bytes.
const MaxAnswer = 4 << 20

// DefaultTimeout bounds a call as a whole, connecting included.
const DefaultTimeout = 30 * time.Second

// Client calls the APIs of one gateway in the name of one client ID. Its
// fields are not changed while it is in use; it is then safe to share.
type Client struct {
	Gateway    Gateway
	ClientID   string
	Key        *sign.PrivateKey // the merchant's, to sign requests
	KeyVersion string           // "1" when empty
	AntomKey   *sign.PublicKey  // Antom's, to verify answers
	AgentToken string           // of an ISV; sent only if set

	HTTP      *http.Client     // nil: NewHTTPClient(Transport{})
	Timeout   time.Duration    // 0: DefaultTimeout
	Retries   int              // how often an unusable answer is asked for again: same ID, same body
	UserAgent string           // "apo" when empty
	Now       func() time.Time // nil: time.Now

	// Masker hides card data and tokens in errors and excerpts. Its Known, if
	// there is one, learns from each request and from each answer that verified.
	Masker Masker
}

// Call signs body, sends it to e and returns the answer.
//
// The exact bytes of body are what is signed and sent. What comes back is an
// [*Answer] only if all of this holds; otherwise the error is an [*Error]:
//
//   - HTTP 200, uncompressed, UTF-8, at most 4 MiB, complete;
//   - a Signature header that verifies with Antom's key over the path of the
//     request, our client ID, the Response-Time header and the raw bytes;
//   - one strict JSON object ([CheckJSON]) with a result of status S, F or U;
//   - the client ID, and each ID and amount of the request that the answer
//     carries too, are ours;
//   - a Response-Time not more than 5 minutes before the request.
//
// A gateway that cannot recognise the caller cannot sign either. So an answer
// with neither Signature nor Response-Time is returned too, marked Unsigned,
// if it says F or U; it proves nothing. An unsigned S, and one header without
// the other, are errors of kind Untrusted.
//
// With Retries it sends again until a usable answer came. Once a try may have
// arrived, an answer to a later one is marked Repeated: a refusal may be of the
// later try alone.
func (c *Client) Call(ctx context.Context, e Endpoint, body []byte) (*Answer, error) {
	var doubt *Error // of an earlier try: nothing that a later one meets clears it
	for try := 0; ; try++ {
		answer, err := c.once(ctx, e, body)
		var failed *Error
		switch {
		case errors.As(err, &failed):
			if doubt == nil && failed.Kind != Unreachable && failed.Kind != Interrupted {
				doubt = failed
			}
		case err != nil:
			return nil, err
		case doubt == nil || e.Reads || !answer.Unsigned: // nothing unsigned says more than that nothing is known
			answer.Repeated = doubt != nil
			return answer, nil
		}
		if doubt != nil {
			answer, err = nil, doubt
		}
		if try >= c.Retries || ctx.Err() != nil || !wait.For(ctx, time.Second<<min(try, 4)) {
			return answer, err
		}
	}
}

func (c *Client) once(ctx context.Context, e Endpoint, body []byte) (*Answer, error) {
	if c.Key == nil || c.AntomKey == nil || c.ClientID == "" {
		return nil, errors.New("a client needs a client ID, a private key and Antom's public key")
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	mask, hasCard := c.masker(e, body)
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	sentAt := c.now()
	m := sign.Message{
		Method:   http.MethodPost,
		Path:     SandboxPath(c.ClientID, e.Path),
		ClientID: c.ClientID,
		Time:     strconv.FormatInt(sentAt.UnixMilli(), 10),
		Body:     body,
	}
	// A connection in hand is the last moment at which nothing can have
	// left: from then on another goroutine writes, whatever happens here.
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	watch := newStopwatch(c.now)
	watch.trace(trace)
	req, err := c.request(httptrace.WithClientTrace(ctx, trace), m)
	if err != nil {
		return nil, err
	}
	req.Close = hasCard // what a proxy sends behind the answer, net/http logs where a connection stays open
	fail := func(problem string, err error) *Error {
		failed := &Error{Kind: NoAnswer, Endpoint: e.Name, Problem: mask.Text(problem), Err: err, Timing: watch.stop()}
		switch {
		case !connected.Load() && parent.Err() != nil:
			failed.Kind = Interrupted
		case !connected.Load():
			failed.Kind = Unreachable
		}
		return failed
	}
	resp, err := c.http().Do(req)
	if err != nil {
		return nil, fail(c.transportProblem(parent, ctx, timeout, err, connected.Load()), err)
	}
	defer resp.Body.Close()
	raw, err := readBody(resp)
	if err != nil {
		failed := fail("the answer broke off after "+plural(len(raw), "byte"), err)
		if ctx.Err() != nil {
			failed.Problem = mask.Text(c.transportProblem(parent, ctx, timeout, err, true))
		}
		failed.Status, failed.Excerpt = resp.StatusCode, excerpt(raw, mask)
		return nil, failed
	}
	answer, failed := c.read(e, m, sentAt, resp, raw, mask)
	if failed != nil {
		failed.Timing = watch.stop()
		return nil, failed
	}
	answer.Timing = watch.stop()
	if !answer.Unsigned {
		mask.Known.Learn(raw)
	}
	return answer, nil
}

// masker knows what a request holds, and says whether that is card data or a
// token.
func (c *Client) masker(e Endpoint, body []byte) (m Masker, hasCard bool) {
	if m = c.Masker; m.Known == nil {
		m.Known = new(Known)
	}
	m.Known.Hide(c.AgentToken)
	m.Known.LearnQuery(e.Path)
	return m, m.Known.Learn(body)
}

// readBody reads what may be an answer. Behind a 101 there is none: the
// connection has left HTTP, and reading from it heeds no context any more.
func readBody(resp *http.Response) ([]byte, error) {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
}

func (c *Client) request(ctx context.Context, m sign.Message) (*http.Request, error) {
	version := c.KeyVersion
	if version == "" {
		version = "1"
	}
	signature, err := sign.Sign(c.Key, version, m)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, m.Method, c.Gateway.base+m.Path, bytes.NewReader(m.Body))
	if err != nil {
		return nil, fmt.Errorf("path %q cannot be requested", m.Path)
	}
	agent := c.UserAgent
	if agent == "" {
		agent = "apo"
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Client-Id", c.ClientID)
	req.Header.Set("Request-Time", m.Time)
	req.Header.Set("Signature", signature)
	if c.AgentToken != "" {
		req.Header.Set("agent-token", c.AgentToken)
	}
	return req, nil
}

// transportProblem says in words why no answer came. It does not pass the
// error's own text on where that only repeats the URL.
func (c *Client) transportProblem(parent, ctx context.Context, timeout time.Duration, err error, connected bool) string {
	reached := c.Gateway.String() + " could not be reached" + c.through()
	switch {
	case parent.Err() != nil && connected:
		return "interrupted while waiting for the answer"
	case parent.Err() != nil:
		return "interrupted before anything was sent"
	case ctx.Err() != nil && connected:
		return fmt.Sprintf("no answer within %s", timeout)
	case ctx.Err() != nil:
		return fmt.Sprintf("%s within %s", reached, timeout)
	case connected:
		return "the connection broke before the answer came: " + innermost(err)
	}
	var ours *ProxyError
	if errors.As(err, &ours) && ours.Host == "" {
		return c.Gateway.String() + " could not be reached: " + ours.Error()
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "proxyconnect" {
		return fmt.Sprintf("%s: no connection to the proxy: %s", reached, innermost(err))
	}
	return fmt.Sprintf("%s: %s", reached, innermost(err))
}

// through names the proxy on the way to the gateway, which may be what cannot be
// reached, or what says no. Empty: there is none.
func (c *Client) through() string {
	transport, ok := c.http().Transport.(*http.Transport)
	if !ok || transport.Proxy == nil {
		return ""
	}
	target, err := url.Parse(c.Gateway.base)
	if err != nil {
		return ""
	}
	proxy, err := transport.Proxy(&http.Request{URL: target})
	if err != nil || proxy == nil {
		return ""
	}
	variable, value := proxyVariable()
	if value == "" { // a Go program chose it
		return " through the proxy " + proxy.Host
	}
	return " through the proxy " + proxy.Host + " (" + variable + ")"
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		client := *c.HTTP // whatever it does otherwise, a signed body goes nowhere else
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return &client
	}
	client, _ := NewHTTPClient(Transport{}) // cannot fail without a CA
	return client
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// innermost returns the text of the last error in the chain, which names the
// cause without the URL and the operations around it. It may quote what came.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
