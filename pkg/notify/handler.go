package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/sign"
)

// Handler receives notifications at the address that the dashboard, or a request,
// names. It reads no more than it may, verifies, refuses another client's, hands
// each piece of news to handle once, and acknowledges only after handle returned
// nil. Whatever else happens is answered so that APO delivers again.
//
// handle is called for news that succeeded, failed or is not final alike: see
// [Notification.Meaning]. Calls are concurrent, in no certain order, and for one
// piece of news never at the same time. The context ends when APO hangs up. With
// [Database] it carries the transaction in which the notification is remembered: see
// [Tx].
//
// Without [RememberIn] what was handled is remembered in memory, and is handled
// again after a restart.
func Handler(v Verifier, handle func(context.Context, Notification) error, options ...Option) http.Handler {
	h := handler{verifier: v, handle: handle, seen: InMemory(memoryDefault), most: bodyDefault, report: logs}
	for _, set := range options {
		set(&h)
	}
	return h
}

const (
	bodyDefault   = 1 << 20
	memoryDefault = 100_000
	readWithin    = 10 * time.Second
)

// Option changes what a [Handler] does.
type Option func(*handler)

// RememberIn says where a handler keeps which news it has handled.
func RememberIn(s Seen) Option { return func(h *handler) { h.seen = s } }

// Limit is the size in bytes of the largest body that is read; without it, 1 MiB.
func Limit(bytes int64) Option { return func(h *handler) { h.most = bytes } }

// SignedPath says which path Antom posts to, where a proxy in front hands on
// another: "/hooks/apo". Without it the path is that of the request line.
func SignedPath(path string) Option { return func(h *handler) { h.path = path } }

// Reports gives what became of each request to report, before it is answered.
// Without it whatever was not handled is logged with slog.Default.
func Reports(report func(context.Context, Report)) Option {
	return func(h *handler) { h.report = report }
}

// Report is what a [Handler] made of a request.
type Report struct {
	Notification Notification // the zero value where it did not verify
	Handled      bool         // handle returned nil now; false where it had before
	Status       int          // that is answered
	Err          error        // nil where the request is acknowledged, unless it is [ErrDiffers]
}

// ErrDiffers says that news of a request was handled before, and that this is the
// same news with another amount, paymentId, captureId or refundId. It is
// acknowledged, for it comes no other way, and not handled. Perhaps money moved
// twice: ask with inquiryPayment, and let a person look.
var ErrDiffers = errors.New("news of the same request that was handled before says something else now")

type handler struct {
	verifier Verifier
	handle   func(context.Context, Notification) error
	seen     Seen
	most     int64
	path     string
	report   func(context.Context, Report)
}

// ServeHTTP takes one notification and acknowledges it, or says why not.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	done := h.take(w, r)
	h.report(r.Context(), done)
	if done.Status == http.StatusOK {
		_ = Acknowledge(w)
		return
	}
	if done.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	Refuse(w, done.Status, "not accepted")
}

// take does all but answer.
func (h handler) take(w http.ResponseWriter, r *http.Request) Report {
	if r.Method != http.MethodPost {
		return Report{Status: http.StatusMethodNotAllowed, Err: errors.New("a notification is a POST")}
	}
	m, signature, status, err := h.message(w, r)
	if err != nil {
		return Report{Status: status, Err: err}
	}
	n, err := h.verifier.Verify(m, signature)
	switch {
	case errors.As(err, new(*Unverified)):
		return Report{Status: http.StatusBadRequest, Err: err}
	case errors.As(err, new(*Unreadable)):
		return Report{Notification: n, Status: http.StatusBadRequest, Err: err}
	case err != nil:
		return Report{Status: http.StatusInternalServerError, Err: err}
	case n.OtherClient:
		return Report{Notification: n, Status: http.StatusForbidden, Err: errors.New("it is for another client ID")}
	case n.Stale:
		return Report{Notification: n, Status: http.StatusBadRequest, Err: errors.New("its signed time is too far from now")}
	}
	handled := false
	before, err := h.seen.Once(r.Context(), n.key(), n.details(), func(ctx context.Context) error {
		handled = true
		return h.handle(ctx, n)
	})
	switch {
	case err != nil:
		return Report{Notification: n, Status: http.StatusInternalServerError, Err: err}
	case !handled && before != n.details():
		return Report{Notification: n, Status: http.StatusOK, Err: ErrDiffers}
	}
	return Report{Notification: n, Handled: handled, Status: http.StatusOK}
}

// message reads what was signed. status is the answer to what cannot be read.
func (h handler) message(w http.ResponseWriter, r *http.Request) (m sign.Message, signature string, status int, err error) {
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Now().Add(readWithin)) // not every server can
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.most))
	switch {
	case err == nil:
		_ = connection.SetReadDeadline(time.Time{}) // handle may take longer
	case errors.As(err, new(*http.MaxBytesError)):
		return m, "", http.StatusRequestEntityTooLarge, fmt.Errorf("the body has more than %d bytes", h.most)
	case err != nil:
		return m, "", http.StatusBadRequest, fmt.Errorf("the body cannot be read: %w", err)
	}
	m = sign.Message{Method: r.Method, Path: h.path, Body: body}
	if m.Path == "" {
		m.Path = target(r)
	}
	for _, header := range []struct {
		name string
		to   *string
	}{{"Client-Id", &m.ClientID}, {"Request-Time", &m.Time}, {"Signature", &signature}} {
		values := r.Header.Values(header.name)
		if header.name == "Request-Time" && len(values) == 0 {
			values = r.Header.Values("Response-Time") // Antom's page of signatures prints this name
		}
		if len(values) != 1 {
			return m, "", http.StatusBadRequest, fmt.Errorf("it has the header %s %d times, not once", strings.ToLower(header.name), len(values))
		}
		*header.to = values[0]
	}
	return m, signature, 0, nil
}

// target is the address of the request line, without scheme and host where a
// proxy wrote them.
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

func logs(ctx context.Context, r Report) {
	if r.Err != nil {
		n := r.Notification
		slog.WarnContext(ctx, "apo notification not handled", "error", r.Err, "status", r.Status, "kind", n.Kind,
			"paymentRequestId", n.PaymentRequestID, "captureRequestId", n.CaptureRequestID, "refundRequestId", n.RefundRequestID)
	}
}
