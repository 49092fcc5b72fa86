package sandbox

import (
	"cmp"
	"crypto/sha256"
	_ "embed" // the style
	"encoding/base64"
	"errors"
	"html"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/apo-cli/apo/pkg/apo"
)

// pagePrefix begins the path of every 3DS page: "/3ds/<nonce>", "/3ds/wap/<nonce>".
const pagePrefix = "/3ds/"

// maxForm is the size above which a posted form is refused, in bytes.
const maxForm = 4 << 10

//go:embed page.css
var pageCSS string

// view is what a page shows.
type view struct {
	Title   string
	Text    string       // a sentence under the title, or ""
	Payment *paymentView // nil where no payment is spoken of

	Where string        // of what the page is; "": of a 3DS check
	Body  func(*markup) // what else it shows, or nil
	Wrong bool          // it says what is wrong with a form
}

type paymentView struct {
	Amount string // "SGD 42.00"
	Facts  []fact
	Asks   bool   // an answer is waited for
	Return string // paymentRedirectUrl; "" where a browser may not be sent there
	Nobody bool   // Return is an invented address, where nobody is
}

type fact struct{ Name, Value string }

// servePage shows the 3DS page of a payment (GET) and takes the buyer's answer
// (POST of answer=approve or answer=fail). It works without a script. [allow]
// has kept the pages of other sites out.
func (s *Sandbox) servePage(w http.ResponseWriter, r *http.Request) {
	nonce := nonceOf(r.URL.Path, pagePrefix)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.showPage(w, nonce)
	case http.MethodPost:
		s.takeAnswer(w, r, nonce)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		writePage(w, http.StatusMethodNotAllowed, view{Title: "Not allowed", Text: "This page can be read and its form posted, nothing else."})
	}
}

func (s *Sandbox) showPage(w http.ResponseWriter, nonce string) {
	b, err := s.challenge(func(l ledger) (paymentRecord, bool, error) { return l.paymentByNonce(nonce) })
	if err != nil {
		pageError(w, err)
		return
	}
	writePage(w, http.StatusOK, viewOf(b.payment))
}

// takeAnswer sends the buyer on to the shop. The first answer counts, and who
// answers again goes the same way. Where an answer came too late, or the shop's
// address is invented, the page itself says so. It is the answer to the form, and
// no redirect: by the time of another request an embedded sandbox is gone.
func (s *Sandbox) takeAnswer(w http.ResponseWriter, r *http.Request, nonce string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	answer := r.PostFormValue("answer")
	if answer != "approve" && answer != "fail" {
		writePage(w, http.StatusBadRequest, view{Title: "No answer", Text: "The form holds neither answer=approve nor answer=fail. Nothing was done."})
		return
	}
	b, err := s.challenge(func(l ledger) (paymentRecord, bool, error) {
		return l.answerChallenge(nonce, answer == "approve")
	})
	if err != nil {
		pageError(w, err)
		return
	}
	http.SetCookie(w, answeredCookie(r.URL.Path))
	shop, ok := shopOf(b.RedirectURL)
	if !ok || isInvented(shop) || b.ThreeDS.Result == "" {
		writePage(w, http.StatusOK, viewOf(b.payment))
		return
	}
	// Nothing is appended: the merchant must ask, not read an address.
	pageHeader(w.Header())
	w.Header().Set("Location", b.RedirectURL)
	w.WriteHeader(http.StatusSeeOther)
}

