package profile

import (
	"cmp"
	"os/exec"
)

// Trusted lists what decides whom a profile trusts and what was sent before: the
// configuration, the state, the files of the keys and the commands that print
// them. Whoever can change one of them can forge answers or hide a payment.
func (p *Profile) Trusted(paths Paths) []string {
	var list []string
	for _, place := range []string{paths.Config, paths.State} {
		if place != "" {
			list = append(list, place)
		}
	}
	for _, source := range []keySource{p.private, p.antom} {
		switch {
		case source.file != "":
			list = append(list, source.file)
		case source.command != nil:
			found, _ := exec.LookPath(source.command[0])
			list = append(list, cmp.Or(found, source.command[0]))
		}
	}
	return list
}
