package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/report"
)

// fill gives each field of a record a value of its own, with what JSON escapes in it.
func fill(v reflect.Value, n *int) {
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, *n, 123456789, time.UTC)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), n)
			}
		}
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("<\"text\"\t%d é>", *n))
	case v.CanInt():
		v.SetInt(int64(*n))
	}
}

// What reports read of the records is what was stored, field by field: rows that are
// made of them are those of the whole records.
func TestBookedIsWhatWasStored(t *testing.T) {
	n := 0
	var whole booked
	whole.transactions, whole.disputes = make([]transaction, 2), make([]dispute, 2)
	fill(reflect.ValueOf(&whole.payment).Elem(), &n)
	whole.Amount.Currency, whole.Amount.Value, whole.Status, whole.CaptureMode, whole.SettleIn = "SGD", "4200", cancelled, "AUTOMATIC", "USD"
	whole.Acquirer.Name = "ALIPAY"
	for i := range whole.transactions {
		r := &whole.transactions[i]
		fill(reflect.ValueOf(r).Elem(), &n)
		r.Kind, r.Status, r.Amount = []string{"CAPTURE", "REFUND"}[i], success, whole.Amount
	}
	for i := range whole.disputes {
		d := &whole.disputes[i]
		fill(reflect.ValueOf(d).Elem(), &n)
		d.Status, d.Amount, d.Result = judged, whole.Amount, []string{JudgedForMerchant, JudgedForCustomer}[i]
	}
	stored := func(v any) related {
		var r related
		for i := range reflect.ValueOf(v).Len() {
			doc, err := json.Marshal(reflect.ValueOf(v).Index(i).Interface())
			if err != nil {
				t.Fatal(err)
			}
			r.keys, r.docs = append(r.keys, whole.ID), append(r.docs, doc)
		}
		return r
	}
	var read booked
	p := page{payments: stored([]payment{whole.payment}), transactions: stored(whole.transactions), disputes: stored(whole.disputes)}
	if err := p.read(&read, 0, whole.ID); err != nil {
		t.Fatal(err)
	}
	rows := func(b *booked) (list []report.Row) {
		if err := newStatement(ids{}).rows(b, func(r *report.Row) error { list = append(list, *r); return nil }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	want, got := rows(&whole), rows(&read)
	if len(want) != 7 || !reflect.DeepEqual(want, got) {
		t.Errorf("stored was\n%+v\nand read is\n%+v", want, got)
	}
}

// A record that holds something else is an error, and no row of nothing.
func TestBookedThatCannotBeRead(t *testing.T) {
	for _, doc := range []string{"", "7", "[]", `{"ID":`, `{"Paid":"yesterday"}`, `{"Paid":7}`} {
		var p payment
		if err := p.readDoc([]byte(doc)); !errors.Is(err, errNoDocument) {
			t.Errorf("%q is read: %v", doc, err)
		}
	}
	var r related
	r.keys, r.docs = strings.Fields("a b b d"), [][]byte{[]byte("1"), []byte("2"), []byte("3"), []byte("4")}
	for id, want := range map[string]string{"b": "23"} { // a has no payment, c nothing
		got := ""
		for _, id := range []string{id, "c"} {
			_ = r.take(id, func(doc []byte) error { got += string(doc); return nil })
		}
		if got != want {
			t.Errorf("of %s is taken %s", id, got)
		}
	}
}
