package sandbox

import (
	"testing"

	"github.com/tidwall/gjson"
)

// Calls that share a commit share its news: one that has none does not take away
// what wakes the deliverer for those before it.
func TestNewsOfACommitAreKept(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	err := box.store.do(func(t *tx) error {
		t.posted = true
		_, err := box.ledger(t).work(&exchange{}, api{do: ledger.inquiryPayment}, gjson.Parse(`{"paymentRequestId":"a"}`), false)
		if !t.posted {
			panic("the news were forgotten")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
