package sandbox_test

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// These tests know nothing of pkg/sign: they sign and verify by themselves, so
// that a mistake made on both sides of the sandbox shows.

// sdk is an official SDK as a gateway meets it: the bytes that it sends, and
// what it looks for in the bytes that come back.
//
// Source: alipay/global-open-sdk-go 1.3.5, -java 2.2.8, -python 1.5.5 and
// -php 1.5.5. The heads in testdata/sdk are what these sent to a sandbox.
type sdk struct {
	name  string
	clock func(time.Time) string
	json  func(*testing.T, object) string
	takes func(a answer, clientID string) proof
}

type object = map[string]any

// proof is what an SDK takes from an answer to verify it with.
type proof struct{ clientID, time, signature string }

func sdks() []sdk {
	return []sdk{
		{"go", milliseconds, goJSON, goTakes},
		{"java", milliseconds, javaJSON, javaTakes},
		{"python", isoWithColon, pythonJSON, pythonTakes},
		{"php", isoWithoutColon, phpJSON, phpTakes},
	}
}

func milliseconds(t time.Time) string    { return strconv.FormatInt(t.UnixMilli(), 10) }
func isoWithColon(t time.Time) string    { return t.UTC().Format("2006-01-02T15:04:05-07:00") }
func isoWithoutColon(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-0700") }

// goJSON escapes &, < and >, and drops what omitempty drops: the SDK has a
// struct for everything but the card's data, which are a map.
func goJSON(t *testing.T, fields object) string {
	t.Helper()
	text, err := json.Marshal(withoutZeroes(fields))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func withoutZeroes(fields object) object {
	kept := object{}
	for name, value := range fields {
		inner, isObject := value.(object)
		switch {
		case name == "paymentMethodMetaData":
			kept[name] = value
		case isObject:
			kept[name] = withoutZeroes(inner)
		case value != "" && value != 0 && value != false:
			kept[name] = value
		}
	}
	return kept
}

func javaJSON(t *testing.T, fields object) string { return indented(t, fields, "") }

func pythonJSON(t *testing.T, fields object) string { return ascii(indented(t, fields, "   ")) }

func phpJSON(t *testing.T, fields object) string {
	return ascii(strings.ReplaceAll(indented(t, fields, ""), "/", `\/`))
}

func indented(t *testing.T, fields object, indent string) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(fields); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func ascii(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func goTakes(a answer, _ string) proof {
	_, signature, _ := strings.Cut(a.folded("signature"), "signature=")
	return proof{a.folded("client-id"), a.folded("response-time"), unescape(signature)}
}

func javaTakes(a answer, clientID string) proof {
	items := strings.Split(a.folded("signature"), ",")
	if len(items) < 3 {
		return proof{}
	}
	parts := strings.Split(strings.TrimRight(items[2], "="), "=")
	if len(parts) != 2 {
		return proof{}
	}
	return proof{clientID, a.folded("response-time"), unescape(parts[1])}
}

func pythonTakes(a answer, _ string) proof {
	_, signature, _ := strings.Cut(a.exact("signature"), "signature=")
	return proof{a.exact("client-id"), a.exact("response-time"), unescape(signature)}
}

// phpTakes searches whole lines, and everything from the last '=' of one.
func phpTakes(a answer, clientID string) proof {
	p := proof{clientID: clientID}
	for _, line := range a.lines {
		if strings.Contains(line, "response-time") {
			p.time = strings.TrimSpace(line[strings.Index(line, ":")+1:])
		} else if strings.Contains(line, "signature") {
			p.signature = line[strings.LastIndex(line, "=")+1:]
		}
	}
	if !strings.ContainsAny(p.signature, "=+/") {
		p.signature = unescape(p.signature)
	}
	return p
}

// unescape reads '+' as a space, as all four do.
func unescape(signature string) string {
	text, err := url.QueryUnescape(signature)
	if err != nil {
		return ""
	}
	return text
}

// answer is what came over the wire, its head in lines.
type answer struct {
	lines []string
	body  string
}

func (a answer) exact(name string) string { return a.header(func(n string) bool { return n == name }) }

func (a answer) folded(name string) string {
	return a.header(func(n string) bool { return strings.EqualFold(n, name) })
}

func (a answer) header(is func(name string) bool) string {
	for _, line := range a.lines[1:] {
		if name, value, _ := strings.Cut(line, ":"); is(name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (a answer) get(path string) string { return gjson.Get(a.body, path).String() }

// shop is a merchant with a sandbox on loopback.
type shop struct {
	address  string
	host     string         // as the SDK has it
	roots    *x509.CertPool // nil: plain HTTP
	clientID string
	key      *rsa.PrivateKey
	antom    *rsa.PublicKey
}

func openShop(t *testing.T) shop {
	t.Helper()
	box, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	return shopAt(t, box, address, address, nil)
}

// openTLSShop is one whose SDK calls Antom's own name, which leads to a sandbox
// that speaks HTTPS.
func openTLSShop(t *testing.T) shop {
	t.Helper()
	box, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	authority, err := sandbox.NewAuthority(time.Now(), sandbox.AuthorityNames())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: box}
	go server.Serve(tls.NewListener(listener, authority.TLS()))
	t.Cleanup(func() { server.Close() })
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM())
	return shopAt(t, box, listener.Addr().String(), "open-sea-global.alipay.com", roots)
}

func shopAt(t *testing.T, box *sandbox.Sandbox, address, host string, roots *x509.CertPool) shop {
	t.Helper()
	c := box.Credentials()
	key, err := x509.ParsePKCS8PrivateKey(c.Key.DER())
	antom, err2 := x509.ParsePKIXPublicKey(c.AntomKey.DER())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return shop{address, host, roots, c.ClientID, key.(*rsa.PrivateKey), antom.(*rsa.PublicKey)}
}

func content(path, clientID, moment, body string) string {
	return "POST " + path + "\n" + clientID + "." + moment + "." + body
}

func (s shop) sign(t *testing.T, content string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	raw, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return url.QueryEscape(base64.StdEncoding.EncodeToString(raw))
}

// write writes a request as the SDK does. What it signs can be spoilt on the way.
func (s shop) write(t *testing.T, k sdk, path, body string, spoil func(content string) string) string {
	t.Helper()
	head, err := os.ReadFile(filepath.Join("testdata", "sdk", k.name+".http"))
	if err != nil {
		t.Fatal(err)
	}
	moment := k.clock(time.Now())
	signature := s.sign(t, spoil(content(path, s.clientID, moment, body)))
	return strings.NewReplacer(
		"\n", "\r\n", "{host}", s.host, "{path}", path, "{client}", s.clientID,
		"{time}", moment, "{signature}", signature, "{length}", strconv.Itoa(len(body)),
	).Replace(string(head)) + body
}

func unspoilt(content string) string { return content }

// exchange keeps the answer's head byte for byte: net/http alone would hide
// the case of its names.
func (s shop) exchange(t *testing.T, request string) answer {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if s.roots != nil {
		conn = tls.Client(conn, &tls.Config{RootCAs: s.roots, ServerName: s.host})
	}
	conn.SetDeadline(time.Now().Add(ample))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	var wire bytes.Buffer
	res, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &wire)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(wire.String(), "\r\n\r\n")
	return answer{strings.Split(head, "\r\n"), string(body)}
}

// believe fails unless the SDK would take the answer for one of Antom. An
// answer that an SDK passes on unverified, as Java's and PHP's do, fails too.
func (s shop) believe(t *testing.T, k sdk, path string, a answer) {
	t.Helper()
	wantStatus200(t, a)
	p := k.takes(a, s.clientID)
	if p.clientID == "" || p.time == "" || p.signature == "" {
		t.Fatalf("the %s SDK misses a part of the signature:\n%s\n\n%s", k.name, strings.Join(a.lines, "\n"), a.body)
	}
	raw, err := base64.StdEncoding.DecodeString(p.signature)
	if err != nil {
		t.Fatalf("the %s SDK reads a signature that is not base64: %v", k.name, err)
	}
	sum := sha256.Sum256([]byte(content(path, p.clientID, p.time, a.body)))
	if err := rsa.VerifyPKCS1v15(s.antom, crypto.SHA256, sum[:], raw); err != nil {
		t.Fatalf("the %s SDK does not believe %s: %v", k.name, a.body, err)
	}
}

func wantStatus200(t *testing.T, a answer) {
	t.Helper()
	if a.lines[0] != "HTTP/1.1 200 OK" {
		t.Fatalf("the answer begins with %q: %s", a.lines[0], a.body)
	}
}

func (s shop) callAt(t *testing.T, k sdk, path string, fields object) answer {
	t.Helper()
	a := s.exchange(t, s.write(t, k, path, k.json(t, fields), unspoilt))
	s.believe(t, k, path, a)
	return a
}

func (s shop) call(t *testing.T, k sdk, api string, fields object) answer {
	t.Helper()
	return s.callAt(t, k, "/ams/sandbox/api/v1/payments/"+api, fields)
}

func (a answer) want(t *testing.T, path, value string) {
	t.Helper()
	if got := a.get(path); got != value {
		t.Errorf("%s is %q, want %q, in %s", path, got, value, a.body)
	}
}

func sgd(value any) object { return object{"currency": "SGD", "value": value} }

// order has a character for each of the escapes of the SDKs.
func order(requestID string) object {
	return object{
		"productCode": "CASHIER_PAYMENT", "paymentRequestId": requestID, "paymentAmount": sgd("4200"),
		"order": object{
			"referenceOrderId": "order-1", "orderDescription": "2 Stühle <rot> & 1 Tisch",
			"orderAmount": sgd("4200"), "buyer": object{"referenceBuyerId": "buyer-1"},
		},
		"paymentMethod": object{
			"paymentMethodType": "CARD",
			"paymentMethodMetaData": object{
				"cardNo": "4054695723100768", "expiryYear": "99", "expiryMonth": "12", "cvv": "123",
				"cardholderName": object{"firstName": "A", "lastName": "B"}, "is3DSAuthentication": false,
			},
		},
		"paymentFactor":      object{"isAuthorization": true, "captureMode": "MANUAL"},
		"paymentRedirectUrl": "https://shop.example/return?order=1&from=apo",
		"env":                object{"terminalType": "WEB", "clientIp": "203.0.113.7", "userAgent": ""},
	}
}

// Each SDK pays, captures and refunds, then cancels a second payment.
func TestSDKPaysAndBelievesEveryAnswer(t *testing.T) {
	for scheme, shop := range map[string]shop{"http": openShop(t), "https": openTLSShop(t)} {
		for _, k := range sdks() {
			t.Run(scheme+" "+k.name, func(t *testing.T) { paysAndBelieves(t, shop, k) })
		}
	}
}

func paysAndBelieves(t *testing.T, shop shop, k sdk) {
	paid := shop.call(t, k, "pay", order(k.name+"-1"))
	paid.want(t, "result.resultStatus", "S")
	id := paid.get("paymentId")

	shop.call(t, k, "inquiryPayment", object{"paymentRequestId": k.name + "-1"}).want(t, "paymentId", id)

	captured := shop.call(t, k, "capture", object{
		"captureRequestId": k.name + "-c", "paymentId": id, "captureAmount": sgd("4200"), "isLastCapture": false,
	})
	captured.want(t, "result.resultStatus", "S")

	refunded := shop.call(t, k, "refund", object{
		"refundRequestId": k.name + "-r", "paymentId": id, "refundAmount": sgd("1000"), "refundReason": "1 Stühlchen",
	})
	refunded.want(t, "result.resultStatus", "S")
	shop.call(t, k, "inquiryRefund", object{"refundId": refunded.get("refundId")}).want(t, "refundStatus", "SUCCESS")

	seen := shop.call(t, k, "inquiryPayment", object{"paymentId": id})
	seen.want(t, "paymentStatus", "SUCCESS")
	seen.want(t, "transactions.#.transactionType", `["CAPTURE","REFUND"]`)
	seen.want(t, "transactions.0.transactionId", captured.get("captureId"))

	second := shop.call(t, k, "pay", order(k.name+"-2")).get("paymentId")
	shop.call(t, k, "cancel", object{"paymentId": second}).want(t, "result.resultStatus", "S")
	shop.call(t, k, "inquiryPayment", object{"paymentId": second}).want(t, "paymentStatus", "CANCELLED")
}

// The SDKs since 2025 say /sandbox, the older ones do not: both meet one ledger.
func TestSDKMayUseEitherPathFamily(t *testing.T) {
	shop := openShop(t)
	for _, k := range sdks() {
		t.Run(k.name, func(t *testing.T) {
			paid := shop.callAt(t, k, "/ams/api/v1/payments/pay", order(k.name))
			paid.want(t, "result.resultStatus", "S")
			for _, family := range []string{"/ams/api", "/ams/sandbox/api"} {
				seen := shop.callAt(t, k, family+"/v1/payments/inquiryPayment", object{"paymentRequestId": k.name})
				seen.want(t, "paymentId", paid.get("paymentId"))
			}
		})
	}
}

// The documentation quotes booleans and numbers, the SDKs do not.
func TestSDKMayQuoteBooleansAndNumbers(t *testing.T) {
	shop := openShop(t)
	spellings := []struct {
		name                             string
		yes, no, amount, depth, timeZone any
	}{
		{"real", true, false, 4200, 24, -480},
		{"quoted", "true", "false", "4200", "24", "-480"},
	}
	for _, k := range sdks() {
		for _, s := range spellings {
			body := func(requestID string, with3DS any) object {
				o := order(requestID)
				o["paymentAmount"] = sgd(s.amount)
				o["paymentFactor"].(object)["isAuthorization"] = s.yes
				o["paymentMethod"].(object)["paymentMethodMetaData"].(object)["is3DSAuthentication"] = with3DS
				env := o["env"].(object)
				env["colorDepth"], env["timeZoneOffset"], env["javaEnabled"] = s.depth, s.timeZone, s.no
				return o
			}
			t.Run(k.name+"/"+s.name, func(t *testing.T) {
				asked := shop.call(t, k, "pay", body(k.name+s.name, s.yes))
				asked.want(t, "result.resultCode", "PAYMENT_IN_PROCESS")
				if asked.get("normalUrl") == "" {
					t.Errorf("no 3DS page in %s", asked.body)
				}

				// Both spellings share these request IDs: the second is a repetition.
				paid := shop.call(t, k, "pay", body(k.name, s.no))
				paid.want(t, "result.resultCode", "SUCCESS")
				paid.want(t, "paymentAmount.value", "4200")
				captured := shop.call(t, k, "capture", object{
					"captureRequestId": k.name, "paymentId": paid.get("paymentId"), "captureAmount": sgd(s.amount), "isLastCapture": s.yes,
				})
				captured.want(t, "result.resultCode", "SUCCESS")
			})
		}
	}
}

// Java, Python and PHP do not look at an answer that has another status.
func TestSDKGetsStatus200ForEveryError(t *testing.T) {
	shop := openShop(t)
	replace := func(old, with string) func(string) string {
		return func(request string) string { return strings.Replace(request, old, with, 1) }
	}
	tests := []struct {
		name   string
		api    string
		fields object
		alter  func(request string) string
		code   string
		signed bool
	}{
		{"an unknown payment", "inquiryPayment", object{"paymentId": "1"}, nil, "ORDER_NOT_EXIST", true},
		{"a missing field", "capture", object{"paymentId": "1"}, nil, "PARAM_ILLEGAL", true},
		{"an unknown API", "payTwice", object{}, nil, "NO_INTERFACE_DEF", true},
		{"another method", "pay", object{}, replace("POST", "PUT"), "METHOD_NOT_SUPPORTED", false},
		{"another client", "pay", object{}, replace(shop.clientID, "SANDBOX_5X00000000000000"), "CLIENT_INVALID", false},
		{"no time", "pay", object{}, replace("Request-Time", "Time"), "PARAM_ILLEGAL", false},
		{"no signature", "pay", object{}, replace("Signature:", "Stamp:"), "INVALID_SIGNATURE", false},
		{"a signature for another body", "pay", object{"a": "b"}, replace(`"b"`, `"c"`), "INVALID_SIGNATURE", false},
	}
	for _, k := range sdks() {
		for _, tt := range tests {
			t.Run(k.name+"/"+tt.name, func(t *testing.T) {
				path := "/ams/sandbox/api/v1/payments/" + tt.api
				request := shop.write(t, k, path, k.json(t, tt.fields), unspoilt)
				if tt.alter != nil {
					altered := tt.alter(request)
					if altered == request {
						t.Fatal("nothing was altered")
					}
					request = altered
				}
				a := shop.exchange(t, request)
				wantStatus200(t, a)
				a.want(t, "result.resultStatus", "F")
				a.want(t, "result.resultCode", tt.code)
				if tt.signed {
					shop.believe(t, k, path, a)
				} else {
					wantUnsigned(t, a)
				}
			})
		}
	}
}

// One byte more or less in what was signed, and the request is another's.
func TestSDKIsRefusedForWhatItDidNotSign(t *testing.T) {
	shop := openShop(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, with string) func(string) string {
		return func(content string) string { return strings.Replace(content, old, with, 1) }
	}
	tests := []struct {
		name  string
		key   *rsa.PrivateKey
		spoil func(content string) string
		code  string
	}{
		{"as it should be", nil, unspoilt, "ORDER_NOT_EXIST"},
		{"another's key", stranger, unspoilt, "INVALID_SIGNATURE"},
		{"no newline", nil, replace("\n", ""), "INVALID_SIGNATURE"},
		{"a space for the newline", nil, replace("\n", " "), "INVALID_SIGNATURE"},
		{"two newlines", nil, replace("\n", "\n\n"), "INVALID_SIGNATURE"},
		{"a newline of Windows", nil, replace("\n", "\r\n"), "INVALID_SIGNATURE"},
		{"a newline at the end", nil, func(content string) string { return content + "\n" }, "INVALID_SIGNATURE"},
		{"the path without /sandbox", nil, replace("/sandbox", ""), "INVALID_SIGNATURE"},
		{"the absolute address", nil, replace("/ams", "https://"+shop.host+"/ams"), "INVALID_SIGNATURE"},
		{"no method", nil, replace("POST ", ""), "INVALID_SIGNATURE"},
		{"no dot behind the client", nil, replace(shop.clientID+".", shop.clientID), "INVALID_SIGNATURE"},
		{"the body encoded again", nil, replace(`1"`, `\u0031"`), "INVALID_SIGNATURE"},
	}
	for _, k := range sdks() {
		for _, tt := range tests {
			t.Run(k.name+"/"+tt.name, func(t *testing.T) {
				const path = "/ams/sandbox/api/v1/payments/inquiryPayment"
				merchant := shop
				merchant.key = cmp.Or(tt.key, shop.key)
				body := k.json(t, object{"paymentId": "1"})
				a := merchant.exchange(t, merchant.write(t, k, path, body, tt.spoil))
				a.want(t, "result.resultCode", tt.code)
				if tt.code == "INVALID_SIGNATURE" {
					wantStatus200(t, a)
					wantUnsigned(t, a)
				} else {
					shop.believe(t, k, path, a)
				}
			})
		}
	}
}

func wantUnsigned(t *testing.T, a answer) {
	t.Helper()
	for _, name := range []string{"signature", "response-time", "client-id"} {
		if value := a.folded(name); value != "" {
			t.Errorf("an answer to nobody has %s: %s", name, value)
		}
	}
}
