package sign_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// A shape is a key as somebody has it.
type shape struct{ name, text string }

// worn returns text after the accidents of shells, editors and environment
// files.
func worn(name, text string) []shape {
	const bom = "\xef\xbb\xbf"
	line := strings.TrimSuffix(text, "\n")
	crlf := strings.ReplaceAll(text, "\n", "\r\n")
	return []shape{
		{name, text},
		{name + ", without its last newline", line},
		{name + ", CRLF", crlf},
		{name + ", in double quotes", `"` + line + `"`},
		{name + ", in single quotes", "'" + text + "'"},
		{name + ", in double quotes, CRLF", `"` + crlf + "\"\r\n"},
		{name + `, literal \n`, strings.ReplaceAll(text, "\n", `\n`)},
		{name + `, literal \r\n`, strings.ReplaceAll(text, "\n", `\r\n`)},
		{name + `, literal \n in double quotes`, `"` + strings.ReplaceAll(text, "\n", `\n`) + `"`},
		{name + ", spaces for newlines", strings.ReplaceAll(text, "\n", " ")},
		{name + ", newlines lost", strings.ReplaceAll(text, "\n", "")},
		{name + ", indented", "  " + strings.ReplaceAll(text, "\n", "\n  ")},
		{name + ", blanks around", " \t\n" + text + "\n\n \t"},
		{name + ", BOM", bom + text},
		{name + ", BOM, CRLF and blanks", bom + "\r\n " + crlf + " "},
	}
}

func relabel(pem, from, to string) string {
	return strings.ReplaceAll(pem, " "+from+"-----", " "+to+"-----")
}

func privateShapes(tb testing.TB) []shape {
	pkcs8, pkcs1 := signtest.KeyText(tb, "throwaway-rsa2048-pkcs8.pem"), signtest.KeyText(tb, "throwaway-rsa2048-pkcs1.pem")
	bare := signtest.KeyText(tb, "throwaway-rsa2048-pkcs8.b64")
	shapes := []shape{
		{"bare PKCS#8 on one line", bare},
		{"bare PKCS#1 on one line", signtest.KeyText(tb, "throwaway-rsa2048-pkcs1.b64")},
		{"bare, without its padding", strings.TrimRight(bare, "=")},
		{"PKCS#8 DER", signtest.KeyText(tb, "throwaway-rsa2048-pkcs8.der")},
		{"PKCS#1 DER", signtest.KeyText(tb, "throwaway-rsa2048-pkcs1.der")},
		{"PKCS#8 labelled as PKCS#1", relabel(pkcs8, "PRIVATE KEY", "RSA PRIVATE KEY")},
		{"PKCS#1 labelled as PKCS#8", relabel(pkcs1, "RSA PRIVATE KEY", "PRIVATE KEY")},
		{"as the Python SDK wraps PKCS#8", "-----BEGIN RSA PRIVATE KEY-----\n" + bare + "\n-----END RSA PRIVATE KEY-----"},
		{"text before and behind", "Bag Attributes\n    friendlyName: shop\n" + pkcs8 + "made by hand\n"},
		{"certificate and key", signtest.KeyText(tb, "throwaway-rsa2048-certificate-and-key.pem")},
		{"key and certificate", pkcs8 + signtest.KeyText(tb, "throwaway-rsa2048-certificate.pem")},
		{"public and private half", signtest.KeyText(tb, "throwaway-rsa2048-spki.pem") + pkcs8},
	}
	shapes = append(shapes, worn("PKCS#8", pkcs8)...)
	shapes = append(shapes, worn("PKCS#1", pkcs1)...)
	return append(shapes, worn("bare in columns", signtest.KeyText(tb, "throwaway-rsa2048-pkcs8-columns.b64"))...)
}

