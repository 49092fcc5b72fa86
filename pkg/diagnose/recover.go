package diagnose

import (
	"bytes"
	"crypto"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math/big"
)

// target is what a signature says of the content it is of: whoever finds a
// content that fits has found what was signed.
type target struct {
	key       Key
	raw       []byte // the signature
	hash      crypto.Hash
	algorithm string // "" for SHA-256 with PKCS#1 v1.5, else in words what was used instead

	digest []byte // of PKCS#1: the recovered digest
	pss    *pss   // of PSS: what a digest is checked against
}

// isOwn reports whether the signature is of the kind that APO asks for.
func (t *target) isOwn() bool { return t.algorithm == "" }

// fits reports whether a content with this digest was signed.
func (t *target) fits(digest []byte) bool {
	if t.pss != nil {
		return t.pss.fits(digest)
	}
	return bytes.Equal(digest, t.digest)
}

// newHash returns the hash of the target's algorithm.
func (t *target) newHash() hash.Hash {
	switch t.hash {
	case crypto.MD5:
		return md5.New()
	case crypto.SHA1:
		return sha1.New()
	case crypto.SHA224:
		return sha256.New224()
	case crypto.SHA384:
		return sha512.New384()
	case crypto.SHA512:
		return sha512.New()
	}
	return sha256.New()
}

// verifies asks crypto/rsa, which has the last word on every proof.
func (t *target) verifies(content []byte) bool {
	h := t.newHash()
	h.Write(content)
	digest := h.Sum(nil)
	switch {
	case t.pss != nil:
		return rsa.VerifyPSS(t.key.Key.RSA(), t.hash, digest, t.raw, nil) == nil
	case t.bare():
		return rsa.VerifyPKCS1v15(t.key.Key.RSA(), crypto.Hash(0), t.payload(digest), t.raw) == nil
	}
	return rsa.VerifyPKCS1v15(t.key.Key.RSA(), t.hash, digest, t.raw) == nil
}

// The algorithms without a DigestInfo.
const (
	bareDigest = "a digest without its DigestInfo"
	bareHex    = "the hex text of a digest, without a DigestInfo"
)

func (t *target) bare() bool { return t.algorithm == bareDigest || t.algorithm == bareHex }

func (t *target) payload(digest []byte) []byte {
	if t.algorithm == bareHex {
		return []byte(hex.EncodeToString(digest))
	}
	return digest
}

// recoverTarget applies the public key to a signature. It returns nil where
// what comes out has no padding that anybody uses: then another key signed it,
// or it is damaged.
func recoverTarget(raw []byte, key Key) *target {
	public := key.Key.RSA()
	size := public.Size()
	if len(raw) != size {
		return nil
	}
	number := new(big.Int).SetBytes(raw)
	if number.Cmp(public.N) >= 0 {
		return nil
	}
	padded := number.Exp(number, big.NewInt(int64(public.E)), public.N).FillBytes(make([]byte, size))
	t := &target{key: key, raw: raw}
	if payload, ok := unpad(padded); ok {
		return t.read(payload)
	}
	if t.pss = readPSS(padded, public.N.BitLen()); t.pss != nil {
		t.hash, t.algorithm = t.pss.hash, "RSA-PSS with "+hashName(t.pss.hash)
		return t
	}
	return nil
}

// unpad takes 00 01 FF … FF 00 off.
func unpad(padded []byte) ([]byte, bool) {
	if len(padded) < 11 || padded[0] != 0 || padded[1] != 1 {
		return nil, false
	}
	end := 2
	for end < len(padded) && padded[end] == 0xff {
		end++
	}
	if end < 10 || end == len(padded) || padded[end] != 0 {
		return nil, false
	}
	return padded[end+1:], true
}

// read finds out which hash a payload is of.
func (t *target) read(payload []byte) *target {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.MD5, crypto.SHA384, crypto.SHA224} {
		if digest, found := bytes.CutPrefix(payload, digestInfo(h)); found && len(digest) == hashSize(h) {
			t.hash, t.digest = h, digest
			if h != crypto.SHA256 {
				t.algorithm = hashName(h)
			}
			return t
		}
	}
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.MD5} {
		if len(payload) == hashSize(h) {
			t.hash, t.digest, t.algorithm = h, payload, bareDigest
			return t
		}
		if digest, err := hex.DecodeString(string(payload)); err == nil && len(digest) == hashSize(h) {
			t.hash, t.digest, t.algorithm = h, digest, bareHex
			return t
		}
	}
	return nil
}

