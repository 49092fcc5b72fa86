package sandbox

import "testing"

// Every step from every state, those that cannot be taken included.
func TestLifeOfRecords(t *testing.T) {
	states := []status{begun, processing, success, failed, cancelled, waiting, submitted, expired}
	events := []event{accept, authorize, decline, cancel, lapse, complete, refuseIt, submitIt}
	legal := map[string]map[status]map[event]status{
		"payment": {
			begun:      {accept: processing},
			processing: {authorize: success, decline: failed, cancel: cancelled, lapse: failed},
			success:    {cancel: cancelled, lapse: cancelled},
		},
		"transaction": {
			begun:      {accept: processing},
			processing: {complete: success, refuseIt: failed},
		},
		"session": {
			begun:   {accept: waiting},
			waiting: {submitIt: submitted, lapse: expired},
		},
	}
	for _, of := range []string{"payment", "transaction", "session"} {
		for _, from := range states {
			for _, e := range events {
				want, can := legal[of][from][e]
				p, tr, se := payment{Status: from}, transaction{Status: from}, session{Status: from}
				got := func() (to status, ok bool) {
					defer func() { _ = recover() }()
					switch of {
					case "payment":
						p.transition(e)
						return p.Status, true
					case "session":
						se.transition(e)
						return se.Status, true
					}
					tr.transition(e)
					return tr.Status, true
				}
				to, ok := got()
				if ok != can || ok && to != want {
					t.Errorf("a %s in state %q after %s: %q %v, want %q %v", of, from, e, to, ok, want, can)
				}
				if !can && (p.Status != from || tr.Status != from || se.Status != from) {
					t.Errorf("a %s in state %q took the step %s", of, from, e)
				}
				if of == "payment" && p.can(e) && !can {
					t.Errorf("a payment in state %q can %s", from, e)
				}
			}
		}
	}
}
