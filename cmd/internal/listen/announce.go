package listen

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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
	ClientID  string `json:"clientId,omitempty"`  // its news are its own; of others it takes none
	AntomKey  string `json:"antomKey,omitempty"`  // SHA-256 of the key that it verifies with
}

// Announce is the content of a ready file.
func (r Ready) Announce() []byte {
	text, _ := json.Marshal(r) // of strings and numbers: it cannot fail
	return append(text, '\n')
}

// Own is the ready file that no other listener writes over, beside the one that is the
// newest listener's.
func Own(file string, r Ready) string {
	return fmt.Sprintf("%s-%d.json", strings.TrimSuffix(file, ".json"), r.Port)
}

// Running is the listener that a ready file tells of, or the newest of those beside it,
// if it is alive: of one that was killed the file stays.
func Running(ctx context.Context, file string) (r Ready, alive bool) {
	if r, alive = answers(ctx, file); alive {
		return r, true
	}
	for _, other := range others(file) {
		if o, alive := answers(ctx, other); alive {
			return o, true
		}
	}
	return r, false
}

// answers is the listener that one file tells of.
func answers(ctx context.Context, file string) (r Ready, alive bool) {
	if r, alive = read(file); !alive {
		return Ready{}, false
	}
	return r, Answers(ctx, r.Port)
}

// Answers reports whether a listener, anybody's, answers on a port of this machine.
func Answers(ctx context.Context, port int) bool {
	return healthy(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), 5*time.Second) == nil
}

func read(file string) (r Ready, found bool) {
	text, err := os.ReadFile(file)
	return r, err == nil && json.Unmarshal(text, &r) == nil && r.Port > 0
}

// others are the files that listeners have for themselves, the newest first.
func others(file string) []string {
	list, _ := filepath.Glob(strings.TrimSuffix(file, ".json") + "-*.json")
	written := func(name string) time.Time {
		if about, err := os.Stat(name); err == nil {
			return about.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(list, func(a, b string) int { return written(b).Compare(written(a)) })
	return list
}

// Withdraw removes the ready files of a listener. Where it was the newest, another that
// still receives takes its place.
func Withdraw(ctx context.Context, file string, r Ready) {
	mine := func(name string) bool {
		now, found := read(name)
		return found && now.PID == r.PID && now.Port == r.Port
	}
	if own := Own(file, r); mine(own) { // else another has taken the port already
		os.Remove(own)
	}
	if !mine(file) {
		return
	}
	for _, name := range others(file) {
		if other, alive := answers(ctx, name); !alive {
			os.Remove(name) // of one that was killed
		} else if os.WriteFile(file+".new", other.Announce(), 0o600) == nil && os.Rename(file+".new", file) == nil {
			return
		}
	}
	os.Remove(file)
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
