//go:build !race

package operate_test

const underRace = false
