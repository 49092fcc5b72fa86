package sandbox

import (
	"cmp"
	"encoding/base64"
	"errors"
	"time"

	"github.com/tidwall/gjson"
)

// VaultingLife is how long the page of a vaulting session waits for its buyer. A card
// that the merchant collected has the time of a payment, [PaymentLife].
const VaultingLife = time.Hour

// vaulting is a card that is saved without a payment, as it is recorded. The exported
// names are its stored form.
type vaulting struct {
	RequestID   string
	SessionID   string `json:",omitempty"` // of createVaultingSession, whose page collects the card; else empty
	RedirectURL string
	NotifyURL   string
	Terminal    string `json:",omitempty"` // env.terminalType, where it is not WEB
	Wants3DS    bool   `json:",omitempty"`

	Status status
	Code   string // result code of the status
	Plan   Outcome

	Card     card   // zero until a session's page has collected it
	Acquirer string // who verifies it
	ThreeDS  threeDS
	Asks     string    `json:",omitempty"` // what its page waits for: asksCard, asks3DS, or nothing
	Final    time.Time // when an acquirer that takes its time will have decided
	Closes   time.Time // when it is closed if it is not done

	Created time.Time
}

// What the page of a vaulting waits for.
const (
	asksCard = "card"
	asks3DS  = "3ds"
)

// transition is the only way to change a vaulting's status.
func (v *vaulting) transition(e event) { v.Status = mustTransition("vaulting", v.Status, e) }

// vaultPaymentMethod saves a card that the merchant has collected, or answers as
// before when its request ID is known.
func (l ledger) vaultPaymentMethod(r gjson.Result) (any, error) {
	const detail = "paymentMethodDetail.card"
	v := l.newVaulting(r, PaymentLife)
	v.Wants3DS = r.Get(detail + ".is3DSAuthentication").Bool() // true and "true" alike
	v.Terminal = terminalOf(r)
	var err error
	if v.Card, err = l.cardToSave(v.RequestID, r.Get(detail)); err != nil {
		return nil, err
	}
	known, found, err := l.vaultingByRequestID(v.RequestID)
	switch {
	case err != nil:
		return nil, err
	case found && !known.same(v):
		return inconsistentVaulting(), nil
	case found:
		return l.vaultAnswer(known), nil
	case !l.now.Before(v.Card.Ends):
		return refuse("INVALID_EXPIRATION_DATE", detail+".expiryYear: the card has expired"), nil
	}
	plan, err := l.vaultingPlan(v)
	if err != nil {
		return nil, err
	}
	if plan.rejects() {
		return answerFor(plan.Result), nil
	}
	v.transition(accept)
	mask, _ := l.masks(r)
	v.ThreeDS = externalAuthentication(r.Get(detail+".mpiData"), v.Card.Brand, mask)
	err = l.verify(&v, plan)
	return l.vaultSays(v), err
}

// createVaultingSession opens a page of the sandbox that collects the card to be
// saved, or answers as before when its request ID is known.
func (l ledger) createVaultingSession(r gjson.Result) (any, error) {
	v := l.newVaulting(r, VaultingLife)
	v.Wants3DS = r.Get("is3DSAuthentication").Bool()
	numbers := l.ids.of("vaulting session", v.RequestID)
	v.SessionID = "VAULTING_SESSIONID_" + numbers.sessionTime(l.now) + "_AUTO"
	known, found, err := l.vaultingByRequestID(v.RequestID)
	switch {
	case err != nil:
		return nil, err
	case found && !known.same(v):
		return inconsistentVaulting(), nil
	case found && known.Code == "ORDER_IS_CLOSED":
		return refuse("ORDER_IS_CLOSED", "the session under this vaultingRequestId has ended; nobody gave a card"), nil
	case found:
		return l.vaultingSessionAnswer(known), nil
	}
	if o, err := l.outcome(call{"createVaultingSession", "", v.Acquirer, v.RequestID, facts{bin: v.Card.Bin, buyer: v.Card.Buyer}}); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	v.transition(accept)
	v.Asks, v.ThreeDS.Nonce = asksCard, numbers.nonce()
	return l.vaultingSessionAnswer(v), errors.Join(l.saveVaulting(&v), l.scheduleVaulting(v))
}

// inquireVaulting tells where a vaulting stands.
func (l ledger) inquireVaulting(r gjson.Result) (any, error) {
	v, found, err := l.vaultingByRequestID(r.Get("vaultingRequestId").String())
	if err != nil {
		return nil, err
	}
	if o, err := l.outcome(call{"inquireVaulting", v.Card.Behaviour, v.Acquirer, r.Get("vaultingRequestId").String(), facts{bin: v.Card.Bin, buyer: v.Card.Buyer}}); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	if !found {
		return refuse("VAULTING_NOT_EXIST", "no vaulting has this vaultingRequestId"), nil
	}
	return l.vaultingInquiry(v), nil
}

