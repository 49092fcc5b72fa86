package sandbox

import (
	"cmp"
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
)

// The kinds of notifyDispute: the first two are APO's, all of them AMS's.
const (
	disputeCreated   = "DISPUTE_CREATED"
	disputeJudged    = "DISPUTE_JUDGED"
	disputeAccepted  = "DISPUTE_ACCEPTED"
	disputeCancelled = "DISPUTE_CANCELLED"
	defenseSupplied  = "DEFENSE_SUPPLIED"
	defenseDueAlert  = "DEFENSE_DUE_ALERT"
)

// notifyDisputeBody has neither notifyType nor result.
type notifyDisputeBody struct {
	PaymentRequestID string `json:"paymentRequestId"`
	DisputeID        string `json:"disputeId"`
	PaymentID        string `json:"paymentId"`
	Type             string `json:"disputeNotificationType"`

	Time       string     `json:"disputeTime,omitempty"`
	Amount     apo.Amount `json:"disputeAmount,omitzero"`
	DefenseDue string     `json:"defenseDueTime,omitempty"`
	ReasonCode string     `json:"disputeReasonCode,omitempty"`
	Reason     string     `json:"disputeReasonMsg,omitempty"`
	Source     string     `json:"disputeSource,omitempty"`
	Kind       string     `json:"disputeType,omitempty"`
	Defendable bool       `json:"defendable,omitempty"`

	JudgedTime   string     `json:"disputeJudgedTime,omitempty"`
	JudgedAmount apo.Amount `json:"disputeJudgedAmount,omitzero"`
	JudgedResult string     `json:"disputeJudgedResult,omitempty"`

	AcceptReason string `json:"disputeAcceptReason,omitempty"`
	AcceptTime   string `json:"disputeAcceptTime,omitempty"`

	Acquirer disputeAcquirer `json:"acquirerInfo"`
}

type disputeAcquirer struct {
	Name          string `json:"acquirerName"`
	MerchantID    string `json:"acquirerMerchantId"`
	TransactionID string `json:"acquirerTransactionId"`
	ReasonCode    string `json:"acquirerReasonCode,omitempty"`
	Reason        string `json:"acquirerReasonDescription,omitempty"`
}

// DisputeReason is a disputeReasonCode that is documented, with what card schemes
// call it.
type DisputeReason struct {
	Code, Message string
	schemes       map[string][2]string // code and words, by brand
}

const defaultReason = "2006"

// DisputeReasons lists them. Any other code may be given to a dispute as well.
func DisputeReasons() []DisputeReason {
	return []DisputeReason{
		{defaultReason, "Other Fraud", map[string][2]string{
			"VISA": {"10.4", "Other Fraud: Card-Absent Environment"}, "MASTERCARD": {"4837", "No Cardholder Authorization"},
		}},
		{"2206", "Duplicate Processing/Paid by Other Means", map[string][2]string{
			"VISA": {"12.6", "Duplicate Processing/Paid by Other Means"}, "MASTERCARD": {"4834", "Point-of-Interaction Error"},
		}},
	}
}

func reasonOf(code string) DisputeReason {
	all := DisputeReasons()
	if i := slices.IndexFunc(all, func(r DisputeReason) bool { return r.Code == code }); i >= 0 {
		return all[i]
	}
	return DisputeReason{Code: code, Message: "reason " + code}
}

// disputeNotice is what notifyDispute tells of a dispute. It goes to the dashboard's
// address alone.
func disputeNotice(kind string, d dispute, p payment) (Notification, notifyDisputeBody) {
	body := notifyDisputeBody{
		PaymentRequestID: p.RequestID, DisputeID: d.ID, PaymentID: p.ID, Type: kind,
		Acquirer: disputeAcquirer{Name: p.Acquirer.Name, MerchantID: p.Acquirer.MerchantID, TransactionID: p.Acquirer.TransactionID},
	}
	switch kind {
	case disputeCreated:
		reason := reasonOf(d.Reason)
		scheme, known := reason.schemes[p.Card.Brand]
		if !known {
			scheme = [2]string{reason.Code, reason.Message}
		}
		body.Time, body.Amount, body.DefenseDue = isoTime(d.Opened), d.Amount, isoTime(d.Due)
		body.ReasonCode, body.Reason, body.Source, body.Kind, body.Defendable = reason.Code, reason.Message, p.Card.Brand, "CHARGEBACK", true
		body.Acquirer.ReasonCode, body.Acquirer.Reason = scheme[0], scheme[1]
	case disputeJudged: // with code and source again, as APO's page has it
		body.ReasonCode, body.Source = d.Reason, p.Card.Brand
		body.JudgedTime, body.JudgedAmount, body.JudgedResult = isoTime(d.Ended), d.Amount, d.Result
	case disputeAccepted:
		body.AcceptReason, body.AcceptTime = d.Accepted, isoTime(d.Ended)
	case defenseDueAlert:
		body.DefenseDue = isoTime(d.Due)
	}
	return Notification{Type: kind, RequestID: "disputeId " + d.ID, PaymentID: p.ID}, body
}

// notifyDispute tells the news of a dispute, where its acquirer's are told.
func (l ledger) notifyDispute(kind string, d dispute, p payment) error {
	if l.settings.Options.is("dispute-acquirers", "antom-paypal") && p.Acquirer.Name != "ALIPAY" && p.Acquirer.Name != "PAYPAL" {
		return nil
	}
	n, body := disputeNotice(kind, d, p)
	return l.post(n, body)
}

// disputeAs is what would be told of a dispute about a payment: of its newest, or of one
// that is made up.
func (l ledger) disputeAs(outcome string, n News, p payment) (Notification, any, error) {
	d, err := l.newestDispute(p)
	if err != nil {
		return Notification{}, nil, err
	}
	if n.Amount != (apo.Amount{}) {
		d.Amount = n.Amount
	}
	kind := disputeCreated
	if outcome == "judged" {
		kind, d.Ended, d.Result = disputeJudged, l.now, cmp.Or(n.Code, d.Result, JudgedForCustomer)
		if err := checkJudgement(d.Result); err != nil {
			return Notification{}, nil, err
		}
	}
	note, body := disputeNotice(kind, d, p)
	return note, body, nil
}

func (l ledger) newestDispute(p payment) (dispute, error) {
	list, err := l.disputesOf(p.ID)
	if err != nil || len(list) == 0 {
		return l.newDispute(p, 0, p.Amount, ""), err
	}
	return list[len(list)-1], nil
}