// digestInfo is the DER in front of a digest: RFC 8017, section 9.2, note 1.
func digestInfo(h crypto.Hash) []byte {
	if h == crypto.MD5 || h == crypto.SHA1 {
		oid := "\x2b\x0e\x03\x02\x1a"
		if h == crypto.MD5 {
			oid = "\x2a\x86\x48\x86\xf7\x0d\x02\x05"
		}
		return derDigestInfo(oid, hashSize(h))
	}
	last := map[crypto.Hash]string{crypto.SHA256: "\x01", crypto.SHA384: "\x02", crypto.SHA512: "\x03", crypto.SHA224: "\x04"}
	return derDigestInfo("\x60\x86\x48\x01\x65\x03\x04\x02"+last[h], hashSize(h))
}

func derDigestInfo(oid string, size int) []byte {
	algorithm := append([]byte{0x06, byte(len(oid))}, oid...)
	algorithm = append(algorithm, 0x05, 0x00)
	der := []byte{0x30, byte(2 + len(algorithm) + 2 + size), 0x30, byte(len(algorithm))}
	return append(append(der, algorithm...), 0x04, byte(size))
}

// hashSize and hashName do not ask crypto.Hash, which knows only what some
// package registered.
func hashSize(h crypto.Hash) int {
	switch h {
	case crypto.MD5:
		return md5.Size
	case crypto.SHA1:
		return sha1.Size
	case crypto.SHA224:
		return sha256.Size224
	case crypto.SHA384:
		return sha512.Size384
	case crypto.SHA512:
		return sha512.Size
	}
	return sha256.Size
}

func hashName(h crypto.Hash) string {
	switch h {
	case crypto.MD5:
		return "MD5"
	case crypto.SHA1:
		return "SHA-1"
	case crypto.SHA224:
		return "SHA-224"
	case crypto.SHA384:
		return "SHA-384"
	case crypto.SHA512:
		return "SHA-512"
	}
	return "SHA-256"
}

// pss is a message encoded by EMSA-PSS, taken apart: RFC 8017, section 9.1.
type pss struct {
	hash crypto.Hash
	salt []byte
	sum  []byte // hash of eight zero bytes, the digest and the salt

	doubtful bool // one garbage in 30,000 looks like this
}

// readPSS recognises the encoding by the zeros in front of its salt, which
// garbage does not have by chance. The longest salt, openssl's default, leaves
// no room for zeros.
func readPSS(padded []byte, bits int) *pss {
	if padded[len(padded)-1] != 0xbc {
		return nil
	}
	encoded := padded[len(padded)-(bits+6)/8:]
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384} {
		t := target{hash: h}
		length := len(encoded) - hashSize(h) - 1
		if length < 1 {
			continue
		}
		sum, mask := encoded[length:len(encoded)-1], t.mask(encoded[length:len(encoded)-1], length)
		block := make([]byte, length)
		for i := range block {
			block[i] = encoded[i] ^ mask[i]
		}
		block[0] &= 0xff >> (8*len(encoded) - (bits - 1))
		if salt := bytes.TrimLeft(block, "\x00"); len(salt) > 0 && salt[0] == 1 {
			return &pss{h, salt[1:], sum, length-len(salt) < 8}
		}
	}
	return nil
}

// mask is MGF1.
func (t *target) mask(seed []byte, length int) []byte {
	var out []byte
	for counter := uint32(0); len(out) < length; counter++ {
		h := t.newHash()
		h.Write(seed)
		h.Write(binary.BigEndian.AppendUint32(nil, counter))
		out = h.Sum(out)
	}
	return out
}

func (p *pss) fits(digest []byte) bool {
	h := (&target{hash: p.hash}).newHash()
	h.Write(make([]byte, 8))
	h.Write(digest)
	h.Write(p.salt)
	return bytes.Equal(h.Sum(nil), p.sum)
}
