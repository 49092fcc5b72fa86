package sandbox

import "github.com/apo-cli/apo/pkg/report"

// tariff is what an acquirer charges for one kind of card, in basis points, which the
// sandbox's seed decides. Either the three that the price is made of, or one blended
// rate.
type tariff struct {
	interchange, scheme, markup int64
	blended                     int64
	taxed                       bool // the blended rate is, at taxPercent
}

// What each acquirer charges beside its rate, in US cents: for a payment, capture,
// refund or return of money, and for a dispute.
const (
	processingCents = 10
	disputeCents    = 1500
	taxPercent      = 9
)

// isBlended reports whether an acquirer has one rate for all.
func isBlended(acquirer string) bool {
	switch acquirer {
	case "ALIPAY", "STRIPE", "PAYPAL", "2C2P":
		return true
	}
	return false
}

// tariff draws what an acquirer charges for cards of a brand and funding.
func (n ids) tariff(acquirer, brand, funding string) tariff {
	between := func(kind, key string, least, most int64) int64 {
		b := n.of("tariff "+kind, key).bytes(2)
		return least + (int64(b[0])<<8|int64(b[1]))%(most-least+1)
	}
	if isBlended(acquirer) {
		return tariff{blended: between("blended", acquirer, 240, 340), taxed: acquirer == "ALIPAY"}
	}
	t := tariff{
		interchange: between("interchange", brand+" "+funding, 120, 180),
		scheme:      between("scheme", brand, 10, 25),
		markup:      between("markup", acquirer, 15, 45),
	}
	if funding == "DEBIT" {
		t.interchange = between("interchange", brand+" "+funding, 20, 80)
	}
	return t
}

// fixed are the fees that do not depend on the amount, in smallest units.
type fixed struct{ processing, dispute int64 }

// charge gives a row its fees and its settlement amount, from what moves in the
// settlement currency. Where money goes back to the buyer, so does the interchange to
// the merchant, and no rate is charged.
func (t tariff) charge(r *report.Row, gross int64, currency string, f fixed) {
	left := gross
	fee := func(kind report.Fee, units int64) {
		if units != 0 {
			r.Fees[kind] = report.Money{Units: units, Currency: currency}
			left += units
		}
	}
	switch {
	case r.Type == report.Dispute:
		fee(report.DisputeHandlingFee, -f.dispute)
	case r.Type == report.DisputeReversal:
	case gross < 0:
		fee(report.InterchangeFee, -report.Share(gross, t.interchange))
		fee(report.ProcessingFee, -f.processing)
	default:
		blended := -report.Share(gross, t.blended)
		fee(report.PaymentMethodFee, blended)
		if t.taxed {
			fee(report.TaxFee, report.Share(blended, taxPercent*100))
		}
		fee(report.InterchangeFee, -report.Share(gross, t.interchange))
		fee(report.SchemeFee, -report.Share(gross, t.scheme))
		fee(report.AcquirerMarkup, -report.Share(gross, t.markup))
		fee(report.ProcessingFee, -f.processing)
	}
	r.Settlement = report.Money{Units: left, Currency: currency}
}

func fixedIn(currency string) fixed {
	return fixed{inCurrency(processingCents, currency), inCurrency(disputeCents, currency)}
}
