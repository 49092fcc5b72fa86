package apo

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// The rules that are told are those that are checked: what breaks one is a violation of
// that very field.
func TestToldRulesAreChecked(t *testing.T) {
	counted := 0
	for _, e := range Endpoints() {
		for _, rule := range Fields(e.Name) {
			counted++
			for name, wrong := range breaking(rule) {
				if !violates(e.Name, rule.Path, wrong) {
					t.Errorf("%s %s: %s is not checked: %v", e.Name, rule.Path, name, wrong)
				}
			}
			parent, _, _ := strings.Cut(rule.Path, ".")
			if rule.Required && !violates(e.Name, rule.Path, nil) && !violates(e.Name, parent, nil) {
				t.Errorf("%s %s is needed, and nobody misses it", e.Name, rule.Path)
			}
		}
	}
	if counted < 200 {
		t.Errorf("%d rules, want 200 and more", counted)
	}
	if rules := Fields("nosuch"); len(rules) > 0 {
		t.Errorf("an API that nobody knows has rules: %v", rules)
	}
}

// breaking are values that break a rule, by what of it.
func breaking(r FieldRule) map[string]any {
	wrong := map[string]any{}
	long := strings.Repeat("1", r.Most+1)
	switch r.Form {
	case FormText, FormEnglish, FormRequestID, FormUnits:
		if r.Most > 0 {
			wrong["length"] = long
		}
	case FormWord:
		wrong["words"] = "nosuch"
	case FormNumber, FormCurrency, FormCountry, FormTime, FormDay, FormURL, FormWebURL:
		wrong["form"] = "no such"
	case FormObject, FormList, FormAmount:
		wrong["form"] = "text"
	}
	if r.Form == FormEnglish {
		wrong["letters"] = "é"
	}
	if r.Form == FormRequestID {
		wrong["spaces"] = "a b"
	}
	if r.Greatest > 0 {
		wrong["greatest"] = r.Greatest + 1
	}
	name := r.Path[strings.LastIndexByte(r.Path, '.')+1:]
	if slices.Contains([]string{"cardNo", "cvv", "expiryYear", "expiryMonth", "clientIp", "colorDepth", "timeZoneOffset", "settlementCurrency", "disputeEvidence"}, name) {
		wrong["beside"] = "!!"
	}
	return wrong
}

// violates reports whether a request with one value alone violates a rule of that field,
// or of what is within it. nil: the request is empty.
func violates(api, path string, value any) bool {
	doc := map[string]any{}
	if value != nil {
		doc = nested(strings.Split(path, "."), value).(map[string]any)
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return false
	}
	at := strings.ReplaceAll(path, "[]", ".0")
	return slices.ContainsFunc(Validate(api, body, time.Now()), func(v Violation) bool {
		return v.Path == at || strings.HasPrefix(v.Path, at+".")
	})
}

func nested(path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	inner := nested(path[1:], value)
	if name, list := strings.CutSuffix(path[0], "[]"); list {
		return map[string]any{name: []any{inner}}
	}
	return map[string]any{path[0]: inner}
}
