package sign_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

func inBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// listed is a text as cat -n prints it.
func listed(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fmt.Fprintf(&b, "%6d\t%s\n", i+1, line)
	}
	return b.String()
}

// columns breaks a text into lines of one width, as base64 of coreutils does.
func columns(text string, width int, indent string) string {
	var b strings.Builder
	for len(text) > width {
		b.WriteString(indent + text[:width] + "\n")
		text = text[width:]
	}
	return b.String() + indent + text + "\n"
}

func inUTF16(text, mark string, big bool) string {
	b := []byte(mark)
	for _, unit := range utf16.Encode([]rune(text)) {
		if big {
			b = append(b, byte(unit>>8), byte(unit))
		} else {
			b = append(b, byte(unit), byte(unit>>8))
		}
	}
	return string(b)
}

func inJSON(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// kept returns a PEM file and its base64 alone as secret stores, pipelines and
// people keep them.
func kept(tb testing.TB, pem, bare string) []shape {
	escaped := strings.ReplaceAll(pem, "\n", `\n`)
	bare = strings.TrimSpace(bare)
	lines := strings.Split(strings.TrimSpace(pem), "\n")
	urlSafe := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(bare), "=")
	var numbers []string
	for _, c := range []byte(pem) {
		numbers = append(numbers, fmt.Sprint(c))
	}
	shapes := []shape{
		{"PEM in base64", inBase64(pem)},
		{"PEM in base64, in columns", columns(inBase64(pem), 76, "")},
		{"PEM in base64 twice", inBase64(inBase64(pem))},
		{"PEM in base64 twice, in columns", columns(inBase64(columns(inBase64(pem), 76, "")), 76, "")},
		{"bare in base64", inBase64(bare)},
		{"PEM in base64url", base64.RawURLEncoding.EncodeToString([]byte(pem))},
		{"bare in base64url", urlSafe},
		{"PEM with \\n in base64", inBase64(escaped)},
		{"literal \\\\n", strings.ReplaceAll(pem, "\n", `\\n`)},
		{"literal \\\\\\\\n in quotes", `"` + strings.ReplaceAll(pem, "\n", `\\\\n`) + `"`},
		{"PowerShell's `n", strings.ReplaceAll(pem, "\n", "`r`n")},
		{"%0A", strings.ReplaceAll(pem, "\n", "%0A")},
		{"percent-encoded", url.PathEscape(pem)},
		{"form-encoded", url.QueryEscape(pem)},
		{"form-encoded twice", url.QueryEscape(url.QueryEscape(pem))},
		{"bare, percent-encoded", url.QueryEscape(bare)},
		{"JSON string", inJSON(tb, pem)},
		{"JSON string, slashes escaped as PHP does", strings.ReplaceAll(inJSON(tb, pem), "/", `\/`)},
		{"JSON string of .NET", strings.ReplaceAll(inJSON(tb, bare), "+", `\u002B`)},
		{"JSON of a secret manager", inJSON(tb, map[string]any{"clientId": "SANDBOX_5Y", "key": pem, "note": strings.Repeat("words and ", 20)})},
		{"JSON in JSON", inJSON(tb, map[string]any{"SecretString": inJSON(tb, map[string]string{"key": pem})})},
		{"JSON, base64 inside", inJSON(tb, map[string]any{"payload": map[string]string{"data": inBase64(pem), "crc32c": "1"}})},
		{"JSON, bare inside", inJSON(tb, map[string]any{"value": bare, "tags": []string{"a"}})},
		{"JSON, a buffer of Node", `{"type":"Buffer","data":[` + strings.Join(numbers, ",") + `]}`},
		{"JSON in base64", inBase64(inJSON(tb, map[string]string{"key": pem}))},
		{"NAME=PEM", "APO_KEY=" + pem},
		{"NAME=bare", "CLIENT=SANDBOX_5Y\nAPO_KEY=" + bare + "\nTIMEOUT=30s\n"},
		{"NAME=\"bare\"", `APO_KEY="` + bare + `"`},
		{"export NAME='bare'", "export APO_KEY='" + bare + "'\n"},
		{"export NAME=\"PEM\"", "#!/bin/sh\nexport CLIENT=x\nexport APO_KEY=\"" + strings.TrimSpace(pem) + "\"\nexport OTHER=1\n"},
		{"export NAME=\"PEM with \\n\"", `export APO_KEY="` + escaped + `"`},
		{"NAME=base64 of PEM", "APO_KEY=" + inBase64(pem) + "\nTIMEOUT=30s\n"},
		{"NAME=\"bare in columns\"", "APO_KEY=\"" + columns(bare, 64, "") + "\"\nOTHER=1\n"},
		{"$env:NAME", `$env:APO_KEY = "` + bare + `"`},
		{"ENV of a Dockerfile", "FROM scratch\nENV APO_KEY " + bare + "\n"},
		{"properties with continued lines", "apo.key=" + strings.ReplaceAll(strings.TrimSpace(columns(bare, 64, "  ")), "\n", "\\\n") + "\nother=1\n"},
		{"unit of systemd", "[Service]\nEnvironment=\"APO_KEY=" + bare + "\"\n"},
		{"YAML block", "apo:\n  key: |\n" + strings.Join(append([]string{""}, lines...), "\n    ") + "\n  other: x\n"},
		{"YAML block of bare", "apo:\n  key: >-\n" + columns(bare, 64, "    ") + "  other: x\n"},
		{"YAML string", "key: " + bare + "\nother: x\n"},
		{"YAML of double quotes", "key: \"" + escaped + "\"\n"},
		{"secret of Kubernetes", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: apo\ndata:\n  client: U0FOREJPWF81WQ==\n  tls.key: " + inBase64(pem) + "\ntype: Opaque\n"},
		{"secret of Kubernetes, JSON", inJSON(tb, map[string]any{"kind": "Secret", "data": map[string]string{"tls.key": inBase64(pem), "client": "U0FO"}})},
		{"attribute of XML", `<add key="Key" value="` + bare + `" />`},
		{"PEM in XML, breaks as entities", "<value>" + strings.ReplaceAll(pem, "\n", "&#xA;") + "</value>"},
		{"source code in Java", `String key = "` + strings.Join(lines, "\\n\" +\n    \"") + `";`},
		{"source code in Python", "KEY = (\n    '" + strings.Join(lines, "\\n'\n    '") + "'\n)"},
		{"bare in source code of Java", `String key = "` + strings.Join(strings.Fields(columns(bare, 64, "")), "\"\n    + \"") + `";`},
		{"bare, joined", `"` + strings.Join(strings.Fields(columns(bare, 64, "")), `" + "`) + `"`},
		{"quoted in mail", "> " + strings.ReplaceAll(strings.TrimSpace(pem), "\n", "\n> ")},
		{"with line numbers", listed(pem)},
		{"bytes of Python", "b'" + escaped + "'"},
		{"zero-width characters", strings.ReplaceAll(pem, "\n", "\u200b\n\ufeff")},
		{"NBSP for blanks", strings.ReplaceAll(strings.ReplaceAll(pem, " ", "\u00a0"), "\n", "\u00a0\n")},
		{"bare with NBSP", "\u00a0" + bare[:100] + "\u200b" + bare[100:] + "\u00a0"},
		{"dashes of a word processor", strings.ReplaceAll(pem, "-----", "\u2014\u2014-")},
		{"dashes lost", strings.ReplaceAll(pem, "-----", "----")},
		{"UTF-16 with BOM, CRLF", inUTF16(strings.ReplaceAll(pem, "\n", "\r\n"), "\xff\xfe", false)},
		{"UTF-16, the other end first", inUTF16(pem, "\xfe\xff", true)},
		{"UTF-16 without BOM", inUTF16(pem, "", false)},
		{"UTF-16 of bare", inUTF16(bare+"\r\n", "\xff\xfe", false)},
		{"UTF-16 in base64", inBase64(inUTF16(pem, "\xff\xfe", false))},
		{"base64 in UTF-16", inUTF16(inBase64(pem)+"\r\n", "\xff\xfe", false)},
	}
	der, err := base64.StdEncoding.DecodeString(bare)
	if err != nil {
		tb.Fatal(err)
	}
	return append(shapes, shape{"hexadecimal", hex.EncodeToString(der)}, shape{"hexadecimal in lines", columns(hex.EncodeToString(der), 60, "")})
}

// number writes a number of a key in base64url, or in base64.
func number(n *big.Int, encoding *base64.Encoding) string { return encoding.EncodeToString(n.Bytes()) }

// jwkOf writes the test key as a JWK.
func jwkOf(tb testing.TB, private bool) map[string]any {
	key := signtest.BareKey(tb)
	key.Precompute()
	u := base64.RawURLEncoding
	jwk := map[string]any{"kty": "RSA", "n": number(key.N, u), "e": "AQAB"}
	if private {
		for name, n := range map[string]*big.Int{
			"d": key.D, "p": key.Primes[0], "q": key.Primes[1], "dp": key.Precomputed.Dp, "dq": key.Precomputed.Dq, "qi": key.Precomputed.Qinv,
		} {
			jwk[name] = number(n, u)
		}
	}
	return jwk
}

// xmlOf writes the test key as .NET does.
func xmlOf(tb testing.TB, private bool) string {
	key := signtest.BareKey(tb)
	key.Precompute()
	s := base64.StdEncoding
	t := "<RSAKeyValue><Modulus>" + number(key.N, s) + "</Modulus><Exponent>AQAB</Exponent>"
	if private {
		t += "<P>" + number(key.Primes[0], s) + "</P><Q>" + number(key.Primes[1], s) + "</Q><DP>" + number(key.Precomputed.Dp, s) + "</DP><DQ>" +
			number(key.Precomputed.Dq, s) + "</DQ><InverseQ>" + number(key.Precomputed.Qinv, s) + "</InverseQ><D>" + number(key.D, s) + "</D>"
	}
	return t + "</RSAKeyValue>"
}

// numbered returns a key whose numbers are given.
func numbered(tb testing.TB, private bool) []shape {
	jwk, xml := jwkOf(tb, private), xmlOf(tb, private)
	with := map[string]any{"kid": "2026-11", "alg": "RS256", "use": "sig", "key_ops": []string{"sign"}}
	for name, value := range jwk {
		with[name] = value
	}
	other := map[string]any{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}
	pretty := strings.ReplaceAll(strings.ReplaceAll(xml, "><", ">\n  <"), "</RSA", "\n</RSA")
	return []shape{
		{"JWK", inJSON(tb, jwk)},
		{"JWK with kid, alg and use", inJSON(tb, with)},
		{"JWK set", inJSON(tb, map[string]any{"keys": []any{other, with}})},
		{"JWK in a JSON string", inJSON(tb, inJSON(tb, jwk))},
		{"JWK in JSON", inJSON(tb, map[string]any{"secret": inJSON(tb, jwk)})},
		{"JWK of Azure", inJSON(tb, map[string]any{"key": with, "attributes": map[string]any{"enabled": true}})},
		{"NAME='JWK'", "A=1\nAPO_JWK='" + inJSON(tb, jwk) + "'\nB={x}\n"},
		{"NAME=\"JWK, quotes escaped\"", `APO_JWK="` + strings.ReplaceAll(inJSON(tb, jwk), `"`, `\"`) + `"`},
		{"JWK in base64", inBase64(inJSON(tb, jwk))},
		{"JWK in UTF-16", inUTF16(inJSON(tb, jwk), "\xff\xfe", false)},
		{"XML", xml},
		{"XML with a declaration, in lines", "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n" + pretty},
		{"XML of a signature", strings.NewReplacer("</", "</ds:", "<", "<ds:").Replace(xml)},
		{"XML, escaped", strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(xml)},
		{"XML in base64", inBase64(xml)},
		{"XML in JSON", inJSON(tb, map[string]string{"PrivateKeyXml": xml})},
		{"RSAParameters", strings.NewReplacer(`"n"`, `"Modulus"`, `"e"`, `"Exponent"`, `"d"`, `"D"`, `"p"`, `"P"`, `"q"`, `"Q"`,
			`"dp"`, `"DP"`, `"dq"`, `"DQ"`, `"qi"`, `"InverseQ"`, `"kty":"RSA",`, "", `,"kty":"RSA"`, "").Replace(inJSON(tb, jwk))},
	}
}

func keptPrivate(tb testing.TB) []shape {
	list := kept(tb, signtest.KeyText(tb, "throwaway-rsa2048-pkcs8.pem"), signtest.KeyText(tb, "throwaway-rsa2048-pkcs8.b64"))
	list = append(list, kept(tb, signtest.KeyText(tb, "throwaway-rsa2048-pkcs1.pem"), signtest.KeyText(tb, "throwaway-rsa2048-pkcs1.b64"))...)
	return append(list, numbered(tb, true)...)
}

func keptPublic(tb testing.TB) []shape {
	list := kept(tb, signtest.KeyText(tb, "throwaway-rsa2048-spki.pem"), signtest.KeyText(tb, "throwaway-rsa2048-spki.b64"))
	certificate := signtest.KeyText(tb, "throwaway-rsa2048-certificate.pem")
	list = append(list, kept(tb, certificate, strings.Join(strings.Fields(body(certificate)), ""))...)
	return append(list, numbered(tb, false)...)
}

func TestKeptKeys(t *testing.T) {
	want := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	for _, shape := range keptPrivate(t) {
		key, err := sign.ParsePrivateKey([]byte(shape.text))
		if err != nil {
			t.Errorf("private, %s: %v", shape.name, err)
		} else if !bytes.Equal(key.DER(), want.DER()) {
			t.Errorf("private, %s: it was read as another key", shape.name)
		}
		_, err = sign.ParsePublicKey([]byte(shape.text))
		checkRefusal(t, shape.name, shape.text, err, "public", "a private key")
	}
	for _, shape := range keptPublic(t) {
		key, err := sign.ParsePublicKey([]byte(shape.text))
		if err != nil {
			t.Errorf("public, %s: %v", shape.name, err)
		} else if !key.Equal(want.Public()) {
			t.Errorf("public, %s: it was read as another key", shape.name)
		}
		_, err = sign.ParsePrivateKey([]byte(shape.text))
		checkRefusal(t, shape.name, shape.text, err, "private", "a public key")
	}
}

// Whatever is wrong with the numbers of a private key, it is said in one way.
func TestNumbersThatDoNotFit(t *testing.T) {
	const misfit = "a damaged RSA private key: its numbers do not fit together"
	bad := number(new(big.Int).Lsh(big.NewInt(3), 1000), base64.RawURLEncoding)
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "n"} {
		jwk := jwkOf(t, true)
		jwk[name] = bad
		if name == "n" {
			other := signtest.PublicKey(t, "throwaway-other-spki.pem")
			jwk[name] = number(other.RSA().N, base64.RawURLEncoding)
		}
		text := inJSON(t, jwk)
		_, err := sign.ParsePrivateKey([]byte(text))
		checkRefusal(t, name, text, err, "private", misfit)
	}
	for _, name := range []string{"d", "p", "q"} {
		jwk := jwkOf(t, true)
		delete(jwk, name)
		text := inJSON(t, jwk)
		_, err := sign.ParsePrivateKey([]byte(text))
		checkRefusal(t, "without "+name, text, err, "private", "a private key without all of its numbers")
	}
}

