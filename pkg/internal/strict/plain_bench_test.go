package strict

import (
	"testing"
	"time"
)

// What the quick way saves of a notification: x-thorough is how long it takes as a
// part of the thorough way, which would do by itself. It earns its place as long as
// that is well below 1, and it allocates nothing.
func BenchmarkPlainJSON(b *testing.B) {
	body := []byte(`{"notifyType":"CAPTURE_RESULT","captureId":"2026113019401080010018888020012345678","captureRequestId":"capture-0001",` +
		`"paymentId":"20261130194010800100188880200123456","paymentRequestId":"order-0001","captureAmount":{"currency":"SGD","value":"4200"},` +
		`"captureTime":"2026-11-30T19:40:10+08:00","acquirerReferenceNo":"7F3K-22","result":{"resultCode":"SUCCESS","resultStatus":"S",` +
		`"resultMessage":"success"},"acquirerInfo":{"acquirerName":"ADYEN","acquirerTransactionId":"883627182736455D"}}`)
	quick := func() {
		if !plainJSON(body, nil) {
			b.Fatal("it takes the slow way")
		}
	}
	thorough := func() {
		if err := check(body); err != nil {
			b.Fatal(err)
		}
	}
	var ours, theirs time.Duration
	for b.Loop() {
		begin := time.Now()
		quick()
		between := time.Now()
		thorough()
		ours, theirs = ours+between.Sub(begin), theirs+time.Since(between)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-thorough")
	b.ReportMetric(testing.AllocsPerRun(100, quick), "allocs-quick")
	b.ReportMetric(testing.AllocsPerRun(100, thorough), "allocs-thorough")
}
