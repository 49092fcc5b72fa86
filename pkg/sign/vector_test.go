package sign_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range signtest.Vectors(t) {
		seen[v.Verdict] = true
		t.Run(v.Name, func(t *testing.T) {
			err := sign.Verify(signtest.PublicKey(t, v.Key), v.Message(), *v.Header)
			if got := verdict(err); got != v.Verdict {
				t.Fatalf("verdict %s (%v); want %s: %s", got, err, v.Verdict, v.Story)
			}
			if err == nil {
				return
			}
			_, signature, _ := strings.Cut(*v.Header, "ignature=")
			if run := leaked(err.Error(), string(v.Message().Body), signature); run != "" {
				t.Errorf("the error %q tells %q of the message", err, run)
			}
		})
	}
	for _, verdict := range []string{"ok", "mismatch", "header"} {
		if !seen[verdict] {
			t.Errorf("no vector ends with %s", verdict)
		}
	}
}

// verdict reads an error of Verify as a caller does.
func verdict(err error) string {
	mismatch, header := errors.Is(err, sign.ErrMismatch), errors.Is(err, sign.ErrHeader)
	switch {
	case err == nil:
		return "ok"
	case mismatch && !header:
		return "mismatch"
	case header && !mismatch:
		return "header"
	}
	return "neither"
}

// The three worked contents of apo-api.md 2.5 carry their length and hash as
// the document prints them.
func TestContent(t *testing.T) {
	worked := 0
	for _, v := range signtest.Vectors(t) {
		m := v.Message()
		content := m.Content()
		sum := sha256.Sum256(content)
		if m.Digest() != sum {
			t.Errorf("%s: Digest is not the SHA-256 of Content", v.Name)
		}
		want := v.Method + " " + v.Path + "\n" + v.ClientID + "." + v.Time + "." + string(m.Body)
		if string(content) != want {
			t.Errorf("%s: content %q; want %q", v.Name, content, want)
		}
		if v.Content == nil {
			continue
		}
		worked++
		if len(content) != v.Content.Length {
			t.Errorf("%s: %d bytes of content; want %d", v.Name, len(content), v.Content.Length)
		}
		if got := hex.EncodeToString(sum[:]); got != v.Content.SHA256 {
			t.Errorf("%s: SHA-256 %s; want %s", v.Name, got, v.Content.SHA256)
		}
	}
	if worked != 3 {
		t.Errorf("%d worked contents; apo-api.md 2.5 has 3", worked)
	}
}

func TestContentIsMadeAnew(t *testing.T) {
	m := signtest.Named(t, "request").Message()
	before := string(m.Content())
	content := m.Content()
	for i := range content {
		content[i] = 'x'
	}
	if string(m.Content()) != before {
		t.Error("writing into a content changed the next one")
	}
}
