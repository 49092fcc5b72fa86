package say

import (
	"fmt"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// EmptyBody says that there is nothing to verify, and how that comes about.
const EmptyBody = "there is no body, it is empty: something read it before, such as a parser, or the log leaves it out"

// CannotTell begins a sentence that says why: there is no verdict about bytes that
// nobody saw.
const CannotTell = "whether it verifies cannot be told: "

// RawBodyFirst is what to do about it.
const RawBodyFirst = "read the raw body first, and give it to the parser after it verified"

// forms is the page of help about the forms of messages.
func forms() string {
	var b strings.Builder
	b.WriteString(`What apo verify-notify reads, from the file of --http or --ndjson and from standard
input alike. A form is recognised by its content; --from NAME forces one.

`)
	for _, f := range received.Forms() {
		fmt.Fprintf(&b, "  %-16s %s\n  %-16s known by: %s\n", f.Name, f.Short, "", f.Known)
	}
	b.WriteString(`
UTF-8 and UTF-16 are read, with a byte order mark or without; so is a message in a
mail, a chat or a ticket: quoted with >, in a block of code, with text before and
behind it, which is said. Several messages in one file get a verdict each, one a line, in their
order; what has no signature beside messages that have one is left out and counted. In
a log the names may be spelled in any way (http_signature, req.headers.signature,
HTTP_SIGNATURE), the headers may be an object, pairs, a flat list or text, and the
body may be a list of bytes. A log must hold the raw body and the headers client-id,
request-time and signature: what does not is exit 2, and never a verdict. So is a
message of which two members contradict each other, such as uri and path.

  pbpaste | apo verify-notify
  apo verify-notify --http session.har
  apo verify-notify --ndjson service.log -q verified`)
	return b.String()
}
