// Package diagnose finds out why a signature of Antom Payment Orchestration does
// not verify.
//
// [Signature] recovers the digest that was signed and searches for the content
// that has it: a proven cause is one whose repair was seen to verify. What it
// finds is a [Cause] with its repair; [Describe] says what is known of each.
//
// The package holds no state, reads no file and knows no terminal.
package diagnose
