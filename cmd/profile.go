package cmd

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sign"
)

func newProfileCmd(d *app.Run) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "profile",
		Short: "Say who apo is: client ID, gateway and keys",
		Long: `Say who apo is: client ID, gateway and keys.

A value comes from a flag, else the environment (apo help environment), else the
profile in the configuration, else a default. Without any of it apo is the
profile local: the sandbox inside apo.`,
		Example: `  # which values count, and where each comes from
  apo profile show

  # prove that client ID, both keys, clock and network fit together
  apo profile check --profile local`,
	}, newProfileListCmd(d), newProfileShowCmd(d), newProfileUseCmd(d), newProfileAddCmd(d), newProfileRemoveCmd(d), newProfileCheckCmd(d))
}

func newProfileListCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the profiles",
		Long:  "List the profiles of the configuration, and the built-in one.",
		Example: `  # all of them
  apo profile list

  # for a script
  apo profile list -o json`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, file, err := d.Configuration()
			if err != nil {
				return err
			}
			type row struct {
				Name    string `json:"name"`
				Default bool   `json:"default"`
			}
			rows := []row{{profile.Local, file.Default() == profile.Local || len(file.Names()) == 0}}
			for _, name := range file.Names() {
				rows = append(rows, row{name, name == file.Default()})
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(rows)
			}
			var cells [][]string
			for _, r := range rows {
				mark := ""
				if r.Default {
					mark = "default"
				}
				cells = append(cells, []string{r.Name, mark})
			}
			return d.IO.WriteTable([]string{"profile", ""}, cells)
		},
	}
}

func newProfileShowCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "show [NAME]",
		Short: "Show the values that count, and where each comes from",
		Long: `Show the values that count, and where each comes from. Keys are read and shown by
their fingerprints; secrets are masked.`,
		Example: `  # of this run
  apo profile show

  # a key, Antom's public key, and a profile with both
  apo keys new merchant.pem
  apo sandbox credentials -q antomPublicKey > antom.pem
  apo profile add sg --gateway sea --client-id SANDBOX_5X00000000000000 --private-key-file merchant.pem --antom-public-key-file antom.pem

  # of another profile, as JSON
  apo profile show sg -o json`,
		Args: app.Arguments(0, 1, "at most one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				d.Global.Profile = args[0]
			}
			return runProfileShow(cmd.Context(), d)
		},
		ValidArgsFunction: completeProfiles(d),
	}
}

func runProfileShow(ctx context.Context, d *app.Run) error {
	p, paths, err := d.Resolve()
	if err != nil {
		return err
	}
	type setting struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		From  string `json:"from"`
	}
	var private *sign.PrivateKey
	var antom *sign.PublicKey
	if p.Name == profile.Local {
		keys, err := app.LocalKeys(paths)
		if err != nil {
			return err
		}
		private, antom, p.ClientID = keys.Merchant, keys.Antom.Public(), app.LocalClientID
	} else {
		private, antom, err = p.Keys(ctx)
	}
	rows := []setting{
		{"profile", p.Name, "this run"},
		{"mode", p.Mode(), "the client ID"},
	}
	if p.Name == profile.Local {
		rows = append(rows, setting{"client_id", p.ClientID, "built in"})
	}
	for _, o := range p.Origins {
		rows = append(rows, setting(o))
	}
	var unusable error
	if err != nil { // what is wrong with a key is told below what is right
		unusable = say.Fail(say.Config, "%v", err)
	} else {
		rows = append(rows,
			setting{"private key, SHA-256 of its public half", private.Public().Fingerprint(), "computed"},
			setting{"Antom's public key, SHA-256", antom.Fingerprint(), "computed"})
	}
	for _, place := range []setting{{"configuration", paths.Config, "file"}, {"state", paths.State, "folder"}} {
		if place.Value != "" {
			rows = append(rows, place)
		}
	}
	if d.Printer().WantsJSON() {
		if err := d.Printer().ShowOwn(rows); err != nil {
			return err
		}
		return unusable
	}
	var cells [][]string
	for _, r := range rows {
		if key, _, found := strings.Cut(r.Key, ", SHA-256"); found {
			r.Key, r.Value = key, "SHA-256 "+r.Value
		}
		cells = append(cells, []string{r.Key, r.Value, originInWords(r.From)})
	}
	if err := d.IO.WriteTable([]string{"setting", "value", "from"}, cells); err != nil {
		return err
	}
	return unusable
}

