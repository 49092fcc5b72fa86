package e2e

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// secret is what a gateway of these tests repeats, in all forms that it can.
type secret struct {
	name, value string
	request     string // a pay request with it
	args        []string
}

func secrets() []secret {
	pay := `{"paymentRequestId":"leak-1","paymentAmount":{"currency":"SGD","value":"4200"},"paymentMethod":{"paymentMethodType":"CARD",%s}}`
	card := `"paymentMethodMetaData":{"cardNo":"%s","expiryYear":"35","expiryMonth":"12","cvv":"917","cardholderName":{"firstName":"Ada","lastName":"Example"}}`
	of := func(number string) string { return fmt.Sprintf(pay, fmt.Sprintf(card, number)) }
	return []secret{
		{"a card of 16 digits", "4929123456789015", of("4929123456789015"), nil},
		{"a card of 12 digits", "501234567899", of("501234567899"), nil},
		{"a token", "ALIPAY5f0c2e9aXk7PqLm3", fmt.Sprintf(pay, `"x":""`), []string{"--payment-method-id", "ALIPAY5f0c2e9aXk7PqLm3"}},
		{"an agent token", "814037265590271846305517294068137250946183726405", of("4054695723100768"), nil},
	}
}

// forms are those of its value that the tests of the masker show to be hidden in
// one place; here they go through every way that a text can take.
func (s secret) forms() []string {
	split := func(separator string) string {
		return s.value[:4] + separator + s.value[4:8] + separator + s.value[8:]
	}
	list := []string{
		s.value, split("\u00a0"), split("+"), split("%20"), split("\u200b"), split("\u202e"), split("\x1b[0m"), split("\n"), split("  "),
		base64.StdEncoding.EncodeToString([]byte(s.value)), base64.RawURLEncoding.EncodeToString([]byte("x" + s.value)), hex.EncodeToString([]byte(s.value)),
		url.QueryEscape(split(" ")), strings.ReplaceAll(url.PathEscape(split("\u200b")), "A", "%41"),
	}
	if strings.Trim(s.value, "0123456789") == "" {
		list = append(list, strings.Map(func(r rune) rune { return r - '0' + 0xff10 }, s.value), s.value[:1]+"."+s.value[1:]+fmt.Sprint("e", len(s.value)-1), s.value+".0")
	}
	return list
}

// spiteful is a gateway that repeats a secret in its answers.
type spiteful struct {
	keys   sandbox.Keys
	secret secret
	kind   string
}

func (g spiteful) serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for r := bufio.NewReader(conn); ; {
				request, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				body, err := io.ReadAll(request.Body)
				if err != nil {
					return
				}
				if answer := g.answer(request, body); answer == nil {
					return
				} else if _, err := conn.Write(answer); err != nil {
					return
				}
			}
		}()
	}
}

// document is an answer that has each form in each field, and once for itself.
func (g spiteful) document(result string, n apo.Numbers) []byte {
	text := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"result":{"resultStatus":%q,"resultCode":%s,"resultMessage":%s},"paymentRequestId":%q`, result, text("X "+g.secret.value), text("refused: "+g.secret.value), n.PaymentRequestID)
	for i, form := range g.secret.forms() {
		for _, name := range []string{"note%d", "n%dId", "acquirerReferenceNo%d", "rrn%d", "time%dTime", "cardNo%d", "csc%d"} {
			fmt.Fprintf(&b, `,%s:%s`, text(fmt.Sprintf(name, i)), text(form))
		}
	}
	fmt.Fprintf(&b, `,"paymentId":%s,"acquirerInfo":{"acquirerName":%s,"acquirerTransactionId":%s}`, text("2026"+g.secret.value), text(g.secret.value), text("T-"+g.secret.value))
	fmt.Fprintf(&b, `,"extendInfo":%s,"normalUrl":%s`, text(`{"m":`+text(g.secret.value)+`}`), text("https://x.example/?c="+g.secret.value))
	if strings.Trim(g.secret.value, "0123456789") == "" {
		fmt.Fprintf(&b, `,"number":%s,"numberId":%s,"float":%s.0`, g.secret.value, g.secret.value, g.secret.value)
	}
	fmt.Fprintf(&b, `,"card.cvv":"917","cvn":"917","track2Data":"917","cvvResultRaw":"917",%s:1,"l":[%s,%s]}`, text(g.secret.value), text(g.secret.value[:5]), text(g.secret.value[5:]))
	return []byte(b.String())
}

// answer is nothing where another run asks, which does not know the secret.
func (g spiteful) answer(r *http.Request, body []byte) []byte {
	if strings.Contains(r.URL.Path, "inquiry") {
		return nil
	}
	n := apo.NumbersOf(body)
	head, status, doc, key := "", "200 OK", g.document("F", n), g.keys.Antom
	switch g.kind {
	case "signed S":
		doc = g.document("S", n)
	case "signed U":
		doc = g.document("U", n)
	case "unsigned":
		key = nil
	case "HTML":
		status, key, doc = "500 "+g.secret.value, nil, []byte("<html><b>"+strings.Join(g.secret.forms(), "</b> <b>")+"</html>")
	case "wrong key":
		key = g.keys.Merchant
	case "no JSON":
		doc = doc[:len(doc)-40]
	case "encoding":
		head = "Content-Encoding: " + g.secret.value + "\r\n"
	case "charset":
		head = "Content-Type: application/json; charset=" + g.secret.value + "\r\n"
	case "header":
		return []byte("HTTP/1.1 200 OK\r\n" + g.secret.value + " no header\r\n\r\n")
	case "status":
		return []byte("HTTP/1.1 " + g.secret.value + "\r\n\r\n")
	case "no HTTP":
		return append([]byte(g.secret.value+" "), doc...)
	}
	if key != nil {
		m := sign.Message{Method: r.Method, Path: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"), Time: time.Now().Format(time.RFC3339), Body: doc}
		signature, err := sign.Sign(key, "1", m)
		if err != nil {
			panic(err)
		}
		head += "Client-Id: " + m.ClientID + "\r\nResponse-Time: " + m.Time + "\r\nSignature: " + signature + "\r\n"
	}
	answer := fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, head, len(doc), doc)
	if g.kind == "unasked" { // a proxy that sends more than was asked for
		answer += "HTTP/1.1 200 OK\r\nX: " + g.secret.value + "\r\n\r\n" + string(body)
	}
	return []byte(answer)
}

// seen looks for what may not be seen in a text, in whatever form.
func (s secret) seen(text string) string {
	for _, form := range s.forms() {
		escaped, err := json.Marshal(form)
		if err != nil {
			panic(err)
		}
		for _, spelling := range []string{form, strings.Trim(string(escaped), `"`), strings.Join(strings.Fields(form), " ")} {
			if strings.Contains(text, spelling) {
				return spelling
			}
		}
	}
	signs := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, text)
	if strings.Contains(signs, s.value) {
		return "its signs, with others between"
	}
	for _, code := range []string{`"917"`, ":917", "=917"} {
		if strings.Contains(text, code) {
			return code
		}
	}
	return ""
}

