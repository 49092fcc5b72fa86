package sandbox

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// withoutUser is an address, even one that cannot be read, without the user and the
// password before its host.
func withoutUser(address string) string {
	scheme, rest, found := strings.Cut(address, "//")
	if !found {
		scheme, rest = "", address
	}
	end := strings.IndexAny(rest, "/?#\\")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndex(rest[:end], "@")
	if at < 0 {
		return address
	}
	if found {
		scheme += "//"
	}
	return scheme + rest[at+1:]
}

// withoutUsers is withoutUser of the addresses in a document.
func withoutUsers(body []byte) []byte {
	var kept []byte
	for {
		at := bytes.IndexByte(body, '@')
		if at < 0 {
			return append(kept, body...)
		}
		const ends = "\"/?# \t\r\n"
		from, host := bytes.LastIndexAny(body[:at], ends)+1, body[at:]
		if end := bytes.IndexAny(host, ends); end >= 0 {
			host = host[:end]
		}
		at += bytes.LastIndexByte(host, '@')
		if bytes.HasSuffix(body[:from], []byte("//")) || bytes.HasSuffix(body[:from], []byte(`/\/`)) {
			kept = append(kept, body[:from]...)
		} else {
			kept = append(kept, body[:at+1]...)
		}
		body = body[at+1:]
	}
}

// notifyAddress is where a request wants its news, as it is kept: no password lies in a
// state, or is sent from it.
func notifyAddress(address apo.Masker, r gjson.Result, name string) string {
	return address.Text(withoutUser(r.Get(name).String()))
}

// CheckNotifyURL tells what is wrong with an address for notifications.
func CheckNotifyURL(text string) error {
	u, err := url.Parse(text)
	shown := apo.Masker{}.Text(withoutUser(text))
	switch {
	case err == nil && u.User != nil || shown != text && err != nil:
		return fmt.Errorf("%q is given with a user or a password, which no address of notifications takes", shown)
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("%q is not an address such as http://127.0.0.1:3000/hooks/apo", shown)
	}
	return nil
}
