package say

import (
	"strings"

	"github.com/apo-cli/apo/pkg/diagnose"
)

// snippet is how a framework gives what a verification needs.
type snippet struct {
	framework string
	code      string
}

// Frameworks are those for which there are snippets, in their order.
func Frameworks() []string { return []string{"express", "spring", "flask", "laravel", "go", "gateway"} }

// snippetsFor returns the lines that repair a cause, one a framework.
func snippetsFor(cause diagnose.Cause) []snippet {
	switch family, _, _ := strings.Cut(string(cause), "-"); {
	case family == "body" || cause == diagnose.ContentUnexplained:
		return []snippet{
			{"express", `app.post("/hooks/apo", express.raw({ type: "*/*" }), …)    then req.body is a Buffer: verify it, JSON.parse it after that`},
			{"spring", `@PostMapping("/hooks/apo") Object notify(@RequestBody byte[] body, …)    not a class, not a Map`},
			{"flask", `body = request.get_data()    before request.json or request.form`},
			{"laravel", `$body = $request->getContent();    not $request->all(), not json_encode`},
			{"go", `body, err := io.ReadAll(r.Body)    verify body, then json.Unmarshal(body, &v)`},
			{"gateway", `const body = Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8")    AWS and its like`},
		}
	case family == "uri": // Antom signs the path of a notification alone
		return []snippet{
			{"express", `req.originalUrl.split("?")[0]    not req.path, not req.url inside a router`},
			{"spring", `request.getRequestURI()    not getServletPath(), not getPathInfo()`},
			{"flask", `request.environ["RAW_URI"].split("?")[0]    not request.path, which is decoded`},
			{"laravel", `explode("?", $request->server("REQUEST_URI"), 2)[0]    not $request->path()`},
			{"go", `path, _, _ := strings.Cut(r.RequestURI, "?")    not r.URL.Path`},
			{"gateway", `event.requestContext.path, or the path of your public address from a setting: the gateway strips stages and prefixes`},
		}
	case cause == diagnose.ClientID || cause == diagnose.TimeFormat:
		return []snippet{
			{"express", `req.get("client-id"), req.get("request-time")`},
			{"spring", `request.getHeader("client-id"), request.getHeader("request-time")`},
			{"flask", `request.headers["client-id"], request.headers["request-time"]`},
			{"laravel", `$request->header("client-id"), $request->header("request-time")`},
			{"go", `r.Header.Get("Client-Id"), r.Header.Get("Request-Time")`},
			{"gateway", `event.headers["client-id"], event.headers["request-time"]    some gateways change the case of the names`},
		}
	case cause == diagnose.Method || cause == diagnose.Separator:
		return []snippet{
			{"express", "`POST ${req.originalUrl.split(\"?\")[0]}\\n${clientId}.${requestTime}.` + body"},
			{"spring", `"POST " + uri + "\n" + clientId + "." + requestTime + "." + body`},
			{"flask", `b"POST %s\n%s.%s.%s" % (uri, client_id, request_time, body)`},
			{"laravel", `"POST {$uri}\n{$clientId}.{$requestTime}.{$body}"    in double quotes: '\n' is two characters`},
			{"go", `"POST " + path + "\n" + clientID + "." + requestTime + "." + string(body)`},
		}
	case family == "signature":
		return []snippet{
			{"express", `const [, value] = /signature=([^,]+)/.exec(req.get("signature")); Buffer.from(decodeURIComponent(value), "base64")`},
			{"spring", `Base64.getDecoder().decode(URLDecoder.decode(value, StandardCharsets.UTF_8))    value: behind the first "signature="`},
			{"flask", `base64.b64decode(urllib.parse.unquote(value))    value: header.split("signature=", 1)[1]`},
			{"laravel", `base64_decode(rawurldecode($value), true)    $value: explode("signature=", $header, 2)[1]`},
			{"go", `value, err := url.PathUnescape(escaped); raw, err := base64.StdEncoding.DecodeString(value)`},
		}
	case cause == diagnose.Algorithm:
		return []snippet{
			{"express", `crypto.verify("sha256", content, publicKey, signature)    the content, not its digest`},
			{"spring", `Signature.getInstance("SHA256withRSA")`},
			{"flask", `key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())`},
			{"laravel", `openssl_verify($content, $signature, $key, OPENSSL_ALGO_SHA256)    the default is SHA-1`},
			{"go", `rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature)`},
		}
	}
	return nil
}

// frameworkOf is where a writer of JSON is at home.
func frameworkOf(writer string) string {
	switch writer {
	case "php":
		return "laravel"
	case "python":
		return "flask"
	case "jackson", "gson":
		return "spring"
	case "node":
		return "express"
	case "go":
		return "go"
	}
	return ""
}
