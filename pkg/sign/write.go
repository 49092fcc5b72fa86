package sign

import (
	"encoding/base64"
	"math/big"
	"strings"
)

// JWK returns the key as a JSON Web Key (RFC 7517) on one line, with all of its
// numbers.
func (k *PrivateKey) JWK() []byte { return jwkOf(k.numbers()) }

// XML returns the key as RSAKeyValue on one line: what FromXmlString of .NET reads.
func (k *PrivateKey) XML() []byte { return xmlOf(k.numbers()) }

// JWK returns the key as a JSON Web Key (RFC 7517) on one line.
func (k *PublicKey) JWK() []byte { return jwkOf(k.numbers()) }

// XML returns the key as RSAKeyValue on one line, as .NET and XML signatures have it.
func (k *PublicKey) XML() []byte { return xmlOf(k.numbers()) }

// number is one of the numbers of a key. It is written in size bytes: .NET reads no
// private key whose numbers lost their leading zeros.
type number struct {
	name string
	n    *big.Int
	size int
}

func (k *PublicKey) numbers() []number {
	e := big.NewInt(int64(k.rsa.E))
	return []number{{"n", k.rsa.N, k.rsa.Size()}, {"e", e, len(e.Bytes())}}
}

func (k *PrivateKey) numbers() []number {
	k.rsa.Precompute()
	p, q := k.rsa.Primes[0], k.rsa.Primes[1]
	half := max(len(p.Bytes()), len(q.Bytes()), (k.rsa.Size()+1)/2)
	return append(k.Public().numbers(),
		number{"p", p, half}, number{"q", q, half},
		number{"dp", k.rsa.Precomputed.Dp, half}, number{"dq", k.rsa.Precomputed.Dq, half}, number{"qi", k.rsa.Precomputed.Qinv, half},
		number{"d", k.rsa.D, k.rsa.Size()})
}

func (n number) bytes() []byte { return n.n.FillBytes(make([]byte, n.size)) }

func jwkOf(list []number) []byte {
	var b strings.Builder
	b.WriteString(`{"kty":"RSA"`)
	for _, n := range list {
		b.WriteString(`,"` + n.name + `":"` + base64.RawURLEncoding.EncodeToString(n.bytes()) + `"`)
	}
	return []byte(b.String() + "}\n")
}

func xmlOf(list []number) []byte {
	names := dotNet()
	var b strings.Builder
	b.WriteString("<RSAKeyValue>")
	for _, n := range list {
		b.WriteString("<" + names[n.name] + ">" + base64.StdEncoding.EncodeToString(n.bytes()) + "</" + names[n.name] + ">")
	}
	return []byte(b.String() + "</RSAKeyValue>\n")
}
