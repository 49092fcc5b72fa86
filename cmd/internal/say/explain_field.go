package say

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// GroupField is the group of the fields of requests.
const GroupField = "field"

// ExplainedField says what is documented of a field of requests: of each path and rule
// under one name, with the APIs that have it so.
func ExplainedField(name string, rules []apo.FieldRule) Explanation {
	d := apo.Decision{Money: apo.MovedNotSaid, Final: apo.FinalNotSaid, RequestID: apo.NeitherID, Wait: apo.WaitNone, Buyer: apo.BuyerNothing, Next: apo.StepField}
	type row struct {
		Path     string   `json:"path"`
		Required bool     `json:"required"`
		Rule     string   `json:"rule"`
		Length   int      `json:"length,omitempty"`
		APIs     []string `json:"apis"`
	}
	var rows []row
	for _, r := range rules {
		one := row{Path: r.Path, Required: r.Required, Rule: fieldRule(r), Length: r.Most, APIs: []string{r.API}}
		same := func(o row) bool { return o.Path == one.Path && o.Required == one.Required && o.Rule == one.Rule }
		if i := slices.IndexFunc(rows, same); i >= 0 {
			rows[i].APIs = append(rows[i].APIs, r.API)
			continue
		}
		rows = append(rows, one)
	}
	var b strings.Builder
	also := ""
	for _, r := range rows {
		needed := "optional"
		if r.Required {
			needed = "required"
		}
		b.WriteString(term.Wrap(r.Path+" of "+strings.Join(r.APIs, ", "), 80) + "  " + needed + "; " + r.Rule + "\n")
		also += " " + r.Path + " " + r.Rule
	}
	e := Explanation{
		Group: GroupField, Code: name, Meaning: "a field of requests", Decision: d, Source: apo.FieldSource,
		facts: []fact{{"fields", rows}}, prose: b.String(), also: also,
		Provisos: []string{"What breaks a rule apo refuses before it is sent; the gateway answers PARAM_ILLEGAL"},
	}
	if len(rows) == 1 {
		e.Meaning = "a field of " + strings.Join(rows[0].APIs, ", ") + ": " + rows[0].Rule
	} else if len(rows) > 1 {
		e.Meaning = "a field of " + apisOf(rules)
	}
	return e
}

// ExplainedRequest has all fields of an API's request.
func ExplainedRequest(api string, rules []apo.FieldRule) Explanation {
	e := ExplainedField(api, rules)
	e.Meaning = "the fields of its request that are checked"
	return e
}

// apisOf names the APIs of rules, each once.
func apisOf(rules []apo.FieldRule) string {
	var names []string
	for _, r := range rules {
		if !slices.Contains(names, r.API) {
			names = append(names, r.API)
		}
	}
	return strings.Join(names, ", ")
}

// fieldRule says in words what a value must be.
func fieldRule(r apo.FieldRule) string {
	says := map[apo.FieldForm]string{
		apo.FormText: "a text", apo.FormEnglish: "a text of English characters (ASCII)", apo.FormRequestID: "an ID of visible ASCII characters, without spaces",
		apo.FormAmount: "an object with currency and value", apo.FormUnits: "a whole number of the smallest unit of its currency, as a text",
		apo.FormCurrency: "a currency of ISO 4217, in capitals", apo.FormCountry: "a country of ISO 3166, two capital letters",
		apo.FormTime: "a time such as 2025-01-01T08:00:00+08:00", apo.FormDay: "a day such as 2000-01-31",
		apo.FormURL: "an absolute URL", apo.FormWebURL: "an http or https URL", apo.FormObject: "an object", apo.FormList: "a list",
		apo.FormAny: "its name is known, and no rule of it is documented",
	}[r.Form]
	switch r.Form {
	case apo.FormWord:
		says = strings.Join(r.Words, " or ")
	case apo.FormNumber:
		says = fmt.Sprintf("a whole number from %d on", r.Least)
		if r.Greatest > 0 {
			says = fmt.Sprintf("a whole number from %d to %d", r.Least, r.Greatest)
		}
	}
	switch {
	case r.Most > 0 && r.Form == apo.FormList:
		says += " of at most " + strconv.Itoa(r.Most)
	case r.Most > 0 && r.Form == apo.FormUnits:
		says += ", at most " + strconv.Itoa(r.Most) + " digits"
	case r.Most > 0:
		says += ", at most " + strconv.Itoa(r.Most) + " characters"
	}
	if r.Beside != "" {
		says += ": " + r.Beside
	}
	return says
}
