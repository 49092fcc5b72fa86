package routing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// The events that rules are for.
const (
	Received = "payment.received"
	Failed   = "payment.failed" // an acquirer has declined
)

// Field is one that a condition can ask for beside those of the pay request, which are
// named by their path: "order.buyer.buyerEmail", "order.goods.0.goodsCategory".
type Field struct {
	Name    string // "cardBrand"
	Meaning string
	On      string // the one event that it is known of; "" both
}

// Fields lists them.
func Fields() []Field {
	return []Field{
		{"cardBrand", "brand of the card, such as VISA", ""},
		{"cardBin", "the first six digits of the card", ""},
		{"issuingCountry", "country of the card's issuer, such as SG", ""},
		{"amount", "paymentAmount.value: a whole number of the smallest unit of its currency", ""},
		{"currency", "paymentAmount.currency, such as SGD", ""},
		{"resultCode", "the code with which the last acquirer declined", Failed},
		{"acquirer", "the acquirer that declined last", Failed},
	}
}

// A payment's values are kept by slots. The first are those of these fields, and behind
// them come the paths that the rules ask for.
const (
	slotBrand = iota
	slotBin
	slotCountry
	slotCode
	slotAcquirer
	firstPath
)

// mostPaths is how many paths of the request one set of rules can ask for.
const mostPaths = 27

// values are what a payment has in each slot; "" is nothing.
type values [firstPath + mostPaths]string

// slotOf finds the slot of a field, and gives it one where it has none yet.
func (r *Rules) slotOf(field string) (int, error) {
	switch field {
	case "cardBrand":
		return slotBrand, nil
	case "cardBin":
		return slotBin, nil
	case "issuingCountry":
		return slotCountry, nil
	case "resultCode":
		return slotCode, nil
	case "acquirer":
		return slotAcquirer, nil
	}
	path := pathOf(field)
	if i := slices.Index(r.paths, path); i >= 0 {
		return firstPath + i, nil
	}
	if len(r.paths) == mostPaths {
		return 0, fmt.Errorf("the rules ask for more than %d fields of the request", mostPaths)
	}
	slot := firstPath + len(r.paths)
	r.paths = append(r.paths, path)
	r.tree = r.tree.with(strings.Split(path, "."), slot)
	return slot, nil
}

// pathOf is the path at which the request has a field.
func pathOf(field string) string {
	switch field {
	case "amount":
		return "paymentAmount.value"
	case "currency":
		return "paymentAmount.currency"
	}
	return field
}

// checkField tells what is wrong with a field of a condition.
func checkField(field, on, op string) error {
	i := slices.IndexFunc(Fields(), func(f Field) bool { return f.Name == field })
	if i >= 0 {
		if only := Fields()[i].On; only != "" && only != on {
			return fmt.Errorf("%s is known on %s alone: before, nobody has declined", field, only)
		}
		return nil
	}
	if instead, secret := secretFields()[field]; secret {
		return fmt.Errorf("%s is data of the card, which no rule may hold; %s", field, instead)
	}
	whole, known := apo.PayField(field)
	switch {
	case !known:
		return fmt.Errorf("%q is neither a field of the pay request nor one of %s", field, fieldNames())
	case whole && op != "exists":
		return fmt.Errorf("%s has fields and no value of its own: exists is all that can be asked of it", field)
	}
	return nil
}

// secretFields are those that are never compared, and what can be asked instead.
func secretFields() map[string]string {
	const meta = "paymentMethod.paymentMethodMetaData."
	const other = "ask for another field"
	return map[string]string{
		meta + "cardNo":                 "cardBin and cardBrand are told of it",
		meta + "cvv":                    other,
		meta + "expiryYear":             other,
		meta + "expiryMonth":            other,
		meta + "cardPasswordDigest":     other,
		meta + "mpiData.cavv":           other,
		"paymentMethod.paymentMethodId": "cardBin and cardBrand are told of a saved card too",
	}
}

func fieldNames() string {
	var names []string
	for _, f := range Fields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// brands are the words of apo.Brand, and those of APO for cards that carry two of them
// or are called by their issuer.
func brands() []string {
	return []string{
		"AMEX", "CARNET", "CARTES_BANCAIRES", "CUP", "DINERS", "DISCOVER", "ELO", "HIPERCARD", "HYUNDAI", "JCB", "KOREAN", "MAESTRO",
		"MASTERCARD", "MIR", "RUPAY", "TROY", "UATP", "VISA",
	}
}
