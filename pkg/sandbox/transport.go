package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
)

// Transport returns a RoundTripper that hands requests to the sandbox in this
// process, without a port.
func (s *Sandbox) Transport() http.RoundTripper { return inProcess{s} }

type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	// From here on the request counts as sent, as on a real connection.
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	w := &response{header: http.Header{}, status: http.StatusOK}
	request := r.Clone(r.Context())
	request.RequestURI = r.URL.RequestURI()
	t.handler.ServeHTTP(w, request)
	header := http.Header{}
	for name, values := range w.header {
		header[textproto.CanonicalMIMEHeaderKey(name)] = values
	}
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *response) Header() http.Header         { return w.header }
func (w *response) WriteHeader(status int)      { w.status = status }
func (w *response) Write(b []byte) (int, error) { return w.body.Write(b) }
