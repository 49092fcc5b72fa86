package apo

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCatalogueIsSortedAndUnique(t *testing.T) {
	codes := Codes()
	if len(codes) != 95 {
		t.Errorf("%d codes, want 95", len(codes))
	}
	for i := 1; i < len(codes); i++ {
		if codes[i-1].Name >= codes[i].Name {
			t.Errorf("%s comes before %s", codes[i-1].Name, codes[i].Name)
		}
	}
}

func TestCatalogueEntries(t *testing.T) {
	const longest = 110
	apis := []string{
		"pay", "inquiryPayment", "capture", "cancel", "refund", "inquiryRefund", "consult",
		"createPaymentSession", "vaultPaymentMethod", "inquireVaulting", "acceptDispute",
		"supplyDefenseDocument", "updateAmount", "notifyPayment", "notifyCapture", "notifyRefund",
		"inquiryPayment.paymentResultCode", "inquiryPayment.transactions", "inquiryRefund.refundResult",
	}
	// Codes seen outside the tables of these APIs.
	unlisted := []string{
		"INVALID_CLIENT_STATUS", "OAUTH_FAILED", "ORDER_IS_CANCELLED", "SIGNATURE_INVALID", "UNKNOWN_CLIENT",
	}

	for _, c := range Codes() {
		if c.Name == "" || strings.Trim(c.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
			t.Errorf("name %q is not in upper case", c.Name)
		}

		for field, text := range map[string]string{"Meaning": c.Meaning, "Action": c.Action} {
			switch {
			case text == "":
				t.Errorf("%s: %s is empty", c.Name, field)
			case strings.TrimSpace(text) != text || strings.HasSuffix(text, "."):
				t.Errorf("%s: %s has a full stop or space at its end: %q", c.Name, field, text)
			case text[0] < 'a' || text[0] > 'z':
				t.Errorf("%s: %s does not start in lower case: %q", c.Name, field, text)
			case utf8.RuneCountInString(text) > longest:
				t.Errorf("%s: %s is longer than %d: %q", c.Name, field, longest, text)
			case strings.Count(text, "`")%2 != 0:
				t.Errorf("%s: %s leaves a command open: %q", c.Name, field, text)
			}
		}

		switch c.Status {
		case "S":
			if c.Money != MoneyMoved {
				t.Errorf("%s: an S says that money moved, got %d", c.Name, c.Money)
			}
		case "U":
			if c.Money != MoneyMaybe {
				t.Errorf("%s: a U leaves it open whether money moved, got %d", c.Name, c.Money)
			}
		case "F":
			if c.Money == MoneyMoved {
				t.Errorf("%s: an F never says that money moved", c.Name)
			}
		default:
			t.Errorf("%s: status %q", c.Name, c.Status)
		}
		if c.Caller && (c.Status != "F" || c.Money != MoneyNone) {
			t.Errorf("%s: a caller who is not recognised gets an F and moves no money", c.Name)
		}

		if got, want := len(c.APIs) == 0, slices.Contains(unlisted, c.Name); got != want {
			t.Errorf("%s: has no APIs: %v, want %v", c.Name, got, want)
		}
		for i, api := range c.APIs {
			if !slices.Contains(apis, api) {
				t.Errorf("%s: unknown API %q", c.Name, api)
			}
			if slices.Contains(c.APIs[:i], api) {
				t.Errorf("%s: API %q is there twice", c.Name, api)
			}
		}
	}
}

// A verified F outside this list is reported as "no money moved", so a code
// that is missing here can lead to a second charge.
func TestFailuresThatMayHaveMovedMoney(t *testing.T) {
	want := []string{
		"FRAUD_REJECT", "ORDER_STATUS_INVALID", "REPEAT_REQ_INCONSISTENT", "RISK_REJECT", "SYSTEM_ERROR",
	}
	got := codesWhere(func(c Code) bool { return c.Status == "F" && c.Money == MoneyMaybe })
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, name := range want {
		c, _ := Lookup(name)
		if !strings.Contains(c.Action, "`apo inquire ID`") {
			t.Errorf("%s: the action does not say to inquire: %q", name, c.Action)
		}
	}
}

