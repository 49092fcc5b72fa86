// Package verify is the one way from a received message to its verdict: the key that
// ought to verify it, what it says if it does, why it does not, and what the journal
// knows otherwise. It takes one message, or a stream of them.
package verify
