// Package emit writes a signed request as source code: in one of five
// languages, a function that signs requests, and a test that it makes the
// signature of this one.
//
// The sources are whole files without dependencies, to be pasted into
// somebody's code base. They are printable text, whatever the request holds,
// and no key is ever in them: the tests read one from the file that
// APO_PRIVATE_KEY_FILE names, and check the digest alone where it is not set.
package emit

import (
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/sign"
)

// Request is a request and its signature.
type Request struct {
	sign.Message
	KeyVersion string // "1"
	Signature  string // the whole value of its header: "algorithm=RSA256,keyVersion=1,signature=…"
}

// Languages lists the names that [Source] knows.
func Languages() []string { return []string{"go", "java", "node", "python", "php"} }

// Source returns the source of a function that signs and of a test of it with
// r. Its first line says how to run it, and so how to name the file.
//
// It fails where the language is unknown, or where a part of r other than the
// body is no UTF-8.
func Source(language string, r Request) (string, error) {
	l, known := dialectOf(language)
	if !known {
		return "", fmt.Errorf("%q is not one of %s", language, strings.Join(Languages(), ", "))
	}
	if !utf8.ValidString(r.Method + " " + r.Path + " " + r.ClientID + " " + r.Time) {
		return "", errors.New("method, path, client ID and time must be UTF-8 to stand in a source")
	}
	template, err := templates.ReadFile("templates/" + l.file + ".tmpl")
	if err != nil {
		return "", err
	}
	sum := r.Digest()
	return strings.NewReplacer(
		"{{method}}", l.quote(r.Method),
		"{{path}}", l.quote(r.Path),
		"{{clientId}}", l.quote(r.ClientID),
		"{{time}}", l.quote(r.Time),
		"{{body}}", l.body(r.Body),
		"{{keyVersion}}", l.quote(r.KeyVersion),
		"{{sha256}}", l.quote(hex.EncodeToString(sum[:])),
		"{{signature}}", l.quote(r.Signature),
	).Replace(string(template)), nil
}

//go:embed templates
var templates embed.FS

// dialect is what the languages do not have in common.
type dialect struct {
	file   string              // to save the source as
	quote  func(string) string // makes a literal of UTF-8
	concat [3]string           // around and between several literals
	text   string              // makes bytes of the UTF-8 in %s
	binary string              // makes bytes of the base64 in %s; "" where literals hold any bytes
}

func dialectOf(language string) (dialect, bool) {
	switch language {
	case "go":
		return dialect{
			file: "apo_sign_test.go", quote: quoteGo,
			concat: [3]string{"", " +\n\t\t", ""},
			text:   "[]byte(%s)",
		}, true
	case "java":
		return dialect{
			file: "ApoSign.java", quote: quoteJava,
			concat: [3]string{"String.join(\"\",\n                ", ",\n                ", ")"},
			text:   "%s.getBytes(UTF_8)", binary: "Base64.getDecoder().decode(%s)",
		}, true
	case "node":
		return dialect{
			file: "apo-sign.test.mjs", quote: quoteNode,
			concat: [3]string{"", " +\n  ", ""},
			text:   "Buffer.from(%s)", binary: "Buffer.from(%s, 'base64')",
		}, true
	case "python":
		return dialect{
			file: "test_apo_sign.py", quote: quotePython,
			concat: [3]string{"(\n    ", "\n    ", "\n)"},
			text:   "%s.encode()", binary: "base64.b64decode(%s)",
		}, true
	case "php":
		return dialect{
			file: "apo_sign_test.php", quote: quotePHP,
			concat: [3]string{"", "\n    . ", ""},
			text:   "%s", binary: "base64_decode(%s)",
		}, true
	}
	return dialect{}, false
}

// body returns an expression whose value is the bytes of b.
func (l dialect) body(b []byte) string {
	form, text := l.text, string(b)
	if l.binary != "" && !utf8.Valid(b) {
		form, text = l.binary, base64.StdEncoding.EncodeToString(b)
	}
	var literals []string
	for _, piece := range pieces(text) {
		literals = append(literals, l.quote(piece))
	}
	expression := literals[0]
	if len(literals) > 1 {
		expression = l.concat[0] + strings.Join(literals, l.concat[1]) + l.concat[2]
	}
	return fmt.Sprintf(form, expression)
}

// pieces cuts a text into its lines, so that it is read as it is meant, and
// into less than 8000 bytes, since Java's literals end at 65535. Of very many
// lines it makes few pieces: compilers do not like to add a million strings.
func pieces(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > 500 {
		lines = []string{text}
	}
	var all []string
	for _, line := range lines {
		for len(line) > 8000 {
			end := 8000
			for !utf8.RuneStart(line[end]) && end > 8000-utf8.UTFMax {
				end--
			}
			all = append(all, line[:end])
			line = line[end:]
		}
		if line != "" {
			all = append(all, line)
		}
	}
	if len(all) == 0 {
		return []string{""}
	}
	return all
}
