package cmd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// server is a sandbox that listens.
type server struct {
	box       *sandbox.Sandbox
	folder    string // of its keys
	addresses []string
	base      string // "http://127.0.0.1:4242"
	authority []byte // PEM of the certificate to trust; nil without TLS
	told      bool   // its flags told the state something that ends with the server

	http   *http.Server
	failed chan error
}

// serve starts a sandbox as the options say.
func (d *deps) serve(o *sandboxOptions, log func(sandbox.Event)) (*server, error) {
	config, err := o.config(d)
	if err != nil {
		return nil, err
	}
	for _, address := range o.listen {
		host, port, err := net.SplitHostPort(address)
		if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
			return nil, say.Fail(say.Usage, "--listen %q is not an address such as %s", address, sandbox.DefaultAddress)
		}
		if !apo.IsLoopback(host) {
			return nil, say.Fail(say.Usage, "--listen %q is not on this machine; the sandbox listens on loopback alone", address)
		}
	}
	state, folder, err := o.places(d)
	if err != nil {
		return nil, err
	}
	if config.Keys, err = o.keys(folder); err != nil {
		return nil, err
	}
	if config.State, config.Log = state, log; o.memory {
		config.State = ""
	}
	s := &server{folder: folder, failed: make(chan error, len(o.listen)), told: o.tell()}
	// The address comes first: one that cannot be had must not change the state
	// of who has it.
	listeners, err := listen(o.listen)
	if err != nil {
		return nil, err
	}
	if err := d.openServed(s, o, config); err != nil {
		closeAll(listeners)
		return nil, err
	}
	if err := s.start(listeners, o.tls, d.now()); err != nil {
		closeAll(listeners)
		s.box.Close()
		return nil, err
	}
	return s, nil
}

// openServed opens the sandbox that a server is about.
func (d *deps) openServed(s *server, o *sandboxOptions, config sandbox.Config) (err error) {
	if o.seed != "" && o.state == "" && !o.memory { // the same from its beginning
		if err := d.forget(o); err != nil {
			return err
		}
	}
	if s.box, err = sandbox.Open(config); err != nil {
		return stateFailure(err)
	}
	return nil
}

// forget resets the state of a seed.
func (d *deps) forget(o *sandboxOptions) error {
	box, err := d.openBox(o)
	if err != nil {
		return err
	}
	if err := box.Reset(); err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return nil
}

