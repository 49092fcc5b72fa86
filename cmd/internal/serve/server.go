package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Server is a sandbox that listens.
type Server struct {
	Box       *sandbox.Sandbox
	addresses []string
	base      string     // "http://127.0.0.1:4242", or what it is called outside
	open      []string   // the hosts that are let in beside those of this machine
	Authority []byte     // PEM of the certificate to trust; nil without TLS
	Failed    chan error // why it listens no more, unless it was stopped

	keys    sandbox.Keys
	folder  string // of the keys
	passing string // folder that ends with the server; empty: none
	forgets bool   // its options told the state something that ends with it
	http    *http.Server

	beside   string // the state file, which one in memory would have
	withdraw func() // its address, for others that have the state
}

// Start starts a sandbox as the options say. log is told of all that it answers
// and delivers, from many goroutines.
func (c Config) Start(log func(sandbox.Event)) (*Server, error) {
	config, err := c.sandbox()
	if err != nil {
		return nil, err
	}
	if err := c.checkAddresses(); err != nil {
		return nil, err
	}
	state, folder, passing, err := c.placesToServe()
	if err != nil {
		return nil, err
	}
	started := false
	defer func() {
		if !started && passing != "" {
			os.RemoveAll(passing)
		}
	}()
	if config.Keys, err = c.keys(folder); err != nil {
		return nil, err
	}
	config.NotifyURLNow = c.listener(folder, config.Keys)
	if config.State, config.Log = state, log; c.Memory {
		config.State = ""
	}
	s := &Server{keys: config.Keys, folder: folder, passing: passing, Failed: make(chan error, len(c.Listen)), forgets: c.tells(), beside: state}
	// The address comes first: one that cannot be had must not change the state
	// of who has it.
	listeners, err := listen(c.Listen)
	if err != nil {
		return nil, err
	}
	if s.Box, err = c.openServed(config); err != nil {
		closeAll(listeners)
		return nil, err
	}
	if err := s.start(listeners, c); err != nil {
		closeAll(listeners)
		s.Box.Close()
		return nil, err
	}
	started = true
	return s, nil
}

// placesToServe are places, for a server. One that keeps no state goes on where
// nothing can be kept: its keys then lie in a folder that passes with it.
func (c Config) placesToServe() (state, folder, passing string, err error) {
	state, folder, err = c.places()
	if !c.Memory || err == nil && os.MkdirAll(folder, 0o700) == nil {
		return state, folder, "", err
	}
	if err != nil && !errors.Is(err, profile.ErrNoHome) {
		return "", "", "", err
	}
	if passing, err = os.MkdirTemp("", "apo-sandbox-"); err != nil {
		return "", "", "", say.Fail(say.Error, "%v", err)
	}
	return "", passing, passing, nil
}

// openServed opens the sandbox that a server is about. That of a seed begins anew,
// unless its state was named.
func (c Config) openServed(config sandbox.Config) (*sandbox.Sandbox, error) {
	if c.Seed != "" && c.State == "" && !c.Memory {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	box, err := sandbox.Open(config)
	if err != nil {
		return nil, stateFailure(err)
	}
	return box, nil
}

func (c Config) forget() error {
	box, err := c.open()
	if err != nil {
		return err
	}
	if err := errors.Join(box.Reset(), box.Close()); err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// start serves the sandbox.
func (s *Server) start(listeners []net.Listener, c Config) error {
	scheme := "http"
	var authority *sandbox.Authority
	s.open = c.openTo()
	if c.TLS {
		var err error
		if authority, err = sandbox.NewAuthority(c.Now(), namesOf(listeners, s.open)); err != nil {
			return say.Fail(say.Error, "--tls: %v", err)
		}
		scheme, s.Authority = "https", authority.PEM()
	}
	s.http = &http.Server{
		Handler: s.Box, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: silent(),
	}
	s.http.RegisterOnShutdown(s.Box.EndStreams)
	for _, l := range listeners {
		s.addresses = append(s.addresses, l.Addr().String())
	}
	s.base = c.base(scheme, s.addresses[0])
	s.withdraw = s.Box.Announce(sandbox.Announcement{Pages: s.base, Control: c.control(scheme, s.addresses), Authority: s.Authority, Beside: s.beside})
	for _, l := range listeners {
		if authority != nil {
			l = tls.NewListener(l, authority.TLS())
		}
		go func() { s.Failed <- s.http.Serve(l) }()
	}
	return nil
}

// Stop ends the server, and lets what is under way finish.
func (s *Server) Stop(ctx context.Context) {
	if s.passing != "" {
		os.RemoveAll(s.passing)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if s.http.Shutdown(stop) != nil {
		s.http.Close()
	}
	s.withdraw()
	if s.forgets { // or the next payment would meet it, in whatever process
		_ = s.Box.Forget()
	}
	s.Box.Close()
}

// Openness says who is let in beside this machine; "" nobody is.
func (s *Server) Openness() string { return say.Openness(s.addresses, s.open, s.Authority != nil) }

// Ready tells how to use the server.
func (s *Server) Ready() say.Ready {
	files := sandbox.KeyFilesIn(s.folder)
	return say.Ready{
		Type: "ready", Gateway: s.base, Addresses: s.addresses, ClientID: sandbox.ClientID, Sandbox: s.Box.Identity(),
		Merchant: files.Merchant, Antom: files.AntomPublic, Authority: string(s.Authority), PID: os.Getpid(), Token: s.Box.ControlToken(),
	}
}

// silent is where net/http says what went wrong with a connection, quoting what
// came over it.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }
