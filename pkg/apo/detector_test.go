//go:build race

package apo_test

// underRace thins the long tests out: the race detector makes them many times as
// long, and races do not depend on how many values are masked.
const underRace = true
