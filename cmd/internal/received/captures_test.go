package received_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

const (
	clientID  = "SANDBOX_5Y0000000000001"
	time      = "2026-11-20T09:15:30+08:00"
	signature = "algorithm=RSA256,keyVersion=1,signature=abc%2Bdef%2Fghi%3D"
	body      = "{\"notifyType\":\"PAYMENT_RESULT\",\"paymentRequestId\":\"café-1\",\"result\":{\"resultCode\":\"SUCCESS\",\"resultMessage\":\"a \\\"b\\\" \\\\ c\\n%41 $x `y` ^ & | it's !\"}}"
)

// The files were written by the program and in the version that they are named
// after, of one invented notification that curl 7.88 sent to it: php is the built-in
// server, node the handlers that loggers are used in.
func TestCapturesOfRealPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d captures: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := received.Read(data, "", received.RequestPart)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range c.Messages {
				isTheNotification(t, m)
			}
		})
	}
}

// isTheNotification compares a message with the one of the tests; its body may be
// absent or spoilt where the form says so.
func isTheNotification(t *testing.T, m received.Message) {
	t.Helper()
	if m.Problem != nil {
		t.Fatal(m.Problem)
	}
	if m.Method != "POST" || m.URI != "/hooks/apo" || m.Get("client-id") != clientID || m.Get("request-time") != time || m.Get("signature") != signature {
		t.Errorf("read as %+v", m)
	}
	if name := m.Twice(); name != "" {
		t.Errorf("%s twice", name)
	}
	if m.Lossy == "" && string(m.Body) != body {
		t.Errorf("body %q", m.Body)
	}
}
