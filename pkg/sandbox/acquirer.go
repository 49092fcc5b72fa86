package sandbox

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"io"
	"strings"
	"time"
)

// ids makes the numbers of the ledger and of the acquirers, in the shapes that
// were observed: see each function.
type ids struct{ random io.Reader }

func newIDs(random io.Reader) ids {
	if random == nil {
		random = rand.Reader
	}
	return ids{random}
}

func (n ids) bytes(count int) []byte {
	b := make([]byte, count)
	if _, err := io.ReadFull(n.random, b); err != nil {
		panic("sandbox: no random numbers: " + err.Error())
	}
	return b
}

func (n ids) digits(count int) string {
	b := n.bytes(count)
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	return string(b)
}

func (n ids) letters(count int) string {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(n.bytes(count))
	return text[:count]
}

// transaction is a paymentId, captureId or refundId: 35 digits that begin with
// the date in UTC.
func (n ids) transaction(now time.Time) string { return now.UTC().Format("20060102") + n.digits(27) }

// token is what stands for a card. It is random: nothing about the card can be
// computed from it.
func (n ids) token() string { return "ALIPAY" + n.letters(42) }

// nonce names a 3DS page; whoever knows it may answer the challenge.
func (n ids) nonce() string { return hex.EncodeToString(n.bytes(16)) }

// acquirerOf picks an acquirer at random, as APO does without routing rules,
// and gives the payment its numbers there.
func (n ids) acquirerOf(paymentID, requestID string, now time.Time) acquirerInfo {
	names := []string{"ALIPAY", "ADYEN", "CHECKOUT"}
	return n.acquirer(names[int(n.bytes(1)[0])%len(names)], "pay_", paymentID, requestID, now)
}

// acquirer fills in the numbers of one transaction: ALIPAY, which is Antom
// itself, uses the numbers of APO; the others have their own.
func (n ids) acquirer(name, prefix, id, requestID string, now time.Time) acquirerInfo {
	reference := now.UTC().Format("20060102") + n.digits(23)
	switch name {
	case "ADYEN":
		return acquirerInfo{name, "APO_sandbox_SG", n.letters(16), "N" + reference}
	case "CHECKOUT":
		return acquirerInfo{name, "pc_6cpsandboxderubjraxrygjeh", prefix + strings.ToLower(n.letters(26)), reference}
	}
	return acquirerInfo{"ALIPAY", "2188400000000001", id, requestID}
}
