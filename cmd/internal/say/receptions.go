package say

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
)

// notBelieved says why a record of what came to a listener is no news, and how that is
// meant; "" of every other record.
func notBelieved(r journal.Record) (why string, tone term.Tone) {
	switch {
	case !r.IsNotification() || r.IsNews() || r.Verification == "verified" && (r.Result.Status != "" || len(r.Numbers.All()) > 0): // lists leave answers out
		return "", term.Plain
	case r.Verification != "verified":
		return strings.TrimSuffix("not verified: "+r.Note, ": "), term.Failure
	}
	return "for another client ID", term.Doubt
}

// receptionView is one message that came to a listener, as scripts see it.
type receptionView struct {
	Time        string          `json:"time"`
	Attempt     int             `json:"attempt"`
	Method      string          `json:"method"`
	Target      string          `json:"target"`
	Headers     []journalHeader `json:"headers"`
	Verified    bool            `json:"verified"`
	Cause       string          `json:"cause,omitempty"`
	OtherClient bool            `json:"otherClient,omitempty"`
	Stale       bool            `json:"stale,omitempty"`
	Masked      string          `json:"masked,omitempty"` // why the body is not byte for byte
	Body        *string         `json:"body,omitempty"`   // of UTF-8
	Base64      []byte          `json:"bodyBase64,omitempty"`
	Deliveries  []deliveryView  `json:"deliveries"`
}

type journalHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// deliveryView is one try to hand it to a target, as scripts see it.
type deliveryView struct {
	Time     string  `json:"time"`
	URL      string  `json:"url"`
	Status   int     `json:"status"` // HTTP; 0: no answer
	Received bool    `json:"received"`
	Why      string  `json:"why,omitempty"`
	Answer   string  `json:"answer,omitempty"`
	Took     float64 `json:"tookMs"`
	Resigned bool    `json:"resigned,omitempty"`
}

func receptionViews(list []journal.Reception) []receptionView {
	var views []receptionView
	for _, r := range list {
		v := receptionView{
			Time: r.Time.Format(milliseconds), Attempt: r.Attempt, Method: r.Method, Target: r.Target, Headers: []journalHeader{},
			Verified: r.Verified, Cause: r.Cause, OtherClient: r.OtherClient, Stale: r.Stale, Masked: string(r.Masked), Deliveries: deliveryViews(r.Deliveries),
		}
		for _, h := range r.Headers {
			v.Headers = append(v.Headers, journalHeader(h))
		}
		if text := string(r.Body); utf8.ValidString(text) {
			v.Body = &text
		} else {
			v.Base64 = r.Body
		}
		views = append(views, v)
	}
	return views
}

func deliveryViews(list []journal.Delivery) []deliveryView {
	views := []deliveryView{}
	for _, d := range list {
		views = append(views, deliveryView{
			d.Time.Format(milliseconds), d.URL, d.Status, d.Received, d.Why, strings.ToValidUTF8(string(d.Answer), "\uFFFD"), inMilliseconds(d.Took), d.Resigned,
		})
	}
	return views
}

// receptionFields are what came, one message after the other, with what became of
// its deliveries.
func receptionFields(list []journal.Reception) (fields []term.Field) {
	add := func(name, text string, tone term.Tone) {
		fields = append(fields, term.Field{Name: name, Cell: term.Cell{Text: text, Tone: tone}})
	}
	for _, r := range list {
		add("received", strings.TrimSpace(When(r.Time)+"  "+timesReceived(r.Attempt)), term.Plain)
		add("request", r.Method+" "+r.Target, term.Plain)
		if r.Stale {
			add("stale", "it was signed long before it came", term.Doubt)
		}
		for _, h := range r.Headers {
			add(h.Name, h.Value, term.Plain)
		}
		switch r.Masked {
		case "":
		case journal.MaskedUnverified:
			add("masked", "the body is not kept as it came: nobody vouches for what it holds", term.Doubt)
		default:
			add("masked", "the body is not kept as it came: it "+string(r.Masked), term.Doubt)
		}
		fields = append(fields, term.Field{Name: "body", Cell: term.Cell{Text: string(r.Body)}, Whole: true})
		for _, d := range r.Deliveries {
			text, tone := deliveryInWords(d, true)
			add("delivered", When(d.Time)+"  "+text, tone)
			add("answered", beginning(string(d.Answer)), term.Plain)
		}
	}
	return fields
}

// timesReceived says that news came more than once.
func timesReceived(attempt int) string {
	if attempt < 2 {
		return ""
	}
	return fmt.Sprintf("again, number %d", attempt)
}

// deliveryInWords says where a notification was handed on to, unless that is known, and
// how that went.
func deliveryInWords(d journal.Delivery, where bool) (text string, tone term.Tone) {
	text, tone = "→ ", term.Success
	if where {
		text += d.URL + "  "
	}
	text += answeredWith(d.Status) + "  "
	if d.Received {
		text += "received"
	} else {
		text, tone = text+"not received: "+d.Why, term.Failure
	}
	if d.Resigned {
		text += "  signed anew"
	}
	return text, tone
}

func answeredWith(status int) string {
	if status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("HTTP %d", status)
}

// mostDeliveries is how many deliveries of one notification a timeline shows.
const mostDeliveries = 10

// handing is a line of a timeline below a notification.
type handing struct {
	at   time.Time // zero: of no moment
	text string
	tone term.Tone
}

// handings are what became of a notification on this machine: how often it came, and
// each try to hand it on, with its address where that is wanted. Of many the newest
// are told.
func handings(came []journal.Reception, where bool) (list []handing) {
	if len(came) == 0 {
		return nil
	}
	if n := len(came); n > 1 {
		list = append(list, handing{text: fmt.Sprintf("received %d times", came[n-1].Attempt-came[0].Attempt+1)})
	} else if again := timesReceived(came[0].Attempt); again != "" {
		list = append(list, handing{text: again + " of the same news"})
	}
	var tries []handing
	for _, r := range came {
		for _, d := range r.Deliveries {
			text, tone := deliveryInWords(d, where)
			if answer := glimpse(d.Answer); !d.Received && answer != "" {
				text += "; it said " + answer
			}
			tries = append(tries, handing{d.Time, text, tone})
		}
	}
	if more := len(tries) - mostDeliveries; more > 0 {
		list = append(list, handing{text: fmt.Sprintf("%d earlier ones are left out", more)})
		tries = tries[more:]
	}
	return append(list, tries...)
}

// onlyTarget is the one address that all was handed on to; "" where there are several.
func onlyTarget(came []journal.Reception) (url string) {
	for _, r := range came {
		for _, d := range r.Deliveries {
			if url != "" && url != d.URL {
				return ""
			}
			url = d.URL
		}
	}
	return url
}

// glimpse is the beginning of an answer, for one line among others.
func glimpse(answer []byte) string {
	const most = 80
	text := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(string(answer), "\uFFFD")), " "))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
