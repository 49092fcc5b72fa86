package cmd

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the one of the module, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func newVersionCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long:  "Print the version of apo, and of what it was built with.",
		Example: `  # for a person
  apo version

  # for a script
  apo version -o json`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error { return printVersion(d) },
	}
}

func printVersion(d *deps) error {
	v := struct {
		Version  string `json:"version"`
		Go       string `json:"go"`
		Platform string `json:"platform"`
	}{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(v)
	}
	return d.io.WriteText("apo " + v.Version + " " + v.Go + " " + v.Platform + "\n")
}
