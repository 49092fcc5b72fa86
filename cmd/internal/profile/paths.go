package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Paths are the places of apo's files.
type Paths struct {
	Config string // config.yaml
	State  string // folder
}

// Sandbox is the folder of the embedded sandbox: its state and keys.
func (p Paths) Sandbox() string { return filepath.Join(p.State, "sandbox") }

// FindPaths follows --config, APO_CONFIG, APO_HOME and the XDG variables, in
// this order. The files need not exist.
func FindPaths(getenv func(string) string, flag string) (Paths, error) {
	home := getenv("HOME")
	under := func(variable, fallback string) string {
		switch {
		case getenv("APO_HOME") != "":
			return getenv("APO_HOME")
		case filepath.IsAbs(getenv(variable)):
			return filepath.Join(getenv(variable), "apo")
		case home != "":
			return filepath.Join(home, fallback, "apo")
		}
		return ""
	}
	p := Paths{State: under("XDG_STATE_HOME", ".local/state")}
	if getenv("APO_HOME") != "" {
		p.State = filepath.Join(getenv("APO_HOME"), "state")
	}
	config := under("XDG_CONFIG_HOME", ".config")
	switch {
	case flag != "":
		p.Config = flag
	case getenv("APO_CONFIG") != "":
		p.Config = getenv("APO_CONFIG")
	case config != "":
		p.Config = filepath.Join(config, "config.yaml")
	}
	if p.Config == "" || p.State == "" {
		return p, errors.New("there is no home for apo's files: set HOME, APO_HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME")
	}
	return p, nil
}

// ReadSecret reads a file that nobody but its owner may be able to read.
func ReadSecret(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, plainError(file, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, plainError(file, err)
	}
	if err := checkPrivate(file, info); err != nil {
		return nil, err
	}
	return readLimited(f, file)
}

// ReadFile reads a file without secrets.
func ReadFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, plainError(file, err)
	}
	defer f.Close()
	return readLimited(f, file)
}

const maxFile = 1 << 20

func readLimited(f *os.File, file string) ([]byte, error) {
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder", file)
	}
	buffer := make([]byte, maxFile+1)
	n := 0
	for n < len(buffer) {
		m, err := f.Read(buffer[n:])
		n += m
		if err != nil {
			break
		}
	}
	if n > maxFile {
		return nil, fmt.Errorf("%s is larger than 1 MiB", file)
	}
	return buffer[:n], nil
}

func plainError(file string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", file)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user", file)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", file, path.Err)
	}
	return err
}

// WriteFile writes a file that appears whole or not at all, readable by its
// owner alone. An existing one is replaced only if replace is set.
func WriteFile(file string, data []byte, replace bool) error {
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if replace {
		return os.Rename(f.Name(), file)
	}
	if err := os.Link(f.Name(), file); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; nothing was overwritten", file)
	} else if err != nil {
		return err
	}
	return nil
}
