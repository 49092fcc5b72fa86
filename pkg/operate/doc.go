// Package operate sends requests that move money and finds out what became of
// them: guard, record, send, verify, resolve, look up. It states facts and has
// no words for people.
//
// An [Operator] works in the name of one client ID and is safe to share. Its
// [Operator.Send] returns one value, a [Result]: what became of the request, and
// which verified message proves it. There is no error beside the result, so that a
// lost answer cannot be taken for a failure.
package operate
