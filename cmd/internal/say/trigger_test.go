package say

import (
	"testing"

	"github.com/apo-cli/apo/pkg/notify"
)

// What became of a spoiled message is judged by what the handler said of it, and by
// nothing else: what broke down has refused nothing.
func TestSpoiledIsJudgedByTheAnswer(t *testing.T) {
	for _, c := range []struct {
		corrupt        string
		status         int
		answer         string
		taken, refused bool
	}{
		{"body", 200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, true, false},
		{"client-id", 200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, false, false},
		{"", 200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, false, false},
		{"body", 400, "", false, true},
		{"client-id", 401, "", false, true},
		{"body", 200, `{"result":{"resultStatus":"F","resultCode":"INVALID_SIGNATURE"}}`, false, true},
		{"body", 200, `{"result":{"resultStatus":"U","resultCode":"UNKNOWN"}}`, false, false},
		{"body", 200, "", false, false},
		{"body", 404, "", false, false},
		{"body", 500, "", false, false},
		{"body", 0, "", false, false},
		{"", 400, "", false, false},
	} {
		sent := Triggered{Corrupt: c.corrupt, Status: c.status, Answer: []byte(c.answer), Judgement: notify.Judge(c.status, nil, []byte(c.answer))}
		if sent.Taken() != c.taken || sent.RefusedRightly() != c.refused {
			t.Errorf("%+v: taken %v, refused %v", c, sent.Taken(), sent.RefusedRightly())
		}
	}
}
