package app

import (
	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
)

// trusts asks who else could change what a profile trusts: on live it is refused
// then, elsewhere a warning says so once.
func (d *Run) trusts(p *profile.Profile, paths profile.Paths) error {
	named := p.Trusted(paths)
	if d.Global.caFile != "" {
		named = append(named, d.Global.caFile)
	}
	again := d.doubted
	d.doubted = true
	return d.Doubt(p.Live(), again, "profile "+p.Name, named...)
}

// Doubt says who else could change what is named: on live in a refusal, elsewhere in
// warnings, unless they were given before.
func (d *Run) Doubt(live, again bool, who string, named ...string) error {
	var doubts []string
	err := files.Wait(d.IO.Interrupted, func() error { // a mount may be gone
		doubts = profile.Doubts(named...)
		return nil
	})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	if len(doubts) > 0 && live {
		f := say.Fail(say.Config, "%s is live, and others could change what it trusts", who)
		f.Problems = doubts
		return f
	}
	for _, doubt := range doubts {
		if !again {
			d.IO.Warn(doubt)
		}
	}
	return nil
}
