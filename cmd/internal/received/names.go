package received

import (
	"errors"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// bodyRank tells how surely a name means the body: 4 the raw one, 1 maybe, 0 not.
func bodyRank(name string) int {
	switch name {
	case "rawbody", "bodyraw", "rawrequestbody", "requestbodyraw", "rawbodytext", "rawbodystring":
		return 4
	case "body", "bodybase64", "requestbody", "reqbody", "httpbody", "httprequestbody", "postdata", "rawmodedata", "bodytext", "bodystring", "bodyasstring", "requestbodytext":
		return 3
	case "payload", "content", "rawdata", "data":
		return 1
	}
	return 0
}

// isHeaders reports whether a name means a container of headers.
func isHeaders(name string) bool {
	switch name {
	case "headers", "header", "multivalueheaders", "rawheaders", "requestheaders", "reqheaders", "httpheaders", "httprequestheaders", "reqheader", "requestheader", "allheaders", "incomingheaders":
		return true
	}
	return false
}

// uriRank tells how surely a name means the address as it was requested; 0: not.
func uriRank(name string) int {
	switch name {
	case "originalurl", "rawpath", "rawurl", "rawuri", "requesturi", "originaluri", "getrequesturi", "fullpath", "originalfullpath":
		return 5
	case "uri", "getrequesturl", "requesturl", "httprequesturl", "httpurl", "requrl", "httptarget":
		return 4
	case "url", "fullurl", "requestpath", "target", "original":
		return 3
	case "path", "pathinfo", "getpathinfo", "servletpath", "getservletpath", "httppath", "reqpath", "pathname":
		return 2
	}
	return 0
}

// headerName tells which signed header a name beside a container means, and how
// surely: request_time alone is how long nginx worked.
func headerName(name string) (header string, rank int) {
	if h := plainHeader(name); h != "" {
		return h, 1
	}
	for _, prefix := range []string{"http", "header", "headers", "request", "req", "incoming"} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			if h, _ := headerName(rest); h != "" {
				return h, 2
			}
		}
	}
	return "", 0
}

// claimedHeader is the signed header whose value a name tells, in a container of headers
// or beside it: as it is, behind what servers and loggers put before it, or behind X-.
// exact: it is the header's own name, in any case.
func claimedHeader(name string) (header string, exact bool) {
	if name == "" || !strings.ContainsRune("dDeE", rune(name[len(name)-1])) { // of client-id, signature and the times
		return "", false
	}
	for _, header := range signedHeaders() {
		if strings.EqualFold(name, header) {
			return header, true
		}
	}
	plain := plainName(name)
	header, _ = headerName(plain)
	if header == "" {
		header, _ = headerName(strings.TrimPrefix(strings.TrimPrefix(plain, "http"), "x"))
	}
	return header, false
}

// claims reports whether a value can be that of a signed header: names such as
// request_time and clientId mean other things, too.
func claims(header, name, value string, part Part) bool {
	switch header {
	case "Signature":
		return len(value) > 40 || strings.Contains(value, "signature=") || strings.EqualFold(name, header)
	case "Client-Id":
		return apo.IsSandbox(value) || strings.HasPrefix(value, "5Y")
	case "Request-Time":
		return part == RequestPart && isTime(value)
	case "Response-Time":
		return part == ResponsePart && isTime(value)
	}
	return false
}

// isTime recognises 2026-11-20T09:15:30, with whatever stands behind it.
func isTime(value string) bool {
	const shape = "0000-00-00T00:00"
	if len(value) < len(shape) {
		return false
	}
	for i := range len(shape) {
		if digit := value[i] >= '0' && value[i] <= '9'; digit != (shape[i] == '0') || !digit && value[i] != shape[i] {
			return false
		}
	}
	return true
}

// agree says which two headers tell different values of a signed one; nil: none do.
// Of two with one name, see [Message.Twice].
func (m Message) agree(part Part) error {
	for _, f := range m.Header {
		header, exact := claimedHeader(f.Name)
		if header == "" || exact {
			continue
		}
		unprefixed := plainHeader(plainName(f.Name)) != ""
		for _, g := range m.Header {
			if strings.EqualFold(g.Name, header) && g.Value != f.Value && (unprefixed && f.Value != "" && plainHeader(plainName(f.Name)) != "Response-Time" || claims(header, f.Name, f.Value, part)) {
				return errTwoValues(header, "the header "+strings.ToLower(g.Name), "the header "+cut(f.Name))
			}
		}
	}
	return nil
}

func errTwoValues(header, one, other string) error {
	return errors.New("it has two values of " + strings.ToLower(header) + " that differ, in " + one + " and " + other + ": log the one that came, or give it alone")
}

// plainHeader is the signed header that a plain name is; empty: none.
func plainHeader(name string) string {
	switch name {
	case "clientid":
		return "Client-Id"
	case "requesttime":
		return "Request-Time"
	case "responsetime":
		return "Response-Time"
	case "signature":
		return "Signature"
	}
	return ""
}

// plainName is a name without its case and separators.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 32
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}
