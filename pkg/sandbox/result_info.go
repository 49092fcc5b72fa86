package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/google/uuid"
)

// resultInfo is paymentResultInfo as pay answers it and notifyPayment tells it, in the
// order of their samples. Beside the fields of the samples are those that only a saved
// card or a refusal has.
type resultInfo struct {
	AVS           string       `json:"avsResultRaw"`
	CardBin       string       `json:"cardBin,omitempty"`
	CardBrand     string       `json:"cardBrand,omitempty"`
	CardNo        string       `json:"cardNo"`
	CardToken     string       `json:"cardToken,omitempty"`
	CVV           string       `json:"cvvResultRaw"`
	Fingerprint   string       `json:"fingerprint,omitempty"`
	Funding       string       `json:"funding,omitempty"`
	IssuerName    string       `json:"issuerName,omitempty"`
	IssuingRegion string       `json:"issuingCountry,omitempty"`
	Network       string       `json:"networkTransactionId,omitempty"`
	RefusalCode   string       `json:"refusalCodeRaw,omitempty"`
	RefusalReason string       `json:"refusalReasonRaw,omitempty"`
	ThreeDS       *threeDSJSON `json:"threeDSResult"`
}

type threeDSJSON struct {
	Cavv    string `json:"cavv"`
	Eci     string `json:"eci"`
	Shift   string `json:"liabilityShift,omitempty"`
	Status  string `json:"paResStatus,omitempty"`
	Type    string `json:"threeDSType,omitempty"`
	Version string `json:"threeDSVersion,omitempty"`
	XID     string `json:"xid,omitempty"`
}

// inquiryInfo is paymentResultInfo as inquiryPayment answers it, in the order of its
// samples.
type inquiryInfo struct {
	LastFour      string         `json:"lastFour"`
	Funding       string         `json:"funding"`
	IssuerName    string         `json:"issuerName"`
	ExpiryMonth   string         `json:"expiryMonth"`
	ThreeDS       inquiryThreeDS `json:"threeDSResult"`
	ExpiryYear    string         `json:"expiryYear"`
	CardNo        string         `json:"cardNo"`
	CardBin       string         `json:"cardBin"`
	HoldName      string         `json:"holdName,omitempty"`
	IssuingRegion string         `json:"issuingCountry"`
	AVS           string         `json:"avsResultRaw"`
	Fingerprint   string         `json:"fingerprint,omitempty"`
	Network       string         `json:"networkTransactionId,omitempty"`
	CardBrand     string         `json:"cardBrand"`
	CVV           string         `json:"cvvResultRaw"`
	CardToken     string         `json:"cardToken,omitempty"`
	RefusalCode   string         `json:"refusalCodeRaw,omitempty"`
	RefusalReason string         `json:"refusalReasonRaw,omitempty"`
}

type inquiryThreeDS struct {
	Cavv    string `json:"cavv"`
	XID     string `json:"xid"`
	Type    string `json:"threeDSType"`
	Eci     string `json:"eci"`
	Version string `json:"threeDSVersion,omitempty"`
	Status  string `json:"paResStatus,omitempty"`
	Shift   string `json:"liabilityShift,omitempty"`
}

// hasResult reports whether a payment is no longer in process, and has a card: one
// that was closed before its buyer named any has not.
func (p payment) hasResult() bool { return p.Status != processing && p.Card.LastFour != "" }

// cardInfo is what pay answers of the card of a payment.
func (p payment) cardInfo() *resultInfo {
	if !p.hasResult() {
		return nil
	}
	cavv, eci := p.authentication().payValues(p)
	info := &resultInfo{
		AVS: p.avs(), CardBrand: p.Card.Brand, CardNo: masked(p.Card), CardToken: p.token(), CVV: p.cvv(),
		Network: p.network(), ThreeDS: &threeDSJSON{Cavv: cavv, Eci: eci},
	}
	info.RefusalCode, info.RefusalReason, _ = strings.Cut(p.Refusal, " ")
	return info
}

// noticeInfo is what notifyPayment tells of it.
func (p payment) noticeInfo() *resultInfo {
	info := p.cardInfo()
	if info == nil {
		return nil
	}
	c, a := p.Card, p.authentication()
	info.CardBin, info.Fingerprint, info.Funding, info.IssuerName, info.IssuingRegion = c.Bin, c.Fingerprint, c.Funding, c.Issuer, c.Region
	info.Network = ""
	info.ThreeDS = &threeDSJSON{Cavv: a.cavv, Eci: a.eci, Shift: a.shift, Status: a.status, Type: a.kind, Version: a.version, XID: a.xid}
	return info
}

// inquiryInfo is what inquiryPayment answers of it.
func (p payment) inquiryInfo() *inquiryInfo {
	if !p.hasResult() {
		return nil
	}
	c, a := p.Card, p.authentication()
	info := &inquiryInfo{
		LastFour: c.LastFour, Funding: c.Funding, IssuerName: c.Issuer, ExpiryMonth: "**", ExpiryYear: "**",
		ThreeDS: inquiryThreeDS{Cavv: a.cavv, XID: a.xid, Type: a.kind, Eci: a.eci, Version: a.version, Status: a.status, Shift: a.shift},
		CardNo:  masked(c), CardBin: c.Bin, HoldName: c.HoldName, IssuingRegion: c.Region, AVS: p.avs(), Fingerprint: c.Fingerprint,
		Network: p.network(), CardBrand: c.Brand, CVV: p.cvv(), CardToken: p.token(),
	}
	info.RefusalCode, info.RefusalReason, _ = strings.Cut(p.Refusal, " ")
	return info
}