// newVaulting is one that was just asked for, by either API.
func (l ledger) newVaulting(r gjson.Result, life time.Duration) vaulting {
	_, address := l.masks(r)
	id := r.Get("vaultingRequestId").String()
	return vaulting{
		RequestID:   id,
		RedirectURL: address.Text(r.Get("redirectUrl").String()),
		NotifyURL:   notifyAddress(address, r, "vaultingNotificationUrl"),
		Acquirer:    l.ids.of("vaulting", id).route(l.settings.Acquirers),
		Code:        "VERIFICATION_IN_PROCESS",
		Created:     l.now, Closes: l.now.Add(life),
	}
}

// same reports whether a vaulting is asked for again: by the same API, with the same
// card and the same addresses.
func (v vaulting) same(again vaulting) bool {
	alike := v.RedirectURL == again.RedirectURL && v.NotifyURL == again.NotifyURL && v.Wants3DS == again.Wants3DS
	if v.SessionID != "" || again.SessionID != "" {
		return alike && v.SessionID != "" && again.SessionID != ""
	}
	return alike && v.Card.Fingerprint == again.Card.Fingerprint
}

func inconsistentVaulting() any {
	return refuse("REPEAT_REQ_INCONSISTENT", "vaultingRequestId is in use with another card, address or API")
}

// cardToSave is what may be kept of a card: of a request's, or of a form's. It has no
// token until it is saved.
func (l ledger) cardToSave(requestID string, data gjson.Result) (card, error) {
	method := gjson.Parse(`{"paymentMethodMetaData":` + cmp.Or(data.Raw, "{}") + `}`)
	c, _, err := l.cardOf("vaulting "+requestID, method) // no request ID of a payment has a space
	c.Token, c.Ends = "", endOf(data)
	return c, err
}

type vaultAnswer struct {
	ApplinkURL string       `json:"applinkUrl,omitempty"`
	NormalURL  string       `json:"normalUrl,omitempty"`
	Method     *vaultMethod `json:"paymentMethodDetail,omitempty"`
	Result     result       `json:"result"`
	SchemeURL  string       `json:"schemeUrl,omitempty"`
	RequestID  string       `json:"vaultingRequestId"`
}

// vaultAnswer is what vaultPaymentMethod answers.
func (l ledger) vaultAnswer(v vaulting) vaultAnswer {
	normal, appLink, scheme := l.vaultPage(v)
	return vaultAnswer{appLink, normal, v.saved(), resultOf(v.Code), scheme, v.RequestID}
}

type vaultingInquiry struct {
	ApplinkURL    string       `json:"applinkUrl,omitempty"`
	NormalURL     string       `json:"normalUrl,omitempty"`
	Method        *vaultMethod `json:"paymentMethodDetail,omitempty"`
	Result        result       `json:"result"`
	SchemeURL     string       `json:"schemeUrl,omitempty"`
	RequestID     string       `json:"vaultingRequestId"`
	ResultCode    string       `json:"vaultingResultCode"`
	ResultMessage string       `json:"vaultingResultMessage"`
	Status        status       `json:"vaultingStatus"`
}

func (l ledger) vaultingInquiry(v vaulting) vaultingInquiry {
	reason := resultOf(v.Code)
	normal, appLink, scheme := l.vaultPage(v)
	return vaultingInquiry{appLink, normal, v.saved(), resultOf("SUCCESS"), scheme, v.RequestID, reason.Code, reason.Message, v.Status}
}

type vaultingSessionAnswer struct {
	NormalURL string `json:"normalUrl"`
	Result    result `json:"result"`
	Data      string `json:"vaultingSessionData"` // opaque
	Expires   string `json:"vaultingSessionExpiryTime"`
	ID        string `json:"vaultingSessionId"`
}

// vaultingSessionAnswer is what createVaultingSession answers, whatever has become of the
// session since.
func (l ledger) vaultingSessionAnswer(v vaulting) vaultingSessionAnswer {
	data := base64.StdEncoding.EncodeToString(l.ids.of("vaulting session data", v.RequestID).bytes(96))
	return vaultingSessionAnswer{l.pages + vaultCardPrefix + v.ThreeDS.Nonce, resultOf("SUCCESS"), data, isoTime(v.Created.Add(VaultingLife)), v.SessionID}
}

// vaultPage are the addresses where the buyer has something to do; empty: nowhere.
func (l ledger) vaultPage(v vaulting) (normal, appLink, scheme string) {
	switch {
	case v.Status != processing:
	case v.Asks == asksCard:
		return l.addresses(v.Terminal, vaultCardPrefix, v.ThreeDS.Nonce)
	case v.Asks == asks3DS:
		return l.addresses(v.Terminal, vaultPrefix, v.ThreeDS.Nonce)
	}
	return "", "", ""
}
