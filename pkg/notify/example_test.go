package notify_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// A handler at the address that the dashboard, or a request, names.
func ExampleHandler() {
	antom, clientID := keyOfTheExample(), "SANDBOX_5Y0000000000001"
	handler := notify.Handler(
		notify.Verifier{Keys: []*sign.PublicKey{antom.Public()}, ClientID: clientID},
		func(_ context.Context, n notify.Notification) error {
			switch n.Meaning() {
			case notify.Captured:
				fmt.Println("ship", n.CaptureRequestID, n.Amount)
			case notify.CapturePending:
				fmt.Println("not known yet, and no failure:", n.Result.Code)
			}
			return nil
		})

	for _, result := range []string{`{"resultStatus":"U","resultCode":"CAPTURE_IN_PROCESS"}`, `{"resultStatus":"S","resultCode":"SUCCESS"}`} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, delivery(antom, clientID, `{"notifyType":"CAPTURE_RESULT","result":`+result+`,"captureRequestId":"c-1","captureAmount":{"currency":"SGD","value":"4200"}}`))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// not known yet, and no failure: CAPTURE_IN_PROCESS
	// 200 {"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}
	// ship c-1 SGD 42.00
	// 200 {"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}
}

// What the handler does is remembered with the notification, or not at all.
func ExampleDatabase() {
	var db *sql.DB // of any driver

	_, _ = db.Exec(notify.Database{}.Schema())
	http.Handle("/hooks/apo", notify.Handler(notify.Verifier{ /* keys, client ID */ },
		func(ctx context.Context, n notify.Notification) error {
			if n.Meaning() != notify.Captured {
				return nil
			}
			_, err := notify.Tx(ctx).ExecContext(ctx, "UPDATE orders SET paid = 1 WHERE capture = ?", n.CaptureRequestID)
			return err
		}, notify.RememberIn(notify.Database{DB: db})))
}

// keyOfTheExample stands for Antom's. A receiver has its public half alone.
func keyOfTheExample() *sign.PrivateKey {
	bare, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	key, err := sign.NewPrivateKey(bare)
	if err != nil {
		panic(err)
	}
	return key
}

// delivery is what Antom posts.
func delivery(antom *sign.PrivateKey, clientID, body string) *http.Request {
	m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: clientID, Time: "2026-12-01T08:00:02+08:00", Body: []byte(body)}
	signature, err := sign.Sign(antom, "1", m)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest("POST", m.Path, strings.NewReader(body))
	r.Header.Set("Client-Id", m.ClientID)
	r.Header.Set("Request-Time", m.Time)
	r.Header.Set("Signature", signature)
	return r
}
