package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

// What the journal costs a listener, against the least that anybody pays: the same
// bytes appended to a file and synced once for a batch. A reception takes 80 µs of a
// processor: a quarter to mask it, a tenth to learn whether it came before, the rest to
// write it with all numbers by which it is found.
func BenchmarkInbox(b *testing.B) {
	for _, size := range []int{1, 16, 256} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			folder := b.TempDir()
			j, err := Open(filepath.Join(folder, "journal.db"), time.Now)
			if err != nil {
				b.Fatal(err)
			}
			defer j.Close()
			f, err := os.Create(filepath.Join(folder, "bare"))
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			var taking, bare time.Duration
			n := 0
			for b.Loop() {
				var batch []Reception
				for range size {
					n++
					batch = append(batch, noticeOf(n))
				}
				begin := time.Now()
				if _, err := j.Take(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
				taking += time.Since(begin)
				begin = time.Now()
				if err := appended(f, batch); err != nil {
					b.Fatal(err)
				}
				bare += time.Since(begin)
			}
			b.ReportMetric(float64(taking.Microseconds())/float64(n), "µs/reception")
			b.ReportMetric(float64(bare.Microseconds())/float64(n), "µs/bare")
			b.ReportMetric(float64(taking)/float64(bare), "times-bare")
		})
	}
}

// appended writes what came to a file, and syncs it.
func appended(f *os.File, batch []Reception) error {
	var data []byte
	for _, r := range batch {
		data = append(data, r.Target...)
		for _, h := range r.Headers {
			data = append(append(append(data, h.Name...), h.Value...), '\n')
		}
		data = append(data, r.Body...)
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// noticeOf is the n-th of many notifications, as long as APO's are.
func noticeOf(n int) Reception {
	at := time.UnixMilli(1764145800000).Add(time.Duration(n) * time.Millisecond)
	id := fmt.Sprintf("20251126%023d", n)
	body := strings.NewReplacer("PAYMENT_ID", id, "REQUEST_ID", fmt.Sprintf("%08x-demo-%d", n*2654435761&0xffffffff, n)).Replace(
		`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},"paymentRequestId":"REQUEST_ID",` +
			`"paymentId":"PAYMENT_ID","paymentAmount":{"currency":"SGD","value":"4200"},"paymentCreateTime":"2025-11-26T00:30:00-08:00","paymentTime":"2025-11-26T00:30:01-08:00",` +
			`"acquirerInfo":{"acquirerName":"ADYEN","acquirerTransactionId":"T-PAYMENT_ID","referenceRequestId":"R-PAYMENT_ID"},` +
			`"paymentResultInfo":{"cardNo":"************8003","cardBrand":"VISA","cardCategory":"CREDIT","issuingCountry":"SG","avsResultRaw":"A","cvvResultRaw":"M","networkTransactionId":"N-PAYMENT_ID",` +
			`"threeDSResult":{"eci":"05","threeDSVersion":"2.2.0","cavv":"AJkBBkhgQQAAAE4gSEJydQAAAAA="}}}`)
	requestTime := at.Format("2006-01-02T15:04:05-07:00")
	return Reception{
		Time: at, Account: Account{Profile: "local", Mode: "LOCAL", ClientID: "SANDBOX_5YAPO00000000001"},
		Method: "POST", Target: "/hooks/apo", Body: []byte(body), Verified: true,
		Headers: []Header{
			{"Host", "127.0.0.1:4242"},
			{"User-Agent", "apo-sandbox"},
			{"Content-Length", fmt.Sprint(len(body))},
			{"Content-Type", "application/json; charset=UTF-8"},
			{"Client-Id", "SANDBOX_5YAPO00000000001"},
			{"Request-Time", requestTime},
			{"Signature", "algorithm=RSA256,keyVersion=1,signature=" + strings.Repeat("sB2zAFCH%2B", 34)},
			{"Accept-Encoding", "gzip"},
		},
		Kind: notify.KindPaymentResult, Notice: Notice{"PAYMENT_RESULT", requestTime},
	}
}
