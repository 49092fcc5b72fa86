package received

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

const (
	maxDepth  = 8
	maxOthers = 8
)

// candidate is a value that may be a part of the message. Of two, the one whose
// name says more counts, then the outer one.
type candidate struct {
	text        string
	raw         gjson.Result
	rank, depth int
}

func (c candidate) before(d candidate) bool {
	return c.rank > d.rank || c.rank == d.rank && c.depth < d.depth
}

// survey collects what a JSON value of any shape says of one message.
type survey struct {
	part   Part
	list   []Field // of containers
	beside map[string]candidate
	claims []Field // beside containers, that must not contradict the header
	method candidate
	body   candidate
	uris   []candidate
	bare   []string // paths without their slash
	script string   // the prefix of a path that a server mounted a program at
	query  string   // as it stood in the address
	texts  []string // decoded queries, written again
	base64 bool
	id     string

	where, key string // of the member that is being looked at
	told       tellings
}

// messageIn reads the message in one JSON object: an event of a function in the
// cloud, or a line of a logger.
func messageIn(object []byte, part Part) (Message, error) {
	if err := apo.CheckJSON(object); err != nil {
		return Message{}, err
	}
	return surveyed(gjson.ParseBytes(object), part, 0)
}

func surveyed(v gjson.Result, part Part, nested int) (Message, error) {
	s := survey{part: part, beside: map[string]candidate{}, id: v.Get("id").Raw}
	s.walk(v, 0, false)
	m, err := s.message()
	if len(m.Header) == 0 && nested < 3 { // a queue, or the log of a container, has it as text
		for _, name := range []string{"body", "Message", "message", "msg", "log", "@message", "textPayload", "line", "data"} {
			text := v.Get(strings.ReplaceAll(name, "@", `\@`)).String()
			if inner, err := inText(text, part, nested+1); err == nil {
				inner.ID = s.id
				return inner, nil
			}
		}
	}
	if len(m.Header) == 0 {
		return m, &Unknown{Seems: seems([]byte(v.Raw))}
	}
	return m, err
}

