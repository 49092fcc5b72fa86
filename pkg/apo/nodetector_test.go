//go:build !race

package apo_test

const underRace = false
