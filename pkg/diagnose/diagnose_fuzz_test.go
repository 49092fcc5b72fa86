package diagnose_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// Whatever bytes come as header and body: a diagnosis ends, and what it calls
// proven is what was signed.
func FuzzDiagnose(f *testing.F) {
	genuine := signtest.Named(f, "request")
	key, bare := signtest.PublicKey(f, genuine.Key), signtest.BareKey(f)
	for _, v := range signtest.Vectors(f) {
		f.Add(*v.Header, v.Message().Body, v.Path, v.ClientID, v.Time)
	}
	f.Add(*genuine.Header, []byte("\x1f\x8b\x08\x00"), "/", "", "1")
	f.Add("algorithm=RSA256,signature="+string(bytes.Repeat([]byte("%41"), 400)), []byte(`{"a":`), "//%2", "\x00", "2025-01-01T08:00:02 08:00")
	f.Fuzz(func(t *testing.T, header string, body []byte, path, client, at string) {
		if len(body) > 8<<10 || len(path) > 1<<10 || len(header) > 8<<10 {
			t.Skip("larger than what is looked at here")
		}
		before := bytes.Clone(body)
		m := sign.Message{Method: "POST", Path: path, ClientID: client, Time: at, Body: body}
		keys := []diagnose.Key{
			{Name: "the expected key", Role: diagnose.RoleExpected, Key: key},
			{Name: "another key", Role: diagnose.RoleOtherProfile, Key: signtest.PublicKey(t, "throwaway-other-spki.pem")},
		}
		d := diagnose.Signature(context.Background(), m, header, keys, diagnose.Hints{Budget: 1 << 20, Bodies: [][]byte{body}})
		if !bytes.Equal(body, before) {
			t.Fatal("the diagnosis changed the body")
		}
		switch {
		case d.Verified:
			if sign.Verify(key, m, header) != nil && sign.Verify(key, m, "signature="+header) != nil {
				t.Fatal("called verified, and does not verify")
			}
		case d.Cause == "" || d.Explanation == "" || d.Repair == "":
			t.Fatalf("nothing is said: %+v", d)
		case d.Proven && d.Cause != diagnose.Algorithm && d.Key.Key.Equal(key):
			h, err := sign.ParseHeader(d.Header)
			if err != nil {
				t.Fatalf("the mended header %q: %v", d.Header, err)
			}
			raw, err := h.Bytes()
			if err != nil {
				t.Fatalf("the mended header %q: %v", d.Header, err)
			}
			digest := sha256.Sum256(d.Content)
			if err := rsa.VerifyPKCS1v15(&bare.PublicKey, crypto.SHA256, digest[:], raw); err != nil && !hasCause(d, diagnose.Algorithm) {
				t.Fatalf("proven, and does not verify: %+v", d)
			}
		}
	})
}

func hasCause(d diagnose.Diagnosis, c diagnose.Cause) bool {
	for _, f := range d.Faults {
		if f.Cause == c {
			return true
		}
	}
	return false
}

// A skeleton holds keys and nothing else.
func FuzzSkeleton(f *testing.F) {
	f.Add([]byte(`{"a":"secret","b":[{"c":1},{"d":2}],"e":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		skeleton := diagnose.KeyOrder(body)
		if skeleton == nil {
			return
		}
		if again := diagnose.KeyOrder(skeleton); !bytes.Equal(again, skeleton) {
			t.Fatalf("the skeleton of %q is %q, and its own %q", body, skeleton, again)
		}
	})
}
