package say

import "testing"

// What -q asks for and a document has not leads to what it has.
func TestNothingAt(t *testing.T) {
	const answer = `{"result":{"resultCode":"SUCCESS"},"paymentId":"2026","paymentResultInfo":{"lastFour":"0768","threeDSResult":{"eci":"07"}},
		"transactions":[{"transactionId":"t-1","amount":{"value":"4200"}}],"hops":[{"a.b":1},{"a.b":2}],"none":null}`
	for _, c := range []struct{ document, path, want string }{
		{answer, "paymentID2", "; did you mean paymentId?"},
		{answer, "paymentid", "; did you mean paymentId?"},
		{answer, "resultCode", "; did you mean result.resultCode?"},
		{answer, "result.resultcode", "; did you mean result.resultCode?"},
		{answer, "lastfour", "; did you mean paymentResultInfo.lastFour?"},
		{answer, "eci", "; did you mean paymentResultInfo.threeDSResult.eci?"},
		{answer, "card.lastFour", "; did you mean paymentResultInfo.lastFour?"},
		{answer, "transactions.value", "; did you mean transactions.0.amount.value?"},
		{answer, "transactions.transactionid", "; did you mean transactions.0.transactionId?"},
		{answer, "transactions.5.transactionId", "; did you mean transactions.0.transactionId?"},
		{answer, "result.code", "; did you mean result.resultCode?"},
		{answer, "four", "; did you mean paymentResultInfo.lastFour?"},
		{answer, "none", ": it is null"},
		{answer, "wholly.other", "; there are result, paymentId, paymentResultInfo, transactions, hops, none"},
		{answer, "#(((.[[*?@bad:{", "; there are result, paymentId, paymentResultInfo, transactions, hops, none"},
		{`[{"id":1},{"id":2}]`, "id", "; did you mean #.id?"},
		{`[{"id":1}]`, "id", "; did you mean 0.id?"},
		{`{"result":{"code":1}}`, "paymentStatus", "; there is result alone"},
		{`[]`, "id", ""},
		{`7`, "id", ""},
		{``, "id", ""},
		{`{"a.b":1}`, "a", `; did you mean a\.b?`},
	} {
		if got, want := nothingAt([]byte(c.document), c.path), "there is nothing at -q "+c.path+c.want; got != want {
			t.Errorf("%s\n     %s\nwant %s", c.document, got, want)
		}
	}
}
