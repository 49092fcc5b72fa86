package sandbox

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apo-cli/apo/pkg/sign"
)

// Keys are the two key pairs of a sandbox: the merchant's, with which requests
// are signed, and that of the gateway, which plays Antom.
type Keys struct {
	Merchant *sign.PrivateKey
	Antom    *sign.PrivateKey
}

// NewKeys makes throw-away keys.
func NewKeys() (Keys, error) {
	return both(newKey, newKey)
}

// both takes the keys from their sources, at the same time: they are slow.
func both(merchant, antom func() (*sign.PrivateKey, error)) (keys Keys, err error) {
	other := make(chan error, 1)
	go func() {
		var err error
		keys.Antom, err = antom()
		other <- err
	}()
	keys.Merchant, err = merchant()
	if failed := cmp.Or(err, <-other); failed != nil {
		return Keys{}, failed
	}
	return keys, nil
}

func newKey() (*sign.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return sign.NewPrivateKey(key)
}

// KeyFiles are the places of a sandbox's keys.
type KeyFiles struct {
	Merchant    string // the merchant's private key, PKCS#8 PEM
	Antom       string // the gateway's private key
	AntomPublic string // the gateway's public key, for a merchant's configuration
}

// KeyFilesIn names the key files of a sandbox whose state is in folder.
func KeyFilesIn(folder string) KeyFiles {
	return KeyFiles{
		Merchant:    filepath.Join(folder, "merchant-private.pem"),
		Antom:       filepath.Join(folder, "antom-private.pem"),
		AntomPublic: filepath.Join(folder, "antom-public.pem"),
	}
}

// LoadKeys reads the keys of a folder and makes those that are missing, for
// its owner's eyes alone. Several processes may do so at once: one of them
// makes the keys, all of them use the same.
func LoadKeys(folder string) (Keys, error) {
	files := KeyFilesIn(folder)
	load := func(file string) func() (*sign.PrivateKey, error) {
		return func() (*sign.PrivateKey, error) { return loadKey(file) }
	}
	keys, err := both(load(files.Merchant), load(files.Antom))
	if err != nil {
		return Keys{}, err
	}
	return keys, publish(files.AntomPublic, keys.Antom.Public())
}

// publish writes the public key, unless the file has it. After a loss of power
// it may be empty, which the next run mends.
func publish(file string, key *sign.PublicKey) error {
	text := key.PEM()
	if known, err := os.ReadFile(file); err == nil && bytes.Equal(known, text) {
		return nil
	}
	return replace(file, text)
}

func loadKey(file string) (*sign.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err := newKey()
		if err != nil {
			return nil, err
		}
		if err := createOnce(file, key.PEM()); err != nil {
			return nil, err
		}
		// Another process may have been first: what is on disk counts.
		if text, err = os.ReadFile(file); err != nil {
			return nil, err
		}
		return parseKey(file, text)
	}
	if err != nil {
		return nil, err
	}
	return parseKey(file, text)
}

func parseKey(file string, text []byte) (*sign.PrivateKey, error) {
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// createOnce makes a file that appears whole or not at all, unless it exists.
func createOnce(file string, data []byte) error {
	f, err := beside(file, data)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// replace writes a file whole, whether it exists or not.
func replace(file string, data []byte) error {
	f, err := beside(file, data)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	return cmp.Or(f.Close(), os.Rename(f.Name(), file))
}

// beside writes data into a new file in the folder of another, for its owner's
// eyes alone.
func beside(file string, data []byte) (*os.File, error) {
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(folder, ".new-*") // made with mode 0600
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(data); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}
