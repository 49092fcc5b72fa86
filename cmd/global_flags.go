package cmd

import (
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/spf13/pflag"
)

// globalFlags are on every command.
type globalFlags struct {
	profile, config, color, caFile string
	output, query                  string
	timeout, connectTimeout        time.Duration
	retry                          int
	quiet                          bool
	noJournal                      bool
}

func (d *deps) addGlobalFlags(f *pflag.FlagSet) {
	g := &d.global
	f.StringVarP(&g.profile, "profile", "p", "", "`name` of the profile to use (APO_PROFILE)")
	f.StringVar(&g.config, "config", "", "configuration `file` (APO_CONFIG)")
	f.StringVarP(&g.output, "output", "o", "", "`format` of the output: json, table, raw or ndjson (APO_OUTPUT)")
	f.StringVarP(&g.query, "query", "q", "", "print only what is at this gjson `path`, bare")
	f.StringVar(&g.color, "color", "auto", "color `when`: auto, always or never")
	f.DurationVar(&g.timeout, "timeout", 0, "`time` for a whole call (APO_TIMEOUT, default 30s)")
	f.DurationVar(&g.connectTimeout, "connect-timeout", 0, "`time` for connecting (default 5s)")
	f.IntVar(&g.retry, "retry", 0, "send again up to `n` times when no usable answer came: same ID, same body")
	f.StringVar(&g.caFile, "ca-file", "", "`file` of certificates to trust beside the system's (APO_CA_FILE)")
	f.BoolVar(&g.quiet, "quiet", false, "no hints and no progress")
	f.BoolVar(&g.noJournal, "no-journal", false, "keep no record of what is sent (APO_JOURNAL=off); not on live")
}

// prepare runs before every command: it settles what the global flags say.
func (d *deps) prepare() error {
	g := &d.global
	if err := d.io.SetColor(g.color, d.getenv); err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	if g.output == "" {
		g.output = d.getenv("APO_OUTPUT")
	}
	switch term.Format(g.output) {
	case term.Pretty, term.JSON, term.Raw, term.NDJSON, term.Table:
	default:
		bad := g.output
		g.output = ""
		return say.Fail(say.Usage, "output format %q is not json, table, raw or ndjson", bad)
	}
	if g.timeout < 0 || g.connectTimeout < 0 || g.retry < 0 || g.retry > 10 {
		return say.Fail(say.Usage, "--timeout and --connect-timeout take a positive time, --retry a number from 0 to 10")
	}
	if len(g.query) > 256 || strings.Count(g.query, "@") > 4 { // a chain of modifiers can grow without end
		return say.Fail(say.Usage, "the path of -q is longer than 256 characters, or has more than 4 modifiers")
	}
	if g.caFile == "" {
		g.caFile = d.getenv("APO_CA_FILE")
	}
	d.io.Quiet = g.quiet
	for _, warning := range profile.Misspelt(d.environ) {
		d.io.Warn(warning)
	}
	return nil
}
