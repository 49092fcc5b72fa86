package say

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// AsTable reports whether a table was asked for, and no single value of it.
func (p Printer) AsTable() bool { return p.Format == term.Table && p.Query == "" }

// Structured reports whether a command that would talk in words was asked for its
// fields, as JSON or as a table.
func (p Printer) Structured() bool { return p.WantsJSON() || p.AsTable() }

// Aligned reports whether lists are drawn for a person: on a terminal, and where a
// table was asked for.
func (p Printer) Aligned() bool { return !p.WantsJSON() && (p.OutTTY || p.AsTable()) }

// view shows any JSON document for people: amounts in major units, times in the
// reader's zone, states in their colors. Of an answer about a payment, capture or
// refund it shows what a person needs; of any other document all.
func (p Printer) view(data []byte) {
	doc := gjson.ParseBytes(data)
	switch {
	case doc.IsArray():
		p.viewList("", doc)
	case isAnswer(doc):
		p.viewAnswer(doc, data)
	case isVaulting(doc):
		p.viewVaulting(doc)
	default:
		v := &view{}
		v.add("", "", doc)
		_ = p.WriteView(v.fields)
		for _, list := range v.lists {
			p.viewList(list.name, list.value)
		}
	}
}

// viewList shows a list of objects as a table, and one of values a line each.
func (p Printer) viewList(name string, list gjson.Result) {
	if name != "" {
		_ = p.WriteText("\n" + name + "\n")
	}
	var header []string
	items := make([]*view, 0, len(list.Array()))
	for _, item := range list.Array() {
		v := itemView(item)
		items = append(items, v)
		for _, f := range v.fields {
			if !slices.Contains(header, f.Name) {
				header = append(header, f.Name)
			}
		}
	}
	if len(header) == 0 {
		p.Note("there is nothing of that kind")
		return
	}
	rows := make([][]term.Cell, len(items))
	for i, v := range items {
		rows[i] = make([]term.Cell, len(header))
		for _, f := range v.fields {
			rows[i][slices.Index(header, f.Name)] = f.Cell
		}
	}
	_ = p.WriteCells(header, rows)
}

// itemView is an item of a list: what it holds itself, without what is inside of
// that.
func itemView(item gjson.Result) *view {
	v := &view{}
	if !item.IsObject() {
		v.add("value", "", item)
	}
	item.ForEach(func(key, value gjson.Result) bool {
		if item.IsObject() && (!value.IsObject() || !amountOf(value).IsZero()) {
			v.add(key.String(), key.String(), value)
		}
		return true
	})
	return v
}

// view is a document taken apart: its values by their paths, and its lists.
type view struct {
	fields []term.Field
	lists  []namedList
}

type namedList struct {
	name  string
	value gjson.Result
}

// add takes a value in under its path, "paymentResultInfo.cardBrand", of which
// name is the last part.
func (v *view) add(path, name string, value gjson.Result) {
	switch {
	case value.IsObject() && !amountOf(value).IsZero():
		v.fields = append(v.fields, term.Field{Name: path, Cell: term.Cell{Text: amountOf(value).String()}})
	case value.Get("resultStatus").Exists():
		v.fields = append(v.fields, term.Field{Name: path, Cell: resultCell(value)})
	case value.IsObject():
		value.ForEach(func(key, inner gjson.Result) bool {
			v.add(strings.TrimPrefix(path+"."+key.String(), "."), key.String(), inner)
			return true
		})
	case value.IsArray() && len(value.Array()) > 0 && value.Array()[0].IsObject():
		v.lists = append(v.lists, namedList{path, value})
	case value.IsArray():
		var words []string
		for _, word := range value.Array() {
			words = append(words, word.String())
		}
		v.fields = append(v.fields, term.Field{Name: path, Cell: term.Cell{Text: strings.Join(words, ", ")}})
	default:
		v.fields = append(v.fields, term.Field{Name: path, Cell: cellOf(name, value)})
	}
}

// cellOf is a value as its name says that it is meant.
func cellOf(name string, value gjson.Result) term.Cell {
	text := value.String()
	if value.Type == gjson.Number {
		text = value.Raw // with the digits that came
	}
	lower := strings.ToLower(name)
	switch {
	case value.Type == gjson.Null:
		return term.Cell{}
	case strings.HasSuffix(lower, "status"), lower == "state", lower == "outcome":
		return Status(text)
	case lower == "verified" || lower == "accepted":
		return yesOrNo(value.Bool())
	case value.Type == gjson.String && (strings.HasSuffix(lower, "time") || lower == "next") && strings.Contains(text, "T"): // and no number of milliseconds, which is signed as it stands
		return term.Cell{Text: WhenText(text)}
	}
	return term.Cell{Text: text}
}

func yesOrNo(yes bool) term.Cell {
	if yes {
		return term.Cell{Text: "yes", Tone: term.Success}
	}
	return term.Cell{Text: "no", Tone: term.Failure}
}

// amountOf is an object that is an amount and nothing else.
func amountOf(value gjson.Result) apo.Amount {
	var a apo.Amount
	if !value.Get("currency").Exists() || !value.Get("value").Exists() || len(value.Map()) != 2 {
		return a
	}
	_ = json.Unmarshal([]byte(value.Raw), &a)
	return a
}
