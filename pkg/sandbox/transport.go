package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strconv"
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
	cut := t.serve(w, request)
	if err := r.Context().Err(); cut && err != nil {
		return nil, err
	}
	if cut && w.body.Len() == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	header := http.Header{}
	for name, values := range w.header {
		header[textproto.CanonicalMIMEHeaderKey(name)] = values
	}
	var body io.Reader = &w.body
	if length, err := strconv.Atoi(header.Get("Content-Length")); cut || err == nil && length > w.body.Len() {
		body = io.MultiReader(body, broken{})
	}
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(body), ContentLength: -1, Request: r,
	}, nil
}

// serve hands the request over, and reports whether the connection would have
// been cut.
func (t inProcess) serve(w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		if problem := recover(); problem == http.ErrAbortHandler {
			cut = true
		} else if problem != nil {
			panic(problem)
		}
	}()
	t.handler.ServeHTTP(w, r)
	return false
}

// broken is the end of an answer that is cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *response) Header() http.Header         { return w.header }
func (w *response) WriteHeader(status int)      { w.status = status }
func (w *response) Write(b []byte) (int, error) { return w.body.Write(b) }