func publicShapes(tb testing.TB) []shape {
	spki, pkcs1 := signtest.KeyText(tb, "throwaway-rsa2048-spki.pem"), signtest.KeyText(tb, "throwaway-rsa2048-pkcs1-public.pem")
	certificate := signtest.KeyText(tb, "throwaway-rsa2048-certificate.pem")
	bare := signtest.KeyText(tb, "throwaway-rsa2048-spki.b64")
	shapes := []shape{
		{"bare SPKI on one line", bare},
		{"SPKI DER", signtest.KeyText(tb, "throwaway-rsa2048-spki.der")},
		{"SPKI labelled as PKCS#1", relabel(spki, "PUBLIC KEY", "RSA PUBLIC KEY")},
		{"PKCS#1 labelled as SPKI", relabel(pkcs1, "RSA PUBLIC KEY", "PUBLIC KEY")},
		{"certificate labelled as trusted", relabel(certificate, "CERTIFICATE", "TRUSTED CERTIFICATE")},
		{"bare inside PEM lines", "-----BEGIN PUBLIC KEY-----\n" + bare + "\n-----END PUBLIC KEY-----"},
		{"text before and behind", "Certificate:\n    Version: 3 (0x2)\n" + certificate + "the end\n"},
		{"certificate chain", certificate + certificate},
	}
	shapes = append(shapes, worn("SPKI", spki)...)
	shapes = append(shapes, worn("PKCS#1 public", pkcs1)...)
	shapes = append(shapes, worn("certificate", certificate)...)
	return append(shapes, worn("bare in columns", signtest.KeyText(tb, "throwaway-rsa2048-spki-columns.b64"))...)
}

func TestParsePrivateKey(t *testing.T) {
	want := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem").DER()
	for _, shape := range privateShapes(t) {
		t.Run(shape.name, func(t *testing.T) {
			key, err := sign.ParsePrivateKey([]byte(shape.text))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(key.DER(), want) {
				t.Error("it was read as another key")
			}
		})
	}
}

func TestParsePublicKey(t *testing.T) {
	want := signtest.PublicKey(t, "throwaway-rsa2048-spki.pem")
	for _, shape := range append(publicShapes(t), shape{
		"certificate and key", signtest.KeyText(t, "throwaway-rsa2048-certificate-and-key.pem"),
	}) {
		t.Run(shape.name, func(t *testing.T) {
			key, err := sign.ParsePublicKey([]byte(shape.text))
			if err != nil {
				t.Fatal(err)
			}
			if !key.Equal(want) {
				t.Error("it was read as another key")
			}
		})
	}
}

func TestParsingLeavesTheTextAlone(t *testing.T) {
	for _, shape := range append(privateShapes(t), publicShapes(t)...) {
		text := []byte(shape.text)
		sign.ParsePrivateKey(text)
		sign.ParsePublicKey(text)
		if string(text) != shape.text {
			t.Errorf("%s: parsing changed the caller's bytes", shape.name)
		}
	}
}

func TestTheOtherHalfIsRefused(t *testing.T) {
	for _, shape := range privateShapes(t) {
		if strings.Contains(shape.text, "CERTIFICATE") || strings.Contains(shape.text, "PUBLIC") {
			continue
		}
		_, err := sign.ParsePublicKey([]byte(shape.text))
		checkRefusal(t, shape.name, shape.text, err, "public", "a private key")
	}
	for _, shape := range publicShapes(t) {
		_, err := sign.ParsePrivateKey([]byte(shape.text))
		checkRefusal(t, shape.name, shape.text, err, "private", "a public key")
	}
}

// checkRefusal wants a sentence that says what was given and what is wanted,
// and nothing of the text itself.
func checkRefusal(t *testing.T, name, text string, err error, want, given string) {
	t.Helper()
	var problem *sign.KeyError
	if !errors.As(err, &problem) {
		t.Errorf("%s as %s key: %v; want a KeyError", name, want, err)
		return
	}
	if problem.Want != want || problem.Given != given {
		t.Errorf("%s as %s key: wanted %q, given %q; want given %q", name, want, problem.Want, problem.Given, given)
	}
	sentence := err.Error()
	if !strings.Contains(sentence, problem.Given) || !strings.Contains(sentence, "RSA "+want+" key") {
		t.Errorf("%s as %s key: %q does not say what was given and what is wanted", name, want, sentence)
	}
	if strings.ContainsAny(sentence, "\r\n") || strings.HasSuffix(sentence, ".") {
		t.Errorf("%s as %s key: %q is not one sentence of an error", name, want, sentence)
	}
	if run := leaked(sentence, spellings(text)...); run != "" {
		t.Errorf("%s as %s key: the error %q tells %q of the text", name, want, sentence, run)
	}
}

