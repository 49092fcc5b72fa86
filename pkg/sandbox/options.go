package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// Option is a point in which the sources about APO differ. The first of its
// values is what the sandbox does unless it is told otherwise: that of APO's own
// guide, or else of the official SDKs.
type Option struct {
	Name    string
	Values  []string
	Meaning string // what the sources say, and what each value does
}

// AllOptions lists them.
func AllOptions() []Option {
	return []Option{
		{"capture-parts", []string{"several", "once", "whole"}, "APO's page on capture has partial and several captures; Antom's other products take the whole amount, or one capture"},
		{"refund-capture", []string{"optional", "required"}, "captureId of a refund is not in the list of APO's page; Antom's other products need it where a payment has several captures"},
		{"capture-mode", []string{"manual", "automatic"}, "what a pay without captureMode means: the guide says that the merchant must initiate the capture; APO's card page that it is captured automatically, as Antom's other products do. apo pay always says captureMode"},
		{"method-id", []string{"2048", "128"}, "how long a paymentMethodId may be: as a cardToken, or as the SDKs say"},
		{"signature-code", []string{"INVALID_SIGNATURE", "SIGNATURE_INVALID"}, "the code for a signature that does not verify: that of the tables, or of Antom's sample"},
		{"paths", []string{"both", "sandbox", "production"}, "the SDKs call /ams/sandbox/api for a client ID of a sandbox; the guide of 2024 calls /ams/api"},
		{"request-time", []string{"both", "milliseconds", "iso"}, "the documentation and two SDKs send milliseconds, one SDK sends ISO 8601"},
		{"values", []string{"both", "strings", "typed"}, "the documentation says that every value is a string; the samples and SDKs send true and 24"},
		{"expiry-year", []string{"both", "2", "4"}, "expiryYear has two digits in the SDKs, and four in a sample"},
		{"pay-ids", []string{"always", "in-process"}, "pay answers with IDs and amount always, as the guide's sample does, or with PAYMENT_IN_PROCESS alone"},
		{"no-url", []string{"in-process", "failed"}, "a U without normalUrl is a payment that is still in process, as the guide has it; for Antom's other products it is one that failed"},
		{"auth-expiry", []string{"7d", "payment-time"}, "authExpiryTime is seven days later, or the time of the payment, as in the guide's sample"},
		{"first-retry", []string{"schedule", "at-once"}, "eight tries of a notification, the first of them at once; or a first try, and then eight more that begin at once"},
		{"notify-time", []string{"request-time", "response-time"}, "the header of a notification with the time that was signed"},
		{"notification-uri", []string{"path", "path-query"}, "the part of its address that is signed of a notification: APO's guide verifies the path alone, though the address of its sample has a query; the text about signatures says path and query"},
		{"capture-notify-url", []string{"dashboard", "request"}, "whose address notifyCapture goes to first: APO's overview of notifications says the dashboard's, which here is --notify-url, and else the request's; of the other notifications the request's goes first"},
		{"wap-os-type", []string{"required", "optional"}, "env.osType of a buyer at terminalType WAP: the guide says to give it there, and its table of fields calls it not required"},
		{"notify-declines", []string{"yes", "no"}, "notifyPayment of what an acquirer declines: APO's page has an F for it; the flow in the guide has news when a payment is successful or expires, and F from pay is final by itself, but U is not. Failed 3DS checks and closed orders are told either way"},
		{"notify-lapse", []string{"no", "yes"}, "notifyCapture with AUTH_EXPIRED when an authorization ends uncaptured: the guide says that notifyCapture is sent when the payment succeeds or expires; APO's page on it tells the end of a capture that was asked for. It has the paymentRequestId as captureRequestId, and a captureId that no inquiry knows"},
		{"amount-11", []string{"off", "risk"}, "paymentAmount.value 11 is rejected by risk control (RISK_REJECT), as an older page of Antom's test values has it; a newer one runs several values together, so that nobody can tell which"},
		{"pay-after-cancel", []string{"no", "yes"}, "after a cancel, a buyer who has not submitted yet: Antom's other products say that the buyer cannot pay any more; APO's guide that S does not stop the buyer. Then the payment stays PROCESSING until the buyer pays, or is CANCELLED when the order closes"},
		{"request-time-window", []string{"off", "5m", "1h"}, "how far Request-Time may be from the time, the real one or the sandbox's; no page says that its age is checked. Beyond it is PARAM_ILLEGAL"},
		{"cancelled-code", []string{"ORDER_IS_CANCELED", "ORDER_IS_CANCELLED"}, "the code of a cancelled payment, in the spelling of one table or the other"},
		{"dispute-acquirers", []string{"all", "antom-paypal"}, "APO notifies disputes of the acquirers Antom (ALIPAY) and PayPal today; here they are told of every acquirer, so that a handler can be tried, or of those two alone"},
		{"ams-apis", []string{"off", "on"}, "Antom's other products have consult, updateAmount, acceptDispute, supplyDefenseDocument, downloadDisputeEvidence, and five more kinds of notifyDispute; APO has none of them, and disputes are answered at the acquirer"},
	}
}

