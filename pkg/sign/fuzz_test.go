package sign_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// The seeds of every target are the files of testdata; a target that found
// none would test nothing and say so to nobody, hence signtest.Vectors and allKeys
// fail.

func allKeys(tb testing.TB) map[string][]byte {
	tb.Helper()
	files, err := readKeyFiles("testdata/keys")
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// readKeyFiles returns every file of the folder by its name.
func readKeyFiles(folder string) (map[string][]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		files[entry.Name()] = text
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no keys", folder)
	}
	return files, nil
}

func TestEmptyFolderIsAnError(t *testing.T) {
	if _, err := readKeyFiles(t.TempDir()); err == nil {
		t.Error("an empty folder of keys passed")
	}
}

func FuzzParseHeader(f *testing.F) {
	for _, v := range signtest.Vectors(f) {
		f.Add(*v.Header)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := sign.ParseHeader(text)
		if err != nil {
			if verdict(err) != "header" {
				t.Fatalf("error %v; want ErrHeader", err)
			}
			return
		}
		if h.Signature == "" {
			t.Fatal("a header without a signature was read")
		}
		written := h.String()
		again, err := sign.ParseHeader(written)
		if err != nil {
			t.Fatalf("written as %q, which cannot be read: %v", written, err)
		}
		if !reflect.DeepEqual(again, h) {
			t.Fatalf("written as %q and read as %+v; it was %+v", written, again, h)
		}
		if again.String() != written {
			t.Fatalf("written as %q, then as %q", written, again)
		}
		if _, err := h.Bytes(); err != nil && verdict(err) != "header" {
			t.Fatalf("Bytes: error %v; want ErrHeader", err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, text := range allKeys(f) {
		f.Add(text)
	}
	for _, shape := range append(privateShapes(f), publicShapes(f)...) {
		f.Add([]byte(shape.text))
	}
	for _, shape := range append(append(keptPrivate(f), keptPublic(f)...), foreignShapes(f)...) {
		f.Add([]byte(shape.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		private, err := sign.ParsePrivateKey(text)
		if err != nil {
			checkFuzzedRefusal(t, text, err, "private")
		} else {
			again, err := sign.ParsePrivateKey(private.PEM())
			if err != nil || !bytes.Equal(again.DER(), private.DER()) || private.Bits() < 2048 {
				t.Fatalf("a key of %d bits is not what it writes: %v", private.Bits(), err)
			}
		}
		public, err := sign.ParsePublicKey(text)
		if err != nil {
			checkFuzzedRefusal(t, text, err, "public")
		} else {
			again, err := sign.ParsePublicKey([]byte(public.Base64()))
			if err != nil || !again.Equal(public) || public.Bits() < 2048 {
				t.Fatalf("a key of %d bits is not what it writes: %v", public.Bits(), err)
			}
		}
		if !bytes.Equal(text, before) {
			t.Fatal("parsing changed the caller's bytes")
		}
	})
}

func checkFuzzedRefusal(t *testing.T, text []byte, err error, want string) {
	t.Helper()
	sentence := refusal(t, err, want)
	if run := leaked(sentence, string(text)); run != "" {
		t.Fatalf("the error %q tells %q of the text", sentence, run)
	}
}

// Whatever the header and the body: what verifies is the signature that was
// made over this very body.
func FuzzVerify(f *testing.F) {
	genuine := signtest.Named(f, "request")
	key, sent := signtest.PublicKey(f, genuine.Key), genuine.Message()
	signed := map[string][]byte{} // by body: what openssl signed with the same method, path, client ID and time
	for _, v := range signtest.Vectors(f) {
		m := v.Message()
		f.Add(*v.Header, m.Body)
		if v.SignedBy != "" && m.Method == sent.Method && m.Path == sent.Path && m.ClientID == sent.ClientID && m.Time == sent.Time {
			signed[string(m.Body)] = signatureIn(f, *v.Header)
		}
	}
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		received := sent
		received.Body = body

		err := sign.Verify(key, received, *genuine.Header)
		if same := bytes.Equal(body, sent.Body); same && err != nil || !same && !errors.Is(err, sign.ErrMismatch) {
			t.Fatalf("the genuine header over the body %q: %v", body, err)
		}

		err = sign.Verify(key, received, header)
		if err != nil {
			if verdict(err) == "neither" {
				t.Fatalf("error %v; want ErrMismatch or ErrHeader", err)
			}
			return
		}
		if signature, ok := signed[string(body)]; !ok || !bytes.Equal(signature, signatureIn(t, header)) {
			t.Fatalf("the header %q verified over the body %q, which nobody signed", header, body)
		}
	})
}

func signatureIn(tb testing.TB, header string) []byte {
	tb.Helper()
	h, err := sign.ParseHeader(header)
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := h.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}
