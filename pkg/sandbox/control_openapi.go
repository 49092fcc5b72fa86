package sandbox

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// ControlDescription describes the control API in OpenAPI 3.1. It is made of the table of
// routes and of the types that they take and give, and is the caller's to change.
func ControlDescription() map[string]any {
	types := schemas{}
	paths := map[string]map[string]any{}
	for _, r := range controlRoutes() {
		path := strings.TrimSuffix(controlPath, "/") + r.path
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(r.method)] = r.describe(types)
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "apo sandbox, control", "version": "1",
			"description": "Sets a sandbox up, moves its time and shows its books. The token is in the ready file of apo sandbox --ready-file.",
		},
		"security": []any{map[string]any{"token": []any{}}},
		"paths":    paths,
		"components": map[string]any{
			"schemas":         map[string]any(types),
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
	}
}

func (r controlRoute) describe(types schemas) map[string]any {
	media := "application/json"
	if r.stream != nil {
		media = "text/event-stream"
	}
	given := map[string]any{"description": r.means, "content": map[string]any{media: map[string]any{"schema": types.of(r.gives, false)}}}
	fails := map[string]any{
		"description": "Not done; message says why",
		"content":     map[string]any{"application/json": map[string]any{"schema": types.of(reflect.TypeFor[failure](), false)}},
	}
	d := map[string]any{
		"summary": r.means, "operationId": operationOf(r), "responses": map[string]any{"200": given, "default": fails},
	}
	if r.open {
		d["security"] = []any{}
	}
	parameters := []any{}
	for _, part := range strings.Split(r.path, "/") {
		if strings.HasPrefix(part, "{") {
			parameters = append(parameters, parameter(strings.Trim(part, "{}"), "path", true, "string", ""))
		}
	}
	for _, name := range r.query {
		kind := "string"
		if name == "limit" {
			kind = "integer"
		}
		parameters = append(parameters, parameter(name, "query", false, kind, queryMeans(name)))
	}
	if len(parameters) > 0 {
		d["parameters"] = parameters
	}
	if r.takes != nil {
		d["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": types.of(r.takes, true)}}}
	}
	return d
}

func queryMeans(name string) string {
	switch name {
	case "limit":
		return "at most so many, from 1 to 1000; 50 unless given"
	case "after":
		return "the ID of the last one that is known; what follows is behind it"
	}
	return "any number of a payment, capture, refund, dispute or order"
}

// operationOf is the name of what a route does: "postClockAdvance".
func operationOf(r controlRoute) string {
	name := strings.ToLower(r.method)
	for _, part := range strings.FieldsFunc(r.path, func(c rune) bool { return strings.ContainsRune("/{}._", c) }) {
		name += strings.ToUpper(part[:1]) + part[1:]
	}
	return name
}

func parameter(name, in string, required bool, kind, means string) map[string]any {
	p := map[string]any{"name": name, "in": in, "required": required, "schema": map[string]any{"type": kind}}
	if means != "" {
		p["description"] = means
	}
	return p
}

// schemas are the types of the description, by their names.
type schemas map[string]any

// of is the JSON schema of a type; strict of one that is taken, of which no more is known
// than it has.
func (s schemas) of(t reflect.Type, strict bool) map[string]any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage](), reflect.TypeFor[map[string]any]():
		return map[string]any{"type": "object"}
	case reflect.TypeFor[[]byte]():
		return map[string]any{"type": "string", "contentEncoding": "base64"}
	case reflect.TypeFor[http.Header]():
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), strict)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), strict)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem(), strict)}
	case reflect.Struct:
		return s.ofStruct(t, strict)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "string"}
}

func (s schemas) ofStruct(t reflect.Type, strict bool) map[string]any {
	schema := map[string]any{"type": "object"}
	ref := schema
	if name := t.Name(); name != "" {
		name = strings.ToUpper(name[:1]) + name[1:]
		ref = map[string]any{"$ref": "#/components/schemas/" + name}
		if s[name] != nil {
			return ref
		}
		s[name] = schema // first: a type may hold itself
	}
	properties, required := map[string]any{}, []any{}
	for _, f := range reflect.VisibleFields(t) {
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous || key == "-" {
			continue
		}
		if key == "" {
			key = f.Name
		}
		properties[key] = s.of(f.Type, strict)
		if !strict && !strings.Contains(options, "omit") {
			required = append(required, key)
		}
	}
	schema["properties"] = properties
	if len(required) > 0 {
		schema["required"] = required
	}
	if strict {
		schema["additionalProperties"] = false
	}
	return ref
}

// keysOf are the keys that a type takes; nil: any.
func keysOf(t reflect.Type) []string {
	if t.Kind() != reflect.Struct {
		return nil
	}
	keys := []string{}
	for _, f := range reflect.VisibleFields(t) {
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); key != "" && !f.Anonymous {
			keys = append(keys, key)
		}
	}
	return keys
}
