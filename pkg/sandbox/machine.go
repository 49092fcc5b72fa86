package sandbox

import "fmt"

// status is the state of a payment. The words are APO's paymentStatus.
type status string

const (
	begun      status = "" // not on the books yet
	processing status = "PROCESSING"
	success    status = "SUCCESS"
	failed     status = "FAIL"
	cancelled  status = "CANCELLED"
)

// event is what moves a payment from one state to another.
type event string

const (
	accept    event = "accept"    // pay took it
	authorize event = "authorize" // the acquirer said yes
	decline   event = "decline"   // the acquirer said no, or 3DS failed
	cancel    event = "cancel"    // the merchant called cancel
	lapse     event = "lapse"     // 3DS was never finished, or the authorization never captured
)

// next is the life of a payment, whole:
//
//	            accept      authorize  decline  cancel     lapse
//	(new)       PROCESSING
//	PROCESSING              SUCCESS    FAIL     CANCELLED  FAIL
//	SUCCESS                                     CANCELLED  CANCELLED
//	FAIL
//	CANCELLED
//
// An empty field is a step that cannot be taken.
func (s status) next(e event) (status, bool) {
	switch s {
	case begun:
		if e == accept {
			return processing, true
		}
	case processing:
		switch e {
		case authorize:
			return success, true
		case decline, lapse:
			return failed, true
		case cancel:
			return cancelled, true
		}
	case success:
		if e == cancel || e == lapse {
			return cancelled, true
		}
	}
	return s, false
}

// step is the only way to change a payment's status.
func (p *payment) step(e event) {
	to, ok := p.Status.next(e)
	if !ok {
		panic(fmt.Sprintf("sandbox: a payment in state %q cannot %s", p.Status, e))
	}
	p.Status = to
}

// can reports whether a step may be taken.
func (p *payment) can(e event) bool {
	_, ok := p.Status.next(e)
	return ok
}