func TestRefusals(t *testing.T) {
	pem, bare := signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem"), signtest.KeyText(t, "throwaway-rsa2048-pkcs8.b64")
	spki, pkcs1 := signtest.KeyText(t, "throwaway-rsa2048-spki.pem"), signtest.KeyText(t, "throwaway-rsa2048-pkcs1.der")
	header := strings.Index(pem, "\n") + 1
	end := strings.Index(pem, "-----END")
	const (
		notKey    = "not a key"
		encrypted = "an encrypted private key"
		ec        = "an EC private key"
		kind      = "a damaged key, or one of another kind"
		cut       = "the beginning of a key, cut off"
		behind    = "a key with other bytes behind it"
		noEnd     = "a PEM block without its END line"
		damaged   = "a PEM block that is damaged inside"
		firstLine = "a PEM block whose first line is cut off"
		request   = "a certificate request"
		private   = "a private key"
	)
	tests := []struct{ name, text, asPrivate, asPublic string }{
		{"EC, PKCS#8", signtest.KeyText(t, "throwaway-ec-pkcs8.pem"), ec, private},
		{"EC, SEC1", signtest.KeyText(t, "throwaway-ec-sec1.pem"), ec, private},
		{"EC, SEC1 behind its parameters", signtest.KeyText(t, "throwaway-ec-parameters.pem"), ec, private},
		{"EC, SEC1 labelled PRIVATE KEY", relabel(signtest.KeyText(t, "throwaway-ec-sec1.pem"), "EC PRIVATE KEY", "PRIVATE KEY"), ec, private},
		{"EC, DER", signtest.KeyText(t, "throwaway-ec-pkcs8.der"), ec, private},
		{"Ed25519", signtest.KeyText(t, "throwaway-ed25519-pkcs8.pem"), "an Ed25519 private key", private},
		{"X25519", signtest.KeyText(t, "throwaway-x25519-pkcs8.pem"), "a private key of another kind", private},
		{"RSA 1024", signtest.KeyText(t, "throwaway-rsa1024-pkcs8.pem"), "an RSA private key of 1024 bits", private},
		{"RSA 512", signtest.KeyText(t, "throwaway-rsa512-pkcs8.pem"), "an RSA private key of 512 bits", private},
		{"RSA-PSS", signtest.KeyText(t, "throwaway-rsapss-pkcs8.pem"), "an RSA-PSS key", "an RSA-PSS key"},
		{"encrypted PKCS#8", signtest.KeyText(t, "throwaway-rsa2048-encrypted-pkcs8.pem"), encrypted, encrypted},
		{"encrypted PKCS#8, PBES1", signtest.KeyText(t, "throwaway-rsa2048-encrypted-pbes1.pem"), encrypted, encrypted},
		{"encrypted PKCS#8, bare", body(signtest.KeyText(t, "throwaway-rsa2048-encrypted-pkcs8.pem")), encrypted, encrypted},
		{"encrypted PKCS#8, PBES1, bare", body(signtest.KeyText(t, "throwaway-rsa2048-encrypted-pbes1.pem")), encrypted, encrypted},
		{"encrypted PKCS#8, labelled PRIVATE KEY", relabel(signtest.KeyText(t, "throwaway-rsa2048-encrypted-pkcs8.pem"), "ENCRYPTED PRIVATE KEY", "PRIVATE KEY"), encrypted, encrypted},
		{"encrypted traditional PEM", signtest.KeyText(t, "throwaway-rsa2048-encrypted-traditional.pem"), encrypted, encrypted},
		{"encrypted traditional PEM, spaces for newlines", strings.ReplaceAll(signtest.KeyText(t, "throwaway-rsa2048-encrypted-traditional.pem"), "\n", " "), encrypted, encrypted},
		{"OpenSSH private key", signtest.KeyText(t, "throwaway-rsa2048-openssh.pem"), "an OpenSSH private key", "an OpenSSH private key"},
		{"ssh-rsa line", signtest.KeyText(t, "throwaway-rsa2048-ssh.pub"), "an SSH public key", "an SSH public key"},
		{"certificate request", signtest.KeyText(t, "throwaway-rsa2048-request.pem"), request, request},
		{"certificate request, bare", body(signtest.KeyText(t, "throwaway-rsa2048-request.pem")), request, request},
		{"PKCS#12", signtest.KeyText(t, "throwaway-rsa2048.p12"), "a PKCS#12 file", "a PKCS#12 file"},

		{"PEM cut in its first line", pem[:20], firstLine, firstLine},
		{"PEM cut behind its first line", pem[:header], noEnd, noEnd},
		{"PEM cut in the middle", pem[:len(pem)/2], noEnd, noEnd},
		{"PEM cut before its last line", pem[:end], noEnd, noEnd},
		{"PEM without its first line", pem[header:], "the end of a key, without its beginning", "the end of a key, without its beginning"},
		{"PEM that lost a line inside", pem[:header+65] + pem[header+130:], cut, cut},
		{"PEM with an elision inside", pem[:header+65] + "...\n" + pem[end:], damaged, damaged},
		{"PEM with nothing inside", pem[:header] + pem[end:], damaged, damaged},
		{"EC parameters alone", signtest.KeyText(t, "throwaway-ec-parameters.pem")[:72], "a PEM file without a key", "a PEM file without a key"},
		{"public PEM cut before its last line", spki[:strings.Index(spki, "-----END")], noEnd, noEnd},
		{"bare base64 cut at a group", bare[:800], cut, cut},
		{"bare base64 cut in a group", bare[:802], cut, cut},
		{"DER cut", pkcs1[:len(pkcs1)-1], cut, cut},
		{"DER cut early", pkcs1[:8], cut, cut},
		{"DER with a newline behind", pkcs1 + "\n", behind, behind},
		{"public DER with a newline behind", signtest.KeyText(t, "throwaway-rsa2048-spki.der") + "\n", behind, behind},
		{"two keys in one base64", base64.StdEncoding.EncodeToString([]byte(pkcs1 + pkcs1)), behind, behind},

		{"nothing", "", "empty", "empty"},
		{"blanks", " \t\r\n\n ", "empty", "empty"},
		{"empty quotes", `""`, "empty", "empty"},
		{"a BOM alone", "\xef\xbb\xbf", "empty", "empty"},
		{"prose", "Please find the key that you asked for in the attachment.", notKey, notKey},
		{"one word", "password", notKey, notKey},
		{"what a template has", "changeme", "a placeholder that nothing was put in for", "a placeholder that nothing was put in for"},
		{"name of a file", "/etc/apo/merchant.pem", notKey, notKey},
		{"JSON", `{"clientId":"SANDBOX_5Y0000000000001","publicKey":null}`, notKey, notKey},
		{"base64 of prose", base64.StdEncoding.EncodeToString([]byte("Please find the key in the attachment.")), notKey, notKey},
		{"a fingerprint", signtest.KeyText(t, "throwaway-rsa2048.fingerprint"), notKey, notKey},
		{"1 MB of text", strings.Repeat("All work and no play. ", 1<<20/22), "a text of 1048564 bytes", "a text of 1048564 bytes"},
		{"1 MB of base64", strings.Repeat("MIIE", 1<<18), "a text of 1048576 bytes", "a text of 1048576 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key, err := sign.ParsePrivateKey([]byte(test.text))
			if key != nil {
				t.Error("it became a private key")
			}
			checkRefusal(t, test.name, test.text, err, "private", test.asPrivate)
			public, err := sign.ParsePublicKey([]byte(test.text))
			if public != nil {
				t.Error("it became a public key")
			}
			checkRefusal(t, test.name, test.text, err, "public", test.asPublic)
		})
	}
}