// inText reads the message in a text that is a value of JSON.
func inText(text string, part Part, nested int) (Message, error) {
	if line, _, _ := cutLine([]byte(text)); isRequestLine(line) {
		return Dump([]byte(text), part)
	}
	if !strings.Contains(text, "{") {
		return Message{}, &Unknown{}
	}
	found := Message{}
	var err error = &Unknown{}
	eachRecord([]byte(text), func(r record) {
		if err != nil && r.value != nil && apo.CheckJSON(r.value) == nil {
			found, err = surveyed(gjson.ParseBytes(r.value), part, nested)
		}
	})
	return found, err
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

func (s *survey) walk(v gjson.Result, depth int, answer bool) {
	if depth > maxDepth {
		return
	}
	v.ForEach(func(key, value gjson.Result) bool {
		name := plainName(key.String())
		s.key = key.String()
		switch {
		case slices.Contains([]string{"res", "response", "resp", "httpresponse", "responseheaders", "multivalueresponseheaders"}, name):
			if s.part == ResponsePart {
				s.answer(name, value, depth)
			}
		case isHeaders(name):
			if answer == (s.part == ResponsePart) || depth == 0 || s.part == RequestPart {
				s.headers(value)
			}
		default:
			s.member(name, value, depth, answer)
		}
		return true
	})
}

// answer looks into the half that the gateway sent.
func (s *survey) answer(name string, value gjson.Result, depth int) {
	if name == "responseheaders" {
		s.list = append(s.list, headerFields(value)...)
		return
	}
	s.list = nil // of the request
	s.body = candidate{}
	s.walk(value, depth+1, true)
}

func isHeaders(name string) bool {
	switch name {
	case "headers", "header", "multivalueheaders", "rawheaders", "requestheaders", "reqheaders", "httpheaders", "httprequestheaders", "reqheader", "requestheader", "allheaders", "incomingheaders":
		return true
	}
	return false
}

// headers takes a container. The same values may stand in two of them.
func (s *survey) headers(v gjson.Result) {
	list := headerFields(v)
	s.addHeaders(list)
	if slices.ContainsFunc(list, func(f Field) bool { return plainHeader(plainName(strings.TrimPrefix(f.Name, "HTTP_"))) != "" }) {
		s.told.homes = append(s.told.homes, s.where)
	}
}

// says is the member that is being looked at, which tells a part of the message.
func (s *survey) says(text string, raw gjson.Result) said {
	return said{where: s.where, name: s.key, text: text, raw: raw}
}

// inside looks into a member that is an object.
func (s *survey) inside(value gjson.Result, depth int, answer bool) {
	where := s.where
	s.where = strings.TrimPrefix(where+"."+s.key, ".")
	s.walk(value, depth+1, answer)
	s.where = where
}

func (s *survey) addHeaders(list []Field) {
	for _, f := range list {
		if h := plainHeader(plainName(strings.TrimPrefix(f.Name, "HTTP_"))); h != "" { // HTTP_CLIENT_ID, client_id
			f.Name = h
		}
		same := func(have Field) bool { return strings.EqualFold(have.Name, f.Name) && have.Value == f.Value }
		if !slices.ContainsFunc(s.list, same) {
			s.list = append(s.list, f)
		}
	}
}

func (s *survey) member(name string, value gjson.Result, depth int, answer bool) {
	text := value.String()
	scalar := !value.IsObject() && !value.IsArray()
	switch rank := bodyRank(name); {
	case name == "isbase64encoded":
		s.base64 = s.base64 || value.Bool()
		return
	case rank > 0 && !answer && s.part == ResponsePart && depth > 0:
	case rank == 1 && value.IsObject() && !value.Get("notifyType").Exists() && !isBytes(value): // it wraps all of it
	case rank > 0:
		if inner := firstOf(value, "content", "text", "data"); value.IsObject() && inner.Type == gjson.String && !value.Get("notifyType").Exists() && !value.Get("result").Exists() {
			s.base64 = s.base64 || value.Get("encoding").String() == "base64"
			value = inner
		}
		if name == "bodybase64" {
			s.base64 = true
		}
		if !nothing(value) && (rank > 1 || strings.Contains(value.String(), `"notifyType"`)) && !answer {
			s.told.bodies = append(s.told.bodies, s.says("", value))
			if rank > 1 {
				s.told.homes = append(s.told.homes, s.where)
			}
		}
		if c := (candidate{raw: value, rank: rank, depth: depth}); !s.body.raw.Exists() || c.before(s.body) {
			s.body = c
		}
		return
	}
	if scalar && text != "" {
		if s.scalar(name, text, depth) {
			return
		}
	}
	switch {
	case slices.Contains([]string{"querystringparameters", "multivaluequerystringparameters", "query", "querystring", "queryparams"}, name) && value.IsObject():
		s.texts = append(s.texts, queries(value)...)
	case name == "url" && value.IsObject():
		s.urlObject(value, depth)
	case value.IsObject():
		s.inside(value, depth, answer)
	}
}

// scalar takes a value that is no object and no list.
func (s *survey) scalar(name, text string, depth int) bool {
	if header, rank := headerName(name); header != "" {
		if c := (candidate{text: text, rank: rank, depth: depth}); s.beside[header].text == "" || c.before(s.beside[header]) {
			s.beside[header] = c
		}
		if header == "Signature" && len(text) > 40 || header == "Client-Id" && (apo.IsSandbox(text) || strings.HasPrefix(text, "5Y")) {
			s.claims = append(s.claims, Field{header, text})
			s.told.homes = append(s.told.homes, s.where)
		}
		return true
	}
	switch name {
	case "method", "httpmethod", "requestmethod", "reqmethod", "verb", "httprequestmethod":
		if isHTTPMethod(text) {
			s.told.methods = append(s.told.methods, s.says(text, gjson.Result{}))
		}
		if c := (candidate{text: text, rank: 1, depth: depth}); s.method.text == "" || c.before(s.method) || s.method.text == strings.ToLower(text) {
			s.method = c
		}
		return true
	case "rawquerystring", "querystring", "query", "rawquery":
		if s.query == "" {
			s.query = strings.TrimPrefix(text, "?")
		}
		return true
	case "request", "requestline", "httprequest", "raw", "rawrequest": // ngrok has it in base64
		whole := []byte(text)
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
			whole = decoded
		}
		if s.part == RequestPart && bytes.IndexByte(whole, '\n') > 0 {
			return s.wholeRequest(whole, depth)
		}
		if isRequestLine(text) {
			var m Message
			m.requestLine(text)
			s.method = candidate{text: m.Method, rank: 2, depth: depth}
			s.uri(m.URI, 6, depth)
			s.told.methods = append(s.told.methods, s.says(m.Method, gjson.Result{}))
			return true
		}
	}
	switch rank := uriRank(name); {
	case rank > 0 && (strings.HasPrefix(text, "/") || strings.Contains(text, "://")):
		s.uri(behindHost(text), rank, depth)
		return true
	case rank > 0 && isBarePath(text):
		s.bare = append(s.bare, "/"+text)
		if strings.Contains(text, "/") {
			s.told.paths = append(s.told.paths, s.says("/"+text, gjson.Result{}))
		}
		return true
	case name == "scriptname" && strings.HasPrefix(text, "/") && !isFile(text):
		s.script = text
	}
	return false
}

