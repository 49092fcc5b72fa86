package diagnose

import "strings"

// members puts a member back that was dropped since it was null or empty, one of
// those that APO's messages are documented to have.
func (v *values) members(try func(...splice) bool) bool {
	if len(v.drops) > 2*fewPlaces {
		return true
	}
	for _, value := range []string{"null", `""`, "[]", "{}"} {
		for name := range strings.FieldsSeq(documentedMembers) {
			for _, g := range v.drops {
				if !try(g.holding(name, value)) {
					return false
				}
			}
		}
	}
	return v.twoNulls(try)
}

// twoNulls puts two members back that were null, of those that are null most often:
// who drops one drops all.
func (v *values) twoNulls(try func(...splice) bool) bool {
	if len(v.drops) > fewPlaces/2 {
		return true
	}
	for name := range strings.FieldsSeq(oftenNull) {
		for other := range strings.FieldsSeq(oftenNull) {
			if name == other {
				continue
			}
			for i, g := range v.drops {
				one, two := g.holding(name, "null"), g.holding(other, "null")
				if one.with += two.with; !try(one) {
					return false
				}
				for _, h := range v.drops[:i] {
					if !try(g.holding(name, "null"), h.holding(other, "null")) {
						return false
					}
				}
			}
		}
	}
	return true
}

// gap is a place in an object where a member may stand.
type gap struct {
	at          int
	front, back string // what separates it from its neighbours
	colon       string
}

// holding is a gap with a member in it.
func (g gap) holding(name, value string) splice {
	return splice{g.at, g.at, g.front + `"` + name + `"` + g.colon + value + g.back}
}

const oftenNull = `metadata customizedInfo pspCustomerInfo promotionResult promotionResults grossSettlementAmount settlementQuote exemptionType
	acquirerReferenceNo authExpiryTime paymentTime arn rrn redirectActionForm`

// documentedMembers are those of notifications and answers that need not have a
// value.
const documentedMembers = `metadata customizedInfo pspCustomerInfo promotionResult promotionResults grossSettlementAmount settlementQuote
	customsDeclarationAmount processingAmount paymentQuote retryInfo updateRequestId subscriptionOrderId taxCalculationId paymentMethodType
	authExpiryTime acquirerReferenceNo acquirerInfo paymentResultInfo threeDSResult paymentTime paymentCreateTime captureTime refundTime
	arn rrn actualRefundAmount refundAmount captureAmount captureId transactions redirectActionForm merchantAccountId cardInfo authPaymentId
	earliestSettlementTime transit surcharge normalUrl schemeUrl applinkUrl appIdentifier paymentData challengeActionForm
	acquirerName acquirerMerchantId acquirerTransactionId referenceRequestId acquirerResultCode acquirerResultMessage acquirerMerchantName
	acquirerReasonDescription acquirerCardToken ptspTransactionId
	cardNo cardBrand cardToken cardBin lastFour expiryMonth expiryYear funding issuerName issuingCountry paymentMethodRegion fingerprint
	holdName cardholderName avsResultRaw cvvResultRaw networkTransactionId refusalCodeRaw refusalReasonRaw merchantAdviceCode cardCategory
	credentialTypeUsed exemptionRequested authorizationCode creditPayPlan accountNo userAuthorizationStatus
	incrementalAuthorizationAvailable extendedAuthorizationAvailable refundOnAuthorizationAvailable
	threeDSVersion eci cavv dsTransactionId xid threeDStransactionStatusReason challengeCancel challenged threeDSOffered exemptionType
	threeDSType paResStatus liabilityShift resultMessage
	disputeReasonMsg disputeReasonCode disputeSource defenseDueTime disputeJudgedTime disputeJudgedAmount disputeJudgedResult
	disputeAcceptReason disputeAcceptTime disputeType defendable autoDefendReason vaultingRequestId paymentMethodDetail vaultingCreateTime`
