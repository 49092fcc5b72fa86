package apo

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Endpoint is one API of the gateway.
type Endpoint struct {
	Name string // "pay", or the path where APO has no name for it, without the values of its query
	Path string // production path: "/ams/api/v1/payments/pay"

	// Reads is true for inquiries, consult and retrievePaymentSession alone. Whatever is not known
	// to be one of them counts as moving money.
	Reads bool
}

const (
	payments = "/ams/api/v1/payments/"
	vaults   = "/ams/api/v1/vaults/"
)

// Endpoints returns the APIs that are known by name.
func Endpoints() []Endpoint {
	reads := func(name, folder string) Endpoint { return Endpoint{name, folder + name, true} }
	moves := func(name, folder string) Endpoint { return Endpoint{name, folder + name, false} }
	return []Endpoint{
		moves("pay", payments),
		reads("inquiryPayment", payments),
		moves("capture", payments),
		moves("cancel", payments),
		moves("refund", payments),
		reads("inquiryRefund", payments),
		reads("consult", payments),
		moves("createPaymentSession", payments),
		reads("retrievePaymentSession", payments),
		moves("submitPay", payments),
		moves("verifyAndCompletePayment", payments),
		moves("acceptDispute", payments),
		moves("supplyDefenseDocument", payments),
		moves("downloadDisputeEvidence", payments),
		moves("createVaultingSession", vaults),
		moves("vaultPaymentMethod", vaults),
		reads("inquireVaulting", vaults),
		moves("updateAmount", payments),
		moves("syncArrear", payments),
		reads("inquireExchangeRate", payments),
		reads("inquireInstallment", payments),
	}
}

// SDKRetrievePath is the path of retrievePaymentSession as the official SDKs of
// August 2026 call it, with a slash too many.
const SDKRetrievePath = "/ams/api//v1/payments/retrievePaymentSession"

// FindEndpoint takes a name ("pay") or a path that begins with a slash. A path
// of no known API is taken as it is, and counts as moving money.
func FindEndpoint(nameOrPath string) (Endpoint, error) {
	all := Endpoints()
	if strings.HasPrefix(nameOrPath, "/") {
		if strings.ContainsAny(nameOrPath, " \t\r\n#") {
			return Endpoint{}, fmt.Errorf("path %q holds a space, a line break or a #", nameOrPath)
		}
		// What is signed must be what is on the wire: a path that would be
		// encoded on its way is not taken.
		if u, err := url.ParseRequestURI(nameOrPath); err != nil || u.RequestURI() != nameOrPath || u.Host != "" {
			return Endpoint{}, fmt.Errorf("path %q cannot be sent as it is; percent-encode what is no plain URL character", nameOrPath)
		}
		production := strings.Replace(nameOrPath, "/ams/sandbox/api/", "/ams/api/", 1)
		for _, e := range all {
			if e.Path == production || e.Name == "retrievePaymentSession" && production == SDKRetrievePath {
				e.Path = nameOrPath
				return e, nil
			}
		}
		for _, e := range all {
			if strings.EqualFold(plainPath(production), e.Path) {
				return Endpoint{}, fmt.Errorf("path %q is another spelling of %s; write it so", nameOrPath, e.Path)
			}
		}
		return Endpoint{Name: withoutValues(nameOrPath), Path: nameOrPath}, nil
	}
	for _, e := range all {
		if e.Name == nameOrPath {
			return e, nil
		}
	}
	for _, e := range all {
		if strings.EqualFold(e.Name, nameOrPath) {
			return Endpoint{}, fmt.Errorf("unknown API %q; did you mean %s?", nameOrPath, e.Name)
		}
	}
	return Endpoint{}, fmt.Errorf("unknown API %q; give a name such as pay or inquiryPayment, or a path that begins with /", nameOrPath)
}

// withoutValues hides the values of a query: a path is shown and stored as the
// name of its API, and nobody knows what is in its query.
func withoutValues(path string) string {
	path, query, found := strings.Cut(path, "?")
	if !found {
		return path
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, _, found := strings.Cut(part, "=")
		if parts[i] = name + "=***"; !found {
			parts[i] = "***"
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

// plainPath undoes what a server may undo: a query, percent-encoding, doubled
// and trailing slashes, dots.
func plainPath(p string) string {
	p, _, _ = strings.Cut(p, "?")
	if decoded, err := url.PathUnescape(p); err == nil {
		p = decoded
	}
	return strings.Replace(path.Clean(p), "/ams/sandbox/api/", "/ams/api/", 1)
}