// isBarePath recognises what frameworks call a path, such as hooks/apo.
func isBarePath(text string) bool {
	const longest = 200
	path, _, _ := strings.Cut(text, "?")
	return path != "" && len(text) < longest && !strings.EqualFold(path, "n/a") && !isFile(path) && !strings.Contains(path, "//") &&
		strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~%/-") == "" && strings.Trim(path, "-/") != ""
}

// uri takes an address. Names that proxies use for other servers, and patterns of
// routers, contradict nothing.
func (s *survey) uri(text string, rank, depth int) {
	s.uris = append(s.uris, candidate{text: text, rank: rank, depth: depth})
	if plain := plainName(s.key); plain != "target" && plain != "original" && !isRoute(text) {
		s.told.paths = append(s.told.paths, s.says(text, gjson.Result{}))
	}
}

// wholeRequest takes what a proxy kept byte for byte, beside its parts.
func (s *survey) wholeRequest(text []byte, depth int) bool {
	if line, _, _ := cutLine(text); !isRequestLine(line) {
		return false
	}
	list, err := readMessages(text, RequestPart)
	if err != nil {
		return false
	}
	m := list[0]
	s.method = candidate{text: m.Method, rank: 3, depth: depth}
	s.uris = append(s.uris, candidate{text: m.URI, rank: 7, depth: depth})
	s.addHeaders(m.Header)
	s.told.wholeAt(s.says("", gjson.Result{}), m)
	if value, err := apo.Encode(string(m.Body)); err == nil && utf8.Valid(m.Body) {
		s.body = candidate{raw: gjson.ParseBytes(value), rank: 5, depth: depth}
	}
	return true
}

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

// urlObject reads an address in pieces.
func (s *survey) urlObject(v gjson.Result, depth int) {
	text := firstOf(v, "original", "full", "raw", "href").String()
	if text == "" {
		if text = firstOf(v, "path", "pathname").String(); text == "" {
			return
		}
		if query := firstOf(v, "query", "search").String(); query != "" {
			text += "?" + strings.TrimPrefix(query, "?")
		}
	}
	s.uri(behindHost(text), 4, depth)
}

