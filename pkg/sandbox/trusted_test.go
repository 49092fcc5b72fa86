package sandbox_test

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// A receiver on https has a certificate of its own authority.
func TestReceiversAreTrustedByTheirAuthority(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(acknowledgement))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	for want, trusted := range map[string]*x509.CertPool{
		"": pool, "the certificate of the receiver is of an authority that is not trusted here": nil,
	} {
		m := newMerchant(t, sandbox.Config{NotifyURL: server.URL + "/hooks", Trusted: trusted})
		m.pay("SUCCESS", "a", "1000", "visa")
		m.delivers(1)
		if a := m.news().Attempts[0]; a.Why != want {
			t.Errorf("%+v, want %q", a, want)
		}
	}
}
