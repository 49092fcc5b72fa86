package operate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// Request is something that moves money, or may.
type Request struct {
	Endpoint apo.Endpoint // one that does not only read
	Body     []byte       // strict JSON; it is signed and sent byte for byte

	Amount    apo.Amount   // only where the body does not say how much moves: that of the payment to be cancelled
	Confirmed string       // on live: what [Operator.Wanted] says, such as "SGD 42.00"
	Payment   *apo.Payment // as just inquired; nil: what is left is reckoned from the journal
	Again     bool         // a seeming duplicate, or more than is left, is meant
}

// ID is the idempotency key of a request: {"paymentRequestId", "demo-0001"}. A
// cancel has that of its payment.
type ID struct{ Name, Value string }

// ID is the request's idempotency key, as it stands in its body.
func (r Request) ID() ID { return idOf(r.Endpoint.Name, gjson.ParseBytes(r.Body)) }

// NewID makes a request ID. They sort by time.
func NewID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// DerivedID makes an ID that is a function of another, so that a repetition from
// any machine has the same. kind is "CAPTURE" or "REFUND" of a whole payment.
func DerivedID(kind, from string) string {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/apo-cli/apo"))
	return uuid.NewSHA1(space, []byte(kind+":"+from)).String()
}

// request is a request as it is read back from its body, so that every way to
// make one is treated alike.
type request struct {
	endpoint apo.Endpoint
	body     []byte
	id       ID
	numbers  apo.Numbers
	amount   apo.Amount // zero where it has none
	card     string     // "VISA 0768"
	sent     time.Time  // it was not sent before
	gateway  string     // where it was sent to; "": not known
	refused  bool       // a session that a verified, final F says was not made
	ended    bool       // a session of which a verified answer says that it has ended
	about    string     // the paymentRequestId of its payment, as an inquiry before it told; "": not known
}

func readRequest(e apo.Endpoint, body []byte, sent time.Time) request {
	doc := gjson.ParseBytes(body)
	q := request{endpoint: e, body: body, numbers: apo.NumbersOf(body), card: cardOf(doc), sent: sent}
	q.id = idOf(e.Name, doc)
	for _, name := range []string{"captureAmount", "refundAmount", "paymentAmount"} {
		if a := doc.Get(name); a.IsObject() {
			q.amount = apo.AmountOf([]byte(a.Raw))
			break
		}
	}
	return q
}

// hasSecretNumber reports whether one of its IDs holds what is hidden in masked,
// its body.
func (q request) hasSecretNumber(masked []byte) bool {
	return apo.NumbersOf(masked) != apo.NumbersOf(q.body) || idOf(q.endpoint.Name, gjson.ParseBytes(masked)) != q.id
}

// idOf finds the field by which a request is the same when it is repeated.
func idOf(endpoint string, doc gjson.Result) ID {
	names := []string{"paymentRequestId", "vaultingRequestId", "updateRequestId", "disputeId"}
	switch endpoint {
	case "capture":
		names = []string{"captureRequestId"}
	case "refund":
		names = []string{"refundRequestId"}
	case "submitPay":
		names = []string{"paymentSessionId"}
	case "verifyAndCompletePayment":
		names = []string{"paymentRequestId", "paymentId"}
	case "cancel":
		names = []string{"paymentId", "paymentRequestId"}
	}
	for _, name := range names {
		if v := doc.Get(name).String(); v != "" {
			return ID{name, v}
		}
	}
	return ID{Name: names[0]}
}

// cardOf tells a card from another by its brand and its last four digits, which
// is all of it that is kept.
func cardOf(doc gjson.Result) string {
	number := cmp.Or(doc.Get(cardField).String(), doc.Get(vaultedCardField).String())
	if len(number) < 8 {
		return ""
	}
	return strings.TrimSpace(apo.Brand(number) + " " + number[len(number)-4:])
}

// namedBy reports whether an answer carries the request's own ID, which another's
// was compared with already. That it names the payment says of a capture or refund
// no more than that it is one of several.
func (q request) namedBy(answer []byte) bool {
	theirs := apo.NumbersOf(answer)
	switch q.endpoint.Name {
	case "capture":
		return q.id.Value != "" && theirs.CaptureRequestID == q.id.Value
	case "refund":
		return q.id.Value != "" && theirs.RefundRequestID == q.id.Value
	case "vaultPaymentMethod":
		return q.id.Value != "" && gjson.GetBytes(answer, "vaultingRequestId").String() == q.id.Value
	}
	return q.numbers.PaymentRequestID != "" && theirs.PaymentRequestID == q.numbers.PaymentRequestID ||
		q.numbers.PaymentID != "" && theirs.PaymentID == q.numbers.PaymentID
}

// amounts are all that stand in a request, at any depth, each once, its own first:
// all of them count for limits and for the confirmation. What is said of the
// order, its amount and its goods, moves nothing, nor does an amount of 0.
func (q request) amounts() []apo.Amount {
	var list []apo.Amount
	if !q.amount.IsZero() && q.amount.Value != "0" {
		list = append(list, q.amount)
	}
	var walk func(v gjson.Result)
	walk = func(v gjson.Result) {
		if value, currency := v.Get("value"), v.Get("currency"); v.IsObject() && value.Exists() && currency.Exists() {
			if a := apo.AmountOf([]byte(v.Raw)); a.Value != "0" && !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
		v.ForEach(func(key, inner gjson.Result) bool {
			if name := key.String(); name != "orderAmount" && name != "goods" && (inner.IsObject() || inner.IsArray()) {
				walk(inner)
			}
			return true
		})
	}
	walk(gjson.ParseBytes(q.body))
	return list
}
