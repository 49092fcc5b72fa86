package sandbox

import "github.com/apo-cli/apo/pkg/apo"

func disputeRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/disputes", "The disputes, the newest first", controlDisputes, "limit"),
		on("POST", "/disputes", "Have the cardholder dispute a captured payment, named by any number of it", controlOpenDispute),
		on("GET", "/disputes/{id}", "One dispute", controlDispute),
		on("POST", "/disputes/{id}/judge", "Decide a dispute: "+JudgedForMerchant+" (the merchant wins) or "+JudgedForCustomer, controlJudge),
		on("POST", "/disputes/{id}/cancel", "Have the cardholder take a dispute back (ams-apis=on)", func(s *Sandbox, c controlCall, _ none) (Dispute, error) {
			d, err := s.CancelDispute(c.id)
			return d, asBad(err)
		}),
	}
}

func controlDisputes(s *Sandbox, c controlCall, _ none) ([]Dispute, error) {
	most, err := c.limit()
	if err != nil {
		return nil, err
	}
	return s.Disputes(most)
}

// DisputeRequest is a dispute that the control API opens.
type DisputeRequest struct {
	PaymentID string      `json:"paymentId"`        // or any other number of the payment
	Amount    *apo.Amount `json:"amount,omitempty"` // all that is left of what was captured, unless given
	Reason    string      `json:"reason,omitempty"` // disputeReasonCode; 2006 unless given
}

func controlOpenDispute(s *Sandbox, _ controlCall, in DisputeRequest) (Dispute, error) {
	if in.PaymentID == "" {
		return Dispute{}, badRequest("paymentId is missing: any number of the payment")
	}
	n := NewDispute{Of: in.PaymentID, Reason: in.Reason}
	if in.Amount != nil {
		n.Amount = *in.Amount
	}
	d, err := s.OpenDispute(n)
	return d, asBad(err)
}

func controlDispute(s *Sandbox, c controlCall, _ none) (view Dispute, err error) {
	err = s.store.do(func(t *tx) error {
		d, err := s.ledger(t).disputeOf(c.id)
		if err == nil {
			view, err = s.ledger(t).viewOf(d)
		}
		return err
	})
	return view, err
}

// DisputeResult is how the control API decides a dispute.
type DisputeResult struct {
	Result string `json:"result"`
}

func controlJudge(s *Sandbox, c controlCall, in DisputeResult) (Dispute, error) {
	if in.Result != JudgedForMerchant && in.Result != JudgedForCustomer {
		return Dispute{}, badRequest("result is %s (the merchant wins) or %s (the merchant pays), not %q", JudgedForMerchant, JudgedForCustomer, excerpt(in.Result, 40))
	}
	d, err := s.JudgeDispute(c.id, in.Result)
	return d, asBad(err)
}
