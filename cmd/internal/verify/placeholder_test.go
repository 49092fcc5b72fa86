package verify

import "testing"

func TestStandIn(t *testing.T) {
	for _, put := range []string{"[REDACTED]", "***", "-", "{{sig}}", "${SIG}", "<signature>", "undefined", "null", "xxxxx", "[Filtered]", "{{body}}", "{body}", "(empty)", "<243 bytes>", "[object Object]", "••••", "algorithm=RSA256,signature={{sig}}"} {
		if standIn(put) == "" {
			t.Errorf("%q is taken for a value", put)
		}
	}
	for _, value := range []string{"", "{}", "[]", "[1,2]", `{"a":1}`, "SANDBOX_5Y0000000000001", "2026-11-20T09:15:30+08:00", "algorithm=RSA256,keyVersion=1,signature=abc%2Bdef%3D", "1764468930000", `{"name":"{{x}}"}`} {
		if put := standIn(value); put != "" {
			t.Errorf("%q is taken for %q", value, put)
		}
	}
}
