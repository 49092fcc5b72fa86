package sign

import (
	"crypto/sha256"
	"io"
)

// Message holds the five parts of the text that is signed.
type Message struct {
	Method   string // upper case, as in "POST"
	Path     string // as sent, with its query, without scheme and host: "/ams/api/v1/payments/pay"
	ClientID string // the Client-Id header
	Time     string // the Request-Time or Response-Time header, never reformatted
	Body     []byte // the exact bytes on the wire
}

// Content returns the text that is signed. It is made anew at each call.
func (m Message) Content() []byte {
	head := m.head()
	content := make([]byte, 0, len(head)+len(m.Body))
	content = append(content, head...)
	return append(content, m.Body...)
}

// Digest returns the SHA-256 of the content, without copying the body.
//
// Where the body holds card data, whoever knows the digest can search the
// card number: treat it as if it were the card.
func (m Message) Digest() [sha256.Size]byte {
	h := sha256.New()
	io.WriteString(h, m.head())
	h.Write(m.Body)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}

func (m Message) head() string {
	return m.Method + " " + m.Path + "\n" + m.ClientID + "." + m.Time + "."
}
