package control_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sandbox/control"
)

func Example() {
	box, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		panic(err)
	}
	defer box.Close()
	server := httptest.NewServer(box)
	defer server.Close()

	ctx := context.Background()
	c, err := control.New(sandbox.Server{URL: server.URL, Token: box.ControlToken()})
	if err != nil {
		panic(err)
	}
	rule, err := c.AddRule(ctx, sandbox.Rule{API: "capture", Nth: 2, Outcome: sandbox.Outcome{Result: "PROCESS_FAIL"}})
	if err != nil {
		panic(err)
	}
	fmt.Println(rule)
	if err := c.Advance(ctx, 26*time.Hour); err != nil {
		panic(err)
	}
	// Output: api capture, result PROCESS_FAIL, nth 2
}
