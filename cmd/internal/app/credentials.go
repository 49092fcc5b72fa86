package app

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// Signer finds the merchant's key, and nothing else that a call would need: no
// gateway, no key of Antom, and with a client ID of the command line none in the
// profile.
func (d *Run) Signer(ctx context.Context, clientID string) (*profile.Profile, *sign.PrivateKey, error) {
	p, paths, err := d.resolve(profile.Request{ClientID: clientID, Unneeded: []string{"gateway", "antom_public_key"}})
	if err != nil {
		return nil, nil, err
	}
	if p.Name == profile.Local {
		keys, err := LocalKeys(paths)
		if err != nil {
			return nil, nil, err
		}
		p.ClientID = LocalClientID
		return p, keys.Merchant, nil
	}
	key, err := p.PrivateKey(ctx)
	if err != nil {
		return nil, nil, say.Fail(say.Config, "%v", err)
	}
	d.IO.Masker.Known.HideKey(key)
	return p, key, nil
}

// HideOwnKeys has the profile's own private key hidden wherever it comes up, and the
// embedded sandbox's, if it was ever used. No command is run for it, and one that cannot
// be read is missed by nobody who only receives.
func (d *Run) HideOwnKeys(ctx context.Context, p *profile.Profile, paths profile.Paths) {
	if p != nil && p.Name != profile.Local {
		if key := p.OwnPrivate(ctx); key != nil {
			d.IO.Masker.Known.HideKey(key)
		}
	}
	if keys, made := localKeysMade(paths); made {
		d.IO.Masker.Known.HideKey(keys.Merchant)
		d.IO.Masker.Known.HideKey(keys.Antom)
	}
}

// HideProfileKeys is [Run.HideOwnKeys] for a command that reads or sends what others
// wrote, and may need no profile: where none can be found the local keys are hidden.
func (d *Run) HideProfileKeys(ctx context.Context) {
	p, paths, _ := d.ResolveVerifying("")
	d.HideOwnKeys(ctx, p, paths)
}

// PublicKeyIn reads --public-key. Of a private key its public half is taken:
// that such a file lies with whoever verifies is told. Of several keys the one is
// taken that is named as the merchant's own, or as Antom's.
func (d *Run) PublicKeyIn(file string, own bool) (diagnose.Key, error) {
	k := diagnose.Key{Name: "the key in " + file, Role: diagnose.RoleExpected}
	text, err := profile.ReadFile(d.IO.Interrupted, file)
	if err != nil {
		return k, say.Fail(say.Config, "--public-key: %v", err)
	}
	parse := profile.AntomKeyIn
	if own {
		parse = profile.OwnPublicIn
	}
	if k.Key, err = parse(text); err == nil {
		return k, nil
	}
	private, privateErr := sign.ParsePrivateKey(text)
	if privateErr != nil || holdsOther(text, private.Public()) {
		return k, say.Fail(say.Config, "--public-key %s: %v", file, err)
	}
	d.IO.Warn(file + " holds a private key: whoever verifies needs the public one alone, which apo keys show prints; its public half is used")
	k.Key, k.Name = private.Public(), "the public half of the private key in "+file
	return k, nil
}

// holdsOther reports whether a text holds a public key that is not this one. Which of
// them is Antom's nobody can tell, so none may prove anything.
func holdsOther(text []byte, own *sign.PublicKey) bool {
	held, _ := sign.Inspect(text)
	return slices.ContainsFunc(held, func(h sign.Held) bool { return !h.Public.Equal(own) })
}

// PublicKeyOf is Antom's key of a profile, or the public half of the merchant's
// own.
func PublicKeyOf(ctx context.Context, p *profile.Profile, paths profile.Paths, own bool) (diagnose.Key, error) {
	k := diagnose.Key{Name: keyName(p.Name, own), Role: diagnose.RoleExpected}
	from := p.AntomFrom()
	if own {
		from = p.OwnFrom()
	}
	if from != "" {
		k.Name += " (from " + from + ")"
	}
	if p.Name == profile.Local {
		keys, err := LocalKeys(paths)
		if err != nil {
			return k, err
		}
		if k.Key = keys.Antom.Public(); own {
			k.Key = keys.Merchant.Public()
		}
		return k, nil
	}
	if own {
		private, err := p.PrivateKey(ctx)
		if err != nil {
			return k, say.Fail(say.Config, "%v", err)
		}
		k.Key = private.Public()
		return k, nil
	}
	var err error
	if k.Key, err = p.AntomKey(ctx); err != nil {
		return k, say.Fail(say.Config, "%v", err)
	}
	return k, nil
}

func keyName(profile string, own bool) string {
	if own {
		return "the merchant's key of profile " + profile
	}
	return "Antom's public key of profile " + profile
}

// KnownKeys are all that may have signed beside the expected one: the
// profile's, other profiles', and the embedded sandbox's if it was ever used. No
// command is run for them. own says that the merchant's keys sign.
func (d *Run) KnownKeys(ctx context.Context, p *profile.Profile, file *profile.File, paths profile.Paths, own bool) []diagnose.Key {
	var list []diagnose.Key
	add := func(key *sign.PublicKey, merchant bool, name string) {
		k := diagnose.Key{Name: keyName(name, merchant), Key: key, Role: diagnose.RoleOtherProfile}
		if merchant != own {
			k.Role = diagnose.RoleOwnPublic
		}
		list = append(list, k)
	}
	if p != nil && p.Name != profile.Local {
		add(p.OwnPublic(ctx), true, p.Name)
		add(p.AntomPublic(ctx), false, p.Name)
	}
	if file != nil {
		for _, known := range file.Known(ctx, d.Getenv) {
			add(known.Own, true, known.Name)
			add(known.Antom, false, known.Name)
		}
	}
	if keys, made := localKeysMade(paths); made {
		add(keys.Merchant.Public(), true, profile.Local)
		add(keys.Antom.Public(), false, profile.Local)
	}
	return list
}
