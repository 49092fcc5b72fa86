package sandbox

import "testing"

// Every step from every state, those that cannot be taken included.
func TestLifeOfRecords(t *testing.T) {
	states := []status{begun, processing, success, failed, cancelled, opened, defended, conceded, judged}
	events := []event{accept, authorize, decline, cancel, lapse, complete, refuseIt, defend, concede, judge}
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
		"dispute": {
			begun:    {accept: opened},
			opened:   {judge: judged, defend: defended, concede: conceded, cancel: cancelled},
			defended: {judge: judged, cancel: cancelled},
		},
	}
	for _, of := range []string{"payment", "transaction", "dispute"} {
		for _, from := range states {
			for _, e := range events {
				want, can := legal[of][from][e]
				p, tr, d := payment{Status: from}, transaction{Status: from}, dispute{Status: from}
				got := func() (to status, ok bool) {
					defer func() { _ = recover() }()
					switch of {
					case "payment":
						p.transition(e)
						return p.Status, true
					case "dispute":
						d.transition(e)
						return d.Status, true
					}
					tr.transition(e)
					return tr.Status, true
				}
				to, ok := got()
				if ok != can || ok && to != want {
					t.Errorf("a %s in state %q after %s: %q %v, want %q %v", of, from, e, to, ok, want, can)
				}
				if !can && (p.Status != from || tr.Status != from || d.Status != from) {
					t.Errorf("a %s in state %q took the step %s", of, from, e)
				}
				if of == "payment" && p.can(e) && !can || of == "dispute" && d.can(e) && !can {
					t.Errorf("a %s in state %q can %s", of, from, e)
				}
			}
		}
	}
}
