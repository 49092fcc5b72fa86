package apo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// What a request holds is in no error of its call, whatever the gateway makes of
// it, and a program that uses the package need not ask for that.
func TestErrorsDoNotRepeatTheRequest(t *testing.T) {
	const card = "7312345678901230" // of no brand
	body := []byte(`{"paymentRequestId":"demo-1","paymentMethod":{"paymentMethodId":"` + savedCard + `","paymentMethodMetaData":{"cardNo":"` + card + `"}}}`)
	echo := card + " " + grouped(card, "\u00a0") + " " + savedCard + " " + agentToken
	for name, answer := range map[string]roundTrip{
		"an error page": func(r *http.Request) (*http.Response, error) {
			connected(r)
			return &http.Response{StatusCode: 500, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>" + echo))}, nil
		},
		"a header": func(r *http.Request) (*http.Response, error) {
			connected(r)
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Encoding": {echo}}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
		},
		"a broken connection": func(r *http.Request) (*http.Response, error) {
			connected(r)
			return nil, fmt.Errorf("malformed HTTP response %q", echo)
		},
	} {
		client, _ := retrying(t, 0, gatewayScript{answer})
		client.AgentToken = agentToken
		_, err := client.Call(context.Background(), apo.Endpoint{Name: "pay", Path: "/ams/api/v1/payments/pay"}, body)
		var failed *apo.Error
		if !errors.As(err, &failed) {
			t.Fatal(err)
		}
		for _, text := range []string{failed.Error(), failed.Problem, failed.Excerpt} {
			if strings.Contains(text, "7312") || strings.Contains(text, savedCard) || strings.Contains(text, agentToken) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// A proxy that sends more than it was asked for: net/http would log it, with the
// standard logger, if the connection stayed open for another request.
func TestNothingIsLoggedOfARequestWithACard(t *testing.T) {
	var logged bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&logged)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed := make(chan bool, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		buffer := make([]byte, 64<<10)
		n, _ := conn.Read(buffer)
		fmt.Fprintf(conn, "HTTP/1.1 503 X\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nX: %s\r\n\r\n", buffer[:n])
		_, err = conn.Read(buffer)
		closed <- err != nil
	}()
	gateway, err := apo.ParseGateway("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, "https://gateway.example")
	client.Gateway, client.HTTP = gateway, nil
	if _, err := client.Call(context.Background(), apo.Endpoint{Name: "pay", Path: "/ams/api/v1/payments/pay"}, payWith("4929123456789015")); err == nil {
		t.Fatal("an error is an answer")
	}
	if !<-closed {
		t.Error("the connection was used again")
	}
	if logged.Len() > 0 {
		t.Errorf("logged: %s", logged.String())
	}
}
