package serve

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// merchant is the name of the one that is meant; "" it has none.
func (c Config) merchant() (string, error) {
	switch len(c.Merchants) {
	case 0:
		return "", nil
	case 1:
		if err := sandbox.CheckMerchant(c.Merchants[0]); err != nil {
			return "", say.Fail(say.Usage, "--merchant: %v", err)
		}
		return c.Merchants[0], nil
	}
	return "", say.Fail(say.Usage, "--merchant is given several times, and one merchant is meant")
}

// RunningMerchants are those that a server runs for at this moment, where none is named.
func (c Config) RunningMerchants() (names []string) {
	if len(c.Merchants) > 0 {
		return nil
	}
	state, folder, err := c.ownPlaces()
	if err != nil {
		return nil
	}
	begins, ends := filepath.Join(folder, "merchants")+string(filepath.Separator), string(filepath.Separator)+"state.db"
	if c.State != "" {
		begins, ends = state+".", ""
	}
	found, _ := filepath.Glob(begins + "*" + ends + "*-address")
	for _, file := range found {
		name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(file, begins), "-address"), "-memory"), ends)
		if sandbox.CheckMerchant(name) != nil || slices.Contains(names, name) {
			continue
		}
		if _, runs := sandbox.ServerOf(begins + name + ends); runs {
			names = append(names, name)
		}
	}
	return names
}

// openMerchant opens the sandbox of a merchant that there is: a name that was mistyped
// makes none.
func (c Config) openMerchant() (*sandbox.Sandbox, error) {
	state, _, err := c.places()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(state); errors.Is(err, fs.ErrNotExist) {
		return nil, say.Fail(say.Usage, "there is no merchant %s here", c.Merchants[0]).Hint("apo sandbox --merchant %s makes it", c.Merchants[0])
	}
	return c.open()
}

// each is the same for each merchant, whose options are read.
func (c Config) each() (list []Config, err error) {
	if c.Seed != "" && len(c.Merchants) > 0 {
		return nil, say.Fail(say.Usage, "--seed and --merchant contradict each other: a seed goes with published keys, and each merchant has its own")
	}
	if len(c.Merchants) == 0 {
		return []Config{c}, nil
	}
	var known []string
	for _, name := range c.Merchants {
		one := c
		one.Merchants = []string{name}
		if _, err := one.merchant(); err != nil {
			return nil, err
		}
		if slices.Contains(known, strings.ToLower(name)) { // some disks do not tell them apart
			return nil, say.Fail(say.Usage, "--merchant %s is given twice", name)
		}
		known, list = append(known, strings.ToLower(name)), append(list, one)
	}
	return list, nil
}

// ready tells how to use what is served for a merchant.
func (m *served) ready() say.ReadyMerchant {
	files := sandbox.KeyFilesIn(m.folder)
	return say.ReadyMerchant{
		Name: m.name, ClientID: m.box.Credentials().ClientID, Sandbox: m.box.Identity(), Merchant: files.Merchant, Antom: files.AntomPublic, Token: m.box.ControlToken(),
	}
}