// answeredCookie says nothing and is never read. Chromium keeps a page in its
// back/forward cache in spite of no-store, and would show the question again at
// Back, unless a cookie of that page has changed since.
func answeredCookie(page string) *http.Cookie {
	return &http.Cookie{Name: "answered", Value: "1", Path: page, MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

var errNoPage = errors.New("no payment has this page")

// challenge does work on the payment of a page.
func (s *Sandbox) challenge(work func(ledger) (b paymentRecord, found bool, err error)) (b paymentRecord, err error) {
	err = s.store.do(func(t *tx) error {
		var found bool
		var err error
		b, found, err = work(s.ledger(t))
		if err == nil && !found {
			return errNoPage
		}
		return err
	})
	return b, err
}

func pageError(w http.ResponseWriter, err error) {
	if errors.Is(err, errNoPage) {
		writePage(w, http.StatusNotFound, view{Title: "No such payment", Text: "No payment waits at this address."})
		return
	}
	writePage(w, http.StatusInternalServerError, view{Title: "The sandbox failed", Text: "Its state could not be read or written. Whether your answer was taken is not known; load the page again to see."})
}

// viewOf tells a payment. Whatever the merchant sent is made harmless by
// visible and html.
func viewOf(p payment) view {
	title, text := outcome(p)
	shown := &paymentView{
		Amount: visible(p.Amount.String()),
		Asks:   p.Status == processing && p.ThreeDS.Result == "",
	}
	add := func(name, value string) {
		if value != "" {
			shown.Facts = append(shown.Facts, fact{name, value})
		}
	}
	add("Description", visible(p.Description))
	add("Order", visible(p.OrderID))
	add("Card", p.Card.Brand+" ending in "+p.Card.LastFour)
	if !shown.Asks {
		add("Status", string(p.Status))
		add("Result code", p.Code)
	}
	if shop, ok := shopOf(p.RedirectURL); ok {
		shown.Return, shown.Nobody = p.RedirectURL, isInvented(shop)
	}
	return view{Title: title, Text: text, Payment: shown}
}

// outcome says in a person's words where a payment stands.
func outcome(p payment) (title, text string) {
	switch {
	case p.Status == processing && p.ThreeDS.Result == "":
		return "Approve this payment?", ""
	case p.Status == processing:
		return "Answered", "Your answer was taken. The acquirer has not decided yet."
	case p.Status == success:
		return "Payment approved", "You passed the check, and the payment is authorized."
	case p.Closed:
		return "Too late", "Nobody answered in time. The payment was closed, and nothing was paid."
	case p.Status == cancelled:
		return "Payment cancelled", "The payment was cancelled. There is nothing to answer any more."
	case p.ThreeDS.Result == "failed":
		return "Check failed", "You failed the check, and the payment was declined."
	}
	return "Payment declined", "You passed the check, but the acquirer declined the payment."
}

// visible hides card numbers, and what would be shown as something else than
// it is: control characters, and those that turn the direction of a text round.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, apo.Masker{}.Text(s))
}

// shopOf parses a paymentRedirectUrl. It is not ok where no browser may be sent
// there: control characters, no scheme, or one that runs or reads something on
// the buyer's machine. An app's own scheme, "myapp://return", is ok.
func shopOf(redirect string) (u *url.URL, ok bool) {
	u, err := url.Parse(redirect) // refuses control characters
	if err != nil {
		return nil, false
	}
	switch u.Scheme {
	case "", "javascript", "data", "vbscript", "file", "blob", "filesystem", "about", "view-source":
		return nil, false
	}
	return u, true
}

// isInvented reports whether nobody can be at an address: it is the one that apo
// pay fills in, or its host is example.com, .net or .org. Of other names that are
// kept for examples a developer's own machine may know one.
func isInvented(u *url.URL) bool {
	if u.String() == "https://shop.example/return" {
		return true
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for _, name := range []string{"example.com", "example.net", "example.org"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}

// pageHeader sets what all answers of pages have in common. The referrer policy
// is not no-referrer, with which browsers post a form of ours with "Origin:
// null"; to the shop, nothing is told either way. There is no
// Cross-Origin-Opener-Policy: a shop may open the page in a window of its own,
// and would not find that window again. The policy has no form-action: Chromium
// holds it against every address to which a posted form is redirected, and the
// shop may send the buyer on to another site, or to an app.
func pageHeader(h http.Header) {
	style := sha256.Sum256([]byte(pageCSS))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(style[:])+
		"'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // so that Back shows what is true now
}

func writePage(w http.ResponseWriter, status int, v view) {
	pageHeader(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(v.html()))
}

// html is the page. html/template would do the escaping, and make the program
// larger by a fifth: so all text goes through markup's methods, which escape.
func (v view) html() string {
	m := &markup{}
	m.raw(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>`)
	if v.Wrong {
		m.raw("Error: ")
	}
	m.text(v.Title).raw(` - apo sandbox</title>
<style>`).raw(pageCSS).raw(`</style>
</head>
<body>
<main>
<p class="where">`).text(cmp.Or(v.Where, "Local sandbox, 3DS check")).raw(`</p>
<h1>`).text(v.Title).raw("</h1>\n")
	if v.Text != "" {
		m.raw("<p>").text(v.Text).raw("</p>\n")
	}
	if v.Payment != nil {
		v.Payment.html(m)
	}
	if v.Body != nil {
		v.Body(m)
	}
	m.raw(`<footer>This page belongs to a sandbox on your own machine. No bank is asked and no money moves.</footer>
</main>
</body>
</html>
`)
	return m.b.String()
}

func (p *paymentView) html(m *markup) {
	m.raw(`<p class="amount">`).text(p.Amount).raw("</p>\n<dl>\n")
	for _, f := range p.Facts {
		m.raw("<div><dt>").text(f.Name).raw("</dt><dd><bdi>").text(f.Value).raw("</bdi></dd></div>\n")
	}
	m.raw("</dl>\n")
	if p.Asks {
		m.raw(`<form method="post">
<button class="yes" name="answer" value="approve">Approve</button>
<button name="answer" value="fail">Fail the check</button>
</form>
`)
	}
	switch {
	case p.Return == "":
		m.raw("<p>This payment&rsquo;s paymentRedirectUrl is no address that a browser may be sent to. The buyer stays here.</p>\n")
	case p.Nobody && p.Asks:
		m.raw("<p>To leave without answering, close this page.</p>\n")
	case p.Nobody:
		m.raw("<p>A buyer would now return to the shop. This payment&rsquo;s paymentRedirectUrl, <bdi>").text(visible(p.Return)).
			raw("</bdi>, is an invented address: the way ends here, and this page can be closed.</p>\n").
			raw("<p>A shop does not learn the result from the buyer&rsquo;s return. It gets a PAYMENT_RESULT at its paymentNotifyUrl, or asks with inquiryPayment.</p>\n")
	case p.Asks:
		m.raw(`<p><a href="`).text(p.Return).raw("\">Leave without answering</a></p>\n")
	default:
		m.raw(`<p><a class="button" href="`).text(p.Return).raw("\">Continue to the shop</a></p>\n")
	}
}

// markup is HTML in the making. raw is for what stands in this file.
type markup struct{ b strings.Builder }

func (m *markup) raw(html string) *markup {
	m.b.WriteString(html)
	return m
}

func (m *markup) text(text string) *markup { return m.raw(html.EscapeString(text)) }
