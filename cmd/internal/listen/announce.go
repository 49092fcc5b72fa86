package listen

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// Ready tells where a listener receives: its ready line, and its ready file.
type Ready struct {
	Type      string `json:"type"` // "ready"
	URL       string `json:"url"`  // "http://127.0.0.1:4242/hooks/apo"
	Port      int    `json:"port"`
	PID       int    `json:"pid"`
	PublicURL string `json:"publicUrl,omitempty"` // of the tunnel in front of it
	Profile   string `json:"profile,omitempty"`   // whose notifications it verifies
	AntomKey  string `json:"antomKey,omitempty"`  // SHA-256 of the key that it verifies with
}

// Announce is the content of a ready file.
func (r Ready) Announce() []byte {
	text, _ := json.Marshal(r) // of strings and numbers: it cannot fail
	return append(text, '\n')
}

// Running is the listener that a ready file tells of, if it is alive: of one that was
// killed the file stays.
func Running(ctx context.Context, file string) (r Ready, alive bool) {
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &r) != nil || r.Port <= 0 {
		return Ready{}, false
	}
	return r, healthy(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)), 5*time.Second) == nil
}

// Withdraw removes a ready file, unless another listener's has taken its place.
func Withdraw(file string, r Ready) {
	text, err := os.ReadFile(file)
	var now Ready
	if err == nil && json.Unmarshal(text, &now) == nil && now.PID == r.PID && now.Port == r.Port {
		os.Remove(file)
	}
}

// healthy asks a listener for its health as a stranger would.
func healthy(ctx context.Context, address string, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+healthPath, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: it is on this machine
	answer, err := client.Do(r)
	if err != nil {
		return deaf{address, err}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get(healthHeader) == "" {
		return deaf{address, errNotUs}
	}
	return nil
}
