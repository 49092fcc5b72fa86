package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// How long calls of the control API take over loopback, in inquiries of the same run,
// in a state of 2,000 payments. The promise: at most 5 each.
func BenchmarkControl(b *testing.B) {
	keys, box := openBox(b, sandbox.Config{State: filepath.Join(b.TempDir(), "state.db")})
	server := httptest.NewServer(box)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	signed := func(m sign.Message) *http.Request {
		header, err := sign.Sign(keys.Merchant, "1", m)
		if err != nil {
			b.Fatal(err)
		}
		return request(b, server.URL, m, header)
	}
	timed(32, 2000, func(i int) error { return pay(client, signed(payMessage(i))) }, b)
	inquiry := sign.Message{
		Method: "POST", Path: "/ams/sandbox/api/v1/payments/inquiryPayment", ClientID: sandbox.ClientID, Time: "1735689600000",
		Body: []byte(`{"paymentRequestId":"bench-7"}`),
	}
	calls := [][3]string{
		{"payment", "GET", "/payments/bench-7"},
		{"payments", "GET", "/payments?limit=50"},
		{"search", "GET", "/payments?q=bench-7"},
		{"rules", "GET", "/rules"},
		{"clock", "GET", "/clock"},
		{"advance", "POST", "/clock/advance"},
	}
	took := map[string][]float64{}
	for b.Loop() {
		r := signed(inquiry)
		start := time.Now()
		if err := pay(client, r); err != nil {
			b.Fatal(err)
		}
		took["inquiry"] = append(took["inquiry"], time.Since(start).Seconds())
		for _, c := range calls {
			body := ""
			if c[1] == "POST" {
				body = `{"by":"1s"}`
			}
			r, err := http.NewRequest(c[1], server.URL+"/_apo"+c[2], strings.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+box.ControlToken())
			start := time.Now()
			if _, err := post(client, r); err != nil {
				b.Fatal(err)
			}
			took[c[0]] = append(took[c[0]], time.Since(start).Seconds())
		}
	}
	base := median(took["inquiry"])
	for _, c := range calls {
		b.ReportMetric(median(took[c[0]])/base, c[0]+"/inquiry")
	}
	b.ReportMetric(0, "ns/op")
}

// How much of pay's rate is left while 100 windows hear of each change. The promise: 95 %.
func BenchmarkWindows(b *testing.B) {
	const together, windows = 500, 100
	keys, box := openBox(b, sandbox.Config{State: filepath.Join(b.TempDir(), "state.db")})
	server := httptest.NewServer(box)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	next := 0
	rate := func() float64 {
		requests := make([]*http.Request, together)
		for i := range requests {
			m := payMessage(next)
			next++
			header, err := sign.Sign(keys.Merchant, "1", m)
			if err != nil {
				b.Fatal(err)
			}
			requests[i] = request(b, server.URL, m, header)
		}
		return together / timed(32, together, func(i int) error { return pay(client, requests[i]) }, b).Seconds()
	}
	var shares []float64
	for b.Loop() {
		ctx, stop := context.WithCancel(context.Background())
		for range windows {
			r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/_apo/events", nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+box.ControlToken())
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			go func() { _, _ = io.Copy(io.Discard, resp.Body); resp.Body.Close() }()
		}
		with := rate()
		stop()
		shares = append(shares, with/rate())
	}
	b.ReportMetric(median(shares), fmt.Sprintf("of-pay-with-%d-windows", windows))
	b.ReportMetric(0, "ns/op")
}
