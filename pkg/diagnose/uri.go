package diagnose

import (
	"net/url"
	stdpath "path"
	"slices"
	"strings"
)

// Above these a path is looked at as a whole only: what it could have been
// grows with the square of its length.
const (
	longURI        = 1 << 10 // bytes
	manyParameters = 32
)

const queryNotSigned = "the query string was not signed"

// uriVariants lists what may have been signed in place of a path. Proxies,
// frameworks and people change paths in a handful of ways, in both directions.
func uriVariants(given string, hints Hints, most tier) *variants {
	v := newVariants("uri", given, most)
	if strings.TrimSpace(given) == "" {
		v.missing(hints)
		return v
	}
	v.whole(hints)
	path, query, hasQuery := strings.Cut(given, "?")
	if len(given) > longURI || strings.Count(query, "&") > manyParameters {
		v.add(1, URIQuery, path, queryNotSigned)
		return v
	}
	suffix := ""
	if hasQuery {
		suffix = "?" + query
		v.query(path, query)
	}
	v.dots(path, suffix)
	v.slashes(path, suffix)
	v.prefixes(path, suffix, hints)
	v.encodings(path, suffix)
	for _, path := range hints.Paths {
		if strings.HasPrefix(path, "/") {
			v.add(1, URIPrefix, path, knownAddress)
		}
	}
	return v
}

// missing tries the paths that are known or usual in place of none.
func (v *variants) missing(hints Hints) {
	const what = "there is no path in the content"
	for _, path := range hints.Paths {
		if strings.HasPrefix(path, "/") {
			v.add(1, URIMissing, path, what)
			bare, _, _ := strings.Cut(path, "?")
			v.add(1, URIMissing, bare, what)
		}
	}
	v.add(1, URIMissing, "/", what)
	v.add(1, URIMissing, "", what)
	for _, prefix := range commonPrefixes() {
		v.add(2, URIMissing, prefix, what)
		for _, inner := range commonPrefixes() {
			v.add(3, URIMissing, prefix+inner, what)
		}
	}
}

// whole deals with what is more or less than a path.
func (v *variants) whole(hints Hints) {
	given := v.given
	if trimmed := strings.TrimSpace(given); trimmed != given {
		v.add(1, URIEncoding, trimmed, "the path has white space around it")
	}
	rest := given
	if method, after, found := strings.Cut(given, " "); found && method == strings.ToUpper(method) && method != "" {
		rest, _, _ = strings.Cut(after, " ")
		v.add(1, URIHost, rest, "the whole request line was given instead of the path")
	}
	if path, ok := cutHost(rest); ok {
		v.add(1, URIHost, path, "the scheme and the host stand in front of the path")
		if bare, _, found := strings.Cut(path, "?"); found && hints.Side == Notification {
			v.add(1, URIHost, bare, knownAddress)
		}
	}
	if host, path, found := strings.Cut(strings.TrimPrefix(given, "//"), "/"); found && strings.HasPrefix(given, "//") && host != "" {
		v.add(2, URIHost, "/"+path, hostBehindSlashes)
		if bare, _, found := strings.Cut(path, "?"); found && hints.Side == Notification {
			v.add(2, URIHost, "/"+bare, knownAddress)
		}
	}
	if before, _, found := strings.Cut(given, "#"); found {
		v.add(2, URIQuery, before, "the path has a fragment, which no browser sends")
	}
	for _, host := range hints.Hosts {
		for _, scheme := range []string{"https://", "http://", ""} {
			v.add(2, URIHost, scheme+host+given, "the path was signed with its host")
		}
	}
}

// knownAddress is what is said of a path that a hint told; [uriDifferences] says
// more.
const knownAddress = "the address is known under another path"

