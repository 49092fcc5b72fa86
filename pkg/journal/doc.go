// Package journal is the durable record of what was sent to the gateway, what
// became of it, and what came from there.
//
//	j, err := journal.Open(file, time.Now)
//	r, err := j.Begin(ctx, journal.Record{Endpoint: "pay", …}, nil)   // on disk when it returns
//	…send…
//	err = j.End(ctx, r.ID, journal.Ending{State: journal.InDoubt, …})
//
// A record is on disk before its request is sent, so that a request whose
// answer is lost, or whose sender is killed, can be found again by any of its
// numbers and resolved by asking the gateway.
//
// [SQLite] keeps the records in one file, which many processes may use at once. Card
// data is masked before a record is written: the file holds no card number, CVV or
// expiry, no token, and no digest or signature of content that holds one. Whoever keeps
// the records elsewhere implements [Store], and [Archive] to look back.
//
// What comes to a listener is kept too, before it is acknowledged, with what became of
// its delivery: see [Inbox]. A notification that verified has a record, as a call has;
// what did not verify has one that nothing takes for news.
//
// The rest reads records: which payment a number means ([Lookup]), the history of a
// payment, statistics, and what somebody should look at.
package journal
