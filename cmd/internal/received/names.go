package received

import "strings"

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
