package sign_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/apo-cli/apo/pkg/sign"
)

func ExampleSign() {
	text, err := os.ReadFile("testdata/keys/throwaway-rsa2048-pkcs8.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	header, err := sign.Sign(key, "1", sign.Message{
		Method:   "POST",
		Path:     "/ams/sandbox/api/v1/payments/inquiryPayment",
		ClientID: "SANDBOX_5Y0000000000001",
		Time:     "1735689600000",
		Body:     []byte(`{"paymentRequestId":"demo-0001"}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("Signature:", header)
	// Output:
	// Signature: algorithm=RSA256,keyVersion=1,signature=baIcDYYTfJVSzz8cfZvlIXCcNlMMIS%2FtcwK25MOwf55uW40khOfesHqy7%2B%2BDvFONAwhnGD9%2BbUBp3aQPR4FvUsgG7TszCtkg7dECzHIcYuJkrgn16JGUCasMlKey410%2BhkPZc%2Fl5MF3sJc%2BMhsZQUQ2v7EVgGa7o6r%2BXqYlB7HLkHyGWiVRWtYzvT1OZN0tAgbsr%2FZIDoxQ5nQr1F0p%2ForrAlXhaYNM78G%2BGzMI2A34kD4dvu9sdQEABLDf3SJbcAZmLCddbV103IdNDdWg9MbPXbpd%2FkNvqhMbxl2xGx18%2F9864ltcjCquqPXH%2FdjMxEk%2Fs13raX8w3JNA64UNMww%3D%3D
}

func ExampleVerify() {
	text, err := os.ReadFile("testdata/keys/throwaway-rsa2048-spki.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	antom, err := sign.ParsePublicKey(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	notification := sign.Message{
		Method:   "POST",
		Path:     "/hooks/apo",
		ClientID: "SANDBOX_5Y0000000000001",
		Time:     "2025-01-01T08:00:02+08:00",
		Body:     []byte(`{"notifyType":"PAYMENT_RESULT","paymentRequestId":"demo-0001"}`),
	}
	header := "algorithm=RSA256,keyVersion=1,signature=C5cIX6BkSwAPoeLBYqnUPwx7Nkwr5ixKBV07bdjvgmer8hXxE94d05eesy9wXJ6yntMnnulWBtB0pw4avEWT8sOSiARKIb9X7WOWEiF3%2Fdz6Ozy6We1zVr0KUtW%2F1PXjUCh8tbODVYXSAHO2coFZA%2F9UtIcq3FqkF2FTdnnCUqV38hMCANnLGxpyEWS4igWXxeMTw53BBaQWyFpG5kr%2By4%2ByDS7Bzof1AZApmtgMOl92HMWszkFXC3Gk9gExP%2BDuEgQ6wRhH3EOEVHjTTZd70dPldkIAirI8qVSHGwqJ3SX7mU7Hfzjpr3yMlEQhc770gx27nHhDzO9Mz1%2FqitLwwg%3D%3D"
	fmt.Println("as received:", sign.Verify(antom, notification, header))

	notification.Body = append(notification.Body, '\n')
	err = sign.Verify(antom, notification, header)
	fmt.Println("with a newline more:", err, errors.Is(err, sign.ErrMismatch))

	err = sign.Verify(antom, notification, "algorithm=RSA256,keyVersion=1")
	fmt.Println("without a signature:", err, errors.Is(err, sign.ErrHeader))
	// Output:
	// as received: <nil>
	// with a newline more: the signature does not verify true
	// without a signature: unusable Signature header: it has no signature= true
}
