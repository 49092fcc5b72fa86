package operate_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// A payment, and the one value that says what became of it. Without a journal
// nothing is written down, and no duplicate is noticed: give a program that moves
// real money one ([journal.Open]).
func ExampleOperator_Send() {
	box, err := sandbox.Open(sandbox.Config{}) // in place of APO, in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer box.Close()
	c := box.Credentials()
	gateway, err := apo.ParseGateway("http://127.0.0.1:4242")
	if err != nil {
		fmt.Println(err)
		return
	}
	operator := &operate.Operator{
		Client: &apo.Client{
			Gateway: gateway, ClientID: c.ClientID, Key: c.Key, AntomKey: c.AntomKey,
			HTTP: &http.Client{Transport: box.Transport()},
		},
		Patience: operate.Patience{Lost: time.Minute, Absent: operate.DefaultAbsent()},
	}
	pay, err := apo.FindEndpoint("pay")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := operator.Send(context.Background(), operate.Request{Endpoint: pay, Body: []byte(`{
		"productCode": "CASHIER_PAYMENT", "paymentRequestId": "order-1-try-1",
		"paymentAmount": {"currency": "SGD", "value": "4200"},
		"order": {"referenceOrderId": "order-1", "orderDescription": "tea", "orderAmount": {"currency": "SGD", "value": "4200"}, "buyer": {"referenceBuyerId": "buyer-1"}},
		"paymentMethod": {"paymentMethodType": "CARD", "paymentMethodMetaData": {"cardNo": "4054695723100768", "expiryYear": "35", "expiryMonth": "12", "cvv": "123", "cardholderName": {"firstName": "Test", "lastName": "Buyer"}}},
		"paymentFactor": {"isAuthorization": true, "captureMode": "MANUAL"},
		"paymentRedirectUrl": "https://shop.example/return",
		"env": {"terminalType": "WEB", "clientIp": "203.0.113.7"}
	}`)})
	switch r.Outcome {
	case apo.Succeeded:
		fmt.Println("authorized", r.Amount)
	case apo.Declined, apo.Cancelled:
		fmt.Println("no money moved:", r.Code)
	default: // pending, in doubt, not sent …
		fmt.Println(r.Outcome, "may have moved money:", r.MoneyMayHaveMoved())
	}
	// Output: authorized SGD 42.00
}
