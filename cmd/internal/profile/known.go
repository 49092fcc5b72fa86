package profile

import (
	"context"

	"github.com/apo-cli/apo/pkg/sign"
)

// Known is what one profile of the configuration knows of keys, for the
// diagnosis of a signature that its own profile cannot explain.
type Known struct {
	Name  string
	Antom *sign.PublicKey // nil where it cannot be had
	Own   *sign.PublicKey
}

// Known reads the keys of all profiles as far as they lie in files, in the
// environment or in the configuration. No command is run for it, and what
// cannot be read is left out: nobody asked for that profile.
func (f *File) Known(ctx context.Context, getenv func(string) string) []Known {
	var list []Known
	for _, name := range f.Names() {
		// The environment's own keys are the chosen profile's, not this one's.
		r := Request{File: f, Getenv: withoutKeys(getenv), Profile: name}
		p := &Profile{Name: name}
		k := Known{Name: name}
		if source, err := p.keySource(r, "antom_public_key", "APO_ANTOM_PUBLIC_KEY"); err == nil && source.command == nil {
			if text, err := source.read(ctx, ReadFile); err == nil {
				k.Antom, _ = AntomKeyIn(text)
			}
		}
		if source, err := p.keySource(r, "private_key", "APO_PRIVATE_KEY"); err == nil && source.command == nil {
			if text, err := source.read(ctx, ReadSecret); err == nil {
				if key, err := OwnKeyIn(text); err == nil {
					k.Own = key.Public()
				}
			}
		}
		list = append(list, k)
	}
	return list
}

func withoutKeys(getenv func(string) string) func(string) string {
	return func(name string) string {
		switch name {
		case "APO_PRIVATE_KEY", "APO_PRIVATE_KEY_FILE", "APO_ANTOM_PUBLIC_KEY", "APO_ANTOM_PUBLIC_KEY_FILE":
			return ""
		}
		return getenv(name)
	}
}

// ClientID returns the client ID of a profile of the file, "" where it has
// none.
func (f *File) ClientID(name string) string {
	return f.viper.GetString("profiles" + delimiter + name + delimiter + "client_id")
}
