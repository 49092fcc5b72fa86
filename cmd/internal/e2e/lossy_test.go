//go:build unix

package e2e

import (
	"bytes"
	"context"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path"
	"sync"
	"sync/atomic"
	"time"
)

// lossy stands between apo and a sandbox and loses, delays and spoils what
// passes. Which request suffers what is a function of the seed and the number
// of the request.
type lossy struct {
	sandbox string // "http://127.0.0.1:4242"
	seed    uint64
	calm    atomic.Bool // from now on nothing goes wrong
	client  http.Client

	mu     sync.Mutex
	under  int // requests that are here, or still on their way to the sandbox
	count  uint64
	moving map[string]int // how often each request was seen that moves money, as "pay pay-0001"
	faults map[string]int // how often each happened
}

// mishap is what can befall a request.
type mishap struct {
	name   string
	weight int
	befall func(*passage)
}

// mishaps are all there are. Of 100 requests that are on their way to move
// money 41 get through unharmed.
func mishaps() []mishap {
	return []mishap{
		{"none", 41, func(p *passage) { p.reply(p.forward()) }},
		{"delay", 6, func(p *passage) { p.wait(300 * time.Millisecond); p.reply(p.forward()) }},
		{"cut before sending", 10, func(p *passage) { p.cut() }},
		{"cut after commit", 12, func(p *passage) { p.forward(); p.cut() }},
		{"cut in the answer", 8, func(p *passage) { p.half(p.forward()) }},
		{"black hole", 4, func(p *passage) { p.hang() }},
		{"black hole after commit", 4, func(p *passage) { p.forward(); p.hang() }},
		{"late", 3, func(p *passage) { p.late() }},
		{"garbage", 4, func(p *passage) {
			p.forward()
			p.reply(http.StatusBadGateway, nil, []byte("<html>\x00\xff Bad gateway"))
		}},
		{"unsigned refusal", 4, func(p *passage) { p.afterwards(); p.reply(http.StatusOK, nil, []byte(refusal)) }},
		{"duplicate", 4, func(p *passage) { p.forward(); p.reply(p.forward()) }},
	}
}

// passage is one request on its way.
type passage struct {
	lossy *lossy
	r     *http.Request
	body  []byte
	w     http.ResponseWriter
	dice  *rand.Rand
}

// sees counts requests that come, or go with -1.
func (l *lossy) sees(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under += n
}

// idle reports whether nothing is on its way. A request of somebody who was
// killed may be yet to come: this is no end.
func (l *lossy) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.under == 0
}

func (l *lossy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.sees(1)
	defer l.sees(-1)
	body, err := io.ReadAll(r.Body)
	if err != nil { // the sender was killed before it had sent all
		return
	}
	moves := false
	switch path.Base(r.URL.Path) {
	case "pay", "capture", "refund", "cancel":
		moves = true
	}
	l.mu.Lock()
	l.count++
	h := fnv.New64a()
	h.Write([]byte(r.URL.Path))
	dice := rand.New(rand.NewPCG(l.seed^h.Sum64(), l.count))
	if moves {
		l.moving[path.Base(r.URL.Path)+" "+ownNumberIn(path.Base(r.URL.Path), body)]++
	}
	l.mu.Unlock()
	p := &passage{l, r, body, w, dice}
	chosen := mishaps()[0]
	// An inquiry is spared three times of four, or nothing would ever be known.
	if !l.calm.Load() && (moves || dice.IntN(4) == 0) {
		all := mishaps()
		for n := dice.IntN(100); ; all = all[1:] {
			if n -= all[0].weight; n < 0 {
				chosen = all[0]
				break
			}
		}
	}
	if moves {
		l.mu.Lock()
		l.faults[chosen.name]++
		l.mu.Unlock()
	}
	chosen.befall(p)
}

// forward hands the request to the sandbox, which does its work whether or not
// anybody waits for the answer.
func (p *passage) forward() (int, http.Header, []byte) {
	r, err := http.NewRequestWithContext(context.Background(), p.r.Method, p.lossy.sandbox+p.r.URL.RequestURI(), bytes.NewReader(p.body))
	if err != nil {
		panic(err)
	}
	r.Header = p.r.Header.Clone()
	resp, err := p.lossy.client.Do(r)
	if err != nil {
		return http.StatusBadGateway, nil, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return http.StatusBadGateway, nil, nil
	}
	return resp.StatusCode, resp.Header, body
}

func (p *passage) reply(status int, header http.Header, body []byte) {
	for name, values := range header {
		p.w.Header()[name] = values
	}
	p.w.WriteHeader(status)
	p.w.Write(body)
}

// cut breaks the connection.
func (p *passage) cut() { panic(http.ErrAbortHandler) }

// half breaks it in the middle of the answer.
func (p *passage) half(status int, header http.Header, body []byte) {
	p.reply(status, header, body[:len(body)/2])
	http.NewResponseController(p.w).Flush()
	p.cut()
}

// hang says nothing until the client has given up.
func (p *passage) hang() { <-p.r.Context().Done() }

// wait lets a random time pass.
func (p *passage) wait(most time.Duration) {
	<-time.After(time.Duration(p.dice.Int64N(int64(most))))
}

// late arrives when its sender has given up.
func (p *passage) late() {
	p.hang()
	p.afterwards()
}

// afterwards lets the request arrive a while later.
func (p *passage) afterwards() {
	p.lossy.sees(1)
	go func() {
		defer p.lossy.sees(-1)
		p.wait(1500 * time.Millisecond)
		p.forward()
	}()
}

// refusal is what somebody on the way says, and nobody signed.
const refusal = `{"result":{"resultCode":"ORDER_STATUS_INVALID","resultMessage":"not now","resultStatus":"F"}}`

// serveLossy starts one in front of a sandbox. stop returns when it has answered
// whatever had come.
func serveLossy(sandbox string, seed uint64) (l *lossy, address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, err
	}
	l = &lossy{sandbox: sandbox, seed: seed, moving: map[string]int{}, faults: map[string]int{}}
	server := &http.Server{Handler: l}
	go server.Serve(listener)
	return l, "http://" + listener.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		server.Shutdown(ctx)
		server.Close()
	}, nil
}
