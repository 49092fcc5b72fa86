//go:build !race

package sign_test

const underRace = false
