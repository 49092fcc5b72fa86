// Package signtest reads the keys and vectors in pkg/sign/testdata, for the
// tests of pkg/sign and of the packages beside it.
package signtest

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
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

// The folders as seen from a test of any package directly under pkg.
const (
	keyFolder    = "../sign/testdata/keys"
	vectorFolder = "../sign/testdata/vectors"
)

// A Vector is one story of a signature: a message, a header, and what must be
// said about the two. pkg/sign/testdata/README.md describes the files.
type Vector struct {
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

// Message returns the message of the vector.
func (v Vector) Message() sign.Message {
	m := sign.Message{Method: v.Method, Path: v.Path, ClientID: v.ClientID, Time: v.Time}
	if v.Body != nil {
		m.Body = []byte(*v.Body)
	} else {
		m.Body = *v.BodyBase64
	}
	return m
}

func decodeVector(text []byte) (Vector, error) {
	var v Vector
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

func readVectors(folder string) ([]Vector, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no vectors", folder)
	}
	var vectors []Vector
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

// Vectors returns all vectors.
func Vectors(tb testing.TB) []Vector {
	tb.Helper()
	vectors, err := readVectors(vectorFolder)
	if err != nil {
		tb.Fatal(err)
	}
	return vectors
}

// Named returns the vector of a name, which is that of its file: "request".
func Named(tb testing.TB, name string) Vector {
	tb.Helper()
	for _, v := range Vectors(tb) {
		if v.Name == name {
			return v
		}
	}
	tb.Fatalf("there is no vector %s", name)
	return Vector{}
}

// KeyText returns the file of a key as it is: "throwaway-rsa2048-pkcs8.pem".
func KeyText(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(keyFolder, name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// PrivateKey parses a file of [KeyText].
func PrivateKey(tb testing.TB, name string) *sign.PrivateKey {
	tb.Helper()
	key, err := sign.ParsePrivateKey([]byte(KeyText(tb, name)))
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return key
}

// PublicKey parses a file of [KeyText].
func PublicKey(tb testing.TB, name string) *sign.PublicKey {
	tb.Helper()
	key, err := sign.ParsePublicKey([]byte(KeyText(tb, name)))
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return key
}

// BareKey reads the key throwaway-rsa2048 with the standard library alone.
func BareKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	key, err := x509.ParsePKCS8PrivateKey([]byte(KeyText(tb, "throwaway-rsa2048-pkcs8.der")))
	if err != nil {
		tb.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}
