package app

import (
	"context"
	"crypto/x509"

	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// authorities is what --ca-file holds; nil: it was not given.
func (d *Run) authorities(ctx context.Context) ([]byte, error) {
	if d.Global.caFile == "" {
		return nil, nil
	}
	data, err := profile.ReadFile(ctx.Done(), d.Global.caFile)
	if err != nil {
		return nil, say.Fail(say.Config, "--ca-file: %v", err)
	}
	if len(data) == 0 {
		return nil, say.Fail(say.Config, "--ca-file: %s is empty", d.Global.caFile)
	}
	return files.TextOf(data), nil
}

// Receivers are the authorities that vouch for whom the sandbox notifies over https:
// those of --ca-file and the system's; nil: the system's alone.
func (d *Run) Receivers(ctx context.Context) (*x509.CertPool, error) {
	data, err := d.authorities(ctx)
	if data == nil || err != nil {
		return nil, err
	}
	pool, err := apo.Authorities(data)
	if err != nil {
		return nil, say.Fail(say.Config, "%s: %v", d.Global.caFile, err)
	}
	return pool, nil
}
