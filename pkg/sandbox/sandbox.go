package sandbox

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/apo-cli/apo/pkg/sign"
)

// ClientID is the one merchant of a sandbox.
const ClientID = "SANDBOX_5YAPO00000000001"

// DefaultAddress is where a sandbox is looked for unless something else is said.
const DefaultAddress = "127.0.0.1:4242"

// Config says how a sandbox is set up. The zero value is one in memory, with
// new keys.
type Config struct {
	State  string           // SQLite file; "" keeps everything in memory
	Keys   Keys             // zero: NewKeys
	Now    func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand; the source of all numbers but keys
	Log    func(Event)      // nil: nothing is logged; it may be called from many goroutines
}

// Event is one request that the sandbox answered. It holds no card data.
type Event struct {
	Time     time.Time
	Endpoint string // "pay"
	Status   string // "S"
	Code     string // "SUCCESS"
	ID       string // of the request: "paymentRequestId demo-0001"
	Took     time.Duration
}

// Sandbox is a local APO: an http.Handler with the gateway's API and the pages
// of 3DS.
type Sandbox struct {
	keys     Keys
	merchant *sign.PublicKey
	store    *store
	ids      ids
	now      func() time.Time
	log      func(Event)
	pages    atomic.Pointer[string] // scheme and host of the 3DS pages
}

var _ http.Handler = (*Sandbox)(nil)

// Open sets up a sandbox. Close it.
func Open(c Config) (*Sandbox, error) {
	if c.Keys.Merchant == nil || c.Keys.Antom == nil {
		keys, err := NewKeys()
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
	numbers := newIDs(c.Random)
	store, err := openStore(c.State, "apo-"+newIDs(nil).nonce())
	if err != nil {
		return nil, err
	}
	s := &Sandbox{
		keys: c.Keys, merchant: c.Keys.Merchant.Public(), store: store,
		ids: numbers, now: c.Now, log: c.Log,
	}
	s.ServePagesAt("http://" + DefaultAddress)
	return s, nil
}

// Close waits for what is under way and closes the state.
func (s *Sandbox) Close() error { return s.store.close() }

// ServePagesAt sets scheme and host of normalUrl, "http://127.0.0.1:4242"
// unless it is called.
func (s *Sandbox) ServePagesAt(base string) { s.pages.Store(&base) }

// Credentials are what a client of the sandbox needs.
type Credentials struct {
	ClientID string
	Key      *sign.PrivateKey // the merchant's
	AntomKey *sign.PublicKey
}

// Credentials returns them.
func (s *Sandbox) Credentials() Credentials {
	return Credentials{ClientID: ClientID, Key: s.keys.Merchant, AntomKey: s.keys.Antom.Public()}
}
