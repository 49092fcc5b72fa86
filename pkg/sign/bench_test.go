package sign_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// Both benchmarks report x-bare, the ratio to the same work done with the
// standard library alone. The promise is 1.05.

func BenchmarkSign(b *testing.B) {
	key, bare, m := signtest.PrivateKey(b, "throwaway-rsa2048-pkcs8.pem"), signtest.BareKey(b), threeKiB()
	content := m.Content()
	var ours, theirs string
	compare(b, func() {
		ours, _ = sign.Sign(key, "1", m)
	}, func() {
		digest := sha256.Sum256(content)
		raw, _ := rsa.SignPKCS1v15(nil, bare, crypto.SHA256, digest[:])
		theirs = "algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(raw))
	})
	if ours == "" || ours != theirs {
		b.Errorf("Sign wrote %s; the bare operations %s", ours, theirs)
	}
}

func BenchmarkVerify(b *testing.B) {
	key, bare, m := signtest.PrivateKey(b, "throwaway-rsa2048-pkcs8.pem"), signtest.BareKey(b), threeKiB()
	content, public := m.Content(), key.Public()
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		b.Fatal(err)
	}
	_, value, _ := strings.Cut(header, "signature=")
	var ours, theirs error
	compare(b, func() {
		ours = sign.Verify(public, m, header)
	}, func() {
		text, _ := url.QueryUnescape(value)
		raw, _ := base64.StdEncoding.DecodeString(text)
		digest := sha256.Sum256(content)
		theirs = rsa.VerifyPKCS1v15(&bare.PublicKey, crypto.SHA256, digest[:], raw)
	})
	if ours != nil || theirs != nil {
		b.Errorf("Verify: %v; the bare operations: %v", ours, theirs)
	}
}

func threeKiB() sign.Message {
	return sign.Message{
		Method:   "POST",
		Path:     "/ams/sandbox/api/v1/payments/pay",
		ClientID: "SANDBOX_5Y0000000000001",
		Time:     "1735689600000",
		Body:     []byte(`{"note":"` + strings.Repeat("x", 3<<10-11) + `"}`),
	}
}

// compare runs both in turns, so that whatever slows the machine slows both,
// and compares the medians, so that a pause of the collector counts for none.
func compare(b *testing.B, ours, bare func()) {
	b.Helper()
	var oursTook, bareTook []time.Duration
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			oursTook, bareTook = append(oursTook, took(ours)), append(bareTook, took(bare))
		} else {
			bareTook, oursTook = append(bareTook, took(bare)), append(oursTook, took(ours))
		}
	}
	b.ReportMetric(float64(median(oursTook)), "ns/op")
	b.ReportMetric(float64(median(oursTook))/float64(median(bareTook)), "x-bare")
}

func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
