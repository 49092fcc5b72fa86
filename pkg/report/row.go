package report

import (
	"fmt"
	"time"
)

// Row is one transaction of a report. What is not set is an empty field.
type Row struct {
	BatchID    string // of the settlement
	CustomerID string
	Acquirer   string // acquirer, or PSP: "ADYEN"
	Reference  string // acquirerReferenceNo: its number at the acquirer
	ARN        string
	MerchantID string // referenceMerchantId
	StoreID    string // referenceStoreId

	Type              Type
	PaymentID         string
	OperationID       string // captureId, refundId, disputeId; "" where the payment's says it
	RequestID         string // transactionRequestId
	OriginalRequestID string // paymentRequestId of the payment that it belongs to
	ReferenceID       string // referenceTransactionId

	Order       string // orderDescription
	Method      string // paymentMethodType: "CARD"
	Wallet      string // wallet, or pspName
	Status      string
	ProductCode string

	Created, Updated, Completed time.Time
	Settled                     time.Time // settlementTime, or the date of settlementInitiatedDate

	Amount     Money
	Settlement Money // its Currency is "" where nothing is settled
	Converted  Money // the amount in the settlement currency, where that is another
	Quote      Quote
	Fees       [feeCount]Money

	CardBrand, CardCountry, Funding string
	LastFour, Issuer                string
}

// Settles reports whether the row has a settlement amount.
func (r *Row) Settles() bool { return r.Settlement.Currency != "" }

// Gross is the transaction's amount in the settlement currency.
func (r *Row) Gross() (int64, error) {
	if r.Amount.Currency == r.Settlement.Currency {
		return r.Amount.Units, nil
	}
	return r.Quote.Convert(r.Amount, r.Settlement.Currency)
}

// Check holds a row that settles against the formula: settlementAmountValue is gross
// and fees. Rows of fees and reserves, which have neither, stand outside of it.
func (r *Row) Check() error {
	if !r.Settles() {
		return nil
	}
	gross, err := r.Gross()
	if err != nil {
		return err
	}
	sum, fees := gross, false
	for i := range r.Fees {
		if r.Fees[i].Units == 0 {
			continue
		}
		fees = true
		if r.Fees[i].Currency != r.Settlement.Currency {
			return fmt.Errorf("a fee is in %s, and settled is in %s", r.Fees[i].Currency, r.Settlement.Currency)
		}
		if sum, err = plus(sum, r.Fees[i].Units); err != nil {
			return err
		}
	}
	if sum != r.Settlement.Units && (gross != 0 || fees) {
		return fmt.Errorf("settlementAmountValue is %s, and gross with fees is %s", r.Settlement, Money{sum, r.Settlement.Currency})
	}
	return nil
}
