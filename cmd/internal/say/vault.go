package say

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// A token that pays stays on standard output: here it is spoken of, and not said.

// tokenPath is where an answer has the token of a saved card.
const tokenPath = "paymentMethodDetail.card.cardToken"

// vaulted says what a success of vaultPaymentMethod or createVaultingSession means.
func (w Words) vaulted(r operate.Result) *term.Verdict {
	v := operate.VaultingIn(told(r))
	if r.Endpoint.Name == "vaultPaymentMethod" {
		return w.saved(v, r.ID.Value)
	}
	page := ""
	if v.Page != "" && !w.PageEnds {
		page = "open " + v.Page
	}
	verdict := w.Verdict(term.Good, "session created", Fact(r.ID.Name, r.ID.Value), page)
	verdict.Next = w.inquireOf(r)
	return verdict
}

func (w Words) saved(v operate.Vaulting, id string) *term.Verdict {
	verdict := w.Verdict(term.Good, "card saved", vaultedCard(v), Fact("vaultingRequestId", id))
	verdict.Next = w.Command("vault", "show", id, "-q", tokenPath)
	return verdict
}

func vaultedCard(v operate.Vaulting) string {
	return card(apo.PaidCard{Brand: v.Brand, LastFour: v.LastFour})
}

// Vaulting says what became of a card that was to be saved: the verdict where it was,
// or why it was not, or not yet.
func (w Words) Vaulting(v operate.Vaulting) (*term.Verdict, *Failure) {
	switch v.Status {
	case apo.StatusSuccess:
		return w.saved(v, v.RequestID), nil
	case apo.StatusFail:
		reason := cmp.Or(v.Code, "no reason was given")
		entry, known := apo.Lookup(v.Code)
		if known {
			reason += ": " + ofVaulting(entry.Meaning)
		}
		f := Fail(Declined, "the card was not saved: %s", reason)
		f.RequestID, f.Verdict = v.RequestID, w.Verdict(term.Bad, "card not saved", reason)
		if known && entry.Action != "" {
			f.Hint("%s", w.vaultAdvice(v.RequestID, entry.Action))
		}
		return nil, f
	}
	return nil, w.vaultWaits(v, v.RequestID)
}

// vaultPending says that the card is not saved yet, and what to do.
func (w Words) vaultPending(r operate.Result) *Failure {
	return w.vaultWaits(operate.VaultingIn(told(r)), r.ID.Value)
}

func (w Words) vaultWaits(v operate.Vaulting, id string) *Failure {
	f := Fail(Pending, "the card is not saved yet: %s", cmp.Or(v.Code, "VERIFICATION_IN_PROCESS"))
	f.RequestID = id
	what, page := "card being verified", ""
	if v.Page != "" {
		what = "buyer needed"
		if w.PageEnds {
			f.Hint("apo sandbox, in another terminal, serves the buyer's page: %s prints its address", w.Command("vault", "show", id, "-q", "normalUrl"))
		} else {
			page = "open " + v.Page
		}
	}
	f.Verdict = w.Verdict(term.Waiting, what, Fact("vaultingRequestId", id), page)
	f.Verdict.Next = w.Command("vault", "show", id)
	return f
}

// VaultingUnclear ends a run whose inquiry was answered with what proves nothing.
func (w Words) VaultingUnclear(v operate.Vaulting) *Failure {
	f := Fail(InDoubt, "the answer proves nothing: %s", v.Problem)
	f.RequestID = v.RequestID
	f.Verdict = w.Verdict(term.Waiting, "not clear", "the answer proves nothing: "+v.Problem, Fact("vaultingRequestId", v.RequestID))
	return f
}

// AwaitingVaulting says which card is waited for.
func AwaitingVaulting(id string) string { return "waiting for the buyer and the card, " + id }

// SavedCard advises on a number that is no payment's, but that of a card to be saved;
// empty: of these records none has it so.
func (w Words) SavedCard(list []journal.Record, number string) string {
	for _, r := range list {
		if operate.IsVaulting(r.Endpoint) && r.RequestID() == number {
			return "the journal has it as a card to be saved: " + w.Command("vault", "show", number)
		}
	}
	return ""
}

// isVaulting tells an answer of the gateway about a card that is saved.
func isVaulting(doc gjson.Result) bool {
	return doc.Get("result.resultStatus").Exists() && (doc.Get("vaultingRequestId").Exists() || doc.Get("vaultingSessionId").Exists())
}

// viewVaulting shows what a person needs of such an answer.
func (p Printer) viewVaulting(doc gjson.Result) {
	v := &view{}
	text := func(name, value string) {
		v.fields = append(v.fields, term.Field{Name: name, Cell: term.Cell{Text: value}})
	}
	if status := doc.Get("vaultingStatus"); status.Exists() {
		state, code := Status(status.String()), doc.Get("vaultingResultCode").String()
		if code != "" && code != status.String() {
			state.Text += ": " + reason(code)
		}
		v.fields = append(v.fields, term.Field{Name: "vaultingStatus", Cell: state})
	} else {
		v.fields = append(v.fields, term.Field{Name: "result", Cell: resultCell(doc.Get("result"))})
	}
	saved := doc.Get("paymentMethodDetail.card")
	four := cmp.Or(saved.Get("lastFour").String(), strings.TrimLeft(saved.Get("maskedCardNo").String(), "*"))
	text("card", strings.Join(without("", card(apo.PaidCard{Brand: saved.Get("brand").String(), LastFour: four}), saved.Get("funding").String(), saved.Get("issuerName").String()), ", "))
	for _, name := range []string{tokenPath, "vaultingRequestId", "vaultingSessionId", "vaultingSessionExpiryTime", "normalUrl"} {
		v.add(name[strings.LastIndexByte(name, '.')+1:], name, doc.Get(name))
	}
	_ = p.WriteView(v.fields)
}
