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
	"sync"

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
	merchant, err := newKey()
	if err != nil {
		return Keys{}, err
	}
	antom, err := newKey()
	return Keys{merchant, antom}, err
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
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Keys{}, err
	}
	files := KeyFilesIn(folder)
	if err := makeMissing(files.Merchant, files.Antom); err != nil {
		return Keys{}, err
	}
	merchant, err := loadKey(files.Merchant)
	if err != nil {
		return Keys{}, err
	}
	antom, err := loadKey(files.Antom)
	if err != nil {
		return Keys{}, err
	}
	return Keys{merchant, antom}, publish(files.AntomPublic, antom.Public())
}

// makeMissing makes the keys that are not there, at the same time: that is the
// slowest work of a new home.
func makeMissing(files ...string) error {
	failed := make([]error, len(files))
	var all sync.WaitGroup
	for i, file := range files {
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		all.Go(func() {
			key, err := newKey()
			if err == nil {
				err = createOnce(file, key.PEM())
			}
			failed[i] = err
		})
	}
	all.Wait()
	return errors.Join(failed...)
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
	if err != nil {
		return nil, err
	}
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
