package app

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
)

// TargetClient posts notifications to a merchant's own address: as they are, once,
// and without following a redirect.
func (d *Run) TargetClient(ctx context.Context) (*http.Client, error) {
	trusted, err := d.Receivers(ctx)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableCompression: true, MaxIdleConnsPerHost: 64,
			TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// ListenerFile is where a running listener tells its address.
func ListenerFile(paths profile.Paths) string { return filepath.Join(paths.State, "listener.json") }

// ListenWord is the URL that stands for the running listener.
const ListenWord = "listen"

// NotifyURL is a notification URL as it was given, or what ListenWord stands for. APO
// itself cannot reach a listener on this machine, unless it has an address outside.
func (d *Run) NotifyURL(ctx context.Context, given string, local bool) (string, error) {
	if given != ListenWord {
		if u, err := url.Parse(given); err == nil && u.User != nil {
			return "", say.Fail(say.Usage, "--notify-url: an address for notifications has no user and no password in it; its signature says who sent one")
		}
		return given, nil
	}
	r, err := d.listener(ctx)
	switch {
	case err != nil:
		return "", err
	case r.PublicURL != "":
		return r.PublicURL, nil
	case !local:
		return "", say.Fail(say.Usage, "--notify-url listen: the listener at %s cannot be reached from outside", r.URL).
			Hint("put a tunnel in front and name it: apo listen --public-url https://…")
	}
	return r.URL, nil
}

// ListenerURL is the address of the running listener on this machine.
func (d *Run) ListenerURL(ctx context.Context) (string, error) {
	r, err := d.listener(ctx)
	return r.URL, err
}

// ListenerNow finds the running listener of a state folder for the sandbox's
// notifications without an address, whenever it is asked: a listener may start after
// the sandbox. One that verifies with another key, given as its SHA-256, is not meant.
// That one is there is said once. It is safe for concurrent use, and asks the listener
// whether it is alive at most once a second.
func (d *Run) ListenerNow(folder, key string) func() string {
	file := ListenerFile(profile.Paths{State: folder})
	var mu sync.Mutex
	var written, asked time.Time
	var url, said string
	return func() string {
		about, err := os.Stat(file)
		if err != nil {
			return ""
		}
		mu.Lock()
		defer mu.Unlock()
		if about.ModTime().Equal(written) && time.Since(asked) < time.Second {
			return url
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r, alive := listen.Running(ctx, file)
		written, asked, url = about.ModTime(), time.Now(), ""
		if alive && r.AntomKey == key {
			url = r.URL
		}
		if url != "" && url != said {
			said = url
			d.IO.Note("notifications without a URL go to apo listen at " + url)
		}
		return url
	}
}

func (d *Run) listener(ctx context.Context) (r listen.Ready, err error) {
	paths, _, err := d.Configuration()
	if err != nil {
		return r, err
	}
	alive := false
	if paths.State != "" {
		r, alive = listen.Running(ctx, ListenerFile(paths))
	}
	if !alive {
		return r, say.Fail(say.Usage, "no listener runs").Hint("apo listen, in another window, is one")
	}
	return r, nil
}
