package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sign"
)

// How long it takes to list the payments as they were at an event of 10,000, and to
// fork there, in inquiries over loopback of the same run, signed and verified on both
// sides. The events are one near the beginning, one in the middle and one near the end; the
// slowest counts. The promise: 30, and 50 for a fork.
func BenchmarkPast(b *testing.B) {
	const events = 10_000
	folder := b.TempDir()
	box, err := Open(Config{State: filepath.Join(folder, "state.db"), Seed: "bench", Passive: true, NotifyURL: "http://127.0.0.1:1/"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { box.Close() })
	fillWith(b, box, events)
	server := httptest.NewServer(box)
	b.Cleanup(server.Close)
	var inquiries, pasts, forks []float64
	for round := 0; b.Loop(); round++ {
		for range 5 {
			inquiries = append(inquiries, lasts(func() { inquireOver(b, server.URL, box) }))
		}
		past, fork := 0.0, 0.0
		for _, n := range []int64{10, events / 2, events - 10} {
			past = max(past, lasts(func() { listAt(b, box, n) }))
			file := filepath.Join(folder, fmt.Sprint("fork-", round, "-", n, ".db"))
			fork = max(fork, lasts(func() {
				if _, err := box.Fork(Moment{Event: n}, file); err != nil {
					b.Fatal(err)
				}
			}))
		}
		pasts, forks = append(pasts, past), append(forks, fork)
	}
	for _, list := range [][]float64{inquiries, pasts, forks} {
		slices.Sort(list)
	}
	inquiry := inquiries[len(inquiries)/2]
	b.ReportMetric(inquiry*1000, "ms/inquiry")
	b.ReportMetric(pasts[len(pasts)/2]/inquiry, "inquiries/at")
	b.ReportMetric(forks[len(forks)/2]/inquiry, "inquiries/fork")
	b.ReportMetric(0, "ns/op")
}

func lasts(work func()) float64 {
	start := time.Now()
	work()
	return time.Since(start).Seconds()
}

func listAt(b *testing.B, box *Sandbox, n int64) {
	p, err := box.At(Moment{Event: n})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	if list, err := p.Payments(50); err != nil || len(list) == 0 {
		b.Fatal(list, err)
	}
}

// fillWith has merchants pay, capture and refund until there are so many events.
func fillWith(b *testing.B, box *Sandbox, events int64) {
	for from := 0; ; from += 500 {
		var all sync.WaitGroup
		for i := range 500 {
			all.Go(func() {
				if problem := payCaptureRefund(box, fmt.Sprint("p-", from+i)); problem != "" {
					b.Error(problem)
				}
			})
		}
		all.Wait()
		if last, err := box.LastEvent(); err != nil || last >= events || b.Failed() {
			return
		}
	}
}

func payCaptureRefund(box *Sandbox, id string) (problem string) {
	does := func(name, body string) gjson.Result {
		i := slices.IndexFunc(apis(), func(a api) bool { return a.name == name })
		reply := box.call(&exchange{api: name, body: []byte(body)}, apis()[i], gjson.Parse(body), box.options())
		text, _ := json.Marshal(reply)
		if gjson.GetBytes(text, "result.resultStatus").Str != "S" {
			problem = string(text)
		}
		return gjson.ParseBytes(text)
	}
	paid := does("pay", fmt.Sprintf(`{"productCode":"CASHIER_PAYMENT","paymentRequestId":"%s","paymentAmount":{"currency":"SGD","value":"4200"},`+
		`"order":{"referenceOrderId":"order-1","orderDescription":"demo","buyer":{"referenceBuyerId":"buyer-1"}},`+
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"12","cvv":"123","cardholderName":{"firstName":"A","lastName":"B"}}},`+
		`"paymentFactor":{"isAuthorization":true},"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`, id))
	of := `"paymentId":"` + paid.Get("paymentId").Str + `"`
	does("capture", `{`+of+`,"captureRequestId":"c-`+id+`","captureAmount":{"currency":"SGD","value":"4200"}}`)
	does("refund", `{`+of+`,"refundRequestId":"r-`+id+`","refundAmount":{"currency":"SGD","value":"100"}}`)
	return problem
}

func inquireOver(b *testing.B, base string, box *Sandbox) {
	m := sign.Message{Method: "POST", Path: "/ams/sandbox/api/v1/payments/inquiryPayment", ClientID: ClientID, Time: "1735689600000", Body: []byte(`{"paymentRequestId":"p-1"}`)}
	header, err := sign.Sign(box.keys.Merchant, "1", m)
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequest(m.Method, base+m.Path, bytes.NewReader(m.Body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header = http.Header{"Client-Id": {m.ClientID}, "Request-Time": {m.Time}, "Signature": {header}}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	answer := sign.Message{Method: m.Method, Path: m.Path, ClientID: m.ClientID, Time: resp.Header.Get("response-time"), Body: body}
	if err := sign.Verify(box.keys.Antom.Public(), answer, resp.Header.Get("signature")); err != nil {
		b.Fatal(err, string(body))
	}
}
