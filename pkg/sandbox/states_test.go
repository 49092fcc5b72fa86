package sandbox

import "testing"

// Every step from every state, those that cannot be taken included.
func TestLifeOfRecords(t *testing.T) {
	states := []status{begun, processing, success, failed, cancelled, waiting, submitted, expired, opened, defended, conceded, judged}
	events := []event{accept, authorize, decline, reroute, cancel, lapse, complete, refuseIt, submitIt, defend, concede, judge}
	legal := map[string]map[status]map[event]status{
		"payment": {
			begun:      {accept: processing},
			processing: {authorize: success, decline: failed, reroute: processing, cancel: cancelled, lapse: failed},
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
		"vaulting": {
			begun:      {accept: processing},
			processing: {complete: success, decline: failed, lapse: failed},
		},
		"dispute": {
			begun:    {accept: opened},
			opened:   {judge: judged, defend: defended, concede: conceded, cancel: cancelled},
			defended: {judge: judged, cancel: cancelled},
		},
	}
	steps := map[string]func(*status, event){
		"payment": func(s *status, e event) { r := payment{Status: *s}; defer func() { *s = r.Status }(); r.transition(e) },
		"transaction": func(s *status, e event) {
			r := transaction{Status: *s}
			defer func() { *s = r.Status }()
			r.transition(e)
		},
		"session":  func(s *status, e event) { r := session{Status: *s}; defer func() { *s = r.Status }(); r.transition(e) },
		"vaulting": func(s *status, e event) { r := vaulting{Status: *s}; defer func() { *s = r.Status }(); r.transition(e) },
		"dispute":  func(s *status, e event) { r := dispute{Status: *s}; defer func() { *s = r.Status }(); r.transition(e) },
	}
	for of, step := range steps {
		for _, from := range states {
			for _, e := range events {
				want, can := legal[of][from][e]
				to := from
				ok := func() (ok bool) {
					defer func() { _ = recover() }()
					step(&to, e)
					return true
				}()
				if ok != can || ok && to != want || !ok && to != from {
					t.Errorf("a %s in state %q after %s: %q %v, want %q %v", of, from, e, to, ok, want, can)
				}
				p, d := payment{Status: from}, dispute{Status: from}
				if of == "payment" && p.can(e) != can || of == "dispute" && d.can(e) != can {
					t.Errorf("whether a %s in state %q can %s is told wrongly", of, from, e)
				}
			}
		}
	}
}
