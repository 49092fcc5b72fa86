package cmd

import (
	"runtime"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newVersionCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long:  "Print the version of apo, and of what it was built with.",
		Example: `  # for a person
  apo version

  # for a script
  apo version -o json`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error { return printVersion(d) },
	}
}

func printVersion(d *app.Run) error {
	v := struct {
		Version  string `json:"version"`
		Go       string `json:"go"`
		Platform string `json:"platform"`
	}{app.Version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if d.Printer().Structured() {
		return d.Printer().ShowOwn(v)
	}
	return d.IO.WriteText("apo " + v.Version + " " + v.Go + " " + v.Platform + "\n")
}
