package report

import (
	"slices"
	"strings"
)

// Columns are the names in the header of a report.
func Columns(k Kind, g Generation) []string {
	if g == Previous {
		return strings.Fields(previousColumns(k))
	}
	switch k {
	case Summary:
		return slices.Concat(strings.Fields(`settlementBatchId customerId PSP summaryType count settlementInitiatedDate settlementAmountValue settlementCurrency`), feeColumns(
			PaymentMethodFee, InterchangeFee, SchemeFee, AcquirerMarkup, ProcessingFee, TaxFee, RefundFee, DisputeHandlingFee))
	case Details:
		return slices.Concat(strings.Fields(`settlementBatchId customerId PSP ARN referenceMerchantId referenceStoreId transactionType transactionId
			transactionRequestId originalTransactionRequestId referenceTransactionId paymentMethodType wallet transactionCreationTime
			transactionUpdateTime transactionCompletionTime settlementInitiatedDate productCode`), amountColumns(), feeColumns(), []string{"cardBrand", "cardCountry"})
	}
	return slices.Concat(strings.Fields(`settlementBatchId customerId PSP ARN referenceMerchantId referenceStoreId transactionType transactionId
		transactionRequestId originalTransactionRequestId referenceTransactionId orderDescription paymentMethodType wallet status
		transactionCreationTime transactionUpdateTime transactionCompletionTime productCode`), amountColumns(), feeColumns(),
		strings.Fields(`cardBrand cardCountry 3DAuthentication 3DOffered accountHolderName originalCardSummary`),
		[]string{"cardNumber(Last 4 digits)", "issuer", "liabilityShift", "reason"})
}

// amountColumns are those of the current generation.
func amountColumns() []string {
	return strings.Fields(`transactionAmountValue transactionCurrency convertedTransactionAmountValue convertedCurrency
		settlementAmountValue settlementCurrency quoteCurrencyPair quotePrice`)
}

// feeColumns are those of some fees in the current generation, or of all that it has.
func feeColumns(which ...Fee) (list []string) {
	for _, f := range Fees() {
		if f.Current != "" && (len(which) == 0 || slices.Contains(which, f.Fee)) {
			list = append(list, f.Current, f.CurrentCurrency)
		}
	}
	return list
}

func previousColumns(k Kind) string {
	switch k {
	case Transactions:
		return `customerId acquirer acquirerReferenceNo referenceMerchantId referenceStoreId transactionId originalTransactionId transactionRequestId
			referenceTransactionId orderDescription paymentMethodType pspName transactionType paymentTime productCode transactionAmountValue
			transactionCurrency originalTransactionRequestId issuingCountry cardBrand funding`
	case Details:
		return `settlementBatchId customerId acquirer acquirerReferenceNo referenceMerchantId referenceStoreId transactionType transactionId
			originalTransactionId transactionRequestId originalTransactionRequestId referenceTransactionId orderDescription paymentMethodType pspName
			paymentTime settlementTime productCode transactionAmountValue transactionCurrency settlementAmountValue settlementCurrency
			quoteCurrencyPair quotePrice feeAmountValue feeCurrency taxFeeAmountValue taxFeeCurrency processingFeeAmountValue processingFeeCurrency
			nonGuaranteeCouponValue nonGuaranteeCouponCurrency disputeHandlingFee disputeHandlingFeeCurrency disputeReverseFee
			disputeReverseFeeCurrency installmentsNum issuingCountry cardBrand funding interchangeFeeAmountValue interchangeFeeCurrency
			schemeFeeAmountValue schemeFeeCurrency acquirerMarkupAmountValue acquirerMarkupCurrency`
	}
	return `settlementBatchId customerId acquirer summaryType settlementTime count settlementAmountValue settlementCurrency feeAmountValue feeCurrency
		taxFeeAmountValue taxFeeCurrency processingFeeAmountValue processingFeeCurrency nonGuaranteeCouponValue nonGuaranteeCouponCurrency
		disputeHandlingFee disputeHandlingFeeCurrency disputeReverseFee disputeReverseFeeCurrency interchangeFeeAmountValue interchangeFeeCurrency
		schemeFeeAmountValue schemeFeeCurrency acquirerMarkupAmountValue acquirerMarkupCurrency`
}

// field writes what a row has for a column; a field that is nil writes nothing.
type field func(*encoder, *Row)

