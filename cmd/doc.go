// Package cmd is the command line of apo: one file a command, each of which
// turns flags into a call and prints what came of it.
//
// What the commands share is in cmd/internal: a session with a gateway, the way of a
// request that moves money and the exit codes in app, every word in say.
package cmd
