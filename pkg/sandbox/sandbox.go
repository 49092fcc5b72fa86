package sandbox

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apo-cli/apo/pkg/sign"
)

// ClientID is that of the merchant of a sandbox, unless its Config names another.
const ClientID = "SANDBOX_5YAPO00000000001"

// DefaultAddress is where a sandbox is looked for unless something else is said.
const DefaultAddress = "127.0.0.1:4242"

// Config says how a sandbox is set up. The zero value is one in memory, with
// new keys, on the real clock.
//
// What a state file was told once, it keeps: fields from Seed on change it only
// where they are set.
type Config struct {
	State    string           // SQLite file; "" keeps everything in memory
	Merchant string           // its name, where one server has several; see [ClientIDOf]
	Keys     Keys             // zero: NewKeys, or with a Seed the published ones
	Now      func() time.Time // the real clock; nil: time.Now
	Log      func(Event)      // nil: nothing is logged; it may be called from many goroutines

	Seed      string     // all numbers are a function of it and of the requests
	Time      time.Time  // the clock is set to it, and stands still unless Speed is set
	Speed     float64    // how many times as fast as the real one the clock goes
	Acquirers []Acquirer // with their weights
	Routes    []byte     // routing rules in YAML, in place of Acquirers; see [ParseRoutes]
	NotifyURL string     // the dashboard's: of notifyCapture and notifyDispute, and of all whose request names no address
	Options   Options    // added to those that it has
	Rules     []Rule     // in place of those of an earlier Config
	Scenario  string     // the rules of that name, behind them

	// NotifyURLNow is where a notification goes that neither its request nor NotifyURL
	// names an address for; "" nowhere. It is asked for each of them while the books
	// are written, from many goroutines, and must be quick. It may be nil.
	NotifyURLNow func() string

	AllowHosts []string // let in as Host beside the names of this machine; see [ParseHost]
	BaseURL    string   // what it is called outside, which is let in too; see [ParseBaseURL]

	NotifyAnywhere bool              // notifications may leave for public addresses
	Trusted        *x509.CertPool    // authorities of receivers on https; nil: the system's
	Deliver        http.RoundTripper // brings notifications; nil: the network
	Passive        bool              // delivers only when DeliverDue is called
}

// Event is one request that the sandbox answered, or one attempt to deliver a
// notification. It holds no card data.
type Event struct {
	Delivery bool // an attempt to deliver: Endpoint is its notifyType, Code "accepted" or "not accepted"
	Time     time.Time
	Endpoint string // "pay"
	Status   string // "S"
	Code     string // "SUCCESS"
	Message  string // why, where it was no success
	ID       string // of the request: "paymentRequestId demo-0001"
	Fault    string // that the answer met on its way
	Merchant string // its name, where a server has several
	Took     time.Duration

	// Of an attempt to deliver.
	URL     string
	Attempt int           // 1, 2, …
	Again   time.Duration // until the next attempt, by the sandbox's clock; 0: there is none
}

// Sandbox is a local APO: an http.Handler with the gateway's API and the pages
// of 3DS.
type Sandbox struct {
	keys     Keys
	merchant *sign.PublicKey
	store    *store
	file     string
	real     func() time.Time
	log      func(Event)
	token    string                 // of the control API
	window   string                 // the window's own
	pages    atomic.Pointer[string] // scheme and host of the 3DS pages
	guard    guard
	clientID string
	teller   teller
	delivery *deliverer

	changes   changeLog
	snapshots snapshots
	end       sync.Once
	ending    chan struct{} // closed when the server stops
}

var _ http.Handler = (*Sandbox)(nil)

// Open sets up a sandbox. Close it.
func Open(c Config) (*Sandbox, error) {
	if c.Keys.Merchant == nil || c.Keys.Antom == nil {
		make := NewKeys
		if c.Seed != "" {
			make = PublishedKeys
		}
		keys, err := make()
		if err != nil {
			return nil, err
		}
		c.Keys = keys
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = func(Event) {}
	}
	if log := c.Log; c.Merchant != "" {
		c.Log = func(e Event) { e.Merchant = c.Merchant; log(e) }
	}
	if c.NotifyURLNow == nil {
		c.NotifyURLNow = func() string { return "" }
	}
	guard, err := newGuard(c)
	if err != nil {
		return nil, err
	}
	seed := newSeed()
	s := &Sandbox{
		keys: c.Keys, merchant: c.Keys.Merchant.Public(), file: c.State,
		real: c.Now, log: c.Log, token: rand.Text(), window: rand.Text(), guard: guard, clientID: ClientIDOf(c.Merchant), delivery: newDeliverer(c), ending: make(chan struct{}),
	}
	store, err := openStore(c.State, "apo-"+hex.EncodeToString(seed[:16]), c.Now, c.NotifyURLNow, func(t *tx) {
		s.changes.add(t.now, t.changes)
		s.delivery.changed(t)
	})
	if err != nil {
		return nil, err
	}
	s.store = store
	s.ServePagesAt(pagesAt(c.State))
	if err := s.configure(c); err != nil {
		s.endTelling()
		store.close()
		return nil, err
	}
	if !c.Passive {
		s.delivery.done.Go(s.deliver)
	}
	return s, nil
}

// shared reports whether other processes may use the same state.
func (s *Sandbox) shared() bool { return s.file != "" }

// Identity names the state of the sandbox: 26 letters and digits, made with it at
// random. That a payment is not found proves something only in the state that the
// request was sent to, whatever its port, file or keys; so whatever makes a state
// forget makes it another one. Reset gives it a new identity, and so must
// whoever puts an older state in its place: neither knows what the other was sent
// since. A copy of the file keeps the identity, as a moved file does; who goes on
// with both calls Reset, or must not believe what one of them does not find.
//
// It is that of the state as it was when something was last done. The gateway
// tells it in the header apo-sandbox of its answers, which is not signed.
func (s *Sandbox) Identity() string { return *s.store.identity.Load() }

// options are what the sandbox was told of points in which sources differ.
func (s *Sandbox) options() Options { return s.store.options.Load().Options }

// Close waits for what is under way and closes the state.
func (s *Sandbox) Close() error {
	s.delivery.stop()
	s.delivery.done.Wait()
	err := s.store.close()
	s.endTelling()
	s.delivery.mu.Lock()
	defer s.delivery.mu.Unlock()
	if s.delivery.file != nil {
		s.delivery.file.Close()
	}
	return err
}

// ServePagesAt sets scheme and host of normalUrl, "http://127.0.0.1:4242"
// unless it is called or a server of the same state has announced itself.
func (s *Sandbox) ServePagesAt(base string) { s.pages.Store(&base) }

// Credentials are what a client of the sandbox needs.
type Credentials struct {
	ClientID string
	Key      *sign.PrivateKey // the merchant's
	AntomKey *sign.PublicKey
}

// Credentials returns them.
func (s *Sandbox) Credentials() Credentials {
	return Credentials{ClientID: s.clientID, Key: s.keys.Merchant, AntomKey: s.keys.Antom.Public()}
}
