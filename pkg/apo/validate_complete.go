package apo

// completion is verifyAndCompletePayment. Sources name the API and say nothing of its
// fields; these are pay's own, of a payment that is named as everywhere.
func (v *validation) completion() {
	v.oneOf("paymentId", "paymentRequestId")
	v.fields(v.doc, "", []field{
		{name: "paymentVerificationData", kind: anObject},
		{name: "mpiData", kind: anObject, in: mpiFields()},
		{name: "paymentMethod", kind: anObject, in: []field{
			{name: "paymentMethodMetaData", kind: anObject, in: []field{{name: "mpiData", kind: anObject, in: mpiFields()}}},
		}},
	})
}

// mpiFields are those of a 3DS result that the merchant has from elsewhere.
func mpiFields() []field {
	return []field{
		{name: "threeDSVersion", kind: aWord, words: "1.0.2 2.1.0 2.2.0"},
		{name: "eci", kind: aWord, words: "00 01 02 05 06 07"},
		{name: "cavv", most: 64},
		{name: "dsTransactionId", most: 64},
	}
}