// Options are the values of options by name; what is not in it has the default.
type Options map[string]string

// Set gives an option a value.
func (o *Options) Set(name, value string) error {
	for _, option := range AllOptions() {
		if option.Name != name {
			continue
		}
		if !slices.Contains(option.Values, value) {
			return fmt.Errorf("the option %s is one of %s, not %q", name, strings.Join(option.Values, ", "), value)
		}
		changed := maps.Clone(*o)
		if changed == nil {
			changed = Options{}
		}
		changed[name] = value
		*o = changed
		return nil
	}
	return fmt.Errorf("there is no option %q", name)
}

// value is what an option says.
func (o Options) value(name string) string {
	if v := o[name]; v != "" {
		return v
	}
	for _, option := range AllOptions() {
		if option.Name == name {
			return option.Values[0]
		}
	}
	panic("sandbox: there is no option " + name)
}

// is reports whether an option has been given a value.
func (o Options) is(name, value string) bool { return o[name] == value }

// waives reports whether a rule of the validation is one that only some sources have.
func (o Options) waives(v apo.Violation) bool {
	return o.is("wap-os-type", "optional") && v.Path == "env.osType" && v.Rule == "required"
}

// validate holds a request against what only some sources allow.
func (o Options) validate(api string, body []byte) any {
	if wanted := o.value("values"); wanted != "both" {
		if path := otherwise(gjson.ParseBytes(body), "", wanted); path != "" {
			return refuse("PARAM_ILLEGAL", path+" must be "+map[string]string{"strings": "a string", "typed": "a number, true or false, and no string"}[wanted])
		}
	}
	if wanted := o.value("expiry-year"); wanted != "both" && api == "pay" {
		year := gjson.GetBytes(body, "paymentMethod.paymentMethodMetaData.expiryYear").String()
		if year != "" && fmt.Sprint(len(year)) != wanted {
			return refuse("PARAM_ILLEGAL", "paymentMethod.paymentMethodMetaData.expiryYear must have "+wanted+" digits")
		}
	}
	if most := o.value("method-id"); most == "128" && api == "pay" && len(gjson.GetBytes(body, "paymentMethod.paymentMethodId").String()) > 128 {
		return refuse("PARAM_ILLEGAL", "paymentMethod.paymentMethodId is longer than 128 characters")
	}
	return nil
}

// isCount reports whether the samples and SDKs write a field as a number.
func isCount(path string) bool {
	switch path {
	case "env.colorDepth", "env.screenHeight", "env.screenWidth", "env.timeZoneOffset":
		return true
	}
	return false
}

// otherwise finds the first value that is not written as wanted: "strings", or
// "typed", where it is a string that holds true or false, or a field that is a
// number.
func otherwise(v gjson.Result, path, wanted string) (found string) {
	switch {
	case v.IsObject() || v.IsArray():
		v.ForEach(func(key, value gjson.Result) bool {
			inner := strings.TrimPrefix(path+"."+key.String(), ".")
			found = otherwise(value, inner, wanted)
			return found == ""
		})
	case wanted == "strings" && (v.Type == gjson.Number || v.Type == gjson.True || v.Type == gjson.False):
		return path
	case wanted == "typed" && v.Type == gjson.String && (v.Str == "true" || v.Str == "false" || isCount(path)):
		return path
	}
	return found
}
