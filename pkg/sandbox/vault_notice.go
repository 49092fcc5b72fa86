package sandbox

import "cmp"

// NobodysNotifyURL is a vaultingNotificationUrl that is made up, since a request needs
// one: news for it go where those without an address go.
const NobodysNotifyURL = "https://shop.example/notify"

// notifyVaultingBody has no notifyType.
type notifyVaultingBody struct {
	Result            result       `json:"result"`
	VaultingRequestID string       `json:"vaultingRequestId"`
	VaultingStatus    status       `json:"vaultingStatus,omitempty"` // where the result is S
	Method            vaultMethod  `json:"paymentMethodDetail"`
	Acquirer          acquirerName `json:"acquirerInfo"`
}

type acquirerName struct {
	Name string `json:"acquirerName"`
}

type vaultMethod struct {
	Card *vaultCard `json:"card,omitempty"`
	Type string     `json:"paymentMethodType"`
}

type vaultCard struct {
	AVS           string `json:"avsResultRaw,omitempty"`
	Bin           string `json:"bin,omitempty"`
	Brand         string `json:"brand"`
	Token         string `json:"cardToken"`
	CVV           string `json:"cvvResultRaw,omitempty"`
	Fingerprint   string `json:"fingerprint,omitempty"`
	Funding       string `json:"funding,omitempty"`
	IssuerName    string `json:"issuerName,omitempty"`
	IssuingRegion string `json:"issuingCountry,omitempty"`
	LastFour      string `json:"lastFour,omitempty"`
	Masked        string `json:"maskedCardNo"`
}

// saved is paymentMethodDetail of a card that was saved; nil: it was not.
func (v vaulting) saved() *vaultMethod {
	if v.Status != success {
		return nil
	}
	c := v.Card
	return &vaultMethod{Type: "CARD", Card: &vaultCard{
		AVS: avsOf(v.Acquirer).of(c.AVS), Bin: c.Bin, Brand: c.Brand, Token: c.Token, CVV: cvvOf(v.Acquirer).of(c.CVV), Fingerprint: c.Fingerprint,
		Funding: c.Funding, IssuerName: c.Issuer, IssuingRegion: c.Region, LastFour: c.LastFour, Masked: masked(c),
	}}
}

// vaultingNotice is what notifyVaulting tells of a vaulting. An S may be that of one
// that is still being verified: vaultingStatus says so.
func vaultingNotice(v vaulting) (Notification, notifyVaultingBody) {
	body := notifyVaultingBody{
		Result: resultOf("SUCCESS"), VaultingRequestID: v.RequestID, VaultingStatus: v.Status,
		Method: vaultMethod{Type: "CARD"}, Acquirer: acquirerName{v.Acquirer},
	}
	if v.Status == failed {
		body.Result, body.VaultingStatus = resultOf(v.Code), ""
	}
	if saved := v.saved(); saved != nil {
		body.Method = *saved
	}
	return Notification{Type: "VAULTING", RequestID: "vaultingRequestId " + v.RequestID, URL: v.NotifyURL}, body
}

// vaultingAs is what notifyVaulting tells of a vaulting that ended in a way, whatever it
// did: of one in the books, or of the card of a payment.
func (l ledger) vaultingAs(outcome string, n News, p payment) (Notification, any, error) {
	v, found, err := l.vaultingByRequestID(n.Of)
	if err != nil {
		return Notification{}, nil, err
	}
	if !found {
		v = vaulting{RequestID: n.ID, Acquirer: p.Acquirer.Name}
	}
	if v.Card.Brand == "" {
		v.Card = p.Card
	}
	was := v.Code
	v.Status, v.Code = begun, "VERIFICATION_IN_PROCESS"
	v.transition(accept)
	switch outcome {
	case "succeeded":
		v.transition(complete)
		v.Code, v.Card.Token = "SUCCESS", cmp.Or(v.Card.Token, l.ids.of("card token", n.ID).token())
	case "failed":
		v.transition(decline)
		v.Code = cmp.Or(n.Code, failureOf(was, "VERIFICATION_FAIL"))
	}
	note, body := vaultingNotice(v)
	return note, body, nil
}
