// Package routing decides to which acquirer a payment goes, by rules that are data.
//
//	rules:
//	  - name: large
//	    on: payment.received
//	    when:
//	      - {field: currency, op: eq, value: SGD}
//	      - {field: amount, op: ge, value: 100000}
//	    route: [ADYEN, CHECKOUT]
//	  - name: everything-else
//	    on: payment.received
//	    split:
//	      - {name: old, percent: 90, route: [ADYEN, CHECKOUT]}
//	      - {name: new, percent: 10, route: [CHECKOUT]}
//	  - name: second-chance
//	    on: payment.failed
//	    when: {field: resultCode, op: in, value: [DO_NOT_HONOR, PROCESS_FAIL]}
//
// Of the rules for an event the first whose conditions all hold decides. A rule has a
// route, which is a list of acquirers in their order, or a split of routes by
// percentages. On payment.received the first acquirer of the route is tried. On
// payment.failed, which is when an acquirer has declined, it is the first that was not
// tried yet: of the rule's own route, or of the route that the payment has, where the
// rule names none. So each is tried at most once.
//
// [Parse] refuses what it does not understand, with its line. A decision is a function
// of the rules, a seed, and the payment: see [Rules.Decide]. [Rules.Explain] tells how
// one comes about. [Fields] and [Ops] list what conditions can be made of.
//
// Nothing here knows a gateway. The number of a card is no field, and no rule can hold
// one: its brand and its first six digits are.
package routing
