package app

import (
	"os"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// LocalClientID is that of the embedded sandbox.
const LocalClientID = sandbox.ClientID

// LocalKeys are those of the embedded sandbox, made at their first use.
func LocalKeys(paths profile.Paths) (sandbox.Keys, error) {
	if paths.State == "" {
		return sandbox.Keys{}, say.Fail(say.Config, "%v", profile.ErrNoHome)
	}
	keys, err := sandbox.LoadKeys(paths.Sandbox())
	if err != nil {
		f := say.Fail(say.Config, "the embedded sandbox's keys cannot be used: %v", err)
		return keys, f.Hint("APO_HOME names the folder for apo's files; it has to be one that you can write")
	}
	return keys, nil
}

// localKeysMade are those of the embedded sandbox, if it was ever used.
func localKeysMade(paths profile.Paths) (keys sandbox.Keys, made bool) {
	folder := paths.Sandbox()
	if _, err := os.Stat(sandbox.KeyFilesIn(folder).Antom); err != nil || paths.State == "" {
		return keys, false
	}
	keys, err := sandbox.LoadKeys(folder)
	return keys, err == nil
}
