package journal

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// DisputeState is how far a dispute got, as far as its notifications tell.
type DisputeState string

const (
	DisputeOpen     DisputeState = "open"
	DisputeDefended DisputeState = "defended" // AMS: a defense was supplied; still to be judged
	DisputeWon      DisputeState = "won"      // the merchant keeps the money
	DisputeLost     DisputeState = "lost"     // the merchant pays
	DisputeUnclear  DisputeState = "unclear"  // nothing of it is understood, or it contradicts itself
)

// Undecided reports whether the merchant may still have something to do.
func (s DisputeState) Undecided() bool { return s != DisputeWon && s != DisputeLost }

// Dispute is what the verified notifications of one dispute tell.
type Dispute struct {
	Account
	ID      string
	State   DisputeState
	Numbers apo.Numbers // of its payment, and of its acquirer's
	Amount  apo.Amount  // that is disputed; zero where only a judgement came

	Opened, Due time.Time // Due is until when to answer; zero: not told

	Judged       time.Time // also when it was accepted; zero: not told
	JudgedAmount apo.Amount
	JudgedResult string // "ACCEPT_BY_MERCHANT", or disputeAcceptReason of one that was accepted

	ReasonCode, Reason string
	Source, Type       string // "VISA", "CHARGEBACK"
	AcquirerMerchantID string
	AcquirerReasonCode string
	AcquirerReason     string
	News               []Record // the oldest first, by when they were signed
}

// Taken is what a lost dispute took of its payment, in smallest units; known is false
// where nothing told it in this currency.
func (d Dispute) Taken(currency string) (units int64, known bool) {
	amount := d.JudgedAmount
	if amount == (apo.Amount{}) {
		amount = d.Amount
	}
	units, err := amount.Units()
	return units, err == nil && amount.Currency == currency
}

// Disputes reads the disputes of which notifications came: first those that are not
// decided, the next deadline first, then the others, the newest first. What did not
// verify tells nothing. The filter's Profile counts, and Since of their notifications.
func Disputes(ctx context.Context, s Store, f Filter) ([]Dispute, error) {
	var news []Record
	for r, err := range s.Records(ctx, Filter{Endpoint: notify.KindDispute.API(), Profile: f.Profile, Since: f.Since}) {
		if err != nil {
			return nil, err
		}
		news = append(news, r)
	}
	return disputesIn(news), nil
}

// DisputesOf are those of one payment of a client ID, in the order of [Disputes].
func DisputesOf(ctx context.Context, s Store, clientID string, n apo.Numbers) ([]Dispute, error) {
	list, err := s.Payment(ctx, clientID, n)
	return disputesIn(list), err
}

// disputesIn gathers records by the dispute of which they are news, the most urgent
// first.
func disputesIn(records []Record) (list []Dispute) {
	type key struct{ client, id string }
	at := map[key]int{}
	for _, r := range records {
		n, err := notify.Read(r.Answer)
		if !r.IsNews() || err != nil || n.Kind != notify.KindDispute || n.DisputeID == "" {
			continue
		}
		i, known := at[key{r.ClientID, n.DisputeID}]
		if !known {
			i = len(list)
			at[key{r.ClientID, n.DisputeID}] = i
			list = append(list, Dispute{Account: r.Account, ID: n.DisputeID})
		}
		list[i].News = append(list[i].News, r)
	}
	for i := range list {
		list[i].read()
	}
	slices.SortStableFunc(list, byUrgency)
	return list
}

// byUrgency puts what is not decided before what is.
func byUrgency(a, b Dispute) int {
	switch {
	case a.State.Undecided() != b.State.Undecided():
		if a.State.Undecided() {
			return -1
		}
		return 1
	case !a.State.Undecided():
		return b.Judged.Compare(a.Judged)
	case a.Due.IsZero() != b.Due.IsZero():
		if b.Due.IsZero() {
			return -1
		}
		return 1
	}
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
}

// read takes in what the news tell, in whichever order they came.
func (d *Dispute) read() {
	slices.SortStableFunc(d.News, func(a, b Record) int { return signedAt(a).Compare(signedAt(b)) })
	told := map[DisputeState]bool{}
	for _, r := range d.News {
		n, _ := notify.Read(r.Answer) // it could be read before
		d.take(gjson.ParseBytes(r.Answer), r)
		told[toldOf(n)] = true
	}
	// What is decided stays so, whatever comes late. Two decisions are none.
	switch {
	case told[DisputeWon] && told[DisputeLost]:
		d.State = DisputeUnclear
	case told[DisputeWon]:
		d.State = DisputeWon
	case told[DisputeLost]:
		d.State = DisputeLost
	case told[DisputeUnclear]:
		d.State = DisputeUnclear
	case told[DisputeDefended]:
		d.State = DisputeDefended
	default:
		d.State = DisputeOpen
	}
}

// toldOf is what one piece of news tells of its dispute.
func toldOf(n notify.Notification) DisputeState {
	understood := n.Doubt == notify.InProcess || n.Doubt == notify.UnknownStatus // no contradiction
	switch m := n.Meaning(); {
	case m == notify.DisputeWon:
		return DisputeWon
	case m == notify.DisputeLost:
		return DisputeLost
	case m == notify.DisputeOpened, n.Type == "DEFENSE_DUE_ALERT" && understood:
		return DisputeOpen
	case n.Type == "DEFENSE_SUPPLIED" && understood:
		return DisputeDefended
	}
	return DisputeUnclear
}

// signedAt is when a notification was signed; when it came, where that cannot be read.
func signedAt(r Record) time.Time {
	if t, err := apo.ParseTime(r.Notice.Time); err == nil {
		return t
	}
	return r.Time
}

// take fills in what a body has.
func (d *Dispute) take(body gjson.Result, r Record) {
	text := func(to *string, path string) {
		if v := body.Get(path); v.Type == gjson.String && v.Str != "" {
			*to = v.Str
		}
	}
	at := func(to *time.Time, path string) {
		if t, err := apo.ParseTime(body.Get(path).String()); err == nil {
			*to = t
		}
	}
	amount := func(to *apo.Amount, path string) {
		if a := apo.AmountOf([]byte(body.Get(path).Raw)); !a.IsZero() {
			*to = a
		}
	}
	d.Numbers.PaymentRequestID = cmp.Or(r.Numbers.PaymentRequestID, d.Numbers.PaymentRequestID)
	d.Numbers.PaymentID = cmp.Or(r.Numbers.PaymentID, d.Numbers.PaymentID)
	text(&d.Numbers.Acquirer, "acquirerInfo.acquirerName")
	text(&d.Numbers.AcquirerTransactionID, "acquirerInfo.acquirerTransactionId")
	text(&d.AcquirerMerchantID, "acquirerInfo.acquirerMerchantId")
	text(&d.AcquirerReasonCode, "acquirerInfo.acquirerReasonCode")
	text(&d.AcquirerReason, "acquirerInfo.acquirerReasonDescription")
	text(&d.ReasonCode, "disputeReasonCode")
	text(&d.Reason, "disputeReasonMsg")
	text(&d.Source, "disputeSource")
	text(&d.Type, "disputeType")
	text(&d.JudgedResult, "disputeJudgedResult")
	text(&d.JudgedResult, "disputeAcceptReason")
	amount(&d.Amount, "disputeAmount")
	amount(&d.JudgedAmount, "disputeJudgedAmount")
	at(&d.Opened, "disputeTime")
	at(&d.Due, "defenseDueTime")
	at(&d.Judged, "disputeJudgedTime")
	at(&d.Judged, "disputeAcceptTime")
}