func TestCodesAboutTheCaller(t *testing.T) {
	want := []string{
		"ACCESS_DENIED", "API_INVALID", "CLIENT_INVALID", "INVALID_API", "INVALID_CLIENT_STATUS",
		"INVALID_SIGNATURE", "KEY_NOT_FOUND", "MEDIA_TYPE_NOT_ACCEPTABLE", "METHOD_NOT_SUPPORTED",
		"NO_INTERFACE_DEF", "OAUTH_FAILED", "SIGNATURE_INVALID", "UNKNOWN_CLIENT",
	}
	if got := codesWhere(func(c Code) bool { return c.Caller }); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestCodesThatAreNotFailures(t *testing.T) {
	want := []string{
		"CAPTURE_IN_PROCESS", "PAYMENT_IN_PROCESS", "REFUND_IN_PROCESS", "REQUEST_TRAFFIC_EXCEED_LIMIT",
		"SUCCESS", "UNKNOWN_EXCEPTION", "VERIFICATION_IN_PROCESS",
	}
	if got := codesWhere(func(c Code) bool { return c.Status != "F" }); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestLookupFindsEveryCode(t *testing.T) {
	for _, c := range Codes() {
		got, ok := Lookup(c.Name)
		if !ok || got.Name != c.Name || got.Meaning != c.Meaning {
			t.Errorf("Lookup(%q) = %+v, %v", c.Name, got, ok)
		}
	}
}

func TestLookupMisses(t *testing.T) {
	for _, name := range []string{"", "success", " SUCCESS", "SUCCESS ", "SUCCES", "AAA", "ZZZ", "CARD_BIN_QUERY_ERROR"} {
		if c, ok := Lookup(name); ok || c.Name != "" {
			t.Errorf("Lookup(%q) = %+v, %v, want a miss", name, c, ok)
		}
	}
}

func TestPinnedCodes(t *testing.T) {
	tests := []struct {
		name, status string
		money        Money
		apis         []string
	}{
		{"ORDER_IS_CANCELED", "F", MoneyNone, []string{"pay", "capture", "refund", "notifyCapture"}},
		{"REPEAT_REQUEST", "F", MoneyNone, []string{"acceptDispute", "supplyDefenseDocument"}},
		{"DEFENSE_EXCEED_LIMIT", "F", MoneyNone, []string{"supplyDefenseDocument"}},
		{"CAPTURE_IN_PROCESS", "U", MoneyMaybe, []string{"capture", "notifyCapture"}},
		{"VERIFICATION_IN_PROCESS", "U", MoneyMaybe, []string{"vaultPaymentMethod", "inquireVaulting"}},
		{"CARD_EXPIRED", "F", MoneyNone, []string{"inquireVaulting"}},
		{"INVALID_SIGNATURE", "F", MoneyNone, []string{"notifyRefund"}},
	}
	for _, tt := range tests {
		c, ok := Lookup(tt.name)
		if !ok {
			t.Errorf("%s is missing", tt.name)
			continue
		}
		if c.Status != tt.status || c.Money != tt.money || !slices.Equal(c.APIs, tt.apis) {
			t.Errorf("%s: status %s, money %d, APIs %v; want %s, %d, %v",
				tt.name, c.Status, c.Money, c.APIs, tt.status, tt.money, tt.apis)
		}
	}
	for name, money := range map[string]Money{"PROCESS_FAIL": MoneyNone, "ORDER_NOT_EXIST": MoneyNone, "SUCCESS": MoneyMoved} {
		if c, ok := Lookup(name); !ok || c.Money != money {
			t.Errorf("%s: found %v, money %d, want %d", name, ok, c.Money, money)
		}
	}
}

func TestCodesBelongToTheCaller(t *testing.T) {
	codes := Codes()
	codes[0].Name = "CHANGED"
	codes[1].APIs[0] = "changed"
	again := Codes()
	if again[0].Name == "CHANGED" || again[1].APIs[0] == "changed" {
		t.Error("changing one list changed the next one")
	}
}

func codesWhere(keep func(Code) bool) []string {
	var names []string
	for _, c := range Codes() {
		if keep(c) {
			names = append(names, c.Name)
		}
	}
	return names
}
