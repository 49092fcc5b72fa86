package sandbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/internal/wait"
)

// isOfTheWire picks the rules that say what goes wrong with a call on its way,
// or with its answer.
func isOfTheWire(r Rule) bool { return r.Fault != "" }

// recorded reports whether a call that meets a fault is recorded.
func recorded(fault string, ids ids, body []byte) bool {
	switch fault {
	case "cut-before", "black-hole", "http-503", "html-200":
		return false
	case "html-502": // nobody can know
		return ids.of("html-502", string(body)).share() < 0.5
	}
	return true
}

// inject sends an answer through what shall go wrong with it. It stands between
// the gateway and the wire: neither the gateway nor the ledger knows of it.
func (s *Sandbox) inject(x *exchange, a answer) {
	if x.first {
		_, _ = s.DeliverDue(x.r.Context())
	}
	s.corrupt(x.fault.Fault, &a)
	x.head(a)
	switch x.fault.Fault {
	case "cut-before", "cut-after-commit":
		x.drop()
	case "black-hole", "black-hole-after-commit":
		<-x.r.Context().Done()
		x.drop()
	case "cut-mid-answer":
		x.w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		_, _ = x.w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(x.w).Flush()
		x.drop()
	case "truncated-json":
		_, _ = x.w.Write(a.body[:len(a.body)*2/3])
	case "wrong-length":
		x.w.Header().Set("Content-Length", strconv.Itoa(len(a.body)+64))
		_, _ = x.w.Write(a.body)
	case "http-503":
		x.nothing(http.StatusServiceUnavailable, "")
	case "html-502":
		x.nothing(http.StatusBadGateway, "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n")
	case "html-200":
		x.nothing(http.StatusOK, "<!doctype html><html><head><title>Welcome</title></head><body><p>Please sign in.</p></body></html>\n")
	case "gzip":
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(a.body)
		_ = w.Close()
		x.w.Header().Set("Content-Encoding", "gzip")
		_, _ = x.w.Write(packed.Bytes())
	case "slow-headers":
		x.trickle(a.body)
	case "delay":
		x.wait(x.fault.Delay)
		_, _ = x.w.Write(a.body)
	default:
		_, _ = x.w.Write(a.body)
	}
}

// corrupt changes what is signed, with what, and whether at all.
func (s *Sandbox) corrupt(fault string, a *answer) {
	switch fault {
	case "unsigned-s":
		if gjson.GetBytes(a.body, "result.resultStatus").Str == "S" {
			a.key = nil
		}
	case "unsigned-f":
		a.key = nil
		a.body = []byte(`{"result":{"resultCode":"PROCESS_FAIL","resultMessage":"process fail","resultStatus":"F"}}`)
	case "half-signed":
		a.timeless = true
	case "other-key":
		a.key = s.keys.Merchant
	case "old-key-version":
		a.keyVersion = "0"
	case "skewed-time":
		a.time = a.time.Add(-10 * time.Minute)
	}
}

// drop breaks the connection.
func (x *exchange) drop() { panic(http.ErrAbortHandler) }

// nothing answers as something that is not APO.
func (x *exchange) nothing(status int, page string) {
	h := x.w.Header()
	date := h["Date"]
	clear(h)
	h["Date"] = date
	if page != "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	x.w.WriteHeader(status)
	_, _ = x.w.Write([]byte(page))
}

// wait lets real time pass, two seconds unless the fault says otherwise.
func (x *exchange) wait(long time.Duration) {
	if long == 0 {
		long = 2 * time.Second
	}
	wait.For(x.r.Context(), long)
}

// trickle sends the head of the answer byte by byte, and then the body.
func (x *exchange) trickle(body []byte) {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil { // not on a connection of its own
		x.wait(x.fault.Delay)
		_, _ = x.w.Write(body)
		return
	}
	defer conn.Close()
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 200 OK\r\n")
	_ = x.w.Header().Write(&head) // sorted by name
	fmt.Fprintf(&head, "Content-Length: %d\r\nConnection: close\r\n\r\n", len(body))
	long := x.fault.Delay
	if long == 0 {
		long = 2 * time.Second
	}
	pause := long / time.Duration(head.Len())
	for _, b := range head.Bytes() {
		if _, err := conn.Write([]byte{b}); err != nil {
			return
		}
		x.wait(max(pause, time.Millisecond))
	}
	_, _ = conn.Write(body)
}
