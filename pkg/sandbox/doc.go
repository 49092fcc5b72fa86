// Package sandbox is a local APO: a gateway with a ledger and acquirers behind
// it, for trying and testing payments without an account.
//
//	box, err := sandbox.Open(sandbox.Config{NotifyURL: hooks.URL})   // in memory, with new keys
//	defer box.Close()
//	gateway := httptest.NewServer(box)
//	c := box.Credentials()                                           // client ID and keys to use
//
// It checks the signature of every request, signs every answer, answers with
// HTTP 200 and a result as APO does, and keeps payments, captures and refunds
// in one state machine (see states.go), in memory or in a SQLite file that
// several processes may use at once. It notifies the merchant, and repeats a
// notification until it is acknowledged.
//
// What happens to a call is decided by the first [Rule] that fits: those that
// were added, those of a [Scenario], and last those of the card ([TestCards]).
// A [Fault] is a rule as well. Time is the sandbox's own ([Sandbox.Advance],
// [Sandbox.SetSpeed]); what it brings happens in its order. What a cardholder or a
// judge does is played by [Sandbox.OpenDispute] and [Sandbox.JudgeDispute].
//
// The books keep what they were: each request, delivery and moment of the clock that
// changed them is an event ([Sandbox.Events]). [Sandbox.At] shows them as they were,
// [Sandbox.Fork] makes another state of that, [Sandbox.Rewind] puts this one back.
//
// Where a payment goes is chosen by routing rules ([Config].Routes, package routing),
// by weights, or at random. [Sandbox.ExplainRoute] tells how.
//
// A browser that opens it at / sees the window: payments, both sides of the messages
// about them, and all that the control API at /_apo/ can do.
//
// A card's number is never stored: its brand, first six and last four
// digits are, the name on it, a token that has nothing to do with it, and a
// fingerprint under a random key of the state.
package sandbox
