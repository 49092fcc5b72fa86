package apo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

func ExampleClient_Pay() {
	gateway := httptest.NewServer(http.HandlerFunc(authorize))
	defer gateway.Close()

	address, err := apo.ParseGateway(gateway.URL) // "sea", "na" or "eu" for Antom's own
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &apo.Client{
		Gateway:  address,
		ClientID: "SANDBOX_5Y0000000000001",
		Key:      exampleKey("merchant"),
		AntomKey: exampleKey("antom").Public(),
	}
	amount := apo.Amount{Currency: "SGD", Value: "4200"}
	answer, err := client.Pay(context.Background(), apo.PayRequest{
		ProductCode:      "CASHIER_PAYMENT",
		PaymentRequestID: "order-4711-1",
		PaymentAmount:    &amount,
		Order: &apo.Order{
			ReferenceOrderID: "order-4711", OrderDescription: "one ticket", Buyer: &apo.Buyer{ReferenceBuyerID: "buyer-1"},
		},
		PaymentMethod:      &apo.Method{PaymentMethodType: "CARD", PaymentMethodID: "ALIPAYsavedCard"},
		PaymentFactor:      &apo.Factor{IsAuthorization: true, CaptureMode: "MANUAL"},
		PaymentRedirectURL: "https://shop.example/return",
		Env:                &apo.Env{TerminalType: "WEB", ClientIP: "203.0.113.7"},
	})

	var failed *apo.Error
	switch {
	case errors.As(err, &failed) && failed.Kind == apo.Unreachable:
		fmt.Println("nothing was sent:", failed)
	case errors.As(err, &failed):
		fmt.Println("it may have been paid; ask with InquiryPayment:", failed)
	case err != nil:
		fmt.Println(err)
	case answer.Result.Status == "S" && !answer.Unsigned:
		payment := apo.ReadPayment(answer)
		fmt.Println("authorized", payment.Amount, "as", payment.PaymentID)
	default: // a U is not known yet, and an F may still leave it open: pkg/operate finds out
		fmt.Println("not known yet; ask with InquiryPayment:", answer.Result.Code)
	}
	// Output: authorized SGD 42.00 as 20250601194010890100111600255689113
}

// authorize answers as the gateway does, with its signature.
func authorize(w http.ResponseWriter, r *http.Request) {
	const answer = `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"success."},` +
		`"paymentRequestId":"order-4711-1","paymentId":"20250601194010890100111600255689113",` +
		`"paymentAmount":{"currency":"SGD","value":"4200"}}`
	at := r.Header.Get("Request-Time")
	signature, err := sign.Sign(exampleKey("antom"), "1", sign.Message{
		Method: r.Method, Path: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: at, Body: []byte(answer),
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Signature", signature)
	w.Header().Set("Response-Time", at)
	w.Header().Set("Client-Id", r.Header.Get("Client-Id"))
	io.WriteString(w, answer)
}

func exampleKey(owner string) *sign.PrivateKey {
	text, err := os.ReadFile("testdata/keys/" + owner + ".pem")
	if err != nil {
		panic(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		panic(err)
	}
	return key
}
