// Package notify is about the notifications of Antom Payment Orchestration: what
// they say, and how their receiver acknowledges them.
package notify
