// Package app holds what the commands share: the run and its global flags, the flags
// that several of them have, a session with a gateway or the embedded sandbox, the
// way of a request that moves money, and the exit codes.
package app
