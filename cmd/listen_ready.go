package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
)

// ready is how the listener is told of. Its URL has the path of the target, so that
// what is signed for it verifies there.
func (o *listenOptions) ready(l net.Listener, c listen.Config) listen.Ready {
	path := o.path
	if path == "/" && c.Target != nil && c.Target.Path != "" {
		path = c.Target.EscapedPath()
	}
	port := l.Addr().(*net.TCPAddr).Port
	r := listen.Ready{
		Type: "ready", URL: "http://" + l.Addr().String() + path, Port: port, PID: os.Getpid(), PublicURL: o.publicURL, Profile: c.Account.Profile, ClientID: c.Verifier.ClientID,
	}
	if len(c.Verifier.Keys) > 0 {
		r.AntomKey = c.Verifier.Keys[0].Fingerprint()
	}
	return r
}

// announce writes the ready files: that by which other commands find the listener, and
// the one that was asked for.
func (o *listenOptions) announce(file string, r listen.Ready) error {
	if file != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return say.Fail(say.Config, "%v", err)
		}
		for _, name := range []string{listen.Own(file, r), file} {
			if err := profile.WriteFile(name, r.Announce(), true); err != nil {
				return say.Fail(say.Config, "%v", err)
			}
		}
	}
	if o.readyFile != "" {
		if err := profile.WriteFile(o.readyFile, r.Announce(), true); err != nil {
			return say.Fail(say.Error, "--ready-file: %v", err)
		}
	}
	return nil
}

// clearReadyFile removes what an earlier listener left: whoever waits for the file waits
// for this one. Its folder is not made.
func (o *listenOptions) clearReadyFile() error {
	if o.readyFile == "" {
		return nil
	}
	if about, err := os.Stat(filepath.Dir(o.readyFile)); err != nil || !about.IsDir() {
		return say.Fail(say.Error, "--ready-file %s: there is no folder %s", o.readyFile, filepath.Dir(o.readyFile)).Hint("make it first")
	}
	if about, err := os.Stat(o.readyFile); err == nil && about.Mode().IsRegular() {
		if err := os.Remove(o.readyFile); err != nil {
			return say.Fail(say.Error, "--ready-file: %v", err)
		}
	}
	return nil
}

// taken says who has the port.
func (o *listenOptions) taken(ctx context.Context, err error, other listen.Ready, runs bool) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return say.Fail(say.Error, "127.0.0.1:%d: %v", o.port, errors.Unwrap(err))
	}
	who := "something else, perhaps apo sandbox,"
	switch {
	case runs && other.Port == int(o.port):
		who = fmt.Sprintf("another apo listen, process %d,", other.PID)
	case listen.Answers(ctx, int(o.port)):
		who = "another apo listen"
	}
	return say.Fail(say.Error, "port %d is taken: %s listens there", o.port, who).Hint("--port 0 takes any free one, --port 4243 that one")
}
