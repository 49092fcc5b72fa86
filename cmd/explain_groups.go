package cmd

import (
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// explained is all that apo explain knows, the likelier meaning of a word that is in
// several groups first.
func explained() []say.ExplainedGroup {
	of := func(g apo.Group, about string) say.ExplainedGroup {
		one := say.ExplainedGroup{Name: string(g), About: about}
		for _, e := range apo.Entries(g) {
			one.All = append(one.All, say.ExplainedEntry(e))
		}
		return one
	}
	return []say.ExplainedGroup{
		of(apo.GroupCode, "result codes of APO: result.resultCode, paymentResultCode"),
		of(apo.GroupStatus, "resultStatus, paymentStatus and the like, and apo's words for an outcome"),
		of(apo.GroupNotification, "kinds of notifications, and news of disputes"),
		{Name: say.GroupExit, About: "exit codes of apo", All: say.ExplainedExits()},
		{Name: say.GroupCause, About: "causes for which a signature does not verify", All: explainedCauses()},
		{Name: say.GroupFault, About: "faults that the sandbox can play", All: explainedFaults()},
		{Name: say.GroupField, About: "fields of requests: path, rule, length", All: explainedFields()},
		of(apo.GroupISO, "response codes of the card networks (Visa's list): refusalCodeRaw"),
		of(apo.GroupMAC, "Mastercard's merchant advice codes: merchantAdviceCode"),
		of(apo.GroupAVS, "checks of the billing address: avsResultRaw"),
		of(apo.GroupCVV, "checks of the security code: cvvResultRaw"),
		of(apo.Group3DS, "3DS status: paResStatus"),
		of(apo.GroupECI, "electronic commerce indicators of 3DS"),
		of(apo.GroupAcquirer, "acquirers' own codes: acquirerResultCode"),
	}
}

func explainedCauses() (list []say.Explanation) {
	for _, c := range say.Causes() {
		list = append(list, say.ExplainedCause(c))
	}
	return list
}

func explainedFaults() (list []say.Explanation) {
	for _, f := range faultList() {
		list = append(list, say.ExplainedFault(f))
	}
	return list
}

// explainedFields has one for each name of a field.
func explainedFields() (list []say.Explanation) {
	byName := map[string][]apo.FieldRule{}
	var names []string
	for _, rule := range fieldRules() {
		name := fieldName(rule.Path)
		if _, known := byName[name]; !known {
			names = append(names, name)
		}
		byName[name] = append(byName[name], rule)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, say.ExplainedField(name, byName[name]))
	}
	return list
}

func fieldRules() (rules []apo.FieldRule) {
	for _, e := range apo.Endpoints() {
		rules = append(rules, apo.Fields(e.Name)...)
	}
	return rules
}

func fieldName(path string) string {
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '.')+1:], "[]")
}

// fieldsNamed explains the field that a path ends with, such as
// "order.goods.0.goodsName", or all fields of an API. found: the word is explained
// already, as a whole.
func fieldsNamed(word string, found bool) []say.Explanation {
	if found {
		return nil
	}
	if api := apiNamed(word); api != "" && len(apo.Fields(api)) > 0 {
		return []say.Explanation{say.ExplainedRequest(api, apo.Fields(api))}
	}
	var rules []apo.FieldRule
	plain := func(path string) string { return strings.ToLower("." + strings.ReplaceAll(path, "[]", "")) }
	wanted := "." + strings.ToLower(withoutIndexes(word))
	for _, rule := range fieldRules() {
		if strings.HasSuffix(plain(rule.Path), wanted) {
			rules = append(rules, rule)
		}
	}
	if _, known := apo.PayField(word); known && len(rules) == 0 {
		rules = []apo.FieldRule{{API: "pay", Path: word, Form: apo.FormAny}}
	}
	if len(rules) == 0 {
		return nil
	}
	return []say.Explanation{say.ExplainedField(word, rules)}
}

func apiNamed(word string) string {
	for _, e := range apo.Endpoints() {
		if strings.EqualFold(e.Name, word) {
			return e.Name
		}
	}
	return ""
}

// withoutIndexes is a path without the places in its lists.
func withoutIndexes(path string) string {
	parts := strings.Split(strings.ReplaceAll(path, "[]", ""), ".")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return strings.Trim(part, "0123456789#") == "" }), ".")
}

// groupNamed finds a group by its name, by another one that is in use, or by the field
// whose values are in it.
func groupNamed(word string) (say.ExplainedGroup, bool) {
	lower := strings.ToLower(word)
	name := map[string]string{
		"codes": "code", "statuses": "status", "notifications": "notification", "exit-code": "exit", "exit-codes": "exit", "causes": "cause", "faults": "fault", "fields": "field",
		"visa": "iso", "network": "iso", "response": "iso", "advice": "mac", "cvc": "cvv", "threeds": "3ds", "3-ds": "3ds",
	}[lower]
	if name == "" {
		name = lower
	}
	for _, g := range apo.Groups() {
		if slices.ContainsFunc(g.Fields(), func(field string) bool { return field == word }) {
			name = string(g)
		}
	}
	groups := explained()
	i := slices.IndexFunc(groups, func(g say.ExplainedGroup) bool { return g.Name == name })
	if i < 0 {
		return say.ExplainedGroup{}, false
	}
	return groups[i], true
}

func groupNames() (names []string) {
	for _, g := range explained() {
		names = append(names, g.Name)
	}
	return names
}
