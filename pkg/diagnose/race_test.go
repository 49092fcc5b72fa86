//go:build race

package diagnose_test

// underRace thins the corpus out: the race detector makes a search ten times as
// long, and races do not depend on which story is told.
const underRace = true
