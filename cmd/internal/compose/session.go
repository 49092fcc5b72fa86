package compose

import (
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// SessionOptions are what the flags of a session say.
type SessionOptions struct {
	PayOptions
	Scene string // "checkout" or "element"
	Keep  bool   // the buyer is asked whether the card shall be saved
}

// scenes are the values of productScene, by what a person calls them.
func scenes() map[string]string {
	return map[string]string{"checkout": "CHECKOUT_PAYMENT", "element": "ELEMENT_PAYMENT"}
}

// Check finds what is wrong with the flags alone.
func (o *SessionOptions) Check() error {
	if scenes()[o.Scene] == "" {
		return say.Fail(say.Usage, "--scene %q is not checkout or element", o.Scene)
	}
	return o.PayOptions.Check()
}

// Session makes the request of createPaymentSession as [Source.Pay] makes that of pay;
// it has no card.
func (src Source) Session(o *SessionOptions) ([]byte, error) {
	o.NoCard = true
	if o.Keep {
		o.Changes = append([]Change{{"flags", "availablePaymentMethod.paymentMethodMetaData.tokenizeMode", "ASKFORCONSENT", false}}, o.Changes...)
	}
	return src.composed(&o.PayOptions, func(asked []byte) ([]Change, error) { return src.sessionDefaults(asked, o.Scene) })
}

// sessionDefaults lists the fields that are missing, in the order of APO's page, with
// what apo would fill in.
func (src Source) sessionDefaults(asked []byte, scene string) ([]Change, error) {
	doc := gjson.ParseBytes(asked)
	requestID := doc.Get("paymentRequestId").String()
	if !doc.Get("paymentRequestId").Exists() {
		var err error
		if requestID, err = operate.NewID(); err != nil {
			return nil, err
		}
	}
	var list []Change
	text := func(path, value string) { list = append(list, Change{"default", path, value, false}) }
	text("productCode", "CASHIER_PAYMENT")
	text("productScene", scenes()[scene])
	text("paymentRequestId", requestID)
	amount := doc.Get("paymentAmount")
	if amount.Get("value").String() != "" {
		text("paymentAmount.currency", amount.Get("currency").String())
		text("paymentAmount.value", amount.Get("value").String())
	}
	invent := !src.Profile.Live()
	if invent {
		text("order.referenceOrderId", "order-"+operate.DerivedID("order", requestID)[:18])
		text("order.orderDescription", "apo session")
	}
	if _, err := apo.ParseAmount(amount.Get("value").String(), amount.Get("currency").String()); err == nil {
		list = append(list, Change{"default", "order.orderAmount", amount.Raw, true})
	}
	text("paymentMethod.paymentMethodType", "CARD")
	list = append(list, Change{"default", "paymentFactor.isAuthorization", "true", true})
	text("paymentFactor.captureMode", "MANUAL")
	if invent {
		text("paymentRedirectUrl", "https://shop.example/return")
		text("settlementStrategy.settlementCurrency", amount.Get("currency").String())
		if list[len(list)-1].value == "" {
			list = list[:len(list)-1]
		}
	}
	return list, nil
}
