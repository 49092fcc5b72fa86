package operate

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/wait"
)

// A card that is saved without a payment moves no money, and may be saved all the same
// when an answer is lost: inquireVaulting tells.

// IsVaulting reports whether an API saves a card without a payment: vaultPaymentMethod
// and createVaultingSession.
func IsVaulting(endpoint string) bool {
	return endpoint == "vaultPaymentMethod" || endpoint == "createVaultingSession"
}

// vaultedCardField is where vaultPaymentMethod has the number of its card.
const vaultedCardField = "paymentMethodDetail.card.cardNo"

// keys are the numbers by which the calls of a request are found in the journal. The ID
// of a card to be saved has no field of its own among them; a journal finds a number
// wherever it stands.
func (q request) keys() apo.Numbers {
	if IsVaulting(q.endpoint.Name) {
		return apo.Numbers{PaymentRequestID: q.id.Value}
	}
	return q.numbers
}

// inquireVaulting asks once what became of a card that was to be saved.
func (o *Operator) inquireVaulting(ctx context.Context, q request) (finding, error) {
	a, record, err := o.askFor(ctx, "inquireVaulting", vaultingKey{q.id.Value})
	f := finding{answer: a, record: record}
	switch {
	case errors.Is(err, ErrNotFound):
		f.absent = true
		return f, nil
	case err != nil:
		return f, err
	}
	f.reading = readVaulting(q, a)
	return f, nil
}

type vaultingKey struct {
	VaultingRequestID string `json:"vaultingRequestId"`
}

// readVaulting is what inquireVaulting says of a request. A session that is known was
// created, whatever became of its card.
func readVaulting(q request, a *apo.Answer) reading {
	v := VaultingIn(a)
	card := v.card()
	r := reading{code: v.Code, problem: v.Problem}
	switch {
	case v.RequestID != q.id.Value:
		r.problem = "the inquiry's answer does not name the vaultingRequestId"
	case r.problem != "":
	case q.card != "" && card != "" && q.card != card:
		r.outcome = apo.Different
	case q.endpoint.Name == "createVaultingSession":
		r.outcome, r.code = apo.Succeeded, ""
	case v.Status == apo.StatusSuccess:
		r.outcome = apo.Succeeded
	case v.Status == apo.StatusFail:
		r.outcome = apo.Declined
	default:
		r.outcome = apo.Pending
	}
	return r
}

// Vaulting is a card that was to be saved, as a verified answer tells of it.
type Vaulting struct {
	Answer    *apo.Answer
	RequestID string // vaultingRequestId
	Status    string // vaultingStatus: SUCCESS, FAIL or PROCESSING
	Code      string // vaultingResultCode
	Brand     string
	LastFour  string
	Saved     bool   // a token is there
	Page      string // where the buyer has something to do; "": nowhere
	Problem   string // why it proves nothing; "": it does
}

func (v Vaulting) card() string { return strings.TrimSpace(v.Brand + " " + v.LastFour) }

// VaultingIn reads the answer of inquireVaulting.
func VaultingIn(a *apo.Answer) Vaulting {
	doc := gjson.ParseBytes(a.Raw)
	card := doc.Get("paymentMethodDetail.card")
	v := Vaulting{
		Answer: a, RequestID: doc.Get("vaultingRequestId").String(), Status: doc.Get("vaultingStatus").String(), Code: doc.Get("vaultingResultCode").String(),
		Brand: card.Get("brand").String(), LastFour: card.Get("lastFour").String(), Saved: card.Get("cardToken").String() != "", Page: doc.Get("normalUrl").String(),
	}
	if masked := card.Get("maskedCardNo").String(); v.LastFour == "" && len(masked) >= 4 {
		v.LastFour = masked[len(masked)-4:]
	}
	switch v.Status {
	case apo.StatusSuccess, apo.StatusFail, apo.StatusProcessing:
		if v.Problem = statusProblem(v.Status, "", v.Code); v.Problem == "" && v.Status == apo.StatusSuccess && !v.Saved {
			v.Problem = "the vaultingStatus is SUCCESS, and there is no token"
		}
	default:
		v.Problem = "the inquiry has no known vaultingStatus"
	}
	return v
}

// LookupVaulting asks what became of a card that was to be saved, and resolves open
// calls of it by the way. Errors are those of Lookup.
func (o *Operator) LookupVaulting(ctx context.Context, requestID string) (Vaulting, error) {
	a, record, err := o.askFor(ctx, "inquireVaulting", vaultingKey{requestID})
	if err != nil {
		return Vaulting{Answer: a}, err
	}
	v := VaultingIn(a)
	if v.RequestID != requestID {
		return v, ErrUnnamed
	}
	o.reconcileVaulting(ctx, a, v, record)
	return v, nil
}

// reconcileVaulting resolves the calls of which inquireVaulting told.
func (o *Operator) reconcileVaulting(ctx context.Context, a *apo.Answer, v Vaulting, record int64) {
	if o.Journal == nil || record == 0 {
		return
	}
	calls, err := o.Journal.Sharing(ctx, o.Account.ClientID, apo.Numbers{PaymentRequestID: v.RequestID})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	for _, r := range calls {
		if !IsVaulting(r.Endpoint) || !r.State.Open() || r.InFlight || r.ID >= record {
			continue
		}
		if before, _ := o.before(ctx, r, readRequest(endpoint(r.Endpoint), r.Request, r.Time)); before.knew(a, o.masker(nil)) {
			continue
		}
		o.reconcileCall(ctx, r, finding{answer: a, record: record}, func(q request) reading { return readVaulting(q, a) })
	}
}

// AwaitVaulting looks a vaulting up again until it is final, the time is up, or ctx
// ends. An inquiry in between that tells nothing is passed over.
func (o *Operator) AwaitVaulting(ctx context.Context, v Vaulting, within time.Duration) Vaulting {
	every := o.Patience.every()
	for begin := o.now(); v.Status == apo.StatusProcessing; {
		waited := o.now().Sub(begin)
		if waited+every > within {
			return v
		}
		o.tell(Event{Stage: Asking, Waited: waited, Result: Result{ID: ID{"vaultingRequestId", v.RequestID}}})
		if !wait.For(ctx, every) {
			return v
		}
		if next, err := o.LookupVaulting(ctx, v.RequestID); err == nil {
			v = next
		}
	}
	return v
}
