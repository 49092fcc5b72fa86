package diagnose_test

import (
	"context"
	"fmt"
	"os"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

func ExampleSignature() {
	text, err := os.ReadFile("../sign/testdata/keys/throwaway-rsa2048-spki.pem")
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
		Body:     []byte(`{"notifyType": "PAYMENT_RESULT", "paymentRequestId": "demo-0001"}`), // json.dumps was here
	}
	header := "algorithm=RSA256,keyVersion=1,signature=C5cIX6BkSwAPoeLBYqnUPwx7Nkwr5ixKBV07bdjvgmer8hXxE94d05eesy9wXJ6yntMnnulWBtB0pw4avEWT8sOSiARKIb9X7WOWEiF3%2Fdz6Ozy6We1zVr0KUtW%2F1PXjUCh8tbODVYXSAHO2coFZA%2F9UtIcq3FqkF2FTdnnCUqV38hMCANnLGxpyEWS4igWXxeMTw53BBaQWyFpG5kr%2By4%2ByDS7Bzof1AZApmtgMOl92HMWszkFXC3Gk9gExP%2BDuEgQ6wRhH3EOEVHjTTZd70dPldkIAirI8qVSHGwqJ3SX7mU7Hfzjpr3yMlEQhc770gx27nHhDzO9Mz1%2FqitLwwg%3D%3D"
	d := diagnose.Signature(context.Background(), notification, header, []diagnose.Key{
		{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: antom},
	}, diagnose.Hints{})
	fmt.Println(d.Cause, d.Proven)
	fmt.Println(d.Explanation)
	fmt.Println(d.Repair)
	// Output:
	// body-reserialized true
	// the JSON of the body was read and written again, which changed its white space (first at byte 14)
	// Take the raw body: verify first, parse then.
}
