package sign_test

import (
	"encoding/base64"
	"strings"
	"testing"
)

// leaked returns the first run of 16 bytes that text shares with a secret:
// 12 bytes of a key in base64 are too much for an error message.
func leaked(text string, secrets ...string) string {
	const run = 16
	for i := 0; i+run <= len(text); i++ {
		for _, secret := range secrets {
			if strings.Contains(secret, text[i:i+run]) {
				return text[i : i+run]
			}
		}
	}
	return ""
}

// spellings returns a key's text in the ways in which it could slip out: as it
// was given, on one line, and in base64 if it was not text.
func spellings(key string) []string {
	return []string{key, strings.Join(strings.Fields(key), ""), base64.StdEncoding.EncodeToString([]byte(key))}
}

func TestLeakedFindsRuns(t *testing.T) {
	const secret = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
	if run := leaked("the key is "+secret[5:21]+"…", secret); run != secret[5:21] {
		t.Errorf("leaked found %q; want %q", run, secret[5:21])
	}
	if run := leaked("the key is "+secret[5:20]+"…", secret); run != "" {
		t.Errorf("leaked found %q in 15 characters", run)
	}
}
