package serve

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// Pages serves the 3DS pages of a sandbox that has no port, until stop is called.
func Pages(box *sandbox.Sandbox) (stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: box, ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	box.ServePagesAt("http://" + listener.Addr().String())
	return func() {
		// The answer that ends the wait is the buyer's: her browser is still to
		// hear where it goes on.
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	}, nil
}