// body returns what stands between the lines of a PEM block.
func body(pem string) string {
	_, pem, _ = strings.Cut(pem, "-----\n")
	pem, _, _ = strings.Cut(pem, "-----END")
	return pem
}

func TestPublicRefusals(t *testing.T) {
	long, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 16384), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, text, given string }{
		{"EC", signtest.KeyText(t, "throwaway-ec-spki.pem"), "an EC public key"},
		{"Ed25519", signtest.KeyText(t, "throwaway-ed25519-spki.pem"), "an Ed25519 public key"},
		{"X25519", signtest.KeyText(t, "throwaway-x25519-spki.pem"), "a public key of another kind"},
		{"RSA 1024", signtest.KeyText(t, "throwaway-rsa1024-spki.pem"), "an RSA public key of 1024 bits"},
		{"RSA 512", signtest.KeyText(t, "throwaway-rsa512-spki.pem"), "an RSA public key of 512 bits"},
		{"RSA 16385", string(long), "an RSA public key of 16385 bits"},
		{"RSA-PSS", signtest.KeyText(t, "throwaway-rsapss-spki.pem"), "an RSA-PSS key"},
	} {
		_, err := sign.ParsePublicKey([]byte(test.text))
		checkRefusal(t, test.name, test.text, err, "public", test.given)
	}
}

