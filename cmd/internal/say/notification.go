package say

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/pkg/notify"
)

// Notice is what is printed as JSON of a verified message.
type Notice struct {
	NotifyType          string        `json:"notifyType"`
	ResultStatus        string        `json:"resultStatus"`
	ResultCode          string        `json:"resultCode"`
	Kind                notify.Kind   `json:"kind,omitempty"`
	Status              notify.Status `json:"status,omitempty"`
	Doubt               notify.Doubt  `json:"doubt,omitempty"`
	PaymentRequestID    string        `json:"paymentRequestId,omitempty"`
	PaymentID           string        `json:"paymentId,omitempty"`
	CaptureRequestID    string        `json:"captureRequestId,omitempty"`
	CaptureID           string        `json:"captureId,omitempty"`
	RefundRequestID     string        `json:"refundRequestId,omitempty"`
	RefundID            string        `json:"refundId,omitempty"`
	VaultingRequestID   string        `json:"vaultingRequestId,omitempty"`
	DisputeID           string        `json:"disputeId,omitempty"`
	PaymentStatus       string        `json:"paymentStatus,omitempty"`
	RefundStatus        string        `json:"refundStatus,omitempty"`
	VaultingStatus      string        `json:"vaultingStatus,omitempty"`
	DisputeJudgedResult string        `json:"disputeJudgedResult,omitempty"`
	DefenseDueTime      string        `json:"defenseDueTime,omitempty"`
	Amount              string        `json:"amount,omitempty"`
	Meaning             string        `json:"meaning"`
	Contradictions      []string      `json:"contradictions,omitempty"`
	Next                string        `json:"next,omitempty"`
}

// Captures is what the journal knows of the captures of a payment that a
// notification tells of. The zero value: nothing.
type Captures struct {
	Mode      string // captureMode of its pay: "AUTOMATIC" or "MANUAL"
	Some      bool   // something of it was captured, or is being captured
	Cancelled bool
}

// notice says what a notification means. Its Next is [Words.nextOf].
func (w Words) notice(n notify.Notification, known Captures) *Notice {
	out := &Notice{
		NotifyType: n.Type, ResultStatus: n.Result.Status, ResultCode: n.Result.Code,
		Kind: n.Kind, Status: n.Status, Doubt: n.Doubt,
		PaymentRequestID: n.PaymentRequestID, PaymentID: n.PaymentID,
		CaptureRequestID: n.CaptureRequestID, CaptureID: n.CaptureID,
		RefundRequestID: n.RefundRequestID, RefundID: n.RefundID,
		VaultingRequestID: n.VaultingRequestID, DisputeID: n.DisputeID, DefenseDueTime: n.DefenseDueTime,
		Amount: Amount(n.Amount), Meaning: meaning(n, known),
	}
	switch n.Kind {
	case notify.KindPaymentResult, notify.KindPaymentPending:
		out.PaymentStatus = n.State
	case notify.KindRefundResult:
		out.RefundStatus = n.State
	case notify.KindVaulting:
		out.VaultingStatus = n.State
	case notify.KindDispute:
		out.DisputeJudgedResult = n.State
	}
	return out
}

// facts are what a verdict line has of a notification.
func (n *Notice) facts() []string {
	deadline := ""
	if n.NotifyType == "DISPUTE_CREATED" && n.Doubt == notify.InProcess { // what has ended has none
		deadline = Fact("answer before", n.DefenseDueTime)
	}
	return []string{
		cmp.Or(n.NotifyType, string(n.Kind)), n.Meaning, n.Amount,
		Fact("paymentRequestId", n.PaymentRequestID), Fact("paymentId", n.PaymentID),
		Fact("captureId", n.CaptureID), Fact("refundRequestId", n.RefundRequestID),
		Fact("vaultingRequestId", n.VaultingRequestID), Fact("disputeId", n.DisputeID), deadline,
	}
}

// nextOf is the command that follows from a notification. Another client's has
// none: this profile would not find it.
func (w Words) nextOf(n notify.Notification, known Captures) string {
	refund := n.Kind == notify.KindRefundResult
	switch {
	case n.OtherClient:
	case n.Meaning() == notify.Authorized && known == Captures{Mode: manual} && n.PaymentID != "":
		return w.Command("capture", n.PaymentID)
	case refund && n.RefundRequestID != "":
		return w.Command("inquire-refund", n.RefundRequestID)
	case refund && n.RefundID != "":
		return w.Command("inquire-refund", "--refund-id", n.RefundID)
	case n.PaymentID != "":
		return w.Command("inquire", n.PaymentID)
	case n.PaymentRequestID != "":
		return w.Command("inquire", n.PaymentRequestID)
	}
	return ""
}

// The values of captureMode.
const (
	automatic = "AUTOMATIC"
	manual    = "MANUAL"
)

