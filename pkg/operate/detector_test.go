//go:build race

package operate_test

// underRace thins the long tests out: the race detector makes them many times as
// long, and races do not depend on how many stories are told.
const underRace = true
