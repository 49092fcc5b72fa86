// Package sign makes and checks the signatures of Antom Payment Orchestration.
//
// Every request, every answer and every notification of the gateway carries a
// Signature header over one text, the content:
//
//	<method> <path with query>\n<client ID>.<time>.<body>
//
// Its value is the base64 of an RSASSA-PKCS1-v1_5 signature with SHA-256,
// form-url-encoded. Three parties sign: the merchant its requests, Antom its
// answers (over the path of the request) and its notifications (over the path
// of the merchant's address).
//
//	key, err := sign.ParsePrivateKey(pem)
//	header, err := sign.Sign(key, "1", sign.Message{
//		Method:   "POST",
//		Path:     "/ams/sandbox/api/v1/payments/pay",
//		ClientID: "SANDBOX_5X00000000000000",
//		Time:     "1735689600000",
//		Body:     body,
//	})
//	err = sign.Verify(antom, message, header)
//
// Package diagnose, beside this one, finds out why a signature does not verify.
//
// The body is signed byte for byte. JSON that was decoded and encoded again is
// another body, and the most frequent reason why a signature does not verify.
//
// The package holds no state, reads no file and knows no terminal. No error it
// returns contains a key or a body.
package sign