// queries writes decoded parameters again: as they are, which is what a load
// balancer hands on, and encoded in both ways that are usual.
func queries(v gjson.Result) (list []string) {
	var plain, form, percent []string
	v.ForEach(func(key, value gjson.Result) bool {
		values := []gjson.Result{value}
		if value.IsArray() {
			values = value.Array()
		}
		for _, one := range values {
			name, text := key.String(), one.String()
			plain = append(plain, name+"="+text)
			form = append(form, url.QueryEscape(name)+"="+url.QueryEscape(text))
			percent = append(percent, strings.ReplaceAll(form[len(form)-1], "+", "%20"))
		}
		return true
	})
	for _, parts := range [][]string{plain, form, percent} {
		if text := strings.Join(parts, "&"); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// message puts together what was found.
func (s *survey) message() (Message, error) {
	m := Message{ID: s.id, Method: s.method.text, Header: s.list}
	for _, name := range signedHeaders() {
		if c, there := s.beside[name]; there && m.Get(name) == "" {
			m.add(name, c.text)
		}
	}
	for _, c := range s.claims { // the message tells that it comes twice
		if c.Value != m.Get(c.Name) {
			m.add(c.Name, c.Value)
		}
	}
	s.address(&m)
	if s.part == ResponsePart {
		s.told.bodies = nil // of the request
	}
	if m.Signed() {
		if err := s.told.contradiction(); err != nil {
			return m, err
		}
	}
	if s.part == RequestPart && m.Get("Signature") != "" && hidden(m.Get("Signature")) {
		return m, errors.New("the logger put something else in the place of the header signature: let it log that header")
	}
	if !s.body.raw.Exists() {
		return m, nil
	}
	m.HasBody = true
	if list, ok := byteList(s.body.raw); ok {
		m.Body = list
		m.note("the body was given as a list of bytes, which were put together")
		return m, nil
	}
	m.Body = apo.Text([]byte(s.body.raw.Raw))
	if s.base64 {
		body, err := base64.StdEncoding.DecodeString(string(m.Body))
		if err != nil {
			return m, errors.New("its body is said to be base64 and is not")
		}
		m.Body = body
	}
	return m, nil
}

// address sets the URI and the others that may have been requested. Where only
// decoded parameters are known, the path goes first: APO signs it alone.
func (s *survey) address(m *Message) {
	if known := s.told.ofRequest(s.told.paths); len(known) > 0 { // others are about something else
		s.uris = slices.DeleteFunc(s.uris, func(c candidate) bool {
			return !slices.ContainsFunc(known, func(k said) bool { return k.text == c.text })
		})
	}
	slices.SortStableFunc(s.uris, func(a, b candidate) int {
		switch {
		case a.before(b):
			return -1
		case b.before(a):
			return 1
		}
		return 0
	})
	if s.script != "" && len(s.uris) > 0 && s.uris[0].rank <= 2 && !strings.HasPrefix(s.uris[0].text, s.script) {
		s.uris = slices.Insert(s.uris, 0, candidate{text: s.script + s.uris[0].text})
	}
	if len(s.uris) == 0 && len(s.bare) > 0 && !slices.ContainsFunc(s.bare, func(p string) bool { return p != s.bare[0] }) {
		s.uris = []candidate{{text: s.bare[0]}}
		m.note("the path stands without its slash, and was read as " + cut(s.bare[0]))
	}
	var all []string
	for _, c := range s.uris {
		uri := c.text
		if s.query != "" && !strings.Contains(uri, "?") {
			uri += "?" + s.query
		}
		all = append(all, uri)
	}
	m.Queried = len(s.texts) > 0 && s.query == ""
	for _, query := range s.texts {
		for _, c := range s.uris {
			if !strings.Contains(c.text, "?") {
				all = append(all, c.text+"?"+query)
			}
		}
	}
	for _, uri := range all {
		switch {
		case m.URI == "":
			m.URI = uri
		case uri != m.URI && !slices.Contains(m.Others, uri) && len(m.Others) < maxOthers:
			m.Others = append(m.Others, uri)
		}
	}
	m.Queried = m.Queried && !strings.Contains(m.URI, "?")
}
