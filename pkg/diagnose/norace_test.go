//go:build !race

package diagnose_test

const underRace = false
