package sign_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

func TestContainerOf(t *testing.T) {
	const content = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	for text, want := range map[string]sign.Container{
		signtest.KeyText(t, "throwaway-rsa2048.p12"):                       sign.PKCS12,
		"\x30\x80\x02\x01\x03\x30\x80" + content + "\x01\xa0\x80":          sign.PKCS12,
		"\x30\x80" + content + "\x02\xa0\x80":                              sign.PKCS7,
		"\x30\x0d" + content + "\x02\xa0\x00":                              sign.PKCS7,
		"Bag Attributes\n-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----": sign.PKCS7,
		"\xfe\xed\xfe\xed\x00\x00\x00\x02":                                 sign.JKS,
		"\xce\xce\xce\xce\x00\x00\x00\x02":                                 sign.JCEKS,
		signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem"):                 "",
		signtest.KeyText(t, "throwaway-rsa2048-pkcs1.der"):                 "",
		"\x30\x80": "",
		"":         "",
	} {
		if got := sign.ContainerOf([]byte(text)); got != want {
			t.Errorf("%.20q is %q, want %q", text, got, want)
		}
	}
}
