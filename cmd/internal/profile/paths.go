package profile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/pkg/apo"
)

// Paths are the places of apo's files. Without a home, as in some containers, there
// are none, and what needs no file goes on without.
type Paths struct {
	Config string // config.yaml; empty: there is no home for it
	Named  string // what names it: "--config" or "APO_CONFIG"; empty: it stands where it always does
	State  string // folder; empty: there is no home for it
}

// ErrNoHome says that nothing names a folder for apo's files.
var ErrNoHome = errors.New("there is no home for apo's files: set HOME, APO_HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME")

// Sandbox is the folder of the embedded sandbox: its state and keys. There is one
// where there is a State.
func (p Paths) Sandbox() string { return filepath.Join(p.State, "sandbox") }

// FindPaths follows --config, APO_CONFIG, APO_HOME and the XDG variables, in
// this order. The files need not exist, and there may be no place for them.
func FindPaths(getenv func(string) string, flag string) (Paths, error) {
	used := []string{"APO_HOME", "APO_CONFIG"}
	if getenv("APO_HOME") == "" {
		used = append(used, "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
	}
	for _, name := range used { // another folder would have another journal
		if problem := slip(getenv(name)); problem != "" {
			return Paths{}, fmt.Errorf("%s %s", name, problem)
		}
	}
	home := getenv("HOME")
	under := func(variable, fallback string) string {
		switch {
		case getenv("APO_HOME") != "":
			return getenv("APO_HOME")
		case filepath.IsAbs(getenv(variable)):
			return filepath.Join(getenv(variable), "apo")
		case filepath.IsAbs(home):
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
		p.Config, p.Named = flag, "--config"
	case getenv("APO_CONFIG") != "":
		p.Config, p.Named = getenv("APO_CONFIG"), "APO_CONFIG"
	case config != "":
		p.Config = filepath.Join(config, "config.yaml")
	}
	return p, nil
}

// ReadSecret reads a file that nobody but its owner may be able to read. It
// stops at [files.ErrInterrupted].
func ReadSecret(interrupted <-chan struct{}, file string) ([]byte, error) {
	text, err := readChecked(interrupted, file, checkPrivate)
	return text, plainError(file, err)
}

// ReadFile reads a file without secrets. It stops at [files.ErrInterrupted].
func ReadFile(interrupted <-chan struct{}, file string) ([]byte, error) {
	text, err := readChecked(interrupted, file, func(string, fs.FileInfo) error { return nil })
	return text, plainError(file, err)
}

const maxFile = 1 << 20

func readChecked(interrupted <-chan struct{}, file string, check func(string, fs.FileInfo) error) ([]byte, error) {
	f, info, err := files.Open(interrupted, file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := check(file, info); err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder", file)
	}
	text, err := files.ReadAll(interrupted, io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		return nil, fmt.Errorf("%s is larger than 1 MiB", file)
	}
	return text, err
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
	if !replace && apo.LooksLikeKey(file) { // its slashes would make folders
		return errors.New("the name of the file is the text of a key, which is not shown; nothing was written")
	}
	if file == "-" {
		return errors.New("- stands for standard output, and this goes to a file alone; nothing was written")
	}
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
