package journal

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/tidwall/gjson"
)

// State is how far a call got.
type State string

const (
	Begun    State = "begun"    // about to be sent, or being sent
	Answered State = "answered" // a verified answer that is final, or a call that was never sent
	Pending  State = "pending"  // a verified U
	InDoubt  State = "in-doubt" // sent, and no usable answer came
	Resolved State = "resolved" // was one of the open ones, and a later message, or a person, told what became of it
)

// States are all of them, in their order.
func States() []State { return []State{Begun, Answered, Pending, InDoubt, Resolved} }

// Open reports whether it is not known yet what became of a call.
func (s State) Open() bool { return s == Begun || s == Pending || s == InDoubt }

// Account says whose records they are. Mode is "LOCAL", "SANDBOX" or "LIVE".
type Account struct{ Profile, Mode, ClientID string }

// Notice is what a notification says of itself: "PAYMENT_RESULT", and its
// request-time as signed.
type Notice struct{ Type, Time string }

// Record is one call, or one verified notification.
type Record struct {
	ID   int64     // names it, and says nothing of its age
	Time time.Time // when it began, to the millisecond
	Account
	Gateway  string      // which books it went to: "sea", "https://apo.example"; "" where that is not known
	Endpoint string      // "pay", or "notifyPayment"
	Reads    bool        // an inquiry or a notification: it moves nothing
	Numbers  apo.Numbers // all that is known of them by now
	Amount   apo.Amount  // of the request; zero where it has none
	Card     string      // "VISA 0768"; brand and last four
	Request  []byte      // masked

	Ending
	Notice   Notice     // of a notification
	Resolved Resolution // what a later message, or a person, said of it

	// InFlight says that somebody sends it, or asks about it, at this moment:
	// the process of this number. A Store fills both in whenever it is read.
	InFlight bool
	Process  int

	// AuthEnd is when the authorization of a pay ends. It is zero where that is
	// not known, and once the payment was captured or cancelled.
	AuthEnd time.Time
}

// Ending is how a call ended.
type Ending struct {
	State State
	// Outcome is what is known of it now: by its own answer, or once it is
	// resolved by what told. It is empty while it is begun, and of notifications.
	Outcome      apo.Outcome
	Result       apo.Result // of the answer
	Verification string     // "verified", "unsigned", "untrusted"; empty without an answer
	Answer       []byte     // masked; empty without an answer, or of one that does not verify
	GatewayTime  time.Time  // of the answer, by the gateway's clock; zero without a verified one
	Timing       apo.Timing
	Note         string // "no answer within 30s"
	// Poll says of an inquiry that it told nothing final: whoever asked had to ask
	// again. A Store fills it in.
	Poll bool
}

// Resolution is what a later message, or a person, said of a call. Succeeded,
// Declined, Cancelled and NeverArrived close it; Pending, InDoubt and Different
// leave it open. The zero value says nothing.
type Resolution struct {
	Outcome apo.Outcome
	Code    string // result code: "DO_NOT_HONOR"
	By      int64  // the record that told; 0: a person, whose source is in Note
	Note    string // in records of older versions what they said in words: "authorized"

	// Contradicted says that verified messages contradict each other about the call:
	// with the Outcome InDoubt it opens a call that was closed. It stays so until
	// something closes the call.
	Contradicted bool
}

// OpenAs is the state in which an outcome leaves a call open, as one that is not known
// does. It is empty of an outcome that closes the call.
func OpenAs(o apo.Outcome) State {
	switch o {
	case apo.Pending:
		return Pending
	case "", apo.InDoubt, apo.Different:
		return InDoubt
	}
	return ""
}

// IsNotification reports whether the record is that of a notification, or of another
// message that came to a listener: nobody called.
func (r Record) IsNotification() bool { return strings.HasPrefix(r.Endpoint, "notify") }

// IsNews reports whether it is a notification that may be believed. What did not
// verify, or is another client's, has a record too, but no number and no body.
func (r Record) IsNews() bool {
	return r.IsNotification() && r.Verification == "verified" && len(r.Answer) > 0
}

// Tells reports whether a record proves that its numbers are somebody's: those of an
// inquiry without success are what was asked for.
func (r Record) Tells() bool { return !r.Reads || r.IsNotification() || r.Outcome == apo.Succeeded }

// indexed are the numbers by which a record is found: also that of a request about a
// saved card, a session, an amount or a dispute, for which there is no column.
func (r Record) indexed() []string {
	list := r.Numbers.All()
	message := r.Request
	if r.IsNotification() {
		message = r.Answer
	}
	add := func(message []byte, name string) {
		if id := gjson.GetBytes(message, name).String(); id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, name := range []string{"vaultingRequestId", "updateRequestId", "disputeId"} {
		add(message, name)
	}
	switch r.Endpoint {
	case "submitPay":
		add(r.Request, "paymentSessionId")
	case "createPaymentSession":
		add(r.Answer, "paymentSessionId")
	}
	return list
}

// Carries reports whether a record is found by exactly this number.
func (r Record) Carries(number string) bool { return slices.Contains(r.indexed(), number) }

// RequestID is the ID by which a call is the same when it is repeated; empty
// where it has none of its own.
func (r Record) RequestID() string {
	switch r.Endpoint {
	case "pay":
		return r.Numbers.PaymentRequestID
	case "capture":
		return r.Numbers.CaptureRequestID
	case "refund":
		return r.Numbers.RefundRequestID
	case "vaultPaymentMethod", "createVaultingSession":
		return gjson.GetBytes(r.Request, "vaultingRequestId").String()
	}
	return ""
}

// Number is the number by which a call is spoken of: its own request ID, else that
// of its payment.
func (r Record) Number() string {
	n := r.Numbers
	switch r.Endpoint {
	case "capture":
		return cmp.Or(n.CaptureRequestID, n.PaymentID)
	case "refund", "inquiryRefund", "notifyRefund":
		return cmp.Or(n.RefundRequestID, n.RefundID)
	case "cancel":
		return cmp.Or(n.PaymentID, n.PaymentRequestID)
	case "vaultPaymentMethod", "createVaultingSession", "inquireVaulting":
		return gjson.GetBytes(r.Request, "vaultingRequestId").String()
	case "notifyVaulting":
		return gjson.GetBytes(r.Answer, "vaultingRequestId").String()
	case "submitPay":
		return cmp.Or(n.PaymentRequestID, n.PaymentID, gjson.GetBytes(r.Request, "paymentSessionId").String())
	}
	return cmp.Or(n.PaymentRequestID, n.PaymentID)
}

// isOwn reports whether a number is that of the call itself, and not of the
// payment that it is about.
func (r Record) isOwn(number string) bool {
	n := r.Numbers
	switch r.Endpoint {
	case "capture":
		return number == n.CaptureRequestID || number == n.CaptureID
	case "refund":
		return number == n.RefundRequestID || number == n.RefundID
	case "pay":
		return number == n.PaymentRequestID || number == n.PaymentID
	}
	return false
}
