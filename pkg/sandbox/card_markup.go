package sandbox

import "strconv"

// view is the page; wrong is the form that was posted and not taken, or nil.
func (p cardPage) view(wrong *cardForm) view {
	return view{Title: p.Title, Text: p.Text, Where: cardWhere, Body: func(m *markup) { p.html(m, wrong) }, Wrong: wrong != nil}
}

func (p cardPage) html(m *markup, wrong *cardForm) {
	if p.Amount.Currency != "" {
		m.raw(`<p class="amount">`).text(visible(p.Amount.String())).raw("</p>\n")
	}
	if len(p.Facts) > 0 {
		m.raw("<dl>\n")
		for _, f := range p.Facts {
			m.raw("<div><dt>").text(f.Name).raw("</dt><dd><bdi>").text(visible(f.Value)).raw("</bdi></dd></div>\n")
		}
		m.raw("</dl>\n")
	}
	if p.Asks {
		p.form(m, wrong)
	}
	p.way(m)
}

// form is the card's. Its first button is the one that Enter presses.
func (p cardPage) form(m *markup, f *cardForm) {
	if f != nil {
		m.raw(`<div class="wrong" role="alert"><p>The card was not taken.</p>` + "\n<ul>\n")
		for _, w := range f.wrong {
			m.raw("<li>")
			if w.Field == fieldTest || w.Field == fieldSaved {
				m.text(w.Text)
			} else {
				m.raw(`<a href="#` + w.Field + `">`).text(w.Text).raw("</a>")
			}
			m.raw("</li>\n")
		}
		m.raw("</ul></div>\n")
	}
	m.raw(`<form method="post" novalidate class="card">` + "\n")
	name := ""
	if f != nil {
		name = f.name
	}
	for i, in := range []cardInput{
		{fieldNumber, "Card number", "numeric", "23", ""},
		{fieldExpiry, "Expiry date (MM/YY)", "numeric", "9", ""},
		{fieldCVV, "Security code", "numeric", "4", ""},
		{fieldName, "Name on the card", "text", "70", name},
	} {
		in.html(m, f, i == 0)
	}
	if p.Keep {
		m.raw(`<label class="box"><input type="checkbox" name="` + fieldKeep + `" value="yes"> Save this card for later payments</label>` + "\n")
	}
	m.raw(`<button class="yes">`).text(p.Submit).raw("</button>\n")
	if len(p.Saved) > 0 {
		m.raw(`<fieldset><legend>Your saved cards</legend>` + "\n")
		for i, c := range p.Saved {
			m.raw(`<button formnovalidate name="` + fieldSaved + `" value="`).text(strconv.Itoa(i + 1)).raw(`">`).text(c.Label).raw("</button>\n")
		}
		m.raw("</fieldset>\n")
	}
	m.raw(`<fieldset><legend>Or use a test card</legend>` + "\n")
	for _, c := range TestCards() {
		m.raw(`<button formnovalidate name="` + fieldTest + `" value="`).text(c.Name).raw(`"><b>`).text(c.Name).raw("</b> ").
			text(c.Brand + " ending in " + c.Number[len(c.Number)-4:]).raw(" <small>").text(c.Meaning).raw("</small></button>\n")
	}
	m.raw("</fieldset>\n</form>\n")
}

// cardInput is a field of the form. Its name is its autocomplete's word and its ID.
type cardInput struct{ name, label, mode, most, value string }

func (in cardInput) html(m *markup, f *cardForm, first bool) {
	problem := f.problem(in.name)
	m.raw(`<div class="field"><label for="` + in.name + `">` + in.label + `</label>` + "\n")
	m.raw(`<input id="` + in.name + `" name="` + in.name + `" autocomplete="` + in.name + `" type="text" inputmode="` + in.mode +
		`" maxlength="` + in.most + `" spellcheck="false" required`)
	if in.value != "" {
		m.raw(` value="`).text(in.value).raw(`"`)
	}
	if problem != "" {
		m.raw(` aria-invalid="true" aria-describedby="` + in.name + `-wrong"`)
	}
	if f != nil && problem != "" && f.wrong[0].Field == in.name || f == nil && first {
		m.raw(" autofocus")
	}
	m.raw(">\n")
	if problem != "" {
		m.raw(`<p class="why" id="` + in.name + `-wrong">`).text(problem).raw("</p>\n")
	}
	m.raw("</div>\n")
}

// way is how the page is left.
func (p cardPage) way(m *markup) {
	shop, ok := shopOf(p.Return)
	switch {
	case p.Return == "":
	case !ok:
		m.raw("<p>The merchant&rsquo;s address to return to is none that a browser may be sent to. The buyer stays here.</p>\n")
	case isInvented(shop) && p.Asks:
		m.raw("<p>To leave without giving a card, close this page.</p>\n")
	case isInvented(shop):
		m.raw("<p>A buyer would now return to the shop. Its address, <bdi>").text(visible(p.Return)).
			raw("</bdi>, is an invented one: the way ends here, and this page can be closed.</p>\n")
	case p.Asks:
		m.raw(`<p><a href="`).text(p.Return).raw("\">Cancel and return to the shop</a></p>\n")
	default:
		m.raw(`<p><a class="button" href="`).text(p.Return).raw("\">Continue to the shop</a></p>\n")
	}
}
