package listen

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/journal"
)

const (
	checkEvery  = time.Minute
	checkWithin = 10 * time.Second
)

// Server listens.
type Server struct {
	config   Config
	listener net.Listener
	http     *http.Server
	failed   chan error

	handing context.Context // of what is handed to targets; it ends with the server
	cut     context.CancelFunc

	underWay sync.RWMutex // held for reading by each message
	ended    bool

	order       order
	storing     storing
	receptions  *writer[journal.Reception]
	deliveries  *writer[journal.Delivery]
	room        room
	unverified  *allowance
	unexplained *line
	*teller
}

// Start serves on a listener.
func Start(listener net.Listener, c Config) *Server {
	s := &Server{
		config: c, listener: listener, failed: make(chan error, 2), room: room{free: mostBodies}, unverified: newAllowance(c.Now()),
		unexplained: &line{hurry: make(chan struct{})}, teller: newTeller(c.Tell),
	}
	s.handing, s.cut = context.WithCancel(context.Background())
	s.receptions = newWriter(c.Inbox.Take)
	s.deliveries = newWriter(func(ctx context.Context, list []journal.Delivery) ([]journal.Delivery, error) {
		return list, c.Inbox.Delivered(ctx, list)
	})
	s.http = &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // it would quote what came over a connection
	}
	go func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	go s.watch()
	return s
}

// Failed tells why the listener receives no more. It is not told of one that was
// stopped.
func (s *Server) Failed() <-chan error { return s.failed }

// Stop ends the server. What came already is written, handed on and answered, for
// as long as the context lasts; then it is cut off, unanswered. told is false where
// nobody takes the last events; Config.Tell may not have returned then.
func (s *Server) Stop(ctx context.Context) (told bool) {
	close(s.unexplained.hurry)
	if s.http.Shutdown(ctx) != nil {
		s.cut()
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if s.http.Shutdown(short) != nil {
			s.http.Close()
		}
	}
	none := make(chan struct{}) // is under way
	go func() {
		s.underWay.Lock()
		s.ended = true
		s.underWay.Unlock()
		close(none)
	}()
	select {
	case <-none:
	case <-ctx.Done():
	}
	s.cut()
	<-none
	s.receptions.stop()
	s.deliveries.stop()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.within)
	defer cancel()
	return s.teller.stop(last)
}

// store writes a message down.
func (s *Server) store(r journal.Reception) (journal.Reception, error) {
	written, err := s.receptions.one(r)
	if errors.Is(err, journal.ErrFault) { // with this one alone
		return written, err
	}
	s.storing.told(err, time.Now())
	if trouble := s.cannotStore(); trouble != nil {
		s.fail(trouble)
	}
	return written, err
}

// cannotStore says that the inbox has refused what came for as long as between two looks.
func (s *Server) cannotStore() error { return s.storing.trouble(time.Now(), s.checkEvery()) }

// fail tells why it receives no more: the first reason is enough.
func (s *Server) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// watch asks the server for its health over its own socket, and says so when it
// does not answer: a listener is never alive and deaf.
func (s *Server) watch() {
	tick := time.NewTicker(s.checkEvery())
	defer tick.Stop()
	for {
		select {
		case <-s.handing.Done():
			return
		case <-tick.C:
		}
		if err := s.Check(s.handing); err != nil && s.handing.Err() == nil {
			s.fail(err)
			return
		}
	}
}

// Check asks the server for its health, and whether what comes can be kept.
func (s *Server) Check(ctx context.Context) error {
	if err := s.cannotStore(); err != nil {
		return err
	}
	return healthy(ctx, s.listener.Addr().String(), min(checkWithin, 10*s.checkEvery()))
}

func (s *Server) checkEvery() time.Duration { return cmp.Or(s.config.CheckEvery, checkEvery) }

const (
	healthPath   = "/healthz"
	healthHeader = "Apo-Listen" // nobody else on that port has it
)

// deaf says that a listener does not answer.
type deaf struct {
	address string
	err     error
}

func (d deaf) Error() string {
	var failed *url.Error
	if errors.As(d.err, &failed) {
		return "it does not answer on " + d.address + " any more: " + failed.Err.Error()
	}
	return "it does not answer on " + d.address + " any more: " + d.err.Error()
}
func (d deaf) Unwrap() error { return d.err }

var errNotUs = errors.New("somebody else answers there")
