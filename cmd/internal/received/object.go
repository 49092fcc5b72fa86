package received

import (
	"bytes"
	"encoding/base64"
	"errors"
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
	claims []claim // beside containers, that must not contradict the header
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
	left       []leftMember // that may be messages of their own
	answered   bool         // one was taken
}

const theHeaders = "the headers"

// claim is a value of a signed header, and the member that has it.
type claim struct {
	Field
	member string
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
				s.left = slices.DeleteFunc(s.left, func(l leftMember) bool { return l.member == name })
				return inner, s.another(inner)
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
	if err == nil {
		err = unreadText([]byte(text), []Message{found})
	}
	return found, err
}

func (s *survey) walk(v gjson.Result, depth int, answer bool) {
	if depth > maxDepth {
		s.leave(v)
		return
	}
	v.ForEach(func(key, value gjson.Result) bool {
		name := plainName(key.String())
		s.key = key.String()
		switch {
		case slices.Contains([]string{"res", "response", "resp", "httpresponse", "responseheaders", "multivalueresponseheaders"}, name):
			switch {
			case s.part == ResponsePart && s.answered:
				s.leave(value)
			case s.part == ResponsePart:
				s.answer(name, value, depth)
			default:
				s.leaveAnswer(value)
			}
		case isHeaders(name):
			if answer == (s.part == ResponsePart) || depth == 0 || s.part == RequestPart {
				s.headers(value)
			} else if s.part == RequestPart {
				s.leave(value)
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
	s.answered = true
	s.list = nil // of the request
	s.body = candidate{}
	s.walk(value, depth+1, true)
}

// headers takes a container. The same values may stand in two of them.
func (s *survey) headers(v gjson.Result) {
	list := headerFields(v)
	s.addHeaders(list)
	if marks(v.Raw) > marks(Message{Header: list}.text()) {
		s.leave(v)
	}
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
	s.where = strings.TrimPrefix(where+"."+cut(s.key), ".")
	s.walk(value, depth+1, answer)
	s.where = where
}

func (s *survey) addHeaders(list []Field) {
	for _, f := range list {
		if header, exact := claimedHeader(f.Name); header != "" && !exact && f.Value != "" && (plainHeader(plainName(f.Name)) == header && header != "Response-Time" || claims(header, f.Name, f.Value, s.part)) {
			at := s.says("", gjson.Result{}).member() + "." + cut(f.Name)
			s.claims = append(s.claims, claim{Field{header, f.Value}, at})
		} else if exact {
			s.claims = append(s.claims, claim{Field{header, f.Value}, theHeaders})
		}
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
			if unread(value, inner) != nil {
				s.leave(value)
			}
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
			s.body, value = c, s.body.raw
		}
		s.leave(value) // the one that is not taken
		return
	case !answer && s.part == RequestPart && isNews(value): // of whatever name: it may be another body
		s.told.bodies = append(s.told.bodies, s.says("", value))
	}
	if scalar && text != "" {
		if s.scalar(name, text, depth) {
			return
		}
		s.leave(value)
	}
	switch {
	case slices.Contains([]string{"querystringparameters", "multivaluequerystringparameters", "query", "querystring", "queryparams"}, name) && value.IsObject():
		s.texts = append(s.texts, queries(value)...)
		s.leave(value)
	case name == "url" && value.IsObject():
		s.urlObject(value, depth)
		s.leave(value)
	case value.IsArray():
		s.leave(value)
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
		if claims(header, name, text, s.part) {
			s.claims = append(s.claims, claim{Field{header, text}, s.says("", gjson.Result{}).member()})
			if !strings.HasSuffix(header, "-Time") {
				s.told.homes = append(s.told.homes, s.where)
			}
		}
		return true
	}
	if header, _ := claimedHeader(s.key); header != "" && claims(header, s.key, text, s.part) {
		s.claims = append(s.claims, claim{Field{header, text}, s.says("", gjson.Result{}).member()})
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
		if strings.Contains(text, "=") && !strings.ContainsAny(text, " \n") {
			s.told.paths = append(s.told.paths, s.says("?"+strings.TrimPrefix(text, "?"), gjson.Result{}))
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

// message puts together what was found.
func (s *survey) message() (Message, error) {
	m := Message{ID: s.id, Method: s.method.text, Header: s.list}
	for _, name := range signedHeaders() {
		if c, there := s.beside[name]; there && m.Get(name) == "" {
			m.add(name, c.text)
		}
	}
	s.address(&m)
	for _, c := range s.claims {
		if c.Value != m.Get(c.Name) && (c.member != theHeaders || s.holderOf(c) != theHeaders) { // of two with one name, see Twice
			return m, errTwoValues(c.Name, s.holderOf(c), c.member)
		}
	}
	if s.part == ResponsePart {
		s.told.bodies = nil // of the request
	}
	if m.Signed() {
		if err := s.told.contradiction(); err != nil {
			return m, err
		}
		if err := s.another(m); err != nil {
			return m, err
		}
	}
	if s.part == RequestPart && m.Get("Signature") != "" && Hidden(m.Get("Signature")) {
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

// holderOf is the member from which a header was taken that one member contradicts.
func (s *survey) holderOf(other claim) string {
	value := Message{Header: s.list}.Get(other.Name)
	for _, c := range s.claims {
		if c.Name == other.Name && c.member != other.member && (c.Value == value || value == "" && c.Value == s.beside[other.Name].text) {
			return c.member
		}
	}
	if value != "" {
		return theHeaders
	}
	return "another member"
}

// isNews recognises the body of a notification: an object, or the text of one.
func isNews(value gjson.Result) bool {
	if value.Type == gjson.String {
		text := strings.TrimSpace(value.String())
		if !strings.HasPrefix(text, "{") || !gjson.Valid(text) {
			return false
		}
		value = gjson.Parse(text)
	}
	return value.IsObject() && value.Get("notifyType").Type == gjson.String
}
