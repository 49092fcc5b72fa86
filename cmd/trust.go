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
	again := d.doubted
	d.doubted = true
	return d.doubt(p.Live(), again, "profile "+p.Name, files...)
}

// doubt says who else could change files: on live in a refusal, elsewhere in
// warnings, unless they were given before.
func (d *deps) doubt(live, again bool, who string, files ...string) error {
	doubts := profile.Doubts(files...)
	if len(doubts) > 0 && live {
		f := say.Fail(say.Config, "%s is live, and others could change what it trusts", who)
		f.Problems = doubts
		return f
	}
	for _, doubt := range doubts {
		if !again {
			d.io.Warn(doubt)
		}
	}
	return nil
}
