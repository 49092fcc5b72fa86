// Package apo is a client of Antom Payment Orchestration (APO), the gateway
// that takes a merchant's card payments to many acquirers.
//
//	client := &apo.Client{Gateway: gateway, ClientID: id, Key: key, AntomKey: antom}
//	answer, err := client.Pay(ctx, request)
//
// A request is signed as the exact bytes that are sent. An answer is read only
// after its signature verified over the exact bytes received, and then as
// strict JSON: see [Client.Call] for what makes an answer one. Whatever is not
// a usable answer is an [*Error], and its Kind says whether the request can
// have taken effect: a timeout is never a failure of the payment.
//
// APO's results keep their meaning: S succeeded, F was refused, U is not known
// yet. What an F says about the money is in the catalogue ([Lookup]). This package
// tells what an answer says; package operate finds out what became of a request.
//
// Amounts are integers in the smallest unit of the currency, as strings, as
// APO has them: 4200 SGD is SGD 42.00, 4200 JPY is JPY 4200. No float occurs.
//
// The package holds no state, knows no terminal and reads no file.
package apo
