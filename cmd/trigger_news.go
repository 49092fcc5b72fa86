package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func completeNews(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, k := range sandbox.AllNews() {
		list = append(list, k.Name+"\t"+k.Meaning)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

func corruptions() []string {
	var list []string
	for _, c := range sandbox.Corruptions() {
		list = append(list, c.Name)
	}
	return list
}

func newsNames() []string {
	var list []string
	for _, k := range sandbox.AllNews() {
		list = append(list, k.Name)
	}
	return list
}

// newsKinds are the kinds without their outcomes.
func newsKinds() []string {
	var list []string
	for _, name := range newsNames() {
		kind, _, _ := strings.Cut(name, ".")
		list = append(list, kind)
	}
	return slices.Compact(list)
}

func listNews(d *app.Run) error {
	type kind struct {
		Name    string `json:"name"`
		Meaning string `json:"meaning"`
	}
	var list []kind
	var rows [][]string
	for _, k := range sandbox.AllNews() {
		list = append(list, kind(k))
		rows = append(rows, []string{k.Name, k.Meaning})
	}
	if d.Printer().WantsJSON() {
		return d.Printer().ShowOwn(list)
	}
	return d.IO.WriteTable([]string{"kind", "what it tells"}, rows)
}

// noKind says that there is no such kind, and what is near: another spelling, the word
// that a notification itself or apo listen has for it, or the outcomes of its kind.
func noKind(text string) error {
	f := say.Fail(say.Usage, "%q is no kind of notification", text)
	lower := strings.ToLower(text)
	of, outcome, dotted := strings.Cut(lower, ".")
	if kind := wireKind(of); kind != "" {
		of, lower = kind, kind
		switch {
		case outcome == "not-final":
			lower += ".pending"
		case outcome != "" && !strings.Contains(kind, "."):
			lower += "." + outcome
		}
		if _, known := sandbox.FindNews(lower); known {
			return f.Hint("did you mean %s?", lower).Hint("apo trigger lists the kinds")
		}
	}
	near := spelling.Nearest(lower, newsNames())
	kind := spelling.Nearest(of, newsKinds())
	if near == "" && kind != "" {
		near = kind
		if _, known := sandbox.FindNews(kind + "." + outcome); dotted && known {
			near += "." + outcome
		}
	}
	switch {
	case kind == "dispute" && (outcome == "lost" || outcome == "won"):
		f.Hint("did you mean dispute.judged? --code ACCEPT_BY_MERCHANT is lost, and ACCEPT_BY_CUSTOMER is won")
	case near != "" && near == kind && dotted:
		f.Hint("%s has the outcomes %s", kind, strings.Join(outcomes(kind), ", "))
	case near != "":
		f.Hint("did you mean %s?", near)
	}
	return f.Hint("apo trigger lists the kinds")
}

// wireKind is the kind that a word of the wire stands for; "" for any other word.
func wireKind(word string) string {
	switch word {
	case "payment_result", "notifypayment":
		return "payment"
	case "payment_pending":
		return "payment.pending"
	case "capture_result", "notifycapture":
		return "capture"
	case "refund_result", "notifyrefund":
		return "refund"
	case "notifyvaulting":
		return "vaulting"
	case "dispute_created", "notifydispute":
		return "dispute.created"
	case "dispute_judged":
		return "dispute.judged"
	}
	return ""
}

// outcomes are those of a kind.
func outcomes(kind string) (list []string) {
	for _, name := range newsNames() {
		if of, outcome, _ := strings.Cut(name, "."); of == kind {
			list = append(list, outcome)
		}
	}
	return list
}
