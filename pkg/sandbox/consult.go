package sandbox

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

type consultAnswer struct {
	Options []paymentOption `json:"paymentOptions"`
	Result  result          `json:"result"`
}

// paymentOption is a method that consult tells. It has no logo: those are Antom's.
type paymentOption struct {
	Type          string      `json:"paymentMethodType"`
	Category      string      `json:"paymentMethodCategory"`
	Regions       []string    `json:"paymentMethodRegion"`
	Enabled       bool        `json:"enabled"`
	Preferred     bool        `json:"preferred"`
	DisableReason string      `json:"disableReason,omitempty"`
	Currencies    []string    `json:"supportedCurrencies,omitempty"`
	Detail        *cardOption `json:"paymentOptionDetail,omitempty"`
}

type cardOption struct {
	Brands  []cardBrand `json:"supportCardBrands"`
	Funding []string    `json:"funding"`
}

type cardBrand struct {
	Brand string `json:"cardBrand"`
}

// global is the region of a method that is of no country.
const global = "GLOBAL"

// consult tells the methods that a buyer could use. The sandbox's pay takes cards alone.
func (l ledger) consult(r gjson.Result) (any, error) {
	if answer, err := l.byRule("consult", ""); answer != nil || err != nil {
		return answer, err
	}
	currency := r.Get("paymentAmount.currency").String()
	answer := consultAnswer{Options: []paymentOption{}, Result: resultOf("SUCCESS")}
	for _, m := range apo.PaymentMethods() {
		if wanted(m, r) {
			answer.Options = append(answer.Options, l.option(m, currency))
		}
	}
	if len(answer.Options) == 0 {
		return refuse("NO_PAY_OPTIONS", "no payment method is of these regions"), nil
	}
	return answer, nil
}

// wanted reports whether a method is of the regions that a request allows or, where it
// names none, of the buyer's.
func wanted(m apo.PaymentMethod, r gjson.Result) bool {
	regions := r.Get("allowedPaymentMethodRegions").Array()
	if len(regions) == 0 {
		user := r.Get("userRegion").String()
		return user == "" || m.In(user)
	}
	return slices.ContainsFunc(regions, func(region gjson.Result) bool {
		if region.String() == global {
			return len(m.Countries) == 0
		}
		return m.In(region.String())
	})
}

func (l ledger) option(m apo.PaymentMethod, currency string) paymentOption {
	o := paymentOption{Type: m.Type, Category: m.Category, Regions: m.Countries, Enabled: m.Takes(currency), Currencies: m.Currencies}
	if len(o.Regions) == 0 {
		o.Regions = []string{global}
	}
	if !o.Enabled {
		o.DisableReason = "CHANNEL_NOT_SUPPORT_CURRENCY"
	}
	if m.Type != "CARD" {
		return o
	}
	o.Preferred = true
	o.Detail = &cardOption{Funding: []string{"CREDIT", "DEBIT"}}
	for _, c := range l.cards {
		if !slices.Contains(o.Detail.Brands, cardBrand{c.Brand}) {
			o.Detail.Brands = append(o.Detail.Brands, cardBrand{c.Brand})
		}
	}
	return o
}