func TestNewPrivateKeyHasTheRulesOfParse(t *testing.T) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(body(signtest.KeyText(t, "throwaway-rsa1024-pkcs8.pem"))), ""))
	if err != nil {
		t.Fatal(err)
	}
	short, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sign.NewPrivateKey(short.(*rsa.PrivateKey))
	checkRefusal(t, "RSA 1024", string(der), err, "private", "an RSA private key of 1024 bits")

	key, err := sign.NewPrivateKey(signtest.BareKey(t))
	if err != nil {
		t.Fatal(err)
	}
	if !key.Public().Equal(signtest.PublicKey(t, "throwaway-rsa2048-spki.pem")) {
		t.Error("it became another key")
	}
}

// A download that broke off may end after any byte. It is either refused or,
// where only padding or the label of the last line got lost, the whole key.
func TestNoPrefixIsAKey(t *testing.T) {
	private := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	public := private.Public()
	escaped := `"` + strings.ReplaceAll(signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem"), "\n", `\n`) + `"`
	shapes := []shape{{"escaped and quoted", escaped}}
	for _, name := range []string{
		"throwaway-rsa2048-pkcs8.pem", "throwaway-rsa2048-pkcs1.pem", "throwaway-rsa2048-spki.pem",
		"throwaway-rsa2048-pkcs1-public.pem", "throwaway-rsa2048-certificate.pem",
		"throwaway-rsa2048-certificate-and-key.pem", "throwaway-rsa2048-pkcs8.b64",
		"throwaway-rsa2048-pkcs8-columns.b64", "throwaway-rsa2048-spki.b64", "throwaway-rsa2048-spki-columns.b64",
		"throwaway-rsa2048-pkcs8.der", "throwaway-rsa2048-pkcs1.der", "throwaway-rsa2048-spki.der",
	} {
		shapes = append(shapes, shape{name, signtest.KeyText(t, name)})
	}
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			sentences := map[string]bool{}
			accepted := 0
			for i := range len(shape.text) + 1 {
				prefix, lost := shape.text[:i], shape.text[i:]
				whole := strings.Contains(prefix, "-----END") || strings.Trim(lost, "=\n") == ""
				if key, err := sign.ParsePrivateKey([]byte(prefix)); err != nil {
					sentences[refusal(t, err, "private")] = true
				} else if accepted++; !whole || !bytes.Equal(key.DER(), private.DER()) {
					t.Errorf("the first %d of %d bytes became a private key", i, len(shape.text))
				}
				if key, err := sign.ParsePublicKey([]byte(prefix)); err != nil {
					sentences[refusal(t, err, "public")] = true
				} else if accepted++; !whole || !key.Equal(public) {
					t.Errorf("the first %d of %d bytes became a public key", i, len(shape.text))
				}
			}
			if accepted == 0 {
				t.Error("not even the whole was accepted")
			}
			for sentence := range sentences {
				if run := leaked(sentence, spellings(shape.text)...); run != "" {
					t.Errorf("the error %q tells %q of the key", sentence, run)
				}
			}
		})
	}
}

func refusal(t *testing.T, err error, want string) string {
	t.Helper()
	var problem *sign.KeyError
	if !errors.As(err, &problem) || problem.Want != want || problem.Given == "" {
		t.Fatalf("error %v; want a KeyError that wants a %s key and says what was given", err, want)
	}
	return err.Error()
}