func masked(c card) string { return "************" + c.LastFour }

// token is that of a saved card; of a card that was declined none is kept for later.
func (p payment) token() string {
	if p.Status == failed {
		return ""
	}
	return p.Card.Token
}

func (p payment) network() string {
	if p.Status == success || p.Status == cancelled && !p.Paid.IsZero() {
		return p.Card.Network
	}
	return ""
}

// reachedIssuer reports whether the issuer was asked for an authorization.
func (p payment) reachedIssuer() bool {
	return p.ThreeDS.Result != "failed" && !p.Closed && (p.Status != cancelled || !p.Paid.IsZero())
}

// avs is the acquirer's code for what the issuer says of the address; cvv of the
// security code. They differ by acquirer, as in the samples.
func (p payment) avs() string {
	if !p.reachedIssuer() {
		return ""
	}
	return avsOf(p.Acquirer.Name).of(p.Card.AVS)
}

func (p payment) cvv() string {
	if !p.reachedIssuer() {
		return ""
	}
	return cvvOf(p.Acquirer.Name).of(p.Card.CVV)
}

// What a card keeps of a check of the address or the security code: "" is that nothing
// was sent; "A" and "Z" are that the street alone was, or the postcode.
const (
	matches    = "Y"
	mismatches = "N"
)

// rawCodes are an acquirer's words for one check.
type rawCodes struct{ match, mismatch, none string }

func (r rawCodes) of(check string) string {
	switch check {
	case matches:
		return r.match
	case mismatches:
		return r.mismatch
	case "":
		return r.none
	}
	return check
}

func avsOf(acquirer string) rawCodes {
	switch acquirer {
	case "CHECKOUT":
		return rawCodes{"Y", "N", "I"}
	case "BRAINTREE":
		return rawCodes{"M", "N", "I"}
	}
	return rawCodes{"Y", "N", "U"}
}

func cvvOf(acquirer string) rawCodes {
	switch acquirer {
	case "ALIPAY":
		return rawCodes{"Y", "D", ""}
	case "CHECKOUT":
		return rawCodes{"Y", "N", ""}
	case "BRAINTREE":
		return rawCodes{"M", "N", "I"}
	}
	return rawCodes{"M", "N", ""}
}

// authentication is what became of 3DS. Where none ran its values are "N/A", and it
// has no version, status and liability shift.
type authentication struct{ cavv, eci, kind, version, xid, status, shift string }

const notAvailable = "N/A"

func (p payment) authentication() authentication {
	a := authentication{kind: "INTERNAL", version: "2.2.0", xid: p.xid()}
	switch t := p.ThreeDS; t.Result {
	case "passed", "frictionless":
		a.cavv, a.eci, a.status, a.shift = p.cavv(), eci(p.Card.Brand, true), "Y", "Y"
	case "failed":
		a.eci, a.status, a.shift = eci(p.Card.Brand, false), "N", "N"
	case "external":
		a.kind, a.cavv, a.eci, a.version, a.status, a.shift = "EXTERNAL", t.Cavv, t.Eci, t.Version, "Y", "Y"
		if t.ID != "" {
			a.xid = t.ID
		}
		if t.Eci == "01" || t.Eci == "06" { // attempted
			a.status = "A"
		}
	default:
		return authentication{cavv: notAvailable, eci: notAvailable, kind: "INTERNAL", xid: notAvailable}
	}
	return a
}

// payValues are cavv and eci as pay answers them: without 3DS, too. ALIPAY has a value
// of its own then, as in the sample.
func (a authentication) payValues(p payment) (cavv, indicator string) {
	if a.xid != notAvailable {
		return a.cavv, a.eci
	}
	if p.Acquirer.Name == "ALIPAY" {
		cavv = p.cavv()
	}
	return cavv, eci(p.Card.Brand, false)
}

// cavv and xid are functions of the paymentId: who asks again is told the same.
// CHECKOUT tells no cavv, as in the sample.
func (p payment) cavv() string {
	if p.Acquirer.Name == "CHECKOUT" {
		return ""
	}
	sum := sha256.Sum256([]byte("cavv\n" + p.ID))
	return base64.StdEncoding.EncodeToString(sum[:20])
}

func (p payment) xid() string { return uuid.NewSHA1(uuid.Nil, []byte("xid\n"+p.ID)).String() }

// eci is 05 for a full authentication and 07 for none; Mastercard has its own
// numbers.
func eci(brand string, authenticated bool) string {
	switch {
	case brand == "MASTERCARD" && authenticated:
		return "02"
	case brand == "MASTERCARD":
		return "00"
	case authenticated:
		return "05"
	}
	return "07"
}
