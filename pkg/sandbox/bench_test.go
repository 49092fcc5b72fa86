package sandbox_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// How many payments a second the sandbox answers over loopback, each verified,
// durable and signed, as a share of what the machine's RSA operations allow:
// one verification and one signature each. The promise: half, with the load
// generator on the same cores.
func BenchmarkPay(b *testing.B) {
	keys, err := sandbox.NewKeys()
	if err != nil {
		b.Fatal(err)
	}
	box, err := sandbox.Open(sandbox.Config{Keys: keys, State: filepath.Join(b.TempDir(), "state.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	server := httptest.NewServer(box)
	defer server.Close()
	ceiling := float64(runtime.GOMAXPROCS(0)) / rsaCost(b).Seconds()

	const path = "/ams/sandbox/api/v1/payments/pay"
	requests := make([]*http.Request, b.N)
	var prepare sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		prepare.Go(func() {
			for i := w; i < b.N; i += runtime.GOMAXPROCS(0) {
				m := sign.Message{Method: "POST", Path: path, ClientID: sandbox.ClientID, Time: "1735689600000", Body: payBody(i)}
				header, err := sign.Sign(keys.Merchant, "1", m)
				if err != nil {
					panic(err)
				}
				r, err := http.NewRequest(m.Method, server.URL+path, bytes.NewReader(m.Body))
				if err != nil {
					panic(err)
				}
				r.Header.Set("Client-Id", m.ClientID)
				r.Header.Set("Request-Time", m.Time)
				r.Header.Set("Signature", header)
				requests[i] = r
			}
		})
	}
	prepare.Wait()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

	b.ResetTimer()
	start := time.Now()
	var next, good atomic.Int64
	var work sync.WaitGroup
	for range 32 {
		work.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(b.N) {
					return
				}
				resp, err := client.Do(requests[i])
				if err != nil {
					panic(err)
				}
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if bytes.Contains(body, []byte(`"resultStatus":"S"`)) {
					good.Add(1)
				}
			}
		})
	}
	work.Wait()
	rate := float64(b.N) / time.Since(start).Seconds()
	b.StopTimer()
	if good.Load() != int64(b.N) {
		b.Fatalf("%d of %d were authorized", good.Load(), b.N)
	}
	b.ReportMetric(rate, "pay/s")
	b.ReportMetric(rate/ceiling, "of-RSA-ceiling")
}

func payBody(i int) []byte {
	return fmt.Appendf(nil, `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"bench-%d","paymentAmount":{"currency":"SGD","value":"4200"},`+
		`"order":{"referenceOrderId":"order-1","orderDescription":"demo","buyer":{"referenceBuyerId":"buyer-1"}},`+
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"12","cvv":"123","cardholderName":{"firstName":"A","lastName":"B"}}},`+
		`"paymentFactor":{"isAuthorization":true},"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`, i)
}

// rsaCost is what one verification and one signature take on one core.
func rsaCost(b *testing.B) time.Duration {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	private, err := sign.NewPrivateKey(key)
	if err != nil {
		b.Fatal(err)
	}
	m := sign.Message{Method: "POST", Path: "/", Body: payBody(0)}
	const rounds = 200
	start := time.Now()
	for range rounds {
		header, err := sign.Sign(private, "1", m)
		if err != nil {
			b.Fatal(err)
		}
		if err := sign.Verify(private.Public(), m, header); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start) / rounds
}
