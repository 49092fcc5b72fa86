package sign_test

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

func TestProbe(t *testing.T) {
	files, _ := filepath.Glob("testdata/keys/*")
	give := func(n string, b []byte) {
		var ke *sign.KeyError
		_, e1 := sign.ParsePrivateKey(b)
		_, e2 := sign.ParsePublicKey(b)
		f := func(e error) string {
			if e == nil {
				return "OK"
			}
			if !errors.As(e, &ke) {
				return "NOT KEYERROR"
			}
			return ke.Given
		}
		fmt.Printf("%-50s priv: %-45s pub: %s\n", n, f(e1), f(e2))
	}
	for _, f := range files {
		b, _ := os.ReadFile(f)
		give(filepath.Base(f), b)
	}
	b, _ := os.ReadFile("testdata/keys/throwaway-rsa2048-pkcs8.b64")
	for i := 1; i < 9; i++ {
		give(fmt.Sprint("b64 cut ", i), b[:len(b)-i])
	}
	for _, i := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 100} {
		give(fmt.Sprint("b64 head ", i), b[:i])
	}
	b, _ = os.ReadFile("testdata/keys/throwaway-rsa2048-pkcs8.der")
	for _, i := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 100} {
		give(fmt.Sprint("der head ", i), b[:i])
	}
	give("der newline", append(b, '\n'))
	b, _ = os.ReadFile("testdata/keys/throwaway-rsa2048-pkcs8.pem")
	p := strings.ReplaceAll(string(b), "\n", "")
	give("joined", []byte(p))
	give("lost a line", []byte(string(b[:100])+string(b[165:])))
	give("lost a char", []byte(string(b[:100])+string(b[101:])))
	give("prose", []byte("This is the key that was promised."))
	give("word", []byte("MIIword"))
	give("word", []byte("hello"))
	give("json", []byte(`{"key":"value"}`))
	give("1MB", []byte(strings.Repeat("a", 1<<20)))
	give("utf16", []byte("\xff\xfe-\x00-\x00"))
	give("path", []byte("/home/me/key.pem"))
	give("changeme", []byte("changeme"))
	give("stars", []byte("****"))
	func() {
		defer func() { fmt.Println("NewPrivateKey(nil):", recover()) }()
		sign.NewPrivateKey(nil)
	}()
	func() {
		defer func() { fmt.Println("NewPrivateKey(zero):", recover()) }()
		sign.NewPrivateKey(&rsa.PrivateKey{})
	}()
	k, _ := sign.ParsePrivateKey(b)
	fmt.Printf("%v %+v %#v %s %x\n", *k, *k, *k, *k, *k)
}
