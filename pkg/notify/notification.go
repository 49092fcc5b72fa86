package notify

import (
	"cmp"

	"github.com/apo-cli/apo/pkg/apo"
)

// Notification is what a verified notification says. Fields that it lacks are
// empty.
type Notification struct {
	Kind   Kind
	Type   string // notifyType or disputeNotificationType, as sent: "PAYMENT_RESULT"; empty where it has neither
	Status Status
	Doubt  Doubt      // why Status is NotFinal; else empty
	Result apo.Result // S, F or U, and the code; a dispute has none

	// State is the status beside the result, as sent: refundStatus,
	// vaultingStatus, of a dispute disputeJudgedResult, of a payment
	// paymentStatus and of a capture captureStatus, which their notifications
	// need not have.
	State string

	// Numbers are those of the payment and the request. apo.NumbersOf(Body) has
	// the acquirer's and the scheme's, too.
	apo.Numbers

	VaultingRequestID, DisputeID string
	Amount                       apo.Amount // paid, captured, refunded, disputed or judged; zero: none
	DefenseDueTime               string     // of a dispute that was opened: until when to answer it, ISO 8601
	Body                         []byte     // the exact bytes that Read was given; not to be changed

	// What only the signed message has, and [Verifier.Verify] fills in.
	ClientID    string // the header client-id, as signed
	OtherClient bool   // ClientID is not the verifier's own: another account's news
	Time        string // the header request-time, as signed: it tells a repeated delivery from new news
	URI         string // as much of the address as the signature covers: "/hooks/apo"

	// QueryUncovered says that the address had a query that the signature does
	// not cover. It is not in URI, and anybody may have written it.
	QueryUncovered bool
}

// Read reads the body of a notification whose signature verified. An error says
// that the body is not strict JSON (see [apo.CheckJSON]): readers would disagree
// about what it says, so it is not to be acted upon.
//
// Read verifies nothing: [Verifier.Verify] does, and calls it.
func Read(body []byte) (Notification, error) {
	n := Notification{Body: body}
	var r reading
	if err := apo.Members(body, func(name, value []byte) { r.member(&n, name, value) }); err != nil {
		return Notification{}, err
	}
	vaulting := n.VaultingRequestID != "" || r.vaultingStatus != ""
	n.Kind = kindOf(r.notifyType, r.disputeType != "" || n.DisputeID != "", vaulting)
	n.Type = r.notifyType
	switch n.Kind {
	case KindPaymentResult, KindPaymentPending:
		n.State, n.Amount = r.paymentStatus, r.paymentAmount
	case KindCaptureResult:
		n.State, n.Amount = r.captureStatus, r.captureAmount
	case KindRefundResult:
		n.State, n.Amount = r.refundStatus, r.refundAmount
	case KindVaulting:
		n.State = r.vaultingStatus
	case KindDispute:
		n.Type, n.State, n.Amount = cmp.Or(r.disputeType, r.notifyType), r.judgedResult, r.disputeAmount
		if n.Type == disputeJudged && !r.judgedAmount.IsZero() {
			n.Amount = r.judgedAmount
		}
	default:
		n.Amount = r.firstAmount()
	}
	n.Status, n.Doubt = n.judge()
	if r.disputeType != "" && (n.Kind != KindDispute || vaulting) { // two notifications in one
		n.Status, n.Doubt = NotFinal, Contradiction
	}
	return n, nil
}

// reading holds what tells a notification's kind, and what of it only its own
// kind counts.
type reading struct {
	notifyType, disputeType                                                  string
	paymentStatus, captureStatus, refundStatus, vaultingStatus, judgedResult string

	paymentAmount, captureAmount, refundAmount, disputeAmount, judgedAmount apo.Amount
}

func (r *reading) firstAmount() apo.Amount {
	for _, a := range []apo.Amount{r.captureAmount, r.refundAmount, r.paymentAmount, r.disputeAmount} {
		if !a.IsZero() {
			return a
		}
	}
	return apo.Amount{}
}

// member takes one member of the body in.
func (r *reading) member(n *Notification, name, value []byte) {
	switch string(name) {
	case "notifyType":
		r.notifyType = word(value)
	case "disputeNotificationType":
		r.disputeType = word(value)
	case "result":
		n.Result = resultIn(value)
	case "paymentStatus":
		r.paymentStatus = word(value)
	case "captureStatus":
		r.captureStatus = word(value)
	case "refundStatus":
		r.refundStatus = word(value)
	case "vaultingStatus":
		r.vaultingStatus = word(value)
	case "disputeJudgedResult":
		r.judgedResult = word(value)
	case "paymentAmount":
		r.paymentAmount = apo.AmountOf(value)
	case "captureAmount":
		r.captureAmount = apo.AmountOf(value)
	case "refundAmount":
		r.refundAmount = apo.AmountOf(value)
	case "disputeAmount":
		r.disputeAmount = apo.AmountOf(value)
	case "disputeJudgedAmount":
		r.judgedAmount = apo.AmountOf(value)
	case "defenseDueTime":
		n.DefenseDueTime = text(value)
	case "paymentRequestId":
		n.PaymentRequestID = text(value)
	case "paymentId":
		n.PaymentID = text(value)
	case "captureRequestId":
		n.CaptureRequestID = text(value)
	case "captureId":
		n.CaptureID = text(value)
	case "refundRequestId":
		n.RefundRequestID = text(value)
	case "refundId":
		n.RefundID = text(value)
	case "vaultingRequestId":
		n.VaultingRequestID = text(value)
	case "disputeId":
		n.DisputeID = text(value)
	}
}

// resultIn reads the object result. What is no object has no result in it.
func resultIn(object []byte) (r apo.Result) {
	_ = apo.Members(object, func(name, value []byte) {
		switch string(name) {
		case "resultStatus":
			r.Status = word(value)
		case "resultCode":
			r.Code = word(value)
		case "resultMessage":
			r.Message = text(value)
		}
	})
	return r
}

// text is a text or a number, with its digits as sent; anything else is none.
func text(value []byte) string {
	if c := value[0]; c == '"' || c == '-' || c >= '0' && c <= '9' {
		return string(apo.Text(value))
	}
	return ""
}

// word is a text that decides something. What is there and is no text is a word
// that nobody knows; null and an empty text are as if it were not there.
func word(value []byte) string {
	switch value[0] {
	case '"':
		return string(apo.Text(value))
	case 'n':
		return ""
	case '{':
		return "{}"
	case '[':
		return "[]"
	}
	return string(value)
}
