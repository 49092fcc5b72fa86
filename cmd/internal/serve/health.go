package serve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// Health asks a server whether it can be used, and returns its address: the one that is
// given, or else that of the server of the state, or the usual one.
func (c Config) Health(ctx context.Context, address string) (base string, err error) {
	var trusted *x509.CertPool
	if c.Trusted != nil {
		if trusted, err = c.Trusted(); err != nil {
			return "", err
		}
	}
	if address == "" {
		if address, trusted, err = c.announced(trusted); err != nil {
			return "", err
		}
	}
	if base, err = sandbox.ParseBaseURL(address); err != nil {
		return "", say.Fail(say.Usage, "%v", err)
	}
	if err := askHealth(ctx, base, trusted); err != nil {
		return "", say.Fail(say.Error, "no sandbox can be used at %s: %v", base, err)
	}
	return base, nil
}

// announced is where the server of the state is, and whom to trust there.
func (c Config) announced(trusted *x509.CertPool) (address string, with *x509.CertPool, err error) {
	usual := "http://" + sandbox.DefaultAddress
	state, _, err := c.places()
	var failed *say.Failure
	if errors.As(err, &failed) && errors.Is(err, profile.ErrNoHome) {
		return usual, trusted, nil
	}
	if err != nil {
		return "", nil, err
	}
	server, found := sandbox.ServerOf(state)
	for _, name := range c.RunningMerchants() { // one server has them all
		if one := c; !found {
			one.Merchants = []string{name}
			server, found, _ = one.Server()
		}
	}
	if !found {
		return usual, trusted, nil
	}
	if server.Authority != nil {
		trusted = x509.NewCertPool()
		trusted.AppendCertsFromPEM(server.Authority)
	}
	return server.URL, trusted, nil
}

// askHealth returns nil where a sandbox says that it is well.
func askHealth(ctx context.Context, base string, trusted *x509.CertPool) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+sandbox.HealthPath, nil)
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			return failed.Err
		}
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	var said struct {
		Status string `json:"status"`
	}
	switch {
	case err != nil:
		return err
	case json.Unmarshal(text, &said) != nil || said.Status == "":
		return errors.New("what answers there is none: " + answer.Status)
	case answer.StatusCode != http.StatusOK || said.Status != "ok":
		return errors.New(said.Status)
	}
	return nil
}
