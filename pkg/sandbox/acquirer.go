package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	chacha "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ids makes the numbers of the ledger and of the acquirers. Each is a function
// of the sandbox's seed and of what it is the number of, so that a seed gives
// the same numbers in whatever order requests come.
type ids struct{ seed [32]byte }

// newSeed makes a secret one.
func newSeed() [32]byte {
	var seed [32]byte
	if _, err := io.ReadFull(rand.Reader, seed[:]); err != nil {
		panic("sandbox: no random numbers: " + err.Error())
	}
	return seed
}

// namedSeed is the one that a person chose.
func namedSeed(name string) [32]byte { return sha256.Sum256([]byte("apo sandbox seed\n" + name)) }

// of is the source of the numbers of one thing: of("payment", paymentRequestId).
func (n ids) of(kind, key string) numbers {
	h := sha256.New()
	h.Write(n.seed[:])
	fmt.Fprintf(h, "%s\n%s", kind, key)
	return numbers{chacha.NewChaCha8([32]byte(h.Sum(nil)))}
}

// numbers are random, in the shapes that were observed: see each method.
type numbers struct{ source *chacha.ChaCha8 }

func (n numbers) bytes(count int) []byte {
	b := make([]byte, count)
	_, _ = n.source.Read(b) // never fails
	return b
}

func (n numbers) digits(count int) string {
	b := n.bytes(count)
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	return string(b)
}

func (n numbers) letters(count int) string {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(n.bytes(count))
	return text[:count]
}

// mixed are letters of both cases and digits.
func (n numbers) mixed(count int) string {
	const all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	b := n.bytes(count)
	for i := range b {
		b[i] = all[int(b[i])%len(all)]
	}
	return string(b)
}

// share is a number from 0 to 1.
func (n numbers) share() float64 { return chacha.New(n.source).Float64() }

// transaction is a paymentId, captureId or refundId: 35 digits that begin with
// the date in UTC.
func (n numbers) transaction(now time.Time) string {
	return now.UTC().Format("20060102") + n.digits(27)
}

// token is what stands for a card. Nothing about the card can be computed from
// it.
func (n numbers) token() string { return "ALIPAY" + n.letters(42) }

// nonce names a 3DS page; whoever knows it may answer the challenge.
func (n numbers) nonce() string { return hex.EncodeToString(n.bytes(16)) }

// Acquirer is one that payments are routed to, by its weight.
type Acquirer struct {
	Name   string // "ADYEN"
	Weight int
}

// Acquirers are all that the sandbox plays.
func Acquirers() []string {
	return append(usualAcquirers(), "STRIPE", "BRAINTREE", "PAYPAL", "2C2P")
}

// usualAcquirers are those that payments go to where nobody chose any: of these alone
// the guide shows messages. What is known of the others is less, and a sandbox that
// was there before them goes on as it did.
func usualAcquirers() []string { return []string{"ALIPAY", "ADYEN", "CHECKOUT"} }

// ParseAcquirers reads weights, such as "ADYEN:70,CHECKOUT:30". A name without
// a weight has 1.
func ParseAcquirers(text string) ([]Acquirer, error) {
	var list []Acquirer
	for part := range strings.SplitSeq(text, ",") {
		name, weight, has := strings.Cut(strings.TrimSpace(part), ":")
		a := Acquirer{Name: strings.ToUpper(name), Weight: 1}
		if has {
			n, err := strconv.Atoi(weight)
			if err != nil {
				return nil, fmt.Errorf("the weight of %s is a whole number, not %q", a.Name, weight)
			}
			a.Weight = n
		}
		list = append(list, a)
	}
	return list, checkAcquirers(list)
}

// checkAcquirers tells what is wrong with acquirers that are to be routed to.
func checkAcquirers(list []Acquirer) error {
	for _, a := range list {
		if !slices.Contains(Acquirers(), a.Name) {
			return fmt.Errorf("%q is not one of the acquirers %s", a.Name, strings.Join(Acquirers(), ", "))
		}
		if a.Weight < 0 || a.Weight > 1000000 {
			return fmt.Errorf("the weight of %s is from 0 to 1000000, not %d", a.Name, a.Weight)
		}
	}
	if total(list) == 0 {
		return fmt.Errorf("no acquirer has a weight above 0")
	}
	return nil
}

func total(list []Acquirer) (sum int) {
	for _, a := range list {
		sum += a.Weight
	}
	return sum
}

// route picks an acquirer by weight; at random where there are no weights, as
// APO does without routing rules.
func (n numbers) route(list []Acquirer) string {
	if total(list) == 0 {
		names := usualAcquirers()
		return names[int(n.share()*float64(len(names)))]
	}
	at := int(n.share() * float64(total(list)))
	for _, a := range list {
		if at -= a.Weight; at < 0 {
			return a.Name
		}
	}
	return list[len(list)-1].Name
}

// acquirer gives one transaction its numbers at the acquirer: ALIPAY, which is
// Antom itself, uses the numbers of APO; the others have their own, in the shapes
// that these gateways are known for.
func (n numbers) acquirer(name, prefix, id, requestID string, now time.Time) acquirerInfo {
	reference := now.UTC().Format("20060102") + n.digits(23)
	switch name {
	case "ADYEN":
		return acquirerInfo{name, "APO_sandbox_SG", n.letters(16), "N" + reference}
	case "CHECKOUT":
		return acquirerInfo{name, "pc_6cpsandboxderubjraxrygjeh", prefix + strings.ToLower(n.letters(26)), reference}
	case "STRIPE":
		kind := map[string]string{"pay_": "pi_", "act_": "ch_"}[prefix]
		return acquirerInfo{name, "acct_1APOsandboxSG0001", kind + "3" + n.mixed(23), reference}
	case "BRAINTREE":
		return acquirerInfo{name, "aposandboxsg0001", strings.ToLower(n.letters(8)), reference}
	case "PAYPAL":
		return acquirerInfo{name, "APSANDBOXSG01", n.letters(17), reference}
	case "2C2P":
		return acquirerInfo{name, "702702000000001", n.digits(9), reference}
	}
	return acquirerInfo{"ALIPAY", "2188400000000001", id, requestID}
}
