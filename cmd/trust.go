package cmd

import (
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
)

// trusts asks who else could change what a profile trusts: on live it is refused
// then, elsewhere a warning says so once.
func (d *deps) trusts(p *profile.Profile, paths profile.Paths) error {
	files := p.Trusted(paths)
	if d.global.caFile != "" {
		files = append(files, d.global.caFile)
	}
	doubts := profile.Doubts(files...)
	if len(doubts) > 0 && p.Live() {
		f := say.Fail(say.Config, "profile %s is live, and others could change what it trusts", p.Name)
		f.Problems = doubts
		return f
	}
	if d.doubted {
		return nil
	}
	d.doubted = true
	for _, doubt := range doubts {
		d.io.Warn(doubt)
	}
	return nil
}
