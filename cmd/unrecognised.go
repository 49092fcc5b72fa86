package cmd

import (
	"context"
	"fmt"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// unrecognised tells that the gateway did not take the caller for one: what
// was signed, and what is likely to be wrong with it.
func (s *session) unrecognised(answer *apo.Answer, id string) *say.Failure {
	r := answer.Result
	f := say.Fail(say.Unrecognised, "%s: %s %s: no money moved", answer.Endpoint.Name, r.Code, r.Message)
	f.RequestID = id
	facts := []string{r.Code, r.Message, "no money moved"}
	if answer.Unsigned {
		facts = append([]string{"UNSIGNED"}, facts...)
	} else {
		s.printer().Show(answer.Raw)
	}
	f.Verdict = s.words().Verdict(term.Bad, "not recognised", facts...)
	if code, known := apo.Lookup(r.Code); known {
		f.Hint("%s: %s", code.Name, code.Action)
	}
	f.Hint("client ID %s, key %s (SHA-256 of the public key, to compare with the dashboard)", s.client.ClientID, s.client.Key.Public().Fingerprint())
	f.Hint("%s", signedInWords(answer.Signed))
	for i, cause := range s.likelyCauses(r.Code) {
		f.Hint("%d. %s", i+1, cause)
	}
	return f
}

// signedInWords says what was signed, so that it can be compared with what the
// gateway got.
func signedInWords(signed apo.Signed) string {
	text := fmt.Sprintf("signed was: %s %s, client ID %s, time %s; %d bytes in all", signed.Method, signed.Path, signed.ClientID, signed.Time, signed.Length)
	if signed.Digest == "" {
		return text + " (no digest is shown: the body holds card data)"
	}
	return text + ", SHA-256 " + signed.Digest
}

// likelyCauses lists what to look at, the likelier first.
func (s *session) likelyCauses(code string) []string {
	version, path := s.client.KeyVersion, "/ams/api/…"
	if apo.IsSandbox(s.client.ClientID) {
		path = "/ams/sandbox/api/…"
	}
	proxy := fmt.Sprintf("something between apo and the gateway (%s) changes the path or the body: apo signs %s and sends just that", s.words().Where, path)
	switch code {
	case "INVALID_SIGNATURE", "SIGNATURE_INVALID":
		return []string{
			"the public key in the dashboard is not the half of this private key: compare the fingerprint, or upload what apo keys show prints",
			fmt.Sprintf("the key was rotated: the request says keyVersion=%s (key_version in the profile)", version),
			"the key belongs to another client ID, or to live where this is the sandbox: apo profile show tells both",
			proxy,
		}
	case "KEY_NOT_FOUND":
		return []string{
			"no public key was uploaded for this client ID: upload what apo keys show prints",
			fmt.Sprintf("the key version is another: the request says keyVersion=%s (key_version in the profile)", version),
			"the key was uploaded for another client ID or environment",
		}
	case "CLIENT_INVALID":
		return []string{
			"the client ID is misspelt, or of another region: this gateway is " + s.words().Where,
			"a client ID that begins with SANDBOX_ belongs to the sandbox, one without to live",
			"the account is not activated, or was restricted: ask Antom support",
		}
	}
	return nil
}

// whyUntrusted says why the gateway's answer does not verify.
func (s *session) whyUntrusted(ctx context.Context, failed *apo.Error) []string {
	keys := []diagnose.Key{{Name: "Antom's public key of profile " + s.profile.Name, Role: diagnose.RoleExpected, Key: s.client.AntomKey}}
	keys = append(keys, diagnose.Key{
		Name: "the merchant's key of profile " + s.profile.Name, Role: diagnose.RoleOwnPublic, Key: s.client.Key.Public(),
	})
	if _, file, err := s.configuration(); err == nil && s.profile.Name != profile.Local {
		for _, known := range file.Known(ctx, s.getenv) {
			keys = append(keys, diagnose.Key{Name: "Antom's public key of profile " + known.Name, Role: diagnose.RoleOtherProfile, Key: known.Antom})
		}
	}
	hints := diagnose.Hints{Side: diagnose.Response, ClientIDs: []string{sandbox.ClientID}, Budget: 256 << 20}
	message, signature, ok := failed.Unverified()
	if !ok {
		return nil
	}
	d := diagnose.Signature(ctx, message, signature, keys, hints)
	certainty := "likely"
	if d.Proven {
		certainty = "proven"
	}
	return []string{
		fmt.Sprintf("why the answer does not verify: %s (%s): %s", d.Cause, certainty, d.Explanation),
		s.words().Command("explain", string(d.Cause)),
	}
}
