package sandbox

import "testing"

// Every step from every state, those that cannot be taken included.
func TestLifeOfAPayment(t *testing.T) {
	states := []status{begun, processing, success, failed, cancelled}
	events := []event{accept, authorize, decline, cancel, lapse}
	legal := map[status]map[event]status{
		begun:      {accept: processing},
		processing: {authorize: success, decline: failed, cancel: cancelled, lapse: failed},
		success:    {cancel: cancelled, lapse: cancelled},
	}
	for _, from := range states {
		for _, e := range events {
			want, can := legal[from][e]
			p := payment{Status: from}
			if p.can(e) != can {
				t.Errorf("%q can %s: %v", from, e, !can)
				continue
			}
			if !can {
				func() {
					defer func() {
						if recover() == nil || p.Status != from {
							t.Errorf("%q took the step %s to %q", from, e, p.Status)
						}
					}()
					p.step(e)
				}()
				continue
			}
			if p.step(e); p.Status != want {
				t.Errorf("%q after %s is %q, want %q", from, e, p.Status, want)
			}
		}
	}
}
