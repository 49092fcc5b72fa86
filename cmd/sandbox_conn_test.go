package cmd

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestWhatCannotBeReadIsTheSendersFault(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })}
	defer s.Close()
	go func() { _ = s.Serve(blamed{l}) }()
	for request, want := range map[string]int{
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n": 400,
		"POST / HTTP/9.9\r\nHost: a\r\n\r\n":                                     400,
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n":                503, // what the handler says stays
	} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, request)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != want {
			t.Errorf("%q: %v, %v", strings.SplitN(request, "\r", 2)[0], answer, err)
		}
		c.Close()
	}
}
