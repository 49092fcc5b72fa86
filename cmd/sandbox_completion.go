package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// completeFaultFlag offers faults behind the name of an API too: "capture=cut-before".
func completeFaultFlag(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	names, directive := completeFaults(cmd, nil, typed)
	api, _, behind := strings.Cut(typed, "=")
	if !behind {
		return names, directive
	}
	var list []string
	for _, f := range sandbox.Faults() {
		moves := api == "pay" || api == "capture" || api == "cancel" || api == "refund"
		if f.APIs == api || f.APIs == "any" && api != "notify" || f.APIs == "moving" && moves {
			list = append(list, api+"="+f.Name+"\t"+f.Meaning)
		}
	}
	return list, directive
}

// completeOptions offers NAME=VALUE.
func completeOptions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, o := range sandbox.AllOptions() {
		for _, value := range o.Values {
			list = append(list, o.Name+"="+value+"\t"+o.Meaning)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeScenarios offers the stories that a sandbox can play.
func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, s := range sandbox.Scenarios() {
		list = append(list, s.Name+"\t"+s.Meaning)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
