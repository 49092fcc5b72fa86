package sandbox

import "testing"

// Every step of a vaulting from every state, those that cannot be taken included.
func TestLifeOfVaultings(t *testing.T) {
	legal := map[status]map[event]status{
		begun:      {accept: processing},
		processing: {complete: success, decline: failed, lapse: failed},
	}
	for _, from := range []status{begun, processing, success, failed, cancelled} {
		for _, e := range []event{accept, authorize, decline, cancel, lapse, complete, refuseIt} {
			want, can := legal[from][e]
			if !can {
				want = from
			}
			v := vaulting{Status: from}
			func() {
				defer func() { _ = recover() }()
				v.transition(e)
			}()
			if v.Status != want {
				t.Errorf("a vaulting in state %q after %s: %q, want %q", from, e, v.Status, want)
			}
		}
	}
}
