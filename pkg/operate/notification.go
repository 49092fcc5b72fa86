package operate

import (
	"context"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// Apply resolves the calls of a request of which a verified notification tells, as
// an inquiry would. record is that of the notification in the journal. It needs
// no Client. What somebody is sending, or asking about, is theirs to resolve.
func (o *Operator) Apply(ctx context.Context, e notify.Evidence, record int64) {
	if o.Journal == nil || e.Outcome == "" || e.ClientID != o.Account.ClientID {
		return
	}
	n := apo.Numbers{PaymentID: e.PaymentID}
	switch e.Endpoint {
	case "pay":
		n.PaymentRequestID = e.RequestID
	case "capture":
		n.CaptureRequestID = e.RequestID
	case "refund":
		n.RefundRequestID = e.RequestID
	}
	calls, err := o.Journal.Sharing(ctx, e.ClientID, n)
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	for _, r := range calls {
		if r.Endpoint == e.Endpoint && r.RequestID() == e.RequestID && !(r.State.Open() && r.InFlight) && r.Outcome != apo.NotSent {
			o.reconcileCall(ctx, r, finding{record: record}, func(q request) reading {
				if problem := o.anothers(ctx, q, e.PaymentID); problem != "" {
					return reading{problem: problem}
				}
				return readNotification(q, e)
			})
		}
	}
}
