package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// The control API is for the sandbox's owner: what a test in any language needs to set a
// sandbox up, to move its time and to look at its books. Its description is made of the
// table of its routes; see [ControlDescription].

// mostControl bounds what the control API is sent at a time, in bytes.
const mostControl = 64 << 10

// controlRoute is one thing that the control API does.
type controlRoute struct {
	method, path string // "GET", "/payments/{id}": below /_apo
	means        string
	query        []string     // names of controlParameters
	takes        reflect.Type // of the body; nil: it has none
	gives        reflect.Type
	open         bool // without the token
	do           func(*Sandbox, controlCall, []byte) (any, error)

	stream func(*Sandbox, http.ResponseWriter, *http.Request) // in place of do
}

// controlCall is a request to the control API whose route was found.
type controlCall struct {
	*http.Request
	id    string // what stands in its path
	query url.Values
}

// none is the body of a request that has none.
type none struct{}

// on is a route that takes and gives JSON objects of these types.
func on[In, Out any](method, path, means string, do func(*Sandbox, controlCall, In) (Out, error), query ...string) controlRoute {
	r := controlRoute{method: method, path: path, means: means, query: query, takes: reflect.TypeFor[In](), gives: reflect.TypeFor[Out]()}
	if r.takes == reflect.TypeFor[none]() {
		r.takes = nil
	}
	r.do = func(s *Sandbox, c controlCall, body []byte) (any, error) {
		var in In
		if err := readControl(body, &in); err != nil {
			return nil, err
		}
		return do(s, c, in)
	}
	return r
}

// controlRoutes are all there are.
func controlRoutes() []controlRoute {
	return slices.Concat(paymentRoutes(), notificationRoutes(), ruleRoutes(), clockRoutes(), disputeRoutes(), stateRoutes(), windowRoutes(), historyRoutes())
}

