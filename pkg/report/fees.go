package report

// Fee is one of the fees that a row can have. A charge is negative.
type Fee int

// All fees, in the order of their columns.
const (
	PaymentMethodFee Fee = iota // the blended rate
	InterchangeFee
	SchemeFee
	AcquirerMarkup
	ProcessingFee
	TaxFee
	RefundFee
	DisputeHandlingFee
	FinancingFee
	RDRFee
	AnticipationFee
	RiskDecisionServiceFee
	RiskManagementFee
	CDRNFee
	IOFFee
	WithholdingTax
	FXFee
	AccountUpdaterFee
	NetworkTokenFee
	RevenueBoosterFee
	NonGuaranteeCoupon // of the previous generation alone
	DisputeReverseFee  // of the previous generation alone
	feeCount
)

// FeeColumns are the columns of a fee: its amount and its currency; "" in a
// generation that does not have it.
type FeeColumns struct {
	Fee                        Fee
	Current, CurrentCurrency   string
	Previous, PreviousCurrency string
}

// Fees are the columns of all fees. Their names do not follow one pattern.
func Fees() []FeeColumns {
	return []FeeColumns{
		{PaymentMethodFee, "paymentMethodFeeAmountValue", "paymentMethodFeeCurrency", "feeAmountValue", "feeCurrency"},
		{InterchangeFee, "interchangeFeeAmountValue", "interchangeFeeCurrency", "interchangeFeeAmountValue", "interchangeFeeCurrency"},
		{SchemeFee, "schemeFeeAmountValue", "schemeFeeCurrency", "schemeFeeAmountValue", "schemeFeeCurrency"},
		{AcquirerMarkup, "acquirerMarkupAmountValue", "acquirerMarkupCurrency", "acquirerMarkupAmountValue", "acquirerMarkupCurrency"},
		{ProcessingFee, "processingFeeAmountValue", "processingFeeCurrency", "processingFeeAmountValue", "processingFeeCurrency"},
		{TaxFee, "taxFeeAmountValue", "taxFeeCurrency", "taxFeeAmountValue", "taxFeeCurrency"},
		{RefundFee, "refundFeeAmountValue", "refundFeeCurrency", "", ""},
		{DisputeHandlingFee, "disputeHandlingFee", "disputeHandlingFeeCurrency", "disputeHandlingFee", "disputeHandlingFeeCurrency"},
		{FinancingFee, "financingFeeAmountValue", "financingFeeCurrency", "", ""},
		{RDRFee, "rdrFeeAmountValue", "rdrFeeCurrency", "", ""},
		{AnticipationFee, "anticipationFeeAmountValue", "anticipationFeeCurrency", "", ""},
		{RiskDecisionServiceFee, "riskDecisionServiceFeeAmountValue", "riskDecisionServiceFeeCurrency", "", ""},
		{RiskManagementFee, "riskManagementFeeAmountValue", "riskManagementFeeCurrency", "", ""},
		{CDRNFee, "cdrnFeeAmountValue", "cdrnFeeCurrency", "", ""},
		{IOFFee, "iofFeeAmountValue", "iofFeeCurrency", "", ""},
		{WithholdingTax, "withholdingTaxAmountValue", "withholdingTaxFeeCurrency", "", ""},
		{FXFee, "fxFeeAmountValue", "fxFeeAmountCurrency", "", ""},
		{AccountUpdaterFee, "rtauServiceFeeAmountValue", "rtauServiceFeeCurrency", "", ""},
		{NetworkTokenFee, "ntServiceFeeAmountValue", "ntServiceFeeCurrency", "", ""},
		{RevenueBoosterFee, "revenueBoosterServiceFeeAmountValue", "revenueBoosterServiceFeeCurrency", "", ""},
		{NonGuaranteeCoupon, "", "", "nonGuaranteeCouponValue", "nonGuaranteeCouponCurrency"},
		{DisputeReverseFee, "", "", "disputeReverseFee", "disputeReverseFeeCurrency"},
	}
}
