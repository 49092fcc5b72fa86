package app

import (
	"cmp"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// GlobalFlags are on every command.
type GlobalFlags struct {
	Profile, config, color, caFile string
	Output, Query                  string
	timeout, connectTimeout        time.Duration
	retry                          int
	quiet                          bool
	NoJournal                      bool
}

// AddGlobalFlags adds those that every command has; Prepare reads them.
func (d *Run) AddGlobalFlags(f *pflag.FlagSet) {
	g := &d.Global
	f.StringVarP(&g.Profile, "profile", "p", "", "`name` of the profile to use (APO_PROFILE)")
	f.StringVar(&g.config, "config", "", "configuration `file` (APO_CONFIG)")
	f.StringVarP(&g.Output, "output", "o", "", "`format` of the output: json, table, raw or ndjson (APO_OUTPUT)")
	f.StringVarP(&g.Query, "query", "q", "", "print only what is at this gjson `path`, bare")
	f.StringVar(&g.color, "color", "auto", "color `when`: auto, always or never")
	f.DurationVar(&g.timeout, "timeout", 0, "`time` for a whole call (APO_TIMEOUT, default 30s)")
	f.DurationVar(&g.connectTimeout, "connect-timeout", 0, "`time` for connecting (default 5s)")
	f.IntVar(&g.retry, "retry", 0, "send again up to `n` times when no usable answer came: same ID, same body")
	f.StringVar(&g.caFile, "ca-file", "", "`file` of certificates to trust beside the system's (APO_CA_FILE)")
	f.BoolVar(&g.quiet, "quiet", false, "say errors alone: no verdict, hint, note, warning or progress")
	f.BoolVar(&g.NoJournal, "no-journal", false, "keep no record of what is sent (APO_JOURNAL=off); not on live")
}

// Prepare runs before every command: it reads what the global flags say to cmd.
// formats are those that cmd has.
func (d *Run) Prepare(cmd *cobra.Command, formats []term.Format) error {
	g := &d.Global
	d.IO.Quiet = g.quiet
	if d.Completes() { // whatever is wrong is said when the command is run
		return nil
	}
	if err := d.IO.SetColor(g.color, d.Getenv); err != nil {
		return say.Fail(say.Usage, "%v", err)
	}
	if err := d.checkEmpty(cmd); err != nil {
		return err
	}
	if err := checkFlags(cmd); err != nil {
		return err
	}
	// A command that prints text alone has its errors in JSON all the same.
	d.IO.TalksJSON = talksJSON(cmp.Or(d.Format(), term.Format(d.Getenv("APO_OUTPUT"))))
	if err := d.chooseFormat(cmd, formats); err != nil {
		return err
	}
	if g.timeout < 0 || g.connectTimeout < 0 || g.retry < 0 || g.retry > 10 {
		return say.Fail(say.Usage, "--timeout and --connect-timeout take a positive time, --retry a number from 0 to 10")
	}
	if len(g.Query) > 256 || strings.Count(g.Query, "@") > 4 { // a chain of modifiers can grow without end
		return say.Fail(say.Usage, "the path of -q is longer than 256 characters, or has more than 4 modifiers")
	}
	if g.caFile == "" {
		g.caFile = d.Getenv("APO_CA_FILE")
	}
	for _, warning := range profile.Misspelt(d.environ) {
		d.IO.Warn(warning)
	}
	return d.checkProfile(cmd)
}