// originInWords is an origin as a table has it, where "from" may stand before it.
func originInWords(from string) string {
	switch from {
	case "built in":
		return "apo itself"
	case "computed":
		return "the key itself"
	case "file", "folder":
		return ""
	}
	return from
}

func newProfileUseCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "use NAME",
		Short: "Make a profile the default",
		Long:  "Make a profile the default. --profile and APO_PROFILE still go before it.",
		Example: `  # a key, Antom's public key, and a profile with both
  apo keys new merchant.pem
  apo sandbox credentials -q antomPublicKey > antom.pem
  apo profile add sg --gateway sea --client-id SANDBOX_5X00000000000000 --private-key-file merchant.pem --antom-public-key-file antom.pem

  # from now on
  apo profile use sg

  # back to the sandbox inside apo
  apo profile use local`,
		Args: app.Arguments(1, 1, "one NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			d.Global.Profile = args[0]
			p, paths, err := d.Resolve()
			if err != nil {
				return err
			}
			err = profile.Change(d.IO.Interrupted, paths.Config, func(f *profile.File) error { return f.Use(args[0]) })
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			what := "default profile is " + args[0]
			if p.Live() {
				what += ", which is LIVE"
			}
			d.IO.Say(term.Verdict{Mood: term.Good, What: what, Facts: []string{paths.Config}})
			return nil
		},
		ValidArgsFunction: completeProfiles(d),
	}
}

// newProfile is what apo profile add is told.
type newProfile struct {
	name, clientID, gateway, keyFile, antomFile, keyVersion string
	readOnly, asDefault                                     bool
}

func newProfileAddCmd(d *app.Run) *cobra.Command {
	var n newProfile
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a profile to the configuration",
		Long: `Add a profile to the configuration. The keys stay in their files; the profile
names them. config.example.yaml shows everything that a profile can hold.`,
		Example: `  # a key of your own, and what stands for Antom's here: the key of the sandbox inside apo
  apo keys new merchant.pem
  apo sandbox credentials -q antomPublicKey > antom.pem

  # an account of APO's sandbox
  apo profile add sg --gateway sea --client-id SANDBOX_5X00000000000000 --private-key-file merchant.pem --antom-public-key-file antom.pem

  # one that can only look
  apo profile add viewer --gateway sea --client-id SANDBOX_5X00000000000000 --private-key-file merchant.pem --antom-public-key-file antom.pem --read-only`,
		Args: app.Arguments(1, 1, "one NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			n.name = args[0]
			return runProfileAdd(d, n)
		},
	}
	f := cmd.Flags()
	f.StringVar(&n.clientID, "client-id", "", "client `ID`")
	f.StringVar(&n.gateway, "gateway", "sea", "`region` (sea, na, eu) or URL")
	f.StringVar(&n.keyFile, "private-key-file", "", "`file` with the merchant's private key")
	f.StringVar(&n.antomFile, "antom-public-key-file", "", "`file` with Antom's public key")
	f.StringVar(&n.keyVersion, "key-version", "", "`version` of the key in the Signature header (default 1)")
	f.BoolVar(&n.readOnly, "read-only", false, "refuse whatever moves money")
	f.BoolVar(&n.asDefault, "default", false, "make it the default profile")
	return cmd
}

func runProfileAdd(d *app.Run, n newProfile) error {
	paths, _, err := d.ConfigurationToMake()
	if err != nil {
		return err
	}
	if err := n.check(); err != nil {
		return err
	}
	if err := checkKeyFiles(d, n.keyFile, n.antomFile); err != nil {
		return err
	}
	var file *profile.File
	err = profile.Change(d.IO.Interrupted, paths.Config, func(f *profile.File) error {
		file = f
		return f.Add(n.name, n.settings(), n.asDefault)
	})
	switch {
	case errors.Is(err, profile.ErrNoHome):
		return say.Fail(say.Config, "%v", err)
	case err != nil:
		return say.Fail(say.Usage, "%v", err)
	}
	d.IO.Say(term.Verdict{Mood: term.Good, What: "profile " + n.name + " added", Facts: []string{file.Path}, Next: "apo profile check --profile " + n.name})
	if !n.asDefault && file.Default() == "" {
		d.IO.Hint("no profile is the default yet: apo profile use " + say.Quoted(n.name) + ", or --profile with each command")
	}
	return nil
}