// listen takes the addresses, all or none.
func listen(addresses []string) (listeners []net.Listener, err error) {
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			closeAll(listeners)
			return nil, say.Fail(say.Error, "%s is not free: %v", address, errors.Unwrap(err)).Hint("--listen 127.0.0.1:0 takes any free port")
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// start serves the sandbox.
func (s *server) start(listeners []net.Listener, encrypted bool, now time.Time) error {
	scheme := "http"
	var authority *sandbox.Authority
	if encrypted {
		var err error
		if authority, err = sandbox.NewAuthority(now, namesOf(listeners)); err != nil {
			return err
		}
		scheme, s.authority = "https", authority.PEM()
	}
	s.http = &http.Server{
		Handler: s.box, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	for _, l := range listeners {
		s.addresses = append(s.addresses, l.Addr().String())
	}
	s.base = scheme + "://" + s.addresses[0]
	s.box.ServePagesAt(s.base)
	for _, l := range listeners {
		if authority != nil {
			l = tls.NewListener(l, authority.TLS())
		} else {
			l = blamed{l}
		}
		go func() { s.failed <- s.http.Serve(l) }()
	}
	return nil
}

// namesOf are the names that a certificate must be good for: those that are led
// here, and the addresses themselves.
func namesOf(listeners []net.Listener) []string {
	names := sandbox.AuthorityNames()
	for _, l := range listeners {
		if at, ok := l.Addr().(*net.TCPAddr); ok && !slices.Contains(names, at.IP.String()) {
			names = append(names, at.IP.String())
		}
	}
	return names
}

// stop ends the server, and lets what is under way finish.
func (s *server) stop(ctx context.Context) {
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if s.http.Shutdown(stop) != nil {
		s.http.Close()
	}
	if s.told { // or the next payment would meet it, in whatever process
		_ = s.box.Forget()
	}
	s.box.Close()
}

func runSandbox(ctx context.Context, d *deps, o *sandboxOptions) error {
	if o.memory && o.state != "" {
		return say.Fail(say.Usage, "--memory and --state contradict each other")
	}
	if o.caOut != "" && !o.tls {
		return say.Fail(say.Usage, "--ca-out without --tls")
	}
	s, err := d.serve(o, d.logEvent)
	if err != nil {
		return err
	}
	defer s.stop(ctx)
	if o.caOut != "" {
		if err := profile.WriteFile(o.caOut, s.authority, true); err != nil {
			return say.Fail(say.Error, "--ca-out: %v", err)
		}
	}
	if err := d.sayReady(s, o); err != nil {
		return err
	}
	select {
	case err := <-s.failed:
		return say.Fail(say.Error, "the sandbox stopped: %v", err)
	case <-ctx.Done():
	}
	if !d.printer().WantsJSON() {
		d.io.Note("stopped")
	}
	return nil
}

// ready is what --ready-file and the ready line of -o json hold.
type ready struct {
	Type      string   `json:"type"`
	Gateway   string   `json:"gateway"`
	Addresses []string `json:"addresses"`
	ClientID  string   `json:"clientId"`
	Sandbox   string   `json:"sandbox"` // the identity of its state
	Merchant  string   `json:"merchantPrivateKeyFile"`
	Antom     string   `json:"antomPublicKeyFile"`
	Authority string   `json:"authority,omitempty"` // PEM
	PID       int      `json:"pid"`
}

// sayReady tells how to use the server, once it listens.
func (d *deps) sayReady(s *server, o *sandboxOptions) error {
	files := sandbox.KeyFilesIn(s.folder)
	r := ready{"ready", s.base, s.addresses, sandbox.ClientID, s.box.Identity(), files.Merchant, files.AntomPublic, string(s.authority), os.Getpid()}
	if o.readyFile != "" {
		text, err := apo.Encode(r)
		if err == nil {
			err = profile.WriteFile(o.readyFile, append(text, '\n'), true)
		}
		if err != nil {
			return say.Fail(say.Error, "--ready-file: %v", err)
		}
	}
	d.saySeeded(o)
	if d.printer().WantsJSON() {
		_ = d.showLine(r)
		return nil
	}
	facts := append([]string{s.base}, "client ID "+sandbox.ClientID)
	if len(s.addresses) > 1 {
		facts = append(facts, "and "+strings.Join(s.addresses[1:], ", "))
	}
	d.io.Say(term.Verdict{Mode: "LOCAL", Mood: term.Good, What: "sandbox ready", Facts: facts})
	if line := d.odd(s.box, o); line != "" {
		d.io.Note(line)
	}
	if s.authority != nil {
		d.io.Note("clients must trust this certificate; it is good for this run, for seven days at most, and installed nowhere")
		_ = d.io.WriteText(string(s.authority))
	}
	switch {
	case s.authority != nil && o.caOut != "":
		d.io.Hint("apo trusts it with --ca-file " + say.Quoted(o.caOut))
	case s.authority != nil:
		d.io.Hint("--ca-out FILE writes it to a file, and apo trusts it with --ca-file FILE")
	}
	d.io.Hint(fmt.Sprintf("to use it: apo profile add box --gateway %s --client-id %s --private-key-file %s --antom-public-key-file %s",
		s.base, sandbox.ClientID, say.Quoted(files.Merchant), say.Quoted(files.AntomPublic)))
	d.io.Hint("lines for an SDK: apo sandbox snippets java")
	return nil
}

// saySeeded says what a seed means.
func (d *deps) saySeeded(o *sandboxOptions) {
	if o.seed != "" {
		d.io.Note("its keys are the published ones, which everybody knows; its numbers follow from the seed and your request IDs")
	}
}

// odd says what about a sandbox is not as it comes.
func (d *deps) odd(box *sandbox.Sandbox, o *sandboxOptions) string {
	var parts []string
	if clock, err := box.Clock(); err == nil && clock != (sandbox.Clock{}) {
		parts = append(parts, "its clock says "+clockInWords(clock, d.now()))
	}
	if rules, err := box.Rules(); err == nil && len(rules) > 0 {
		parts = append(parts, "rules: "+strconv.Itoa(len(rules))+" (apo sandbox rule list)")
	}
	return strings.Join(parts, "; ")
}

// logEvent writes one line for each request that was answered.
func (d *deps) logEvent(e sandbox.Event) {
	if d.printer().WantsJSON() {
		_ = d.showLine(struct {
			Type     string  `json:"type"`
			Time     string  `json:"time"`
			Endpoint string  `json:"endpoint"`
			Status   string  `json:"resultStatus"`
			Code     string  `json:"resultCode"`
			ID       string  `json:"id"`
			Message  string  `json:"message,omitempty"`
			Fault    string  `json:"fault"`
			Took     float64 `json:"tookMs"`
		}{
			map[bool]string{false: "request", true: "notification"}[e.Delivery], e.Time.UTC().Format(time.RFC3339Nano),
			e.Endpoint, e.Status, e.Code, e.ID, e.Message, e.Fault, float64(e.Took.Microseconds()) / 1000,
		})
		return
	}
	_ = d.io.WriteFacts(len("15:04:05.000  "), eventFacts(e)...)
}

func eventFacts(e sandbox.Event) []string {
	status := e.Status
	if e.Delivery {
		status = "→"
	}
	facts := []string{
		fmt.Sprintf("%s  %-14s %s %-24s %6.1f ms", e.Time.Local().Format("15:04:05.000"), e.Endpoint, status, e.Code, float64(e.Took.Microseconds())/1000),
		e.ID,
	}
	if e.Message != "" {
		facts = append(facts, e.Message)
	}
	if e.Fault != "" {
		facts = append(facts, "⚡ "+e.Fault)
	}
	return facts
}

// showLine writes one JSON document on one line, masked.
func (d *deps) showLine(data any) error {
	text, err := apo.Encode(data)
	if err != nil {
		return err
	}
	return d.io.WriteJSON(text, term.NDJSON)
}
