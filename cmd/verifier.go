package cmd

import (
	"context"
	"net/url"
	"os"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// verifier is what a run verifies with.
type verifier struct {
	*deps
	options  *verifyOptions
	expected diagnose.Key
	clientID string           // of the profile; empty where there is none
	profile  *profile.Profile // nil where the command line says all
	file     *profile.File    // nil where it cannot be read
	paths    profile.Paths

	known []diagnose.Key // once they were needed
}

// verifier finds the key and the client ID to verify with. With both given on
// the command line no profile is needed.
func (d *deps) verifier(ctx context.Context, o *verifyOptions) (*verifier, error) {
	v := &verifier{deps: d, options: o}
	var err error
	v.profile, v.paths, err = d.resolve()
	if chosen := d.global.profile != "" || d.getenv("APO_PROFILE") != ""; err != nil && (chosen || o.publicKey == "" || !o.given("client-id")) {
		return nil, err
	}
	if _, file, err := d.configuration(); err == nil {
		v.file = file
	}
	if v.profile != nil && v.profile.Name == profile.Local {
		v.profile.ClientID = sandbox.ClientID
	}
	if v.profile != nil {
		v.clientID = v.profile.ClientID
	}
	if o.publicKey != "" {
		v.expected, err = v.fromFile(o.publicKey)
		return v, err
	}
	v.expected, err = v.fromProfile(ctx)
	return v, err
}

// fromFile reads --public-key. Of a private key its public half is taken: that
// such a file lies with whoever verifies is told.
func (v *verifier) fromFile(file string) (diagnose.Key, error) {
	k := diagnose.Key{Name: "the key in " + file, Role: diagnose.RoleExpected}
	text, err := profile.ReadFile(file)
	if err != nil {
		return k, say.Fail(say.Usage, "--public-key: %v", err)
	}
	if k.Key, err = sign.ParsePublicKey(text); err == nil {
		return k, nil
	}
	private, privateErr := sign.ParsePrivateKey(text)
	if privateErr != nil {
		return k, say.Fail(say.Usage, "--public-key %s: %v", file, err)
	}
	v.io.Warn(file + " holds a private key: whoever verifies needs the public one alone, which apo keys show prints; its public half is used")
	k.Key, k.Name = private.Public(), "the public half of the private key in "+file
	return k, nil
}

// fromProfile takes Antom's key, or for a request the merchant's own.
func (v *verifier) fromProfile(ctx context.Context) (diagnose.Key, error) {
	own := v.options.side() == diagnose.Request
	k := diagnose.Key{Name: v.nameOf(v.profile.Name, own), Role: diagnose.RoleExpected}
	from := v.profile.AntomFrom()
	if own {
		from = v.profile.OwnFrom()
	}
	if from != "" {
		k.Name += " (from " + from + ")"
	}
	if v.profile.Name == profile.Local {
		keys, err := sandbox.LoadKeys(boxFolder(v.paths))
		if err != nil {
			return k, say.Fail(say.Config, "the embedded sandbox's keys cannot be used: %v", err)
		}
		if k.Key = keys.Antom.Public(); own {
			k.Key = keys.Merchant.Public()
		}
		return k, nil
	}
	if own {
		private, err := v.profile.PrivateKey(ctx)
		if err != nil {
			return k, say.Fail(say.Config, "%v", err)
		}
		k.Key = private.Public()
		return k, nil
	}
	var err error
	if k.Key, err = v.profile.AntomKey(ctx); err != nil {
		return k, say.Fail(say.Config, "%v", err)
	}
	return k, nil
}

func (v *verifier) nameOf(name string, own bool) string {
	if own {
		return "the merchant's key of profile " + name
	}
	return "Antom's public key of profile " + name
}

// verify checks a message, and finds out why where it does not verify.
func (v *verifier) verify(ctx context.Context, m sign.Message, header string, from received.Message) verification {
	result := verification{KeyFingerprint: v.expected.Key.Fingerprint(), side: v.options.side()}
	h, err := sign.ReadHeader(header)
	if err == nil {
		err = h.Verify(v.expected.Key, m)
	}
	if err == nil {
		result.Verified = true
		return result
	}
	return diagnosed(diagnose.Signature(ctx, m, header, v.keys(ctx), v.hints(from)), v)
}

// keys are all that may have signed: the profile's, other profiles', and the
// embedded sandbox's if it was ever used. No command is run for them.
func (v *verifier) keys(ctx context.Context) []diagnose.Key {
	if v.known != nil {
		return v.known
	}
	v.known = []diagnose.Key{v.expected}
	add := func(key *sign.PublicKey, merchant bool, name string) {
		k := diagnose.Key{Name: v.nameOf(name, merchant), Key: key, Role: diagnose.RoleOtherProfile}
		if wrongKind := merchant != (v.options.side() == diagnose.Request); wrongKind {
			k.Role = diagnose.RoleOwnPublic
		}
		v.known = append(v.known, k)
	}
	if v.profile != nil && v.profile.Name != profile.Local {
		add(v.profile.OwnPublic(ctx), true, v.profile.Name)
		add(v.profile.AntomPublic(ctx), false, v.profile.Name)
	}
	if v.file != nil {
		for _, known := range v.file.Known(ctx, v.getenv) {
			add(known.Own, true, known.Name)
			add(known.Antom, false, known.Name)
		}
	}
	folder := boxFolder(v.paths)
	if _, err := os.Stat(sandbox.KeyFilesIn(folder).Antom); err != nil || v.paths.State == "" {
		return v.known
	}
	if keys, err := sandbox.LoadKeys(folder); err == nil {
		add(keys.Merchant.Public(), true, profile.Local)
		add(keys.Antom.Public(), false, profile.Local)
	}
	return v.known
}

// hints are what is known of the message beside itself.
func (v *verifier) hints(from received.Message) diagnose.Hints {
	h := diagnose.Hints{Side: v.options.side(), Paths: v.options.knownPaths, Length: from.Length}
	if v.clientID != "" {
		h.ClientIDs = append(h.ClientIDs, v.clientID)
	}
	if v.file != nil {
		for _, name := range v.file.Names() {
			h.ClientIDs = append(h.ClientIDs, v.file.ClientID(name))
		}
	}
	if v.profile == nil || v.profile.Name != profile.Local {
		h.ClientIDs = append(h.ClientIDs, sandbox.ClientID)
	}
	for _, name := range []string{"X-Original-Uri", "X-Original-Url", "X-Forwarded-Uri", "X-Forwarded-Prefix", "X-Envoy-Original-Path", "X-Rewrite-Url"} {
		if path := from.Get(name); path != "" {
			h.Paths = append(h.Paths, path)
		}
	}
	if u, err := url.Parse(v.getenv("APO_NOTIFY_URL")); err == nil && u.Path != "" {
		h.Paths = append(h.Paths, u.RequestURI())
	}
	for _, name := range []string{"Host", "X-Forwarded-Host"} {
		if host := from.Get(name); host != "" {
			h.Hosts = append(h.Hosts, host)
		}
	}
	for _, name := range []string{"Request-Time", "Response-Time", "Date"} {
		if t := from.Get(name); t != "" {
			h.Times = append(h.Times, t)
		}
	}
	if v.options.side() == diagnose.Notification {
		h.Bodies = v.remembered(from.Body)
	}
	return h
}
