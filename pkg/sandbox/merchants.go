package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
)

// ClientIDOf is the client ID of the merchant of a name, the same in every sandbox:
// "SANDBOX_5YAPO" and eleven digits; that of the name "" is [ClientID].
func ClientIDOf(name string) string {
	if name == "" {
		return ClientID
	}
	sum := sha256.Sum256([]byte("merchant " + name))
	const first = 1000 // below are ClientID and OtherClientID
	return fmt.Sprintf("SANDBOX_5YAPO%011d", first+binary.BigEndian.Uint64(sum[:8])%(1e11-first))
}

// CheckMerchant tells what is wrong with the name of a merchant: it is part of the names
// of files.
func CheckMerchant(name string) error {
	plain := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
	if !plain || name == "" || len(name) > 40 || strings.ContainsAny(name[:1], "-_") {
		return fmt.Errorf("%.60q is not the name of a merchant: at most 40 letters, digits, - and _, such as shop-a", name)
	}
	return nil
}

// Merchants serves several sandboxes at one address, each for the merchant whose client ID
// it has. A request reaches the books of one of them alone: the gateway's by its
// Client-Id, the control API's by its token, a page by whose it is. What is nobody's the
// first answers. It panics without any.
func Merchants(boxes ...*Sandbox) http.Handler {
	if len(boxes) == 0 {
		panic("sandbox: no merchants")
	}
	return merchants(boxes)
}

type merchants []*Sandbox

// ServeHTTP hands a request to the sandbox that is meant.
func (m merchants) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case isHealth(path):
		m.serveHealth(w, r)
	case isPage(path):
		m.servePage(w, r)
	case isControl(path):
		m.that(func(s *Sandbox) bool { return s.knowsToken(r) }).ServeHTTP(w, r)
	default:
		m.that(func(s *Sandbox) bool { return s.clientID == r.Header.Get("Client-Id") }).ServeHTTP(w, r)
	}
}

func (m merchants) that(is func(*Sandbox) bool) *Sandbox {
	for _, s := range m {
		if is(s) {
			return s
		}
	}
	return m[0]
}

// serveHealth answers as the first that is not well, or as all do.
func (m merchants) serveHealth(w http.ResponseWriter, r *http.Request) {
	for _, s := range m {
		answer := &response{header: http.Header{}, status: http.StatusOK}
		if s.serveHealth(answer, r); answer.status != http.StatusOK || s == m[len(m)-1] {
			answer.sendTo(w)
			return
		}
	}
}

// servePage answers as the one that has the page. Its address is a secret of one, so the
// others know of none there.
func (m merchants) servePage(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "400: the form is too long, or broke off", http.StatusBadRequest)
		return
	}
	var first *response
	for _, s := range m {
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		answer := &response{header: http.Header{}, status: http.StatusOK}
		s.ServeHTTP(answer, again)
		if answer.status != http.StatusNotFound {
			answer.sendTo(w)
			return
		}
		if first == nil {
			first = answer
		}
	}
	first.sendTo(w)
}

// sendTo writes an answer that was kept.
func (w *response) sendTo(to http.ResponseWriter) {
	maps.Copy(to.Header(), w.header)
	to.WriteHeader(w.status)
	_, _ = to.Write(w.body.Bytes())
}