func (n newProfile) check() error {
	if n.clientID == "" || n.keyFile == "" || n.antomFile == "" {
		return say.Fail(say.Usage, "apo profile add needs --client-id, --private-key-file and --antom-public-key-file")
	}
	for _, given := range [][2]string{
		{"NAME", n.name},
		{"--client-id", n.clientID},
		{"--gateway", n.gateway},
		{"--private-key-file", n.keyFile},
		{"--antom-public-key-file", n.antomFile},
		{"--key-version", n.keyVersion},
	} {
		if apo.LooksLikeKey(given[1]) {
			return say.Fail(say.Usage, "%s holds the text of a key, which is not shown; save the key to a file, and name the file", given[0])
		}
		if given[0] != "--gateway" && apo.LooksLikeCard(given[1]) {
			return say.Fail(say.Usage, "%s holds a card number, which is not written down", given[0])
		}
	}
	if err := profile.CheckClientID(n.clientID); err != nil {
		return say.Fail(say.Usage, "--client-id %v", err)
	}
	if err := profile.CheckKeyVersion(n.keyVersion); err != nil {
		return say.Fail(say.Usage, "--key-version %v", err)
	}
	if _, err := apo.ParseGateway(n.gateway); err != nil {
		return say.Fail(say.Usage, "--gateway: %v", err)
	}
	return nil
}

// settings are what the configuration keeps of it.
func (n newProfile) settings() []profile.Setting {
	keyFile, _ := filepath.Abs(n.keyFile)
	antomFile, _ := filepath.Abs(n.antomFile)
	list := []profile.Setting{
		{Key: "client_id", Value: n.clientID},
		{Key: "gateway", Value: n.gateway},
		{Key: "private_key_file", Value: keyFile},
		{Key: "antom_public_key_file", Value: antomFile},
	}
	if n.keyVersion != "" {
		list = append(list, profile.Setting{Key: "key_version", Value: n.keyVersion})
	}
	if n.readOnly {
		list = append(list, profile.Setting{Key: "read_only", Value: true})
	}
	return list
}

// checkKeyFiles finds out about bad keys before they are written down.
func checkKeyFiles(d *app.Run, keyFile, antomFile string) error {
	text, err := profile.ReadSecret(d.IO.Interrupted, keyFile)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	key, err := profile.OwnKeyIn(text)
	if err != nil {
		return say.Fail(say.Config, "%s: %v", keyFile, err)
	}
	if text, err = profile.ReadFile(d.IO.Interrupted, antomFile); err != nil {
		return say.Fail(say.Config, "%v", err).Hint("save Antom's public key there; the dashboard shows it once yours is uploaded")
	}
	antom, err := profile.AntomKeyIn(text)
	if err != nil {
		return say.Fail(say.Config, "%s: %v", antomFile, err)
	}
	if antom.Equal(key.Public()) {
		return say.Fail(say.Config, "%s is the merchant's own public key, not Antom's (SHA-256 %s)", antomFile, antom.Fingerprint()).
			Hint("copy the key that the dashboard shows as Antom's, after uploading yours")
	}
	return nil
}

func newProfileRemoveCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a profile out of the configuration",
		Long:  "Take a profile out of the configuration. The files of its keys stay.",
		Example: `  # a key, Antom's public key, and a profile with both
  apo keys new merchant.pem
  apo sandbox credentials -q antomPublicKey > antom.pem
  apo profile add sg --gateway sea --client-id SANDBOX_5X00000000000000 --private-key-file merchant.pem --antom-public-key-file antom.pem

  # take it out
  apo profile remove sg

  # what is left
  apo profile list`,
		Args: app.Arguments(1, 1, "one NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			paths, _, err := d.Configuration()
			if err != nil {
				return err
			}
			err = profile.Change(d.IO.Interrupted, paths.Config, func(f *profile.File) error { return f.Remove(args[0]) })
			switch {
			case errors.Is(err, profile.ErrUnknown):
				return app.BadProfile(err)
			case err != nil:
				return say.Fail(say.Config, "%v", err)
			}
			d.IO.Say(term.Verdict{Mood: term.Good, What: "profile " + args[0] + " removed", Facts: []string{paths.Config}})
			return nil
		},
		ValidArgsFunction: completeProfiles(d),
	}
}

func newProfileCheckCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Prove that the credentials work, without moving money",
		Long: `Prove that the credentials work, without moving money: ask for a payment that
cannot exist. A verified ORDER_NOT_EXIST proves network, clock, client ID and
both keys, and is exit code 0. Otherwise it is 4 (the gateway does not know the
caller), 5 (its answer does not verify), 6 (no usable answer) or 7 (not reached).

This is the smoke test for CI.`,
		Example: `  # the sandbox inside apo
  apo profile check --profile local

  # in a pipeline, which has the credentials in its environment
  apo sandbox run -- apo profile check -o json -q verified`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runProfileCheck(cmd.Context(), d) },
	}
}

// checked is what apo profile check -o json prints.
type checked struct {
	Verified          bool   `json:"verified"`
	Profile           string `json:"profile"`
	Mode              string `json:"mode"`
	ClientID          string `json:"clientId"`
	Gateway           string `json:"gateway"`
	KeyFingerprint    string `json:"keyFingerprint"`
	AntomFingerprint  string `json:"antomKeyFingerprint"`
	RoundTripMs       int64  `json:"roundTripMs"`
	ClockDifferenceMs int64  `json:"clockDifferenceMs"`
}

func runProfileCheck(ctx context.Context, d *app.Run) error {
	p, _, err := d.Resolve()
	if err != nil {
		return err
	}
	if p.Name == profile.Local && d.Global.Profile != profile.Local {
		problem := "nothing is configured, so there is nothing to check"
		if _, file, err := d.Configuration(); err == nil && len(file.Names()) > 0 {
			problem = "profile local is the embedded sandbox, which has nothing to check; --profile NAME checks another"
		}
		return say.Fail(say.Config, "%s", problem).
			Hint("apo profile add NAME, or set APO_CLIENT_ID, APO_GATEWAY, APO_PRIVATE_KEY_FILE and APO_ANTOM_PUBLIC_KEY_FILE")
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	id, err := operate.NewID()
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	found, err := s.Operator.Lookup(ctx, apo.PaymentKey{PaymentRequestID: "apo-check-" + id})
	if err != nil && !errors.Is(err, operate.ErrNotFound) {
		return checkFailed(ctx, s, found.Answer, err)
	}
	answer := found.Answer
	key, antom := s.Operator.Client.Key.Public().Fingerprint(), s.Operator.Client.AntomKey.Fingerprint()
	result := checked{
		Verified: true, Profile: s.Profile.Name, Mode: s.Profile.Mode(), ClientID: s.Operator.Client.ClientID, Gateway: s.Words().Where,
		KeyFingerprint: key, AntomFingerprint: antom, RoundTripMs: answer.ReceivedAt.Sub(answer.SentAt).Milliseconds(),
		ClockDifferenceMs: answer.GatewayTime.Sub(answer.ReceivedAt).Milliseconds(),
	}
	if s.Printer().Structured() {
		if err := s.Printer().ShowOwn(result); err != nil {
			return err
		}
	}
	v := s.Words().Verdict(term.Good, "credentials work", s.Profile.Name, s.Operator.Client.ClientID, s.Words().Where,
		"a signed inquiry was answered "+answer.Result.Code+", verified", "no money moved")
	s.IO.Say(*v)
	return askUnrecognised(ctx, s)
}

// checkFailed adds to a failed check what is to be compared.
func checkFailed(ctx context.Context, s *app.Session, a *apo.Answer, err error) error {
	lost := s.Inquired(ctx, a, err, "", false)
	var f *say.Failure
	if errors.As(lost, &f) && f.Kind == say.Signature {
		f.Hint("Antom's public key in this profile has SHA-256 %s; compare it with the dashboard", s.Operator.Client.AntomKey.Fingerprint())
	}
	return lost
}

// completeProfiles offers the names that there are.
func completeProfiles(d *app.Run) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		_, file, err := d.Configuration()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return append([]string{profile.Local}, file.Names()...), cobra.ShellCompDirectiveNoFileComp
	}
}
