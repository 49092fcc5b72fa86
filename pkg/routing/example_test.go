package routing_test

import (
	"fmt"

	"github.com/apo-cli/apo/pkg/routing"
)

// A decline is tried again at the next acquirer of the route.
func Example() {
	rules, err := routing.Parse([]byte(`
rules:
  - {name: cards, on: payment.received, when: {field: cardBrand, op: in, value: [VISA, JCB]}, route: [ADYEN, CHECKOUT]}
  - {name: again, on: payment.failed, when: {field: resultCode, op: in, value: [DO_NOT_HONOR]}}
`), []string{"ADYEN", "CHECKOUT"})
	if err != nil {
		panic(err)
	}
	var seed [32]byte
	first := rules.Decide(seed, &routing.Event{On: routing.Received, RequestID: "demo-1", CardBrand: "VISA"})
	fmt.Println(first.Rule, first.Acquirer)
	then := rules.Decide(seed, &routing.Event{
		On: routing.Failed, RequestID: "demo-1", CardBrand: "VISA",
		ResultCode: "DO_NOT_HONOR", Acquirer: first.Acquirer, Route: first.Route, Tried: []string{first.Acquirer},
	})
	fmt.Println(then.Rule, then.Acquirer)
	// Output:
	// cards ADYEN
	// again CHECKOUT
}
