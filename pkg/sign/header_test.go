package sign_test

import (
	"reflect"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

func TestParseHeader(t *testing.T) {
	plain := sign.Header{Algorithm: "RSA256", KeyVersion: "1", Signature: "c2ln"}
	unknown := plain
	unknown.Unknown = []sign.Item{{Name: "Region", Value: "sea"}, {Name: "nonce", Value: "a=b=="}, {Name: "empty", Value: ""}}
	tests := []struct {
		name, text, written string
		want                sign.Header
	}{
		{"as Sign writes it", "algorithm=RSA256,keyVersion=1,signature=c2ln", "algorithm=RSA256,keyVersion=1,signature=c2ln", plain},
		{"reversed", "signature=c2ln,keyVersion=1,algorithm=RSA256", "algorithm=RSA256,keyVersion=1,signature=c2ln", plain},
		{"spaced", " signature = c2ln ,\talgorithm= RSA256, keyVersion =1 ", "algorithm=RSA256,keyVersion=1,signature=c2ln", plain},
		{"shouted", "ALGORITHM=RSA256,KeyVersion=1,Signature=c2ln", "algorithm=RSA256,keyVersion=1,signature=c2ln", plain},
		{"empty items", ",algorithm=RSA256,,keyVersion=1, ,signature=c2ln,", "algorithm=RSA256,keyVersion=1,signature=c2ln", plain},
		{"unknown items among the known", "Region=sea,signature=c2ln,nonce=a=b==,keyVersion=1,empty=,algorithm=RSA256", "algorithm=RSA256,keyVersion=1,signature=c2ln,Region=sea,nonce=a=b==,empty=", unknown},
		{"signature alone", "signature=c2ln", "algorithm=,keyVersion=,signature=c2ln", sign.Header{Signature: "c2ln"}},
		{"values keep their case and escapes", "algorithm=rsa256,keyVersion=v1%2C,signature=%2b%2B==", "algorithm=rsa256,keyVersion=v1%2C,signature=%2b%2B==", sign.Header{Algorithm: "rsa256", KeyVersion: "v1%2C", Signature: "%2b%2B=="}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, err := sign.ParseHeader(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(h, test.want) {
				t.Errorf("parsed %+v; want %+v", h, test.want)
			}
			if h.String() != test.written {
				t.Errorf("written %q; want %q", h, test.written)
			}
			again, err := sign.ParseHeader(h.String())
			if err != nil || !reflect.DeepEqual(again, h) {
				t.Errorf("read again %+v, %v; want %+v", again, err, h)
			}
		})
	}
}

func TestHeaderBytes(t *testing.T) {
	for text, want := range map[string]string{
		"c2ln":                 "sig",
		"Pz8%2FPz4%2B":         "????>>",
		"Pz8/Pz4%2b":           "????>>",
		"c2k%3D":               "si",
		"c2k=":                 "si",
		"cw%3d%3D":             "s",
		"%63%32%6C%6E":         "sig",
		"AAECAwQFBgcICQoLDA0O": "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e",
	} {
		raw, err := sign.Header{Signature: text}.Bytes()
		if err != nil || string(raw) != want {
			t.Errorf("%s: %q, %v; want %q", text, raw, err, want)
		}
	}
	for name, text := range map[string]string{
		"raw plus":          "Pz8/Pz4+",
		"blank inside":      "Pz8/ Pz4",
		"base64url":         "Pz8_Pz4-",
		"no padding":        "c2k",
		"padding too long":  "c2k==",
		"padding inside":    "cw==c2ln",
		"loose bits":        "c2l=",
		"group cut off":     "c2lnc",
		"escape cut off":    "c2ln%3",
		"escape that isn't": "c2ln%zz",
		"encoded twice":     "c2k%253D",
	} {
		raw, err := sign.Header{Signature: text}.Bytes()
		if verdict(err) != "header" {
			t.Errorf("%s: %q, %v; want ErrHeader", name, raw, err)
		}
	}
}
