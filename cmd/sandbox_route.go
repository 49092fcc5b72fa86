package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/routing"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxRouteCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "route",
		Short: "Tell to which acquirer a payment goes, and why",
		Long: `Tell to which acquirer a payment goes, and why. Routing rules are a file in YAML,
which apo sandbox --routes FILE takes: README has an example, and the list of
fields and ops.`,
		Example: `  # where a payment would go
  echo '{"paymentRequestId":"demo-0001"}' | apo sandbox route explain -

  # the rules that there are
  apo sandbox route list`,
	}, newRouteExplainCmd(d, o), newRouteListCmd(d, o))
}

func newRouteExplainCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var file string
	var q sandbox.RouteQuestion
	cmd := &cobra.Command{
		Use:   "explain FILE|-",
		Short: "Tell which rule chooses the acquirer of a pay request",
		Long: `Tell which rule chooses the acquirer of a pay request, and why the others do not.
The request is JSON from a file, or from standard input (-); it need not be
complete. Nothing is recorded, and no card data is shown.

The rules are those of --routes, else those that the sandbox has. Of a split, and
without rules, the choice follows from the sandbox's seed and the request's
paymentRequestId, or that of --as. With --result CODE each acquirer declines with
it: so a failover is seen to its end.`,
		Example: `  # without rules, at random by the request ID
  echo '{"paymentRequestId":"demo-0001"}' | apo sandbox route explain -

  # the acquirer alone, of another request ID
  echo '{}' | apo sandbox route explain - --as demo-0002 -q acquirer`,
		Args: app.Arguments(1, 1, "one file with a pay request, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			return explainRoute(d, o, args[0], file, q)
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "routes", "", "`file` of routing rules in YAML; those of the sandbox without")
	f.StringVar(&q.As, "as", "", "paymentRequestId in place of the request's `ID`")
	f.StringVar(&q.Result, "result", "", "result `code` with which each acquirer declines")
	_ = cmd.RegisterFlagCompletionFunc("result", completeCodes)
	return cmd
}

func explainRoute(d *app.Run, o *serve.Options, name, file string, q sandbox.RouteQuestion) (err error) {
	if code, known := apo.Lookup(q.Result); q.Result != "" && (!known || code.Status != "F") {
		return say.Fail(say.Usage, "--result %s is not the result code of a decline, such as DO_NOT_HONOR", q.Result)
	}
	if file == "-" {
		return say.Fail(say.Usage, "--routes takes a file")
	}
	if q.Request, err = readPayRequest(d, name); err != nil {
		return err
	}
	from := "file"
	if file != "" {
		if q.Rules, err = readRoutes(d, file); err != nil {
			return err
		}
	}
	box, err := openFile(d, o)
	if err != nil {
		return err
	}
	a, err := box.ExplainRoute(q)
	if err != nil {
		return routeFailure(name, err)
	}
	switch {
	case !a.Ruled:
		from = "none"
	case file == "":
		from = "state"
	}
	return d.Printer().Route(say.RouteOf(a, from, d.IO.Masker))
}

// readPayRequest reads a pay request, which need not be complete.
func readPayRequest(d *app.Run, name string) ([]byte, error) {
	data, err := d.Source().ReadInput("", name)
	if err != nil {
		return nil, err
	}
	data = files.TextOf(data)
	d.IO.Masker.Known.Learn(data)
	if err := apo.CheckJSON(data); err != nil {
		return nil, say.Fail(say.Usage, "%s is not the JSON of a pay request: %v", named(name), err)
	}
	return data, nil
}

func named(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// readRoutes reads a file of routing rules, and warns of what is hardly meant.
func readRoutes(d *app.Run, name string) (*routing.Rules, error) {
	text, err := d.Source().ReadInput("--routes", name)
	if err != nil {
		return nil, err
	}
	rules, err := sandbox.ParseRoutes(files.TextOf(text))
	if err != nil {
		return nil, say.Fail(say.Usage, "--routes %s: %v", name, err)
	}
	for _, w := range rules.Warnings() {
		d.IO.Warn("--routes " + name + ": " + w)
	}
	return rules, nil
}

func newRouteListCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the routing rules that the sandbox has, or those of a file",
		Long: `List the routing rules that the sandbox has, or those of a file, in the order in which
they are asked. A file that is not understood is refused with its line, and what can
never be reached is warned of.`,
		Example: `  # those of the sandbox
  apo sandbox route list

  # for a script
  apo sandbox route list -o json`,
		Args: app.Arguments(0, 0, "flags alone"),
		RunE: func(*cobra.Command, []string) error {
			rules, err := routesOf(d, o, file)
			if err != nil {
				return err
			}
			list := []routing.Description{}
			if rules != nil {
				list = rules.Describe()
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(list)
			}
			if len(list) == 0 {
				d.IO.Note("there are no routing rules: acquirers are chosen by weight, or at random")
				return nil
			}
			var rows [][]string
			for _, r := range list {
				rows = append(rows, []string{r.Name, r.On, strings.Join(r.When, "; "), r.Leads()})
			}
			return d.IO.WriteTable([]string{"rule", "on", "when", "route"}, rows)
		},
	}
	cmd.Flags().StringVar(&file, "routes", "", "`file` of routing rules in YAML; those of the sandbox without")
	return cmd
}

func routesOf(d *app.Run, o *serve.Options, file string) (*routing.Rules, error) {
	if file != "" {
		return readRoutes(d, file)
	}
	box, err := openFile(d, o)
	if err != nil {
		return nil, err
	}
	rules, err := box.Routes()
	if err != nil {
		return nil, say.Fail(say.Config, "%v", err)
	}
	return rules, nil
}

// routeFailure is about a request whose way cannot be told.
func routeFailure(name string, err error) error {
	if detail, cannot := strings.CutPrefix(err.Error(), sandbox.ErrRoute.Error()+": "); cannot {
		f := say.Fail(say.Usage, "%s: %s", named(name), detail)
		if strings.Contains(detail, "paymentRequestId") {
			f.Hint("--as ID gives it one")
		}
		return f
	}
	return say.Fail(say.Config, "%v", err)
}