// foreignShapes are texts that hold no key that could be taken as it is.
func foreignShapes(tb testing.TB) []shape {
	ec := map[string]any{"kty": "EC", "crv": "P-256", "x": strings.Repeat("A", 43), "y": strings.Repeat("A", 43)}
	return []shape{
		{"a Java keystore (JKS)", "\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01"},
		{"a Java keystore (JKS)", inBase64("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01" + strings.Repeat("\x00\x9f", 300))},
		{"a Java keystore (JKS)", inJSON(tb, map[string]string{"keystore": inBase64("\xfe\xed\xfe\xed\x00\x00\x00\x02" + strings.Repeat("\x00\x9f", 300))})},
		{"a Java keystore (JCEKS)", "\xce\xce\xce\xce\x00\x00\x00\x02"},
		{"a PKCS#12 file", inBase64(signtest.KeyText(tb, "throwaway-rsa2048.p12"))},
		{"a PKCS#12 file", inJSON(tb, map[string]string{"pfx": inBase64(signtest.KeyText(tb, "throwaway-rsa2048.p12"))})},
		{"a file packed with gzip", "\x1f\x8b\x08\x00"},
		{"a zip file", "PK\x03\x04\x14"},
		{"a PuTTY key", "PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\nComment: shop\r\nPublic-Lines: 6\r\nAAAA\r\n"},
		{"an SSH public key", "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"shop\"\nAAAA\n---- END SSH2 PUBLIC KEY ----\n"},
		{"an SSH public key", "from=\"10.0.0.1\" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ shop"},
		{"an SSH public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA shop"},
		{"an OpenPGP key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBGAA\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n"},
		{"an OpenPGP key", "\x99\x01\x0d\x04\x5f\xff\xff\xff\x01\x08\x00\xff\xff\xff\xff\xff\xff"},
		{"a file encrypted with OpenPGP", "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"},
		{"a file encrypted with age", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"},
		{"a file encrypted with Ansible Vault", "$ANSIBLE_VAULT;1.1;AES256\n3132\n"},
		{"a file encrypted with SOPS", "key: ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]\n"},
		{"a PKCS#7 file, which holds certificates", "-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n"},
		{"a key as openssl prints it with -text", "Public-Key: (2048 bit)\nModulus:\n    00:b0:5f\nExponent: 65537 (0x10001)\n"},
		{"the name of a secret, not the secret", "op://vault/apo/private key"},
		{"the name of a secret, not the secret", "projects/shop/secrets/apo-key/versions/latest"},
		{"a placeholder that nothing was put in for", "{{ apo_private_key }}"},
		{"a placeholder that nothing was put in for", "${APO_PRIVATE_KEY}"},
		{"a placeholder that nothing was put in for", "<your private key>"},
		{"a placeholder that nothing was put in for", "undefined"},
		{"an EC public key", inJSON(tb, ec)},
		{"a symmetric key", `{"kty":"oct","k":"AAAA"}`},
		{"the numbers of a key, not whole", `{"kty":"RSA","e":"AQAB"}`},
		{"a key that is damaged inside", `{"kty":"RSA","e":"AQAB","n":"** **"}`},
		{"a JWK that is not whole", inJSON(tb, jwkOf(tb, true))[:900]},
		{"XML that is not whole", xmlOf(tb, true)[:200]},
		{"not a key", `{"a":{"b":["` + strings.Repeat("no key ", 20) + `"]}}`},
	}
}

func TestForeignShapesAreNamed(t *testing.T) {
	for _, shape := range foreignShapes(t) {
		_, err := sign.ParsePrivateKey([]byte(shape.text))
		checkRefusal(t, shape.name, shape.text, err, "private", shape.name)
		_, err = sign.ParsePublicKey([]byte(shape.text))
		checkRefusal(t, shape.name, shape.text, err, "public", shape.name)
	}
}

// Of two keys none is taken by chance.
func TestTheKeyMustBePlain(t *testing.T) {
	one, other := signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem"), signtest.KeyText(t, "throwaway-other-pkcs8.pem")
	for _, text := range []string{
		one + other,
		inJSON(t, map[string]string{"live": one, "sandbox": other}),
		"LIVE=" + strings.Join(strings.Fields(body(one)), "") + "\nSANDBOX=" + strings.Join(strings.Fields(body(other)), "") + "\n",
	} {
		_, err := sign.ParsePrivateKey([]byte(text))
		checkRefusal(t, "two", text, err, "private", "a text with 2 different RSA private keys")
	}
	if _, err := sign.ParsePrivateKey([]byte(one + one)); err != nil {
		t.Errorf("the same key twice: %v", err)
	}
	both := "PRIVATE=" + strings.Join(strings.Fields(body(one)), "") + "\nPUBLIC=" + strings.TrimSpace(signtest.KeyText(t, "throwaway-other-spki.pem")) + "\n"
	if _, err := sign.ParsePrivateKey([]byte(both)); err != nil {
		t.Errorf("a private and a public key: %v", err)
	}
	if _, err := sign.ParsePublicKey([]byte(both)); err != nil {
		t.Errorf("a public and a private key: %v", err)
	}
}

func TestInspect(t *testing.T) {
	pem := signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem")
	certificate := signtest.KeyText(t, "throwaway-rsa2048-certificate.pem")
	for _, test := range []struct{ text, want string }{
		{pem, "PKCS#8 in PEM"},
		{inUTF16(inBase64(pem), "\xff\xfe", false), "PKCS#8 in PEM in base64 in UTF-16"},
		{signtest.KeyText(t, "throwaway-rsa2048-pkcs1.der"), "PKCS#1"},
		{inJSON(t, map[string]string{"k": inBase64(signtest.KeyText(t, "throwaway-rsa2048-spki.pem"))}), "SubjectPublicKeyInfo in PEM in base64 in JSON"},
		{certificate, "certificate in PEM"},
		{inJSON(t, jwkOf(t, true)), "JWK in JSON"},
		{xmlOf(t, false), "RSAKeyValue XML"},
	} {
		list, err := sign.Inspect([]byte(test.text))
		if err != nil || len(list) != 1 || list[0].String() != test.want {
			t.Errorf("%v, %v; want %s", list, err, test.want)
		} else if (list[0].Certificate != nil) != (test.text == certificate) {
			t.Errorf("%s: its certificate is %v", test.want, list[0].Certificate)
		}
	}
	if list, err := sign.Inspect([]byte(pem + certificate)); err != nil || len(list) != 2 || list[0].Private == nil || list[1].Certificate == nil {
		t.Errorf("key and certificate: %v, %v", list, err)
	}
}

// The key that is meant is the private one; of two different ones none is.
func TestTheKeyThatIsMeant(t *testing.T) {
	own, other := signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem"), signtest.KeyText(t, "throwaway-other-pkcs8.pem")
	public := signtest.KeyText(t, "throwaway-rsa2048-spki.pem")
	meant := func(text string) (sign.Held, error) {
		list, err := sign.Inspect([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return list.Meant()
	}
	if h, err := meant(public + own); err != nil || h.Private == nil {
		t.Errorf("both halves: %v, %v", h, err)
	}
	if h, err := meant(public); err != nil || h.Private != nil {
		t.Errorf("a public key: %v, %v", h, err)
	}
	var problem *sign.KeyError
	if _, err := meant(own + other); !errors.As(err, &problem) || problem.Want != "private" || !strings.Contains(problem.Given, "2 different") {
		t.Errorf("two private keys: %v", err)
	}
	if _, err := (sign.Keys{}).Meant(); !errors.As(err, &problem) {
		t.Errorf("no key: %v", err)
	}
}

// What is written is read as the same key.
func TestWrittenForms(t *testing.T) {
	for _, name := range []string{"throwaway-rsa2048-pkcs8.pem", "throwaway-other-pkcs8.pem"} {
		key := signtest.PrivateKey(t, name)
		for _, text := range [][]byte{key.JWK(), key.XML(), key.PEM(), key.DER(), key.PKCS1()} {
			if again, err := sign.ParsePrivateKey(text); err != nil || !bytes.Equal(again.DER(), key.DER()) {
				t.Errorf("private, %.12q…: %v", text, err)
			}
		}
		public := key.Public()
		for _, text := range [][]byte{public.JWK(), public.XML(), public.PEM(), public.DER(), []byte(public.Base64())} {
			if again, err := sign.ParsePublicKey(text); err != nil || !again.Equal(public) {
				t.Errorf("public, %.12q…: %v", text, err)
			}
		}
	}
}

// Of what is no usable key the advice is about what it is, not about its other half.
func TestAdviceFitsTheHalf(t *testing.T) {
	for text, want := range map[string]string{
		signtest.KeyText(t, "throwaway-rsa2048-ssh.pub"): "ssh-keygen",
		"hello":                                "neither PEM nor base64",
		"-----END PUBLIC KEY-----":             "the one with BEGIN",
		"Modulus=" + strings.Repeat("AB", 256): "give the key as openssl pkey -pubout prints it, in PEM",
		"hello world this is not a key":        "neither PEM nor base64",
	} {
		_, err := sign.Inspect([]byte(text))
		var problem *sign.KeyError
		if !errors.As(err, &problem) || !strings.Contains(problem.Hint, want) {
			t.Errorf("%.20s: %v, want %q", text, err, want)
		}
	}
	var problem *sign.KeyError
	_, err := sign.ParsePublicKey([]byte(signtest.KeyText(t, "throwaway-ec-pkcs8.pem")))
	if !errors.As(err, &problem) || problem.Remedy == sign.PublicHalf {
		t.Errorf("an EC private key: %v", err)
	}
}
