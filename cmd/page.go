package cmd

import (
	"errors"
	"net/url"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
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
	stop, err := serve.Pages(s.box)
	if err != nil {
		return say.Fail(say.Error, "the 3DS page cannot be served: %v", err)
	}
	s.cleanup = append(s.cleanup, stop)
	return nil
}
