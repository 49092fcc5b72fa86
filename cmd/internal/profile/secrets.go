package profile

import (
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Environ is that of this process, out of which the variables with keys are
// taken: apo still reads them here, and what it starts (a browser, a command that
// prints a key) does not inherit them. The zero value has taken none. It is safe
// to share.
type Environ struct {
	mu    sync.Mutex
	taken map[string]string
}

// Take takes the variables of these names, and those that say the same under
// another name.
func (e *Environ) Take(names ...string) {
	var values []string
	for _, name := range names {
		if value, set := os.LookupEnv(name); set {
			e.take(name, value)
			values = append(values, value)
		}
	}
	e.TakeValues(values...)
}

// TakeValues takes the variables that have one of these values. Too short a value
// is no secret, and what else has it may be needed.
func (e *Environ) TakeValues(values ...string) {
	values = slices.DeleteFunc(values, func(value string) bool { return len(value) < 8 })
	if len(values) == 0 {
		return
	}
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); slices.Contains(values, value) {
			e.take(name, value)
		}
	}
}

// TakeKeys takes the variables of apo's own that hold the merchant's key, those
// with a slip in their name, too.
func (e *Environ) TakeKeys() {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(strings.ToUpper(name), "APO_PRIVATE_KEY") {
			e.Take(name)
		}
	}
}

func (e *Environ) take(name, value string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.taken == nil {
		e.taken = map[string]string{}
	}
	e.taken[name] = value
	os.Unsetenv(name)
}

// Lookup is os.LookupEnv, for what was taken, too.
func (e *Environ) Lookup(name string) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if value, taken := e.taken[name]; taken {
		return value, true
	}
	return os.LookupEnv(name)
}

// Get is os.Getenv, for what was taken, too.
func (e *Environ) Get(name string) string {
	value, _ := e.Lookup(name)
	return value
}

// Secrets are the names of the variables in which the profiles of the file have
// keys, and the secrets that stand in the file itself.
func (f *File) Secrets() (variables, values []string) {
	profiles := f.profiles()
	if profiles == nil {
		return nil, nil
	}
	names, texts := map[string]bool{}, map[string]bool{}
	for i := 1; i < len(profiles.Content); i += 2 {
		if body := profiles.Content[i]; body.Kind == yaml.MappingNode {
			for _, key := range []string{"private_key_env", "antom_public_key_env"} {
				if value := child(body, key); value != nil {
					names[value.Value] = true
				}
			}
			for _, key := range []string{"private_key", "agent_token"} {
				if value := child(body, key); value != nil {
					texts[value.Value] = true
				}
			}
		}
	}
	return slices.Collect(maps.Keys(names)), slices.Collect(maps.Keys(texts))
}
