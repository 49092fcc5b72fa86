package cmd

import (
	"time"

	"github.com/cli/browser"

	"github.com/apo-cli/apo/cmd/internal/files"
)

// openBrowser starts the browser, whose own output must not mix with data. Some
// desktops run it until its window is closed: nobody waits for that.
func (d *deps) openBrowser(page string) error {
	const long = 3 * time.Second
	browser.Stdout, browser.Stderr = nil, nil // none
	failed := make(chan error, 1)
	return files.Wait(d.io.Interrupted, func() error {
		go func() { failed <- browser.OpenURL(page) }()
		select {
		case err := <-failed:
			return err
		case <-time.After(long):
			return nil
		}
	})
}
