package cmd

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxSnippetsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var gateway string
	var names []string
	for _, s := range say.SDKs() {
		names = append(names, s.Language)
	}
	wanted := strings.Join(names, "|")
	cmd := &cobra.Command{
		Use:   "snippets " + wanted,
		Short: "Print the lines that make an SDK talk to the sandbox",
		Long: `Print the lines that make a program with Antom's official SDK talk to the sandbox:
how to start the sandbox, the keys for the program's environment, and its client.
No key is printed; the lines say how to get them from apo sandbox credentials.

Java's and Python's SDKs speak HTTPS alone, Python's to port 443 alone. The gateway
may be one of Antom's too, such as sea: its name must then lead to this machine,
and the lines say how. For Node.js there is no SDK in them; they sign and verify
by themselves.`,
		Example: `  # for a program in Go
  apo sandbox snippets go

  # for one in Python, where port 443 cannot be had
  apo sandbox snippets python --gateway https://127.0.0.1:4242`,
		Args:      app.Arguments(1, 1, "one language: "+wanted),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			i := slices.IndexFunc(say.SDKs(), func(s say.SDK) bool { return s.Language == args[0] })
			if i < 0 {
				return say.Fail(say.Usage, "%q is not one of %s", args[0], strings.Join(names, ", "))
			}
			s := say.SDKs()[i]
			if gateway == "" {
				gateway = s.Gateway
			}
			at, err := gatewayFor(s, gateway)
			if err != nil {
				return err
			}
			if strings.ContainsFunc(o.State, unicode.IsControl) {
				return say.Fail(say.Usage, "--state %q cannot stand in a comment", o.State)
			}
			lines := s.Lines(at, o.State)
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(struct {
					Language string   `json:"language"`
					Lines    []string `json:"lines"`
				}{s.Language, lines})
			}
			return d.IO.WriteText(strings.Join(lines, "\n") + "\n")
		},
	}
	cmd.Flags().StringVar(&gateway, "gateway", "", "`URL` to name as the gateway, or sea, na or eu (default: the sandbox's usual one for the language)")
	return cmd
}

// gatewayFor accepts for an SDK this machine, and Antom's gateways, for which the
// sandbox has a certificate.
func gatewayFor(s say.SDK, text string) (say.SDKGateway, error) {
	g, err := apo.ParseGateway(text)
	if err != nil {
		return say.SDKGateway{}, say.Fail(say.Usage, "--gateway: %v", err)
	}
	u, err := url.Parse(g.String())
	if err != nil {
		return say.SDKGateway{}, say.Fail(say.Usage, "--gateway: %v", err)
	}
	at := say.SDKGateway{URL: g.String(), Host: strings.ToLower(u.Hostname()), Port: u.Port(), Secure: u.Scheme == "https"}
	switch {
	case at.Port != "":
	case at.Secure:
		at.Port = "443"
	default:
		at.Port = "80"
	}
	if s.Secure && !at.Secure {
		return say.SDKGateway{}, say.Fail(say.Usage, "--gateway: the SDK for %s speaks https:// alone, not %s", s.Language, at.URL).
			Hint("apo sandbox snippets %s --gateway %s", s.Language, s.Gateway)
	}
	if at.Secure && !slices.Contains(sandbox.AuthorityNames(), at.Host) {
		return say.SDKGateway{}, say.Fail(say.Usage, "--gateway: the sandbox has no certificate for %s", at.Host).
			Hint("it has one for %s", strings.Join(sandbox.AuthorityNames(), ", "))
	}
	return at, nil
}