// uriDifferences names all in which a path differs from the one that was signed.
func uriDifferences(given, signed string) []Fault {
	var faults []Fault
	add := func(c Cause, what string) {
		faults = append(faults, Fault{Cause: c, Part: "uri", What: what, Offset: firstDifference(given, signed), Given: given, Signed: signed})
	}
	ours, theirs := given, signed
	path, had := cutHost(ours)
	other, has := cutHost(theirs)
	if had != has {
		add(URIHost, "the path stands with its host in one of the two")
	}
	if had {
		ours = path
	}
	if has {
		theirs = other
	}
	ours, query, _ := strings.Cut(ours, "?")
	theirs, otherQuery, _ := strings.Cut(theirs, "?")
	plain := func(s string) string {
		for strings.Contains(s, "//") {
			s = strings.ReplaceAll(s, "//", "/")
		}
		return strings.Trim(s, "/")
	}
	switch {
	case ours == theirs:
	case resolved(ours) == resolved(theirs) && hasDots(ours) != hasDots(theirs):
		add(URIEncoding, "the path has . or .. in it, which are resolved in one of the two")
	case plain(ours) == plain(theirs):
		add(URISlash, "the slashes of the path are not those that were signed")
	case strings.EqualFold(unescape(ours), unescape(theirs)):
		add(URIEncoding, "the path was signed in another case or with other escapes")
	default:
		add(URIPrefix, knownAddress)
		if strings.HasSuffix(ours, "/") != strings.HasSuffix(theirs, "/") || strings.Contains(ours, "//") != strings.Contains(theirs, "//") {
			add(URISlash, "the slashes of the path are not those that were signed")
		}
	}
	if query != otherQuery || strings.Contains(given, "?") != strings.Contains(signed, "?") {
		add(URIQuery, "the query string is not the one that was signed")
	}
	return faults
}

const hostBehindSlashes = "two slashes and the name of a host, or of what is read as one, stand in front of the path"

// hasDots reports whether a path has . or .. among its segments, or their escapes.
func hasDots(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	path = "/" + plainDots(path) + "/"
	return strings.Contains(path, "/./") || strings.Contains(path, "/../")
}

func plainDots(path string) string { return strings.NewReplacer("%2e", ".", "%2E", ".").Replace(path) }

// resolved is a path without . and .. among its segments and without doubled slashes.
func resolved(path string) string { return stdpath.Clean("/" + plainDots(path)) }

// dots resolves . and .. in a path, as every client does before it sends one. They
// are no parts that somebody added.
func (v *variants) dots(path, suffix string) {
	if !hasDots(path) {
		return
	}
	what := "the path has . or .. in it, which were resolved before it was signed"
	if plainDots(path) != path {
		what = "the path has . or .. in it, escaped, which were resolved before it was signed"
	}
	whole := resolved(path)
	v.add(1, URIEncoding, singled(path)+suffix, what)
	if strings.Contains(path, "//") {
		what += ", and doubled slashes, which became one"
	}
	v.add(1, URIEncoding, whole+suffix, what)
	v.add(1, URIEncoding, strings.TrimSuffix(whole, "/")+"/"+suffix, what+", and a slash at its end")
}

// singled resolves . and .. alone, and leaves empty segments and a slash at the end as
// they are: RFC 3986, section 5.2.4.
func singled(path string) string {
	var list []string
	segments := strings.Split(strings.TrimPrefix(plainDots(path), "/"), "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
		case "..":
			list = list[:max(0, len(list)-1)]
		default:
			list = append(list, s)
			last = false
		}
		if last {
			list = append(list, "")
		}
	}
	return "/" + strings.Join(list, "/")
}

func cutHost(s string) (path string, ok bool) {
	for _, scheme := range []string{"https://", "http://", "//"} {
		after, found := strings.CutPrefix(s, scheme)
		if !found {
			continue
		}
		host, path := after, "/"
		if i := strings.IndexAny(after, "/?"); i >= 0 {
			host, path = after[:i], after[i:]
		}
		if scheme == "//" && !strings.ContainsAny(host, ".:") && host != "localhost" {
			return "", false // a doubled slash
		}
		return path, true
	}
	if i := strings.IndexByte(s, '/'); i > 0 && strings.ContainsAny(s[:i], ".:") {
		return s[i:], true
	}
	return "", false
}

