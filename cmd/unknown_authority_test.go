package cmd

import (
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
	if code != 7 || !strings.Contains(told.Get("next").String(), "--ca-file") || strings.Contains(told.String(), "--listen") {
		t.Errorf("exit %d: %s", code, told)
	}
}

// A CA file is read as people have it.
func TestCAFiles(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	der := server.Certificate().Raw
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	wide := "\xff\xfe"
	for _, c := range strings.ReplaceAll(text, "\n", "\r\n") {
		wide += string(c) + "\x00"
	}
	for name, file := range map[string]string{
		"PEM": text, "PEM with a byte order mark": "\xef\xbb\xbf" + text, "DER": string(der), `literal \n`: strings.ReplaceAll(text, "\n", `\n`), "UTF-16": wide,
		"base64 of DER": base64.StdEncoding.EncodeToString(der) + "\n", "base64 of PEM": base64.StdEncoding.EncodeToString([]byte(text)),
	} {
		t.Run(name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "ca")
			if err := os.WriteFile(at, []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
			c := newCommandLine(t, strings.NewReader(""))
			t.Setenv("APO_GATEWAY", server.URL)
			if code, told := c.says(t, "profile", "check", "--ca-file", at); code != 6 { // it was reached, and answered 404
				t.Errorf("exit %d: %s", code, told)
			}
		})
	}
	at := filepath.Join(t.TempDir(), "ca")
	if err := os.WriteFile(at, []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCommandLine(t, strings.NewReader(""))
	t.Setenv("APO_GATEWAY", server.URL)
	if code, told := c.says(t, "profile", "check", "--ca-file", at); code != 4 || !strings.Contains(told.Get("message").String(), "keytool -exportcert") {
		t.Errorf("a Java keystore: exit %d: %s", code, told)
	}
}
