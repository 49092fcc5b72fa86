// Command apo operates and debugs payments on Antom Payment Orchestration.
package main

import (
	"os"

	"github.com/apo-cli/apo/cmd"
)

func main() { os.Exit(cmd.Main()) }
