package cmd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

func newMethodsCmd(d *app.Run) *cobra.Command {
	var acquirer, country string
	cmd := &cobra.Command{
		Use:   "methods",
		Short: "List the payment methods of APO, and which acquirers take them",
		Long: `List the payment methods of APO, and which acquirers take them. APO has no API that
tells them: this is its page ` + apo.MethodsSource + `,
as it was on ` + apo.MethodsDate + `, and asks nobody. Which of them an account has, the
dashboard says. Countries and currencies are those of a method's own market.

Names and logos for your checkout come from the technical support of APO.`,
		Example: `  # all of them
  apo methods

  # what Adyen takes
  apo methods --acquirer ADYEN

  # what buyers in Malaysia can use, for a script
  apo methods --country MY -o json`,
		Args: app.Arguments(0, 0, "flags alone"),
		RunE: func(*cobra.Command, []string) error {
			if names := methodAcquirers(); acquirer != "" && !slices.ContainsFunc(apo.PaymentMethods(), func(m apo.PaymentMethod) bool { return m.Through(acquirer) }) {
				return say.Fail(say.Usage, "--acquirer %q is not one of %s", acquirer, strings.Join(names, ", "))
			}
			if country != "" && (len(country) != 2 || strings.Trim(strings.ToUpper(country), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
				return say.Fail(say.Usage, "--country %q is not two letters of ISO 3166, such as SG", country)
			}
			list := slices.DeleteFunc(apo.PaymentMethods(), func(m apo.PaymentMethod) bool {
				return acquirer != "" && !m.Through(acquirer) || country != "" && !m.In(country)
			})
			return showMethods(d, list)
		},
	}
	cmd.Flags().StringVar(&acquirer, "acquirer", "", "`name`, such as Antom (ALIPAY) or ADYEN")
	cmd.Flags().StringVar(&country, "country", "", "of the buyer, a `code` of ISO 3166; methods of any country are listed too")
	_ = cmd.RegisterFlagCompletionFunc("acquirer", fixed(methodAcquirers()...))
	return cmd
}

func methodAcquirers() (names []string) {
	for _, m := range apo.PaymentMethods() {
		for _, name := range m.Acquirers {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func showMethods(d *app.Run, list []apo.PaymentMethod) error {
	type method struct {
		Type       string   `json:"paymentMethodType"`
		Acquirers  []string `json:"acquirers"`
		Countries  []string `json:"countries"`  // none: any
		Currencies []string `json:"currencies"` // none: any
	}
	views, rows := []method{}, [][]string{}
	orNone := func(list []string) []string { return append([]string{}, list...) }
	orAny := func(list []string) string { return cmp.Or(strings.Join(list, " "), "any") }
	for _, m := range list {
		views = append(views, method{m.Type, m.Acquirers, orNone(m.Countries), orNone(m.Currencies)})
		rows = append(rows, []string{m.Type, strings.Join(m.Acquirers, ", "), orAny(m.Countries), orAny(m.Currencies)})
	}
	if d.Printer().WantsJSON() {
		return d.Printer().ShowOwn(struct {
			Source  string   `json:"source"`
			Date    string   `json:"date"`
			Methods []method `json:"methods"`
		}{apo.MethodsSource, apo.MethodsDate, views})
	}
	d.IO.Note("as of " + apo.MethodsDate + "; the dashboard says which of them your account has, and APO's technical support sends names and logos")
	return d.IO.WriteTable([]string{"method", "acquirers", "countries", "currencies"}, rows)
}
