//go:build race

package sandbox_test

// underRace leaves the long walks out: the race detector makes them many times as
// long, and races do not depend on how many steps one walker takes.
const underRace = true
