package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

// Whatever bytes come as header and body: a diagnosis ends, and what it calls
// proven is what was signed.
func FuzzDiagnose(f *testing.F) {
	genuine := oneVector(f, "request")
	key, bare := publicKey(f, genuine.Key), bareKey(f)
	for _, v := range allVectors(f) {
		f.Add(*v.Header, v.message().Body, v.Path, v.ClientID, v.Time)
	}
	f.Add(*genuine.Header, []byte("\x1f\x8b\x08\x00"), "/", "", "1")
	f.Add("algorithm=RSA256,signature="+string(bytes.Repeat([]byte("%41"), 400)), []byte(`{"a":`), "//%2", "\x00", "2025-01-01T08:00:02 08:00")
	f.Fuzz(func(t *testing.T, header string, body []byte, path, client, at string) {
		if len(body) > 8<<10 || len(path) > 1<<10 || len(header) > 8<<10 {
			t.Skip("larger than what is looked at here")
		}
		before := bytes.Clone(body)
		m := sign.Message{Method: "POST", Path: path, ClientID: client, Time: at, Body: body}
		keys := []sign.KnownKey{
			{Name: "the expected key", Role: sign.RoleExpected, Key: key},
			{Name: "another key", Role: sign.RoleOtherProfile, Key: publicKey(t, "throwaway-other-spki.pem")},
		}
		d := sign.Diagnose(context.Background(), m, header, keys, sign.Hints{Budget: 1 << 20, Bodies: [][]byte{body}})
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
		case d.Proven && d.Cause != sign.CauseAlgorithm && d.Key.Key.Equal(key):
			h, err := sign.ParseHeader(d.Header)
			if err != nil {
				t.Fatalf("the mended header %q: %v", d.Header, err)
			}
			raw, err := h.Bytes()
			if err != nil {
				t.Fatalf("the mended header %q: %v", d.Header, err)
			}
			digest := sha256.Sum256(d.Content)
			if err := rsa.VerifyPKCS1v15(&bare.PublicKey, crypto.SHA256, digest[:], raw); err != nil && !hasCause(d, sign.CauseAlgorithm) {
				t.Fatalf("proven, and does not verify: %+v", d)
			}
		}
	})
}

func hasCause(d sign.Diagnosis, c sign.Cause) bool {
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
		skeleton := sign.Skeleton(body)
		if skeleton == nil {
			return
		}
		if again := sign.Skeleton(skeleton); !bytes.Equal(again, skeleton) {
			t.Fatalf("the skeleton of %q is %q, and its own %q", body, skeleton, again)
		}
	})
}
