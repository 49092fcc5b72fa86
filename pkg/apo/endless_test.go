package apo_test

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Whatever a gateway sends, and however long it goes on with it: a call ends
// when its time is over, or when it is interrupted, and it is in doubt.
func TestEndlessAnswers(t *testing.T) {
	const gateway, switching = "http://127.0.0.1:4242", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	trickle := func(first, again string) func(net.Conn) {
		return func(conn net.Conn) {
			_, err := io.WriteString(conn, first)
			for ; err == nil; _, err = io.WriteString(conn, again) {
				time.Sleep(time.Second)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		answer func(net.Conn)
		status int
		atOnce bool
	}{
		{"another protocol, silent", trickle(switching, ""), 101, true},
		{"another protocol, without end", trickle(switching, "frame"), 101, true},
		{"another protocol that nobody names", trickle("HTTP/1.1 101 Switching Protocols\r\n\r\n", "frame"), 101, true},
		{"100 again and again", trickle("", "HTTP/1.1 100 Continue\r\n\r\n"), 0, false},
		{"102 again and again", trickle("", "HTTP/1.1 102 Processing\r\n\r\n"), 0, false},
		{"103 again and again", trickle("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), 0, false},
		{"a status line that grows", trickle("HTTP/1.1 200 ", "x"), 0, false},
		{"headers that grow", trickle("HTTP/1.1 200 OK\r\n", "X: y\r\n"), 0, false},
		{"a body that trickles", trickle("HTTP/1.1 200 OK\r\n\r\n", " "), 200, false},
		{"an error whose body trickles", trickle("HTTP/1.1 500 No\r\nContent-Length: 9999\r\n\r\n", " "), 500, false},
		{"chunks that trickle", trickle(chunked, "1\r\n \r\n"), 200, false},
		{"a chunk's size that grows", trickle(chunked, "0"), 200, false},
		{"a chunk's extension that grows", trickle(chunked+"1;", "x"), 200, false},
		{"trailers that grow", trickle(chunked+"2\r\n{}\r\n0\r\n", "X: y\r\n"), 200, false},
	} {
		gatewayOf := func(t *testing.T, then func()) *apo.Client {
			return piped(t, gateway, func(conn net.Conn) {
				if readRequest(conn) == nil {
					then()
					go io.Copy(io.Discard, conn)
					tt.answer(conn)
				}
			})
		}
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := pay(t, gatewayOf(t, func() {}))
				wantError(t, err, apo.NoAnswer, tt.status, "")
				if took := time.Since(start); took > apo.DefaultTimeout || tt.atOnce && took > 0 {
					t.Errorf("it took %s", took)
				}
				time.Sleep(time.Second) // until the gateway has noticed
			})
		})
		t.Run(tt.name+", interrupted", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				start := time.Now()
				client := gatewayOf(t, func() { time.AfterFunc(3*time.Second/2, cancel) })
				_, err := client.Call(ctx, endpoint(t, "pay"), []byte(payBody))
				wantError(t, err, apo.NoAnswer, tt.status, "")
				if took := time.Since(start); took > 3*time.Second/2 {
					t.Errorf("it took %s", took)
				}
				time.Sleep(time.Second)
			})
		})
	}
}

// A flood is cut short: what stands before an answer has a largest size, too.
func TestFloodBeforeTheAnswer(t *testing.T) {
	for _, line := range []string{"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"} {
		_, err := pay(t, serveRaw(t, func(conn net.Conn) {
			for err := error(nil); err == nil; _, err = io.WriteString(conn, line) {
			}
		}))
		wantError(t, err, apo.NoAnswer, 0, "broke before the answer")
	}
}
