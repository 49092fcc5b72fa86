package apo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

func TestOnlyInquiriesAndConsultRead(t *testing.T) {
	var reads []string
	seen := map[string]bool{}
	for _, e := range apo.Endpoints() {
		if seen[e.Name] || seen[e.Path] {
			t.Errorf("%s is there twice", e.Name)
		}
		seen[e.Name], seen[e.Path] = true, true
		if e.Reads {
			reads = append(reads, e.Name)
		}
		if !strings.HasPrefix(e.Path, "/ams/api/v1/") || !strings.HasSuffix(e.Path, "/"+e.Name) {
			t.Errorf("%s has path %s", e.Name, e.Path)
		}
	}
	want := []string{"inquiryPayment", "inquiryRefund", "consult", "retrievePaymentSession", "inquireVaulting", "inquireExchangeRate", "inquireInstallment"}
	if !slices.Equal(reads, want) {
		t.Errorf("reading are %v, want %v", reads, want)
	}
}

func TestFindEndpoint(t *testing.T) {
	for _, e := range apo.Endpoints() {
		for _, given := range []string{e.Name, e.Path} {
			if got, err := apo.FindEndpoint(given); err != nil || got != e {
				t.Errorf("FindEndpoint(%q) = %+v, %v", given, got, err)
			}
		}
		sandbox := strings.Replace(e.Path, "/ams/api/", "/ams/sandbox/api/", 1)
		if got, err := apo.FindEndpoint(sandbox); err != nil || got.Path != sandbox || got.Name != e.Name || got.Reads != e.Reads {
			t.Errorf("FindEndpoint(%q) = %+v, %v", sandbox, got, err)
		}
	}
}

// A path that a gateway may read as another one than we do must not slip past
// the guards of live.
func TestAPathThatIsNotKnownMovesMoney(t *testing.T) {
	for _, path := range []string{
		"/ams/api/v1/payments/updateAmount2",
		"/ams/api/v1/payments/inquiryPayment/",
		"//ams/api/v1/payments/inquiryPayment",
		"/ams/api//v1/payments/inquiryPayment",
		"/ams/api/v1/payments//inquiryPayment",
		"/ams/api/v1/payments/./inquiryPayment",
		"/ams/api/v1/refund/../payments/inquiryPayment",
		"/ams/api/v1/payments/inquiryPayment?",
		"/ams/api/v1/payments/inquiryPayment?a=b",
		"/ams/api/v1/payments/inquiryPayment;a=b",
		"/ams/api/v1/payments/INQUIRYPAYMENT",
		"/ams/api/v1/payments/inquirypayment",
		"/AMS/api/v1/payments/inquiryPayment",
		"/ams/api/v1/payments/inquiry%50ayment",
		"/ams/api/v1/payments%2finquiryPayment",
		"/ams/api/v1/payments/inquiryPayment%20",
		"/ams/api/v1/payments/pay%3f/../inquiryPayment",
		"/ams/api/v2/payments/inquiryPayment",
		"/ams/sandbox/ams/api/v1/payments/inquiryPayment",
		"/x/ams/sandbox/api/v1/payments/inquiryPayment",
		"/inquiryPayment",
		"/",
	} {
		e, err := apo.FindEndpoint(path)
		if err != nil {
			if !strings.Contains(err.Error(), "another spelling of /ams/api/v1/payments/inquiryPayment") {
				t.Errorf("%q: %v", path, err)
			}
			continue // refused: the rules of the API it may mean could not be held
		}
		if e.Reads || e.Path != path {
			t.Errorf("FindEndpoint(%q) = %+v", path, e)
		}
	}
}

func TestFindEndpointRefuses(t *testing.T) {
	for _, tt := range []struct{ given, says string }{
		{"", "unknown API"},
		{"payy", "unknown API"},
		{"pay ", "unknown API"},
		{"payments/pay", "a path that begins with /"},
		{"https://gateway.example/ams/api/v1/payments/pay", "a path that begins with /"},
		{"PAY", "did you mean pay?"},
		{"inquirypayment", "did you mean inquiryPayment?"},
		{"/ams/api/v1/payments/ pay", "a space"},
		{"/ams/api/v1/payments/pay\nHost: evil.example", "a line break"},
		{"/ams/api/v1/payments/pay\r", "a line break"},
		{"/ams/api/v1/payments/pay#a", "a #"},
	} {
		if e, err := apo.FindEndpoint(tt.given); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("FindEndpoint(%q) = %+v, %v; want %q", tt.given, e, err, tt.says)
		}
	}
}
