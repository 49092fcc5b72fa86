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

	all     []*served // Box and, where there are several merchants, the others
	forgets bool      // its options told the state something that ends with it
	http    *http.Server
}

// served is what a server has of each of its merchants.
type served struct {
	name     string // "": the one that has none
	box      *sandbox.Sandbox
	keys     sandbox.Keys
	folder   string // of the keys
	passing  func() // removes the folder that ends with the server; nil: there is none
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
	config.Log = log
	if err := c.checkAddresses(); err != nil {
		return nil, err
	}
	each, err := c.each()
	if err != nil {
		return nil, err
	}
	go sandbox.ClearPassing() // of those that were killed
	s := &Server{Failed: make(chan error, len(c.Listen)), forgets: c.tells()}
	// The address comes first: one that cannot be had must not change the state
	// of who has it. So do the keys, without which nobody could use it.
	for _, one := range each {
		m, err := one.prepare()
		if err != nil {
			s.endAll()
			return nil, err
		}
		s.all = append(s.all, m)
	}
	listeners, err := listen(c.Listen)
	if err != nil {
		s.endAll()
		return nil, err
	}
	for i, one := range each {
		if err = one.openServed(config, s.all[i]); err != nil {
			break
		}
	}
	if err == nil {
		s.Box = s.all[0].box
		err = s.start(listeners, c)
	}
	if err != nil {
		closeAll(listeners)
		s.endAll()
		return nil, err
	}
	return s, nil
}

// prepare finds the state and the keys of a merchant, and makes the keys where there are
// none.
func (c Config) prepare() (*served, error) {
	name, err := c.merchant()
	if err != nil {
		return nil, err
	}
	m := &served{name: name, withdraw: func() {}}
	if m.beside, m.folder, m.passing, err = c.placesToServe(); err != nil {
		return nil, err
	}
	if m.keys, err = c.keys(m.folder); err != nil && m.passing != nil {
		m.passing()
	}
	return m, err
}

// endAll closes what is open, and removes what passes.
func (s *Server) endAll() {
	for _, m := range s.all {
		if m.box != nil {
			m.box.Close()
		}
		if m.passing != nil {
			m.passing()
		}
	}
}

// placesToServe are places, for a server. One that keeps no state goes on where
// nothing can be kept: its keys then lie in a folder that passes with it.
func (c Config) placesToServe() (state, folder string, passing func(), err error) {
	state, folder, err = c.places()
	if !c.Memory || err == nil && os.MkdirAll(folder, 0o700) == nil {
		return state, folder, nil, err
	}
	if err != nil && !errors.Is(err, profile.ErrNoHome) {
		return "", "", nil, err
	}
	if folder, passing, err = sandbox.PassingFolder(); err != nil {
		return "", "", nil, say.Fail(say.Error, "%v", err)
	}
	return "", folder, passing, nil
}

// openServed opens the sandbox that a server is about. That of a seed begins anew,
// unless its state was named.
func (c Config) openServed(config sandbox.Config, m *served) (err error) {
	if c.Seed != "" && c.State == "" && !c.Memory {
		if err := c.forget(); err != nil {
			return err
		}
	}
	config.Merchant, config.Keys, config.NotifyURLNow = m.name, m.keys, c.listener(m.folder, m.keys)
	if config.State = m.beside; c.Memory {
		config.State = ""
	}
	if m.box, err = sandbox.Open(config); err != nil {
		return stateFailure(err)
	}
	return nil
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
		Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: silent(),
	}
	s.http.RegisterOnShutdown(s.Box.EndStreams)
	for _, l := range listeners {
		s.addresses = append(s.addresses, l.Addr().String())
	}
	s.base = c.base(scheme, s.addresses[0])
	for _, m := range s.all {
		m.withdraw = m.box.Announce(sandbox.Announcement{Pages: s.base, Control: c.control(scheme, s.addresses), Authority: s.Authority, Beside: m.beside})
	}
	for _, l := range listeners {
		if authority != nil {
			l = tls.NewListener(l, authority.TLS())
		}
		go func() { s.Failed <- s.http.Serve(l) }()
	}
	return nil
}

// handler serves all merchants.
func (s *Server) handler() http.Handler {
	if len(s.all) == 1 {
		return s.Box
	}
	var boxes []*sandbox.Sandbox
	for _, m := range s.all {
		boxes = append(boxes, m.box)
	}
	return sandbox.Merchants(boxes...)
}

// Stop ends the server, and lets what is under way finish.
func (s *Server) Stop(ctx context.Context) {
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if s.http.Shutdown(stop) != nil {
		s.http.Close()
	}
	for _, m := range s.all {
		m.withdraw()
		if s.forgets { // or the next payment would meet it, in whatever process
			_ = m.box.Forget()
		}
	}
	s.endAll()
}

// Openness says who is let in beside this machine; "" nobody is.
func (s *Server) Openness() string { return say.Openness(s.addresses, s.open, s.Authority != nil) }

// Ready tells how to use the server.
func (s *Server) Ready() say.Ready {
	files := sandbox.KeyFilesIn(s.all[0].folder)
	rules, _ := s.Box.Rules() // what cannot be read is not said
	var merchants []say.ReadyMerchant
	for _, m := range s.all {
		if m.name != "" {
			merchants = append(merchants, m.ready())
		}
	}
	return say.Ready{
		Type: "ready", Gateway: s.base, Addresses: s.addresses, ClientID: s.Box.Credentials().ClientID, Sandbox: s.Box.Identity(),
		Merchant: files.Merchant, Antom: files.AntomPublic, Authority: string(s.Authority), PID: os.Getpid(), Token: s.Box.ControlToken(),
		Scenarios: say.ScenariosOf(rules), Merchants: merchants,
	}
}

// silent is where net/http says what went wrong with a connection, quoting what
// came over it.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }
