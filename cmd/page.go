package cmd

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// checkPage says whether a page that an answer names may be opened.
func checkPage(page string) error {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" {
		return errors.New("normalUrl is not a URL; it was not opened")
	}
	if u.Scheme == "https" || u.Scheme == "http" && apo.IsLoopback(u.Hostname()) {
		return nil
	}
	return errors.New("normalUrl is neither https nor on this machine; it was not opened")
}

// servePages serves the 3DS pages of the embedded sandbox for as long as this
// run waits.
func (s *session) servePages() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return say.Fail(say.Error, "the 3DS page cannot be served: %v", err)
	}
	server := &http.Server{Handler: s.box, ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	s.cleanup = append(s.cleanup, func() {
		// The answer that ends the wait is the buyer's: her browser is still to
		// hear where it goes on.
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	})
	s.box.ServePagesAt("http://" + listener.Addr().String())
	return nil
}
