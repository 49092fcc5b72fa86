package cmd

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A proxy that looks into TLS, or a gateway of one's own: the hint names the flag.
func TestUnknownAuthority(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c := newCommandLine(t, strings.NewReader(""))
	t.Setenv("APO_GATEWAY", server.URL)
	code, told := c.says(t, "profile", "check")
	if code != 7 || !strings.Contains(told.Get("next").String(), "--ca-file") {
		t.Errorf("exit %d: %s", code, told)
	}
}
