package sandbox

import (
	"time"

	"github.com/apo-cli/apo/pkg/report"
)

// statement makes rows of financial reports of the books. What a row says is a function
// of the seed and of the books, so that each report of them says the same.
type statement struct {
	ids     ids
	row     report.Row // the one that is handed out
	tariffs map[cardKind]tariff
	quotes  map[[2]string]report.Quote
	fixed   map[string]fixed
}

// cardKind is what a tariff depends on.
type cardKind struct{ acquirer, brand, funding string }

func newStatement(n ids) *statement {
	return &statement{ids: n, tariffs: map[cardKind]tariff{}, quotes: map[[2]string]report.Quote{}, fixed: map[string]fixed{}}
}

// customer is the customerId of the sandbox's merchant.
func (n ids) customer() string { return "2188" + n.of("customer", "").digits(12) }

// settlement is the settlementBatchId of what is settled on a day in a currency.
func (n ids) settlement(day time.Time, currency string) string {
	date := day.UTC().Format("20060102")
	return date + n.of("settlement", date+" "+currency).digits(10)
}

// rows hands out the rows of a payment, its transactions and disputes, as far as they
// were successful; each counts until the next one.
//
// A payment that was captured automatically is one PAYMENT. Every other one is an
// AUTHORIZATION, and each capture a CAPTURE.
func (s *statement) rows(b *booked, add func(*report.Row) error) error {
	whole, err := b.Amount.Units()
	if err != nil {
		return err
	}
	automatic := s.automatic(b)
	if !b.Paid.IsZero() && automatic < 0 {
		r := s.begin(b, report.Authorization, b.RequestID, b.Paid)
		r.Amount.Units = whole
		if err := add(r); err != nil {
			return err
		}
	}
	for i, t := range b.transactions {
		if t.Status != success {
			continue
		}
		if err := s.moved(b, &t, i == automatic, add); err != nil {
			return err
		}
	}
	for _, d := range b.disputes {
		if err := s.disputed(b, d, add); err != nil {
			return err
		}
	}
	if b.Status != cancelled || b.Code == "AUTH_EXPIRED" {
		return nil
	}
	r := s.begin(b, report.Cancel, b.RequestID, b.Cancelled)
	r.OriginalRequestID, r.Amount.Units = b.RequestID, -whole
	if captured := b.done("CAPTURE"); captured > 0 {
		r.Amount.Units = -captured
		if err := s.settle(r, b); err != nil {
			return err
		}
	}
	return add(r)
}

// automatic is which of a payment's transactions is APO's own capture of it; -1: none
// that was successful.
func (s *statement) automatic(b *booked) int {
	if b.CaptureMode != "AUTOMATIC" {
		return -1
	}
	for i, t := range b.transactions {
		if t.Kind == "CAPTURE" && t.Status == success && (t.RequestID == b.RequestID || t.RequestID == s.ids.automaticCapture(b.RequestID)) {
			return i
		}
	}
	return -1
}

// moved hands out the row of a capture or refund.
func (s *statement) moved(b *booked, t *transaction, automatic bool, add func(*report.Row) error) error {
	units, err := t.Amount.Units()
	if err != nil {
		return err
	}
	kind := report.Capture
	switch {
	case automatic:
		kind = report.Payment
	case t.Kind == "REFUND":
		kind, units = report.Refund, -units
	}
	r := s.begin(b, kind, t.RequestID, t.Time)
	r.Amount.Units = units
	r.ARN = arn(t.ID)
	if automatic {
		r.RequestID, r.Created = b.RequestID, b.Created
	} else {
		r.OperationID, r.OriginalRequestID, r.Created = t.ID, b.RequestID, t.Time
		s.at(r, t.Acquirer)
	}
	if err := s.settle(r, b); err != nil {
		return err
	}
	return add(r)
}

// disputed hands out the rows of a dispute: what it takes when it is opened comes back
// when it is won or taken back.
func (s *statement) disputed(b *booked, d dispute, add func(*report.Row) error) error {
	units, err := d.Amount.Units()
	if err != nil {
		return err
	}
	row := func(kind report.Type, at time.Time, units int64) error {
		r := s.begin(b, kind, "", at)
		r.OperationID, r.OriginalRequestID, r.Created, r.Amount.Units = d.ID, b.RequestID, d.Opened, units
		if err := s.settle(r, b); err != nil {
			return err
		}
		return add(r)
	}
	if err := row(report.Dispute, d.Opened, -units); err != nil || d.Ended.IsZero() || d.lost() {
		return err
	}
	return row(report.DisputeReversal, d.Ended, units)
}

// arn is the acquirer reference number of a transaction, which the card schemes know it
// by: 23 digits.
func arn(id string) string {
	if len(id) < 22 {
		return ""
	}
	return "7" + id[len(id)-22:]
}

// begin is the row of something that was done to a payment, without what it moved.
func (s *statement) begin(b *booked, kind report.Type, requestID string, done time.Time) *report.Row {
	r := &s.row
	*r = report.Row{
		Type: kind, PaymentID: b.ID, RequestID: requestID, Order: b.Description, Method: "CARD", Status: "SUCCESS", ProductCode: "CASHIER_PAYMENT",
		Created: b.Created, Updated: done, Completed: done, Amount: report.Money{Currency: b.Amount.Currency},
		CardBrand: b.Card.Brand, CardCountry: b.Card.Region, Funding: b.Card.Funding, LastFour: b.Card.LastFour, Issuer: b.Card.Issuer,
	}
	s.at(r, b.Acquirer)
	return r
}

// at gives a row its numbers at the acquirer, as the answers tell them.
func (s *statement) at(r *report.Row, a acquirerInfo) {
	r.Acquirer, r.Reference, r.ReferenceID = a.Name, a.TransactionID, a.ReferenceRequestID
}

// settle gives a row its fees and what is paid out for it, in the currency that was
// asked for. Antom alone pays out in another one than was paid.
func (s *statement) settle(r *report.Row, b *booked) error {
	r.Status = "TO_BE_SETTLED"
	currency, gross := r.Amount.Currency, r.Amount.Units
	if wanted := b.SettleIn; wanted != "" && wanted != currency && b.Acquirer.Name == "ALIPAY" {
		if quote := s.quote(currency, wanted); quote.Pair != "" {
			converted, err := quote.Convert(r.Amount, wanted)
			if err != nil {
				return err
			}
			currency, gross = wanted, converted
			r.Quote, r.Converted = quote, report.Money{Units: gross, Currency: currency}
		}
	}
	card := cardKind{b.Acquirer.Name, b.Card.Brand, b.Card.Funding}
	price, known := s.tariffs[card]
	if !known {
		price = s.ids.tariff(card.acquirer, card.brand, card.funding)
		s.tariffs[card] = price
	}
	costs, known := s.fixed[currency]
	if !known {
		costs = fixedIn(currency)
		s.fixed[currency] = costs
	}
	price.charge(r, gross, currency, costs)
	return nil
}

func (s *statement) quote(a, b string) report.Quote {
	pair := [2]string{a, b}
	q, known := s.quotes[pair]
	if !known {
		q, _ = quoteOf(a, b)
		s.quotes[pair] = q
	}
	return q
}