// serveControl answers a request of the control API, whose host was let in.
func (s *Sandbox) serveControl(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !s.guard.isOwnOrigin(r) && isOfAnotherSite(r) {
		controlFails(w, http.StatusForbidden, "this was sent by a page of another site")
		return
	}
	route, id, allowed := findRoute(r)
	if !route.open && !s.knowsToken(r) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="apo sandbox"`)
		controlFails(w, http.StatusUnauthorized, "the token is missing or another one: Authorization: Bearer and the token of the ready file")
		return
	}
	switch {
	case route.stream != nil:
		route.stream(s, w, r)
	case route.do != nil:
		answer, err := s.control(route, id, w, r)
		if err != nil {
			controlFails(w, statusOf(err), err.Error())
			return
		}
		controlAnswers(w, http.StatusOK, answer)
	case len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		controlFails(w, http.StatusMethodNotAllowed, fmt.Sprintf("%s takes %s, not %.20q", excerpt(r.URL.Path, 100), strings.Join(allowed, " and "), r.Method))
	default:
		controlFails(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %q; %sopenapi.json tells what there is", excerpt(r.URL.Path, 100), controlPath))
	}
}

func (s *Sandbox) control(route controlRoute, id string, w http.ResponseWriter, r *http.Request) (any, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("the query of the address cannot be read")
	}
	for name := range query {
		if !slices.Contains(route.query, name) {
			return nil, badRequest("there is no parameter %q; there are: %s", excerpt(name, 40), cmp.Or(strings.Join(route.query, ", "), "none"))
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostControl))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return nil, controlError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is longer than %d KiB", mostControl>>10)}
	}
	if err != nil {
		return nil, badRequest("the body broke off")
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // that of the server is one for requests, and some wait for receivers
	if route.takes == nil && len(bytes.TrimSpace(body)) > 0 && string(bytes.TrimSpace(body)) != "{}" {
		return nil, badRequest("%s %s takes no body", route.method, route.path)
	}
	return route.do(s, controlCall{r, id, query}, body)
}

// findRoute finds the route of a request, and what stands in its path; else the methods
// that its path takes.
func findRoute(r *http.Request) (found controlRoute, id string, allowed []string) {
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), strings.TrimSuffix(controlPath, "/")), "/")
	for _, route := range controlRoutes() {
		names := strings.Split(route.path, "/")
		at := -1
		if len(names) != len(parts) || slices.ContainsFunc(names, func(name string) bool {
			at++
			if strings.HasPrefix(name, "{") {
				var err error
				id, err = url.PathUnescape(parts[at])
				return err != nil || id == ""
			}
			return name != parts[at]
		}) {
			continue
		}
		if route.method == r.Method || route.method == http.MethodGet && r.Method == http.MethodHead {
			return route, id, nil
		}
		allowed = append(allowed, route.method)
	}
	return controlRoute{}, "", allowed
}

// readControl reads a JSON object strictly: what is not known of it is named.
func readControl(body []byte, into any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	known := keysOf(reflect.TypeOf(into).Elem())
	var unknown string
	if err := apo.Members(body, func(name, _ []byte) {
		if key := string(apo.Text(name)); known != nil && !slices.Contains(known, key) {
			unknown = cmp.Or(unknown, excerpt(key, 40))
		}
	}); err != nil {
		return badRequest("the body is not read: %v", err)
	}
	if unknown != "" {
		return badRequest("%q is not one of the keys %s", unknown, strings.Join(known, ", "))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typed):
		return badRequest("%s is no %s, which it is here", cmp.Or(typed.Field, "the body"), typed.Value)
	case err != nil:
		return badRequest("the body is not read: %s", excerpt(strings.TrimPrefix(err.Error(), "json: "), 200))
	}
	return nil
}

// controlError is what is wrong with a request, and the status that says so.
type controlError struct {
	status  int
	message string
}

func (e controlError) Error() string { return e.message }

func badRequest(format string, args ...any) error {
	return controlError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return controlError{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

// asBad is an error about what was asked for.
func asBad(err error) error {
	if err == nil || statusOf(err) != http.StatusInternalServerError {
		return err
	}
	return badRequest("%v", err)
}

func statusOf(err error) int {
	var own controlError
	switch {
	case errors.As(err, &own):
		return own.status
	case errors.Is(err, ErrNoPayment), errors.Is(err, ErrNoDispute), errors.Is(err, ErrNoNotification), errors.Is(err, ErrNoSnapshot):
		return http.StatusNotFound
	case errors.Is(err, ErrNotDisputable), errors.Is(err, ErrManySnapshots), errors.Is(err, ErrPaidOn):
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// limit is how many of a list are asked for.
func (c controlCall) limit() (int, error) {
	text := c.query.Get("limit")
	if text == "" {
		return 50, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostListed {
		return 0, badRequest("limit is a number from 1 to %d, not %q", mostListed, excerpt(text, 40))
	}
	return n, nil
}

// mostListed bounds how many of a list are given at a time.
const mostListed = 1000

// number is the number in the path.
func (c controlCall) number() (int64, error) {
	n, err := strconv.ParseInt(c.id, 10, 64)
	if err != nil || n < 1 {
		return 0, notFound("%q is not the number of one", excerpt(c.id, 40))
	}
	return n, nil
}

// failure is an error as the control API tells it.
type failure struct {
	Error struct {
		Message string `json:"message"`
	} `json:"error"`
}

// controlFails answers with an error: {"error":{"message":"…"}}.
func controlFails(w http.ResponseWriter, status int, message string) {
	var body failure
	body.Error.Message = message
	controlAnswers(w, status, body)
}

func controlAnswers(w http.ResponseWriter, status int, body any) {
	text, err := apo.Encode(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":{"message":"the sandbox failed"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(withoutCards(text), '\n'))
}

// withoutCards hides what is a card's number wherever it stands in a JSON document, in
// IDs and orders too.
func withoutCards(text []byte) []byte {
	text = apo.Masker{KeepTokens: true}.JSON(text)
	for at := 0; at < len(text); at++ {
		from := at
		for at < len(text) && '0' <= text[at] && text[at] <= '9' {
			at++
		}
		quoted := from > 0 && text[from-1] != ':' && text[from-1] != '[' && text[from-1] != ',' // else it is a number
		if n := at - from; quoted && n >= 12 && n <= 19 && apo.IsCardNumber(string(text[from:at])) {
			for i := from; i < at-4; i++ {
				text[i] = '*'
			}
		}
	}
	return text
}