func (v *variants) query(path, query string) {
	v.add(1, URIQuery, path, queryNotSigned)
	v.add(2, URIQuery, path+"?", "only the question mark of the query string was signed")
	items := strings.FieldsFunc(query, func(r rune) bool { return r == '&' })
	with := func(t tier, list []string, what string) {
		v.add(t, URIQuery, path+"?"+strings.Join(list, "&"), what)
	}
	const order = "the parameters of the query string stood in another order"
	with(1, slices.Sorted(slices.Values(items)), order)
	reversed := slices.Clone(items)
	slices.Reverse(reversed)
	with(1, reversed, order)
	if len(items) <= 4 {
		permutations(items, func(list []string) { with(2, list, order) })
	}
	if len(items) <= 32 {
		for i := range items {
			with(1, slices.Delete(slices.Clone(items), i, i+1), "a parameter was added to the query string")
		}
	}
	for i := 1; i < len(items) && i <= 32; i++ {
		with(2, items[:i], "parameters were added to the query string")
		with(2, items[i:], "parameters were added to the query string")
	}
	const encoding = "the query string was encoded in another way"
	encoded := func(t tier, query string) { v.add(t, URIQuery, path+"?"+query, encoding) }
	encoded(1, strings.ReplaceAll(query, "%20", "+"))
	encoded(1, strings.ReplaceAll(query, "+", "%20"))
	encoded(1, strings.ReplaceAll(query, " ", "%20"))
	encoded(1, strings.ReplaceAll(query, " ", "+"))
	encoded(1, unescape(query))
	encoded(1, unescape(strings.ReplaceAll(query, "+", " ")))
	encoded(1, unescape(strings.ReplaceAll(query, "+", "%20")))
	encoded(2, escapesIn(query, strings.ToUpper))
	encoded(2, escapesIn(query, strings.ToLower))
	for _, escape := range []func(string) string{
		url.QueryEscape, url.PathEscape, escapeComponent,
		func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") },
		func(s string) string { return escapeOnly(s, `"<>\^{|}`+"`") },
	} {
		for _, plain := range []func(string) string{func(s string) string { return s }, unescape, func(s string) string { return unescape(strings.ReplaceAll(s, "+", " ")) }} {
			list := make([]string, len(items))
			for i, item := range items {
				name, value, found := strings.Cut(item, "=")
				if list[i] = escape(plain(name)); found {
					list[i] += "=" + escape(plain(value))
				}
			}
			encoded(2, strings.Join(list, "&"))
		}
	}
	encoded(2, strings.ReplaceAll(query, "&amp;", "&"))
	encoded(2, strings.ReplaceAll(query, "&", "&amp;"))
	encoded(2, strings.ReplaceAll(query, "&", ";"))
	encoded(2, strings.TrimSuffix(query, "="))
	encoded(2, query+"=")
	encoded(2, query+"&")
	encoded(2, strings.TrimSuffix(query, "&"))
	for i, item := range items {
		if name, value, found := strings.Cut(item, "="); found && value == "" {
			list := slices.Clone(items)
			list[i] = name
			encoded(2, strings.Join(list, "&"))
		} else if !found {
			list := slices.Clone(items)
			list[i] = name + "="
			encoded(2, strings.Join(list, "&"))
		}
	}
}

