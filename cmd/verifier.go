package cmd

import (
	"cmp"
	"context"
	"net/url"
	"os"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// verifier is what a run verifies with.
type verifier struct {
	*deps
	options  *verifyOptions
	expected sign.KnownKey
	clientID string           // of the profile; empty where there is none
	profile  *profile.Profile // nil where the command line says all
	file     *profile.File    // nil where it cannot be read
	paths    profile.Paths

	known []sign.KnownKey // once they were needed
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
func (v *verifier) fromFile(file string) (sign.KnownKey, error) {
	k := sign.KnownKey{Name: "the key in " + file, Role: sign.RoleExpected}
	text, err := profile.ReadFile(v.io.Interrupted, file)
	if err != nil {
		return k, fail(kindUsage, "--public-key: %v", err)
	}
	id := cmp.Or(v.options.clientID, v.clientID)
	if err := v.doubt(id != "" && !apo.IsSandbox(id), false, "the client ID "+id, file); err != nil {
		return k, err
	}
	if k.Key, err = sign.ParsePublicKey(text); err == nil {
		return k, nil
	}
	private, privateErr := sign.ParsePrivateKey(text)
	if privateErr != nil {
		return k, fail(kindUsage, "--public-key %s: %v", file, err)
	}
	v.io.Warn(file + " holds a private key: whoever verifies needs the public one alone, which apo keys show prints; its public half is used")
	k.Key, k.Name = private.Public(), "the public half of the private key in "+file
	return k, nil
}

// fromProfile takes Antom's key, or for a request the merchant's own.
func (v *verifier) fromProfile(ctx context.Context) (sign.KnownKey, error) {
	own := v.options.side() == sign.Request
	k := sign.KnownKey{Name: v.nameOf(v.profile.Name, own), Role: sign.RoleExpected}
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
			return k, fail(kindConfig, "the embedded sandbox's keys cannot be used: %v", err)
		}
		if k.Key = keys.Antom.Public(); own {
			k.Key = keys.Merchant.Public()
		}
		return k, nil
	}
	if own {
		private, err := v.profile.PrivateKey(ctx)
		if err != nil {
			return k, fail(kindConfig, "%v", err)
		}
		k.Key = private.Public()
		return k, nil
	}
	var err error
	if k.Key, err = v.profile.AntomKey(ctx); err != nil {
		return k, fail(kindConfig, "%v", err)
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
	return diagnosed(sign.Diagnose(ctx, m, header, v.keys(ctx), v.hints(from)), v)
}

// keys are all that may have signed: the profile's, other profiles', and the
// embedded sandbox's if it was ever used. No command is run for them.
func (v *verifier) keys(ctx context.Context) []sign.KnownKey {
	if v.known != nil {
		return v.known
	}
	v.known = []sign.KnownKey{v.expected}
	add := func(key *sign.PublicKey, merchant bool, name string) {
		k := sign.KnownKey{Name: v.nameOf(name, merchant), Key: key, Role: sign.RoleOtherProfile}
		if wrongKind := merchant != (v.options.side() == sign.Request); wrongKind {
			k.Role = sign.RoleOwnPublic
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
func (v *verifier) hints(from received.Message) sign.Hints {
	h := sign.Hints{Side: v.options.side(), Paths: v.options.knownPaths, Length: from.Length}
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
	if v.options.side() == sign.Notification {
		h.Bodies = v.remembered(from.Body)
	}
	return h
}