// What a gateway repeats of a request is in no stream, in no format, in no record
// and in no file, whatever form it gives it and whatever its answer is worth.
func TestNothingOfTheRequestLeaks(t *testing.T) {
	kinds := []string{"signed S", "signed F", "unsigned", "HTML", "unasked", "signed U", "wrong key", "no JSON", "encoding", "charset", "header", "status", "no HTTP"}
	for i, s := range secrets() {
		for _, kind := range kinds {
			if i > 0 && kind == "unasked" {
				break // the others differ in the way of their answer alone
			}
			t.Run(s.name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				leaks(t, s, kind)
			})
		}
	}
}

func leaks(t *testing.T, s secret, kind string) {
	home, inputs := t.TempDir(), t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	keys, err := sandbox.LoadKeys(keyFolder(home))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go spiteful{keys, s, kind}.serve(listener)
	files := sandbox.KeyFilesIn(keyFolder(home))
	config := filepath.Join(inputs, "config.yaml")
	write(t, config, fmt.Sprintf("default_profile: box\nprofiles:\n  box: {client_id: %s, gateway: \"http://%s\", private_key_file: %q, antom_public_key_file: %q, agent_token: \"%s\"}\n",
		sandbox.ClientID, listener.Addr(), files.Merchant, files.AntomPublic, secrets()[3].value))
	write(t, filepath.Join(inputs, "request.json"), s.request)

	run := func(args ...string) {
		r := startWith(t, []string{"APO_HOME=" + home, "APO_CONFIG=" + config}, args...)
		r.code(t)
		for stream, text := range map[string]string{"stdout": r.out.String(), "stderr": r.err.String()} {
			if found := s.seen(text); found != "" {
				t.Errorf("%v: %q is on %s:\n%s", args, found, stream, text)
			}
		}
	}
	pay := append([]string{"pay", "--file", filepath.Join(inputs, "request.json"), "--resolve", "0", "--timeout", "3s"}, s.args...)
	for i, format := range [][]string{{}, {"-o", "json"}, {"-o", "raw"}, {"-o", "table"}, {"-q", "result"}, {"--dry-run"}} {
		if i > 1 && kind != "signed S" && kind != "signed F" {
			break
		}
		run(append(append(pay, "--again", "--set", fmt.Sprintf("paymentRequestId=leak-%d", i)), format...)...)
	}
	run("api", "/ams/api/v1/odd?card="+s.value+"&cvv=917", "-d", "@"+filepath.Join(inputs, "request.json"), "--resolve", "0", "--timeout", "3s")
	run("api", "pay", "-d", "@"+filepath.Join(inputs, "request.json"), "--set", "paymentRequestId="+s.value, "--set", "paymentMethod.paymentMethodId="+s.value, "--resolve", "0")
	for i, args := range [][]string{{"log", "--all"}, {"log", "export"}, {"log", "export", "--md"}, {"log", "stats"}, {"find", "leak"}, {"timeline", "leak-0"}, {"timeline", "leak-0", "-o", "table"}, {"log", "show", "@last", "-o", "table"}, {"resume", "--within", "0s"}} {
		if i > 2 && kind != "signed S" && kind != "signed F" {
			break
		}
		run(args...)
	}
	err = filepath.WalkDir(home, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(name, ".pem") {
			return err
		}
		text, err := os.ReadFile(name)
		if found := s.seen(string(bytes.ToValidUTF8(text, nil))); found != "" {
			t.Errorf("%q is in %s", found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What net/http has to say of a connection quotes what came over it. Nothing that
// serves may leave that to the standard logger.
func TestServersAreSilent(t *testing.T) {
	servers := 0
	err := filepath.WalkDir(inModule(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if kind, ok := literal.Type.(*ast.SelectorExpr); !ok || kind.Sel.Name != "Server" || fmt.Sprint(kind.X) != "http" {
				return true
			}
			servers++
			if !slices.ContainsFunc(literal.Elts, func(e ast.Expr) bool {
				pair, ok := e.(*ast.KeyValueExpr)
				return ok && fmt.Sprint(pair.Key) == "ErrorLog"
			}) {
				t.Errorf("%s: a server without an ErrorLog", name)
			}
			return true
		})
		return nil
	})
	if err != nil || servers < 2 {
		t.Errorf("%d servers, %v", servers, err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
