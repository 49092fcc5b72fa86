package sign_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

const (
	keyFolder    = "testdata/keys"
	vectorFolder = "testdata/vectors"
)

// A vector is one story of a signature: a message, a header, and what must be
// said about the two. testdata/README.md describes the files.
type vector struct {
	Name string `json:"-"`

	Story      string  `json:"story"`
	Method     string  `json:"method"`
	Path       string  `json:"path"`
	ClientID   string  `json:"clientId"`
	Time       string  `json:"time"`
	Body       *string `json:"body"`
	BodyBase64 *[]byte `json:"bodyBase64"`
	Content    *struct {
		Length int    `json:"length"`
		SHA256 string `json:"sha256"`
	} `json:"content"`
	Header   *string `json:"header"`
	Key      string  `json:"key"`
	SignedBy string  `json:"signedBy"`
	Verdict  string  `json:"verdict"`
}

func (v vector) message() sign.Message {
	m := sign.Message{Method: v.Method, Path: v.Path, ClientID: v.ClientID, Time: v.Time}
	if v.Body != nil {
		m.Body = []byte(*v.Body)
	} else {
		m.Body = *v.BodyBase64
	}
	return m
}

func decodeVector(text []byte) (vector, error) {
	var v vector
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		return v, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return v, errors.New("something stands behind the vector")
	}
	for name, value := range map[string]string{
		"story": v.Story, "method": v.Method, "path": v.Path, "clientId": v.ClientID, "time": v.Time, "key": v.Key,
	} {
		if value == "" {
			return v, fmt.Errorf("%s is missing", name)
		}
	}
	if v.Header == nil {
		return v, errors.New("header is missing")
	}
	if (v.Body == nil) == (v.BodyBase64 == nil) {
		return v, errors.New("it needs one of body and bodyBase64")
	}
	switch v.Verdict {
	case "ok", "mismatch", "header":
		return v, nil
	}
	return v, fmt.Errorf("%q is no verdict", v.Verdict)
}

func readVectors(folder string) ([]vector, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no vectors", folder)
	}
	var vectors []vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		v, err := decodeVector(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		v.Name = strings.TrimSuffix(filepath.Base(file), ".json")
		vectors = append(vectors, v)
	}
	return vectors, nil
}

func allVectors(tb testing.TB) []vector {
	tb.Helper()
	vectors, err := readVectors(vectorFolder)
	if err != nil {
		tb.Fatal(err)
	}
	return vectors
}

func oneVector(tb testing.TB, name string) vector {
	tb.Helper()
	for _, v := range allVectors(tb) {
		if v.Name == name {
			return v
		}
	}
	tb.Fatalf("there is no vector %s", name)
	return vector{}
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

func readKey(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(keyFolder, name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func privateKey(tb testing.TB, name string) *sign.PrivateKey {
	tb.Helper()
	key, err := sign.ParsePrivateKey([]byte(readKey(tb, name)))
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return key
}

func publicKey(tb testing.TB, name string) *sign.PublicKey {
	tb.Helper()
	key, err := sign.ParsePublicKey([]byte(readKey(tb, name)))
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return key
}

// bareKey reads the key with the standard library alone.
func bareKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	key, err := x509.ParsePKCS8PrivateKey([]byte(readKey(tb, "throwaway-rsa2048-pkcs8.der")))
	if err != nil {
		tb.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// leaked returns the first run of 16 bytes that text shares with a secret:
// 12 bytes of a key in base64 are too much for an error message.
func leaked(text string, secrets ...string) string {
	const run = 16
	for i := 0; i+run <= len(text); i++ {
		for _, secret := range secrets {
			if strings.Contains(secret, text[i:i+run]) {
				return text[i : i+run]
			}
		}
	}
	return ""
}

// spellings returns a key's text in the ways in which it could slip out: as it
// was given, on one line, and in base64 if it was not text.
func spellings(key string) []string {
	return []string{key, strings.Join(strings.Fields(key), ""), base64.StdEncoding.EncodeToString([]byte(key))}
}

func TestVectorFilesAreRead(t *testing.T) {
	whole := `"story":"s","method":"POST","path":"/p","clientId":"c","time":"1","key":"k"`
	tests := []struct{ name, text, wrong string }{
		{"whole", `{` + whole + `,"body":"","header":"","verdict":"ok"}`, ""},
		{"whole, with bytes", `{` + whole + `,"bodyBase64":"","header":"","verdict":"header"}`, ""},
		{"unknown field", `{` + whole + `,"body":"","header":"","verdict":"ok","verdit":"ok"}`, `unknown field "verdit"`},
		{"unknown field inside", `{` + whole + `,"content":{"size":1},"body":"","header":"","verdict":"ok"}`, `unknown field "size"`},
		{"unknown verdict", `{` + whole + `,"body":"","header":"","verdict":"fine"}`, "no verdict"},
		{"no verdict", `{` + whole + `,"body":"","header":""}`, "no verdict"},
		{"no body", `{` + whole + `,"header":"","verdict":"ok"}`, "one of body and bodyBase64"},
		{"two bodies", `{` + whole + `,"body":"","bodyBase64":"","header":"","verdict":"ok"}`, "one of body and bodyBase64"},
		{"no header", `{` + whole + `,"body":"","verdict":"ok"}`, "header is missing"},
		{"no message", `{"body":"","header":"","verdict":"ok"}`, "is missing"},
		{"two vectors", `{` + whole + `,"body":"","header":"","verdict":"ok"}{}`, "behind the vector"},
		{"nothing", ``, "EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "v.json"), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			vectors, err := readVectors(folder)
			switch {
			case test.wrong == "" && (err != nil || len(vectors) != 1):
				t.Errorf("read %d vectors, %v; want one", len(vectors), err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("error %v; want one with %q", err, test.wrong)
			}
		})
	}
}

func TestEmptyFoldersAreErrors(t *testing.T) {
	folder := t.TempDir()
	if _, err := readVectors(folder); err == nil {
		t.Error("an empty folder of vectors passed")
	}
	if _, err := readKeyFiles(folder); err == nil {
		t.Error("an empty folder of keys passed")
	}
}

func TestLeakedFindsRuns(t *testing.T) {
	const secret = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
	if run := leaked("the key is "+secret[5:21]+"…", secret); run != secret[5:21] {
		t.Errorf("leaked found %q; want %q", run, secret[5:21])
	}
	if run := leaked("the key is "+secret[5:20]+"…", secret); run != "" {
		t.Errorf("leaked found %q in 15 characters", run)
	}
}