// fieldOf is the field of a column. Columns that are not in it stay empty.
func fieldOf(column string, g Generation) field {
	switch column {
	case "transactionId":
		if g == Current {
			return func(e *encoder, r *Row) { e.text(r.PaymentID) }
		}
		return func(e *encoder, r *Row) { e.text(e.operation(r)) }
	case "originalTransactionId":
		return func(e *encoder, r *Row) {
			if r.OriginalRequestID != "" && !e.rules[r.Type].OfPayment {
				e.text(r.PaymentID)
			}
		}
	case "transactionType":
		return func(e *encoder, r *Row) { e.text(string(r.Type.In(g))) }
	}
	for _, of := range []func(string) field{textOf, timeOf, amountOf, feeOf(g)} {
		if f := of(column); f != nil {
			return f
		}
	}
	return nil
}

func textOf(column string) field {
	switch column {
	case "settlementBatchId":
		return func(e *encoder, r *Row) { e.text(r.BatchID) }
	case "customerId":
		return func(e *encoder, r *Row) { e.text(r.CustomerID) }
	case "PSP", "acquirer":
		return func(e *encoder, r *Row) { e.text(r.Acquirer) }
	case "acquirerReferenceNo":
		return func(e *encoder, r *Row) { e.text(r.Reference) }
	case "ARN":
		return func(e *encoder, r *Row) { e.text(r.ARN) }
	case "referenceMerchantId":
		return func(e *encoder, r *Row) { e.text(r.MerchantID) }
	case "referenceStoreId":
		return func(e *encoder, r *Row) { e.text(r.StoreID) }
	case "transactionRequestId":
		return func(e *encoder, r *Row) { e.text(r.RequestID) }
	case "originalTransactionRequestId":
		return func(e *encoder, r *Row) { e.text(r.OriginalRequestID) }
	case "referenceTransactionId":
		return func(e *encoder, r *Row) { e.text(r.ReferenceID) }
	case "orderDescription":
		return func(e *encoder, r *Row) { e.text(r.Order) }
	case "paymentMethodType":
		return func(e *encoder, r *Row) { e.text(r.Method) }
	case "wallet", "pspName":
		return func(e *encoder, r *Row) { e.text(r.Wallet) }
	case "status":
		return func(e *encoder, r *Row) { e.text(r.Status) }
	case "productCode":
		return func(e *encoder, r *Row) { e.text(r.ProductCode) }
	case "quoteCurrencyPair":
		return func(e *encoder, r *Row) { e.text(r.Quote.Pair) }
	case "quotePrice":
		return func(e *encoder, r *Row) { e.text(r.Quote.Price) }
	case "cardBrand":
		return func(e *encoder, r *Row) { e.text(r.CardBrand) }
	case "cardCountry", "issuingCountry":
		return func(e *encoder, r *Row) { e.text(r.CardCountry) }
	case "funding":
		return func(e *encoder, r *Row) { e.text(r.Funding) }
	case "cardNumber(Last 4 digits)":
		return func(e *encoder, r *Row) { e.text(r.LastFour) }
	case "issuer":
		return func(e *encoder, r *Row) { e.text(r.Issuer) }
	}
	return nil
}

func timeOf(column string) field {
	switch column {
	case "transactionCreationTime":
		return func(e *encoder, r *Row) { e.time(r.Created) }
	case "transactionUpdateTime":
		return func(e *encoder, r *Row) { e.time(r.Updated) }
	case "transactionCompletionTime", "paymentTime":
		return func(e *encoder, r *Row) { e.time(r.Completed) }
	case "settlementTime":
		return func(e *encoder, r *Row) { e.time(r.Settled) }
	case "settlementInitiatedDate":
		return func(e *encoder, r *Row) { e.date(r.Settled) }
	}
	return nil
}

func amountOf(column string) field {
	switch column {
	case "transactionAmountValue":
		return func(e *encoder, r *Row) { e.amount(r.Amount) }
	case "transactionCurrency":
		return func(e *encoder, r *Row) { e.text(r.Amount.Currency) }
	case "settlementAmountValue":
		return func(e *encoder, r *Row) { e.amount(r.Settlement) }
	case "settlementCurrency":
		return func(e *encoder, r *Row) { e.text(r.Settlement.Currency) }
	case "convertedTransactionAmountValue":
		return func(e *encoder, r *Row) { e.amount(r.Converted) }
	case "convertedCurrency":
		return func(e *encoder, r *Row) { e.text(r.Converted.Currency) }
	}
	return nil
}

func feeOf(g Generation) func(string) field {
	return func(column string) field {
		for _, f := range Fees() {
			amount, currency := f.Current, f.CurrentCurrency
			if g == Previous {
				amount, currency = f.Previous, f.PreviousCurrency
			}
			switch column {
			case amount:
				return func(e *encoder, r *Row) { e.amount(r.Fees[f.Fee]) }
			case currency:
				return func(e *encoder, r *Row) { e.text(r.Fees[f.Fee].Currency) }
			}
		}
		return nil
	}
}
