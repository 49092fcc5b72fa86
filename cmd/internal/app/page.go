package app

import (
	"errors"
	"net/url"
	"time"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/cli/browser"
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

// OpenPage opens the buyer's page in a browser; none where there is none.
func (s *Session) OpenPage(page string) {
	if page == "" {
		return
	}
	if err := checkPage(page); err != nil {
		s.IO.Warn(err.Error())
		return
	}
	if s.IO.Masker.Text(page) != page { // others on this machine can read what a browser is started with
		s.IO.Warn("normalUrl holds what has to stay hidden; it was not opened")
		return
	}
	if err := s.openBrowser(page); err != nil {
		s.IO.Warn("no browser could be started; open the page yourself: " + page)
	}
}

// openBrowser starts the browser, whose own output must not mix with data. Some
// desktops run it until its window is closed: nobody waits for that.
func (d *Run) openBrowser(page string) error {
	const long = 3 * time.Second
	browser.Stdout, browser.Stderr = nil, nil // none
	failed := make(chan error, 1)
	return files.Wait(d.IO.Interrupted, func() error {
		go func() { failed <- browser.OpenURL(page) }()
		select {
		case err := <-failed:
			return err
		case <-time.After(long):
			return nil
		}
	})
}
