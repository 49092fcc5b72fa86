package say

import (
	"fmt"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// Caller is who apo says that it is, for the case that the gateway does not know
// it.
type Caller struct {
	ClientID, KeyVersion string
	Fingerprint          string // SHA-256 of the public key, in hex
}

// unrecognisedRequest is Unrecognised for a request that moves money. Where
// nothing vouches for the answer, it proves nothing either.
func (w Words) unrecognisedRequest(r operate.Result, c Caller) *Failure {
	f := w.unrecognised(r.Answer, r.ID.Value, c)
	if operate.IsVaulting(r.Endpoint.Name) {
		return w.unrecognisedVaulting(r, f)
	}
	known := "no money moved"
	if f.MoneyMayHaveMoved = r.MoneyMayHaveMoved(); f.MoneyMayHaveMoved {
		known = "nothing proves that no money moved"
		f.Next = append([]string{w.Command("resume") + " asks what became of it, once the gateway knows the caller"}, f.Next...)
	}
	f.Text += ": " + known
	f.Verdict.Facts = append(f.Verdict.Facts, known)
	return f
}

// unrecognisedVaulting is that of a request that saves a card, and moves no money.
func (w Words) unrecognisedVaulting(r operate.Result, f *Failure) *Failure {
	known := "no card was saved"
	if r.Answer == nil || r.Answer.Unsigned {
		known = "nothing proves that no card was saved"
		f.Next = append([]string{w.Command("resume") + " or " + w.inquireOf(r) + " asks what became of it, once the gateway knows the caller"}, f.Next...)
	}
	f.Text += ": " + known
	f.Verdict.Facts = append(f.Verdict.Facts, known)
	return f
}

// unrecognised tells that the gateway did not take the caller for one: what was
// signed, and what is likely to be wrong with it.
func (w Words) unrecognised(a *apo.Answer, id string, c Caller) *Failure {
	f := Fail(Unrecognised, "%s: %s %s", a.Endpoint.Name, a.Result.Code, a.Result.Message)
	f.RequestID = id
	facts := []string{a.Result.Code, a.Result.Message}
	if a.Unsigned {
		facts = append([]string{"UNSIGNED"}, facts...)
	}
	f.Verdict = w.Verdict(term.Bad, "not recognised", facts...)
	if code, known := apo.Lookup(a.Result.Code); known {
		f.Hint("%s: %s", code.Name, code.Action)
	}
	f.Hint("client ID %s, key %s (SHA-256 of the public key, to compare with the dashboard)", c.ClientID, c.Fingerprint)
	f.Hint("%s", signedInWords(a.Signed))
	for i, cause := range w.likelyCauses(a.Result.Code, c) {
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
func (w Words) likelyCauses(code string, c Caller) []string {
	path := "/ams/api/…"
	if apo.IsSandbox(c.ClientID) {
		path = "/ams/sandbox/api/…"
	}
	proxy := fmt.Sprintf("something between apo and the gateway (%s) changes the path or the body: apo signs %s and sends just that", w.Where, path)
	switch code {
	case "INVALID_SIGNATURE", "SIGNATURE_INVALID":
		return []string{
			"the public key in the dashboard is not the half of this private key: compare the fingerprint, or upload what apo keys show prints",
			fmt.Sprintf("the key was rotated: the request says keyVersion=%s (key_version in the profile)", c.KeyVersion),
			"the key belongs to another client ID, or to live where this is the sandbox: apo profile show tells both",
			proxy,
		}
	case "KEY_NOT_FOUND":
		return []string{
			"no public key was uploaded for this client ID: upload what apo keys show prints",
			fmt.Sprintf("the key version is another: the request says keyVersion=%s (key_version in the profile)", c.KeyVersion),
			"the key was uploaded for another client ID or environment",
		}
	case "CLIENT_INVALID":
		return []string{
			"the client ID is misspelt, or of another region: this gateway is " + w.Where,
			"a client ID that begins with SANDBOX_ belongs to the sandbox, one without to live",
			"the account is not activated, or was restricted: ask Antom support",
		}
	}
	return nil
}