// permutations calls f with every order of a short list.
func permutations(items []string, f func([]string)) {
	var rest func(done, left []string)
	rest = func(done, left []string) {
		if len(left) == 0 {
			f(done)
			return
		}
		for i := range left {
			rest(append(slices.Clone(done), left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	rest(nil, items)
}

func (v *variants) slashes(path, suffix string) {
	add := func(t tier, path, what string) { v.add(t, URISlash, path+suffix, what) }
	if trimmed := strings.TrimRight(path, "/"); trimmed != path {
		add(1, trimmed, "the slash at the end of the path was not signed")
		add(1, trimmed+"/", "the path ends in more slashes than were signed")
	}
	add(1, path+"/", "the path was signed with a slash at its end")
	if !strings.HasPrefix(path, "/") {
		add(1, "/"+path, "the slash at the beginning of the path is missing")
	} else {
		if !strings.HasPrefix(path, "//") { // that slash is one too many
			add(2, path[1:], "the path was signed without the slash at its beginning")
		}
	}
	collapsed := path
	for strings.Contains(collapsed, "//") {
		collapsed = strings.ReplaceAll(collapsed, "//", "/")
	}
	add(1, collapsed, "the path has doubled slashes that were not signed")
	for i := range path {
		if path[i] != '/' || i > 256 {
			continue
		}
		if strings.HasPrefix(path[i:], "//") {
			add(2, path[:i]+path[i+1:], "the path has a doubled slash that was not signed")
		}
		t := tier(2)
		if i == 0 {
			t = 1
		}
		add(t, path[:i]+"/"+path[i:], "the path was signed with a doubled slash")
	}
	add(3, strings.ReplaceAll(path, "/", "//"), "the path was signed with doubled slashes")
}

func (v *variants) prefixes(path, suffix string, hints Hints) {
	add := func(t tier, path, what string) { v.add(t, URIPrefix, path+suffix, what) }
	if rest, found := strings.CutPrefix(path, "/ams/sandbox/api/"); found {
		add(1, "/ams/api/"+rest, "the path was signed without /sandbox")
	}
	if rest, found := strings.CutPrefix(path, "/ams/api/"); found {
		add(1, "/ams/sandbox/api/"+rest, "the path was signed with /sandbox, as that of a sandbox client ID")
	}
	const added, stripped = "a prefix was added to the path that was not signed", "a prefix of the path was stripped that was signed"
	for _, hint := range hints.Paths {
		prefix := "/" + strings.Trim(hint, "/")
		add(1, prefix+path, stripped)
		if rest, found := strings.CutPrefix(path, prefix); found {
			add(1, "/"+strings.TrimLeft(rest, "/"), added)
		}
	}
	if _, hosted := cutHost(path); hosted { // a host is no prefix; see whole
		return
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(segments) > 16 {
		segments = segments[:16]
	}
	for i := 1; i < len(segments); i++ {
		t := tier(2)
		if i == 1 {
			t = 1
		}
		add(t, "/"+strings.Join(segments[i:], "/"), added)
	}
	add(2, "/", added)
	for i := range segments {
		prefix := "/" + strings.Join(segments[:i+1], "/")
		add(2, prefix+path, stripped)
		add(2, "/"+segments[i]+path, stripped)
		if rest := slices.Delete(slices.Clone(segments), i, i+1); i > 0 && len(rest) > 0 {
			add(2, "/"+strings.Join(rest, "/"), "a part of the path was added that was not signed")
		}
	}
	for _, prefix := range commonPrefixes() {
		add(2, prefix+path, stripped)
		for i := 1; i < len(segments) && v.most > 2; i++ { // /hooks/apo for /hooks/v1/apo
			add(3, "/"+strings.Join(segments[:i], "/")+prefix+"/"+strings.Join(segments[i:], "/"), "a part of the path was taken out that was signed")
		}
	}
	if v.most < 3 {
		return
	}
	for _, outer := range commonPrefixes() {
		for _, inner := range commonPrefixes() {
			add(3, outer+inner+path, stripped)
		}
	}
}

// commonPrefixes are what gateways, ingresses and stages put in front of a
// path and take off again.
func commonPrefixes() []string {
	var list []string
	for name := range strings.FieldsSeq(`api v1 v2 api/v1 api/v2 prod dev stage staging test uat live sandbox default $default latest
		app apps web www public internal external private backend server service services gateway gw proxy edge rest rpc ws
		hook hooks webhook webhooks callback callbacks notify notification notifications event events
		pay payment payments checkout order orders shop store merchant apo antom alipay ams index.php functions function lambda`) {
		list = append(list, "/"+name)
	}
	return list
}

func (v *variants) encodings(path, suffix string) {
	add := func(t tier, path, what string) { v.add(t, URIEncoding, path+suffix, what) }
	const decoded, encoded = "the path was decoded: its escapes were signed", "the path was encoded: it was signed without escapes"
	add(1, unescape(path), encoded)
	add(2, unescape(unescape(path)), encoded)
	add(1, strings.ReplaceAll(path, " ", "%20"), decoded)
	add(2, strings.ReplaceAll(path, " ", "+"), decoded)
	add(2, strings.ReplaceAll(path, "+", "%20"), "the path was encoded in another way")
	add(2, strings.ReplaceAll(path, "%20", "+"), "the path was encoded in another way")
	segments := strings.Split(path, "/")
	for _, escape := range []func(string) string{url.PathEscape, escapeComponent, url.QueryEscape, func(s string) string { return escapeOnly(s, `"<>\^{|}`+"`") }} {
		for _, plain := range []func(string) string{func(s string) string { return s }, unescape} {
			list := make([]string, len(segments))
			for i, s := range segments {
				list[i] = escape(plain(s))
			}
			add(2, strings.Join(list, "/"), decoded)
		}
	}
	add(2, escapeOnly(path, "~"), decoded)
	add(2, escapeOnly(path, "!'()*,;:@&=+$~"), decoded)
	add(2, strings.ReplaceAll(path, "%", "%25"), "the path was decoded once too often")
	add(2, escapesIn(path, strings.ToUpper), "the escapes of the path changed their case")
	add(2, escapesIn(path, strings.ToLower), "the escapes of the path changed their case")
	slash := 0
	for i := range path {
		if path[i] != '/' || i == 0 {
			continue
		}
		if slash++; slash > 16 {
			break
		}
		for _, escape := range []string{"%2F", "%2f"} {
			add(2, path[:i]+escape+path[i+1:], "an escaped slash of the path was decoded")
		}
	}
	for _, escape := range []string{"%2F", "%2f"} {
		for i := 0; ; {
			at := strings.Index(path[i:], escape)
			if at < 0 {
				break
			}
			i += at
			add(2, path[:i]+"/"+path[i+3:], "a slash of the path was escaped")
			i += 3
		}
	}
	const letters = "the path was signed in another case"
	add(1, strings.ToLower(path), letters)
	add(2, strings.ToUpper(path), letters)
	v.capitals(segments, func(t tier, path string) { add(t, path, letters) })
	if before, _, found := strings.Cut(path, ";"); found {
		add(2, before, "a path parameter was added behind a semicolon")
	}
}

// capitals puts capitals into a path that a rewrite rule or a router put into lower
// case: /Shop/Antom/Notify, /hooks/antomNotify.
func (v *variants) capitals(segments []string, add func(t tier, path string)) {
	const manySegments = 16
	path := strings.Join(segments, "/")
	if strings.ToLower(path) != path || len(segments) > manySegments {
		return
	}
	title := func(s string) string {
		if s == "" {
			return s
		}
		return strings.ToUpper(s[:1]) + s[1:]
	}
	words := func(s string) string { // pay-ment_notify
		b := []byte(title(s))
		for i := 1; i < len(b); i++ {
			if b[i-1] == '-' || b[i-1] == '_' || b[i-1] == '.' {
				copy(b[i:i+1], strings.ToUpper(string(b[i:i+1])))
			}
		}
		return string(b)
	}
	for _, change := range []func(string) string{title, words} {
		list := slices.Clone(segments)
		for i := range list {
			list[i] = change(list[i])
		}
		add(1, strings.Join(list, "/"))
	}
	for i := range segments {
		list := slices.Clone(segments)
		list[i] = strings.ToUpper(list[i])
		add(2, strings.Join(list, "/"))
		list[i] = title(segments[i])
		add(2, strings.Join(list, "/"))
	}
	if v.most < alone {
		return
	}
	const few = 6
	for set := 1; len(segments) <= few && set < 1<<len(segments); set++ {
		list := slices.Clone(segments)
		for i := range list {
			if set>>i&1 == 1 {
				list[i] = title(list[i])
			}
		}
		add(alone, strings.Join(list, "/"))
	}
	const short = 64
	upper := func(at ...int) string {
		b := []byte(path)
		for _, i := range at {
			copy(b[i:i+1], strings.ToUpper(string(b[i:i+1])))
		}
		return string(b)
	}
	for i := 0; i < len(path) && len(path) <= short; i++ {
		add(alone, upper(i))
		for j := 0; j < i; j++ {
			add(alone, upper(i, j))
		}
	}
}

// escapesIn changes the letters of %XX.
func escapesIn(s string, change func(string) string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' && isHex(b[i+1]) && isHex(b[i+2]) {
			copy(b[i+1:i+3], change(string(b[i+1:i+3])))
			i += 2
		}
	}
	return string(b)
}

// escapeComponent is what JavaScript's encodeURIComponent does.
func escapeComponent(s string) string {
	return strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(url.QueryEscape(s))
}

// escapeOnly escapes controls, blanks, what is not ASCII and the given
// characters: the least that a path or a query needs.
func escapeOnly(s, characters string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(characters, c) >= 0 {
			b.WriteString("%" + string(digits[c>>4]) + string(digits[c&15]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
