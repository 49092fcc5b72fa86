// Package cmd is the command line of apo: one file a command, each of which
// turns flags into a call and prints what came of it.
//
// Three things are shared. session.go finds out who is calling and where
// (profile, keys, gateway). operation.go takes one request that moves money
// from its body to an exit code. exit.go holds every exit code.
package cmd
