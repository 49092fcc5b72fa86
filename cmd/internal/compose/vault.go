package compose

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sandbox"
)

const vaultCardPath = "paymentMethodDetail.card."

// VaultOptions are what the flags of a card to be saved say.
type VaultOptions struct {
	Changes        []Change // --set and --set-json, in their order
	Card, CardFile string
	ThreeDS        bool
	RedirectURL    string
	NotifyURL      string
	Cardholder     string
	Terminal, OS   string
	ClientIP       string
	RequestID      string // empty: a new one
	DryRun         bool   // nothing will be sent, so nobody is asked for a card
}

// Check finds what is wrong with the flags alone.
func (o *VaultOptions) Check() error {
	if o.Card != "" && o.CardFile != "" {
		return say.Fail(say.Usage, "--card and --card-file both give the card; keep one")
	}
	return nil
}

// VaultCard makes the request that saves a card (vaultPaymentMethod): what was asked for
// first, and then, except on live, whatever is still missing.
func (src Source) VaultCard(o *VaultOptions) ([]byte, error) {
	flags, err := src.vaultFlags(o, vaultCardPath+"is3DSAuthentication")
	if err != nil {
		return nil, err
	}
	set := func(path, value string) {
		if value != "" {
			flags = append(flags, Change{flag: "flags", path: path, value: value})
		}
	}
	set("env.terminalType", o.Terminal)
	set("env.osType", o.OS)
	set("env.clientIp", o.ClientIP)
	card, err := src.card(&PayOptions{Card: o.Card, CardFile: o.CardFile, DryRun: o.DryRun})
	if err != nil {
		return nil, err
	}
	if card != nil {
		for _, f := range cardData(*card) {
			set(vaultCardPath+f[0], f[1])
		}
	}
	if o.Cardholder != "" {
		given, family, _ := cutLast(strings.TrimSpace(o.Cardholder), " ")
		set(vaultCardPath+"cardholderName.firstName", given)
		set(vaultCardPath+"cardholderName.lastName", family)
	}
	return src.vault(flags, o, func(doc gjson.Result) (list []Change) {
		list = append(list, Change{"default", "paymentMethodDetail.paymentMethodType", "CARD", false})
		if src.Profile.Live() {
			return list
		}
		if !doc.Get(vaultCardPath + "cardNo").Exists() {
			test, _ := sandbox.FindTestCard("visa")
			for _, f := range cardData(cardOfTest(test)) {
				list = append(list, Change{"default", vaultCardPath + f[0], f[1], false})
			}
		}
		return append(list, Change{"default", vaultCardPath + "is3DSAuthentication", "false", true},
			Change{"default", "env.terminalType", "WEB", false}, Change{"default", "env.clientIp", "203.0.113.7", false})
	})
}

// VaultSession makes the request for a page that collects the card to be saved
// (createVaultingSession), as VaultCard makes its own.
func (src Source) VaultSession(o *VaultOptions) ([]byte, error) {
	flags, err := src.vaultFlags(o, "is3DSAuthentication")
	if err != nil {
		return nil, err
	}
	return src.vault(flags, o, func(gjson.Result) []Change {
		return []Change{{"default", "paymentMethodType", "CARD", false}}
	})
}

// vaultFlags turns the flags that both requests have into changes, the profile's
// defaults before them: it has those of a payment.
func (src Source) vaultFlags(o *VaultOptions, threeDS string) (list []Change, err error) {
	defaults, err := profileDefaults(src.Profile.Defaults)
	if err != nil {
		return nil, err
	}
	of := map[string]string{
		"paymentRedirectUrl": "redirectUrl", "paymentNotifyUrl": "vaultingNotificationUrl", "merchantRegion": "merchantRegion",
	}
	for _, c := range defaults {
		if strings.HasPrefix(c.path, "env.") && strings.HasPrefix(threeDS, vaultCardPath) {
			list = append(list, c)
		} else if c.path = of[c.path]; c.path != "" {
			list = append(list, c)
		}
	}
	for _, f := range [][2]string{{"vaultingRequestId", o.RequestID}, {"vaultingNotificationUrl", o.NotifyURL}, {"redirectUrl", o.RedirectURL}} {
		if f[1] != "" {
			list = append(list, Change{flag: "flags", path: f[0], value: f[1]})
		}
	}
	if o.ThreeDS {
		list = append(list, Change{flag: "flags", path: threeDS, value: "true", json: true})
	}
	return list, nil
}

// vault puts together what was asked for and what more says of the rest.
func (src Source) vault(flags []Change, o *VaultOptions, more func(asked gjson.Result) []Change) ([]byte, error) {
	for _, c := range o.Changes {
		if err := src.TypedCard(c.path+"="+c.value, c.flag); err != nil {
			return nil, err
		}
	}
	asked, err := apply([]byte("{}"), append(flags, o.Changes...))
	if err != nil {
		return nil, err
	}
	src.IO.Masker.Known.Learn(asked)
	if err := apo.CheckJSON(asked); err != nil {
		return nil, say.Fail(say.Usage, "the request cannot be sent: %v", err)
	}
	doc := gjson.ParseBytes(asked)
	requestID := doc.Get("vaultingRequestId").String()
	if !doc.Get("vaultingRequestId").Exists() {
		if requestID, err = operate.NewID(); err != nil {
			return nil, err
		}
	}
	missing := []Change{{"default", "vaultingRequestId", requestID, false}}
	if !src.Profile.Live() {
		missing = append(missing, Change{"default", "vaultingNotificationUrl", sandbox.NobodysNotifyURL, false},
			Change{"default", "redirectUrl", "https://shop.example/return", false})
	}
	return merge(append(missing, more(doc)...), asked)
}

// cardData are the fields of a card in a request, in the order of APO's guide.
func cardData(c apo.Card) [][2]string {
	return [][2]string{
		{"cardNo", c.Number},
		{"expiryYear", c.ExpiryYear},
		{"expiryMonth", c.ExpiryMonth},
		{"cvv", c.CVV},
		{"cardholderName.firstName", c.FirstName},
		{"cardholderName.lastName", c.LastName},
	}
}
