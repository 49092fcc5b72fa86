package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// A merchant's test: three lines bring up an APO, which is then paid at over
// HTTP and notifies the merchant's own server.
func Example() {
	shop, news := exampleShop()
	defer shop.Close()

	box, err := sandbox.Open(sandbox.Config{NotifyURL: shop.URL + "/hooks/apo"})
	if err != nil {
		panic(err) // in a test: t.Fatal
	}
	defer box.Close()
	server := httptest.NewServer(box)
	defer server.Close()

	gateway, err := apo.ParseGateway(server.URL)
	if err != nil {
		panic(err)
	}
	who := box.Credentials()
	client := &apo.Client{Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey}
	answer, err := client.Pay(context.Background(), examplePayment())
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Result.Status, answer.Result.Code)
	fmt.Println(<-news)
	// Output:
	// S SUCCESS
	// PAYMENT_RESULT of demo-0001: SUCCESS
}

// exampleShop is the merchant's server: it acknowledges what it is told. A real
// one verifies the signature first.
func exampleShop() (server *httptest.Server, news <-chan string) {
	told := make(chan string, 10)
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		of := gjson.GetManyBytes(body, "notifyType", "paymentRequestId", "result.resultCode")
		told <- fmt.Sprintf("%s of %s: %s", of[0], of[1], of[2])
		_, _ = io.WriteString(w, `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`)
	})), told
}

func examplePayment() apo.PayRequest {
	amount := &apo.Amount{Currency: "SGD", Value: "4200"} // SGD 42.00
	card, _ := sandbox.FindTestCard("visa")
	return apo.PayRequest{
		ProductCode: "CASHIER_PAYMENT", PaymentRequestID: "demo-0001", PaymentAmount: amount,
		Order: &apo.Order{ReferenceOrderID: "order-1", OrderDescription: "a hat", OrderAmount: amount, Buyer: &apo.Buyer{ReferenceBuyerID: "buyer-1"}},
		PaymentMethod: &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{
			CardNo: card.Number, ExpiryYear: "35", ExpiryMonth: "12", CVV: card.CVV(), CardholderName: &apo.PersonName{FirstName: "Ada", LastName: "Example"},
		}},
		PaymentFactor:      &apo.Factor{IsAuthorization: true, CaptureMode: "MANUAL"},
		PaymentRedirectURL: "https://shop.example/return",
		Env:                &apo.Env{TerminalType: "WEB", ClientIP: "203.0.113.7"},
	}
}