// meaning says in words what a notification means. What is not final is never
// called failed.
func meaning(n notify.Notification, known Captures) string {
	switch n.Meaning() {
	case notify.Authorized:
		return authorizedAnd(known)
	case notify.BuyerPaid:
		return "the buyer has paid, the result comes later"
	case notify.Captured:
		return "captured; the order may be shipped"
	case notify.Refunded:
		return "refunded"
	case notify.Vaulted:
		return "the payment method was saved"
	case notify.PaymentFailed, notify.CaptureFailed, notify.RefundFailed:
		return "the " + subject(n.Kind) + " failed: " + failed(n)
	case notify.VaultingFailed:
		return "saving the payment method failed: " + failed(n)
	case notify.DisputeOpened:
		return "the buyer disputes the payment; no refund until the dispute is judged"
	case notify.DisputeWon:
		return "the dispute ended for the merchant: " + cmp.Or(n.State, n.Type)
	case notify.DisputeLost:
		return "the dispute ended for the buyer, and the merchant pays: " + cmp.Or(n.State, n.Type)
	case notify.Unknown:
		return strings.TrimSpace("a notification that apo does not know " + n.Result.Status + " " + n.Result.Code)
	}
	return notFinal(n)
}

// authorizedAnd says what comes after an authorization. Whether the merchant is to
// capture the captureMode of the pay says, which the notification does not have.
func authorizedAnd(known Captures) string {
	switch {
	case known.Cancelled:
		return "authorized; the journal has it cancelled"
	case known.Some:
		return "authorized; the journal has a capture of it, ship after its result"
	case known.Mode == automatic:
		return "authorized; APO captures it by itself, ship after CAPTURE_RESULT"
	case known.Mode == manual:
		return "authorized, not captured yet; capture next, ship after the capture"
	}
	return "authorized, not captured yet; ship after the capture, which APO makes by itself if captureMode is AUTOMATIC"
}

// failed says why something failed: the code of an F, or the status after an S.
func failed(n notify.Notification) string {
	if n.Result.Status == "S" {
		return stateOf(n)
	}
	return reason(n.Result.Code)
}

// notFinal says why it is not known what became of something.
func notFinal(n notify.Notification) string {
	what := subject(n.Kind)
	switch n.Doubt {
	case notify.InProcess:
		why := stateOf(n)
		if n.Result.Status == "U" {
			why = withoutSaying("no result yet", reason(n.Result.Code))
		}
		return "the " + what + " has no result yet: " + why
	case notify.OtherValues:
		return "the request ID belongs to an earlier " + what + " with other values (" + n.Result.Code + "); what became of that one is not said"
	case notify.OpenCode:
		return "what became of the " + what + " is not known: F " + n.Result.Code + " does not say that no money moved; inquire"
	case notify.Contradiction:
		return "it contradicts itself about the " + what + ": " + contradiction(n)
	case notify.UnknownStatus:
		if status := undocumented(n); status != "" {
			return "what became of the " + what + " is not known: APO documents no " + status
		}
		return strings.TrimSpace("news of a dispute "+n.Type+" "+n.State) + "; see the dashboard"
	}
	return "what became of the " + what + " is not known: " + missing(n) + " is missing"
}

// withoutSaying leaves out of a code and its meaning what the sentence around them
// says already.
func withoutSaying(said, why string) string {
	code, meaning, _ := strings.Cut(why, ", ")
	if _, rest, found := strings.Cut(meaning, said); found {
		return strings.TrimSuffix(code+", "+strings.TrimPrefix(rest, "; "), ", ")
	}
	return why
}

// contradiction quotes what cannot all be true.
func contradiction(n notify.Notification) string {
	var parts []string
	for _, s := range []string{n.Type, strings.TrimSpace(n.Result.Status + " " + n.Result.Code), stateOf(n)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// undocumented is the status that nobody knows; empty where a dispute's type is.
func undocumented(n notify.Notification) string {
	switch s := n.Result.Status; {
	case s != "" && s != "S" && s != "F" && s != "U":
		return Fact("resultStatus", s)
	case n.Kind == notify.KindDispute:
		return ""
	}
	return stateOf(n)
}

// missing is the field without which nothing is known.
func missing(n notify.Notification) string {
	switch {
	case n.Kind == notify.KindDispute && n.Result.Status == "":
		return "disputeJudgedResult"
	case n.Result.Status == "":
		return "resultStatus"
	case n.Result.Code == "":
		return "resultCode"
	}
	return "refundStatus"
}

// stateOf is the status beside the result, with its name.
func stateOf(n notify.Notification) string {
	switch n.Kind {
	case notify.KindPaymentResult, notify.KindPaymentPending:
		return Fact("paymentStatus", n.State)
	case notify.KindRefundResult:
		return Fact("refundStatus", n.State)
	case notify.KindVaulting:
		return Fact("vaultingStatus", n.State)
	case notify.KindDispute:
		return Fact("disputeJudgedResult", n.State)
	}
	return ""
}

func subject(k notify.Kind) string {
	switch k {
	case notify.KindCaptureResult:
		return "capture"
	case notify.KindRefundResult:
		return "refund"
	case notify.KindVaulting:
		return "payment method to be saved"
	case notify.KindDispute:
		return "dispute"
	}
	return "payment"
}

// otherClient says whose a message is that is not this profile's.
func otherClient(clientID, own string) string {
	return strconv.Quote(clientID) + " and not " + own + ": do not act upon it"
}

// queryUncovered says that nobody vouches for the query of an address.
const queryUncovered = "the query of the address is not signed"
