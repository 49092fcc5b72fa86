package operate_test

import (
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// fault is what happens to one call between an Operator and an honest gateway.
type fault string

const (
	goesWell fault = "it goes well"

	// What can happen to any call.
	isUnreachable fault = "nobody can be reached"
	getsLost      fault = "it gets lost"
	answerLost    fault = "the answer gets lost"
	badGateway    fault = "it arrives, and a proxy answers"
	unsignedTruth fault = "the answer is not signed"
	forgedAnswer  fault = "somebody else signed the answer"
	limited       fault = "too many calls; unsigned"
	unknownCaller fault = "the caller is not recognised; unsigned"
	denied        fault = "the caller is not let in; signed"
	crashes       fault = "the program meets a fault of its own"

	// To a request that moves money.
	comesLate      fault = "it arrives late, and nobody answers"
	hiddenF        fault = "it arrives, and somebody says F in the gateway's place"
	saysBothS      fault = "it arrives, and the answer says S with a code of F"
	saysBothF      fault = "it arrives, and the answer says F with a SUCCESS"
	playedAgain    fault = "it arrives, and an old answer is played again"
	lostAndPlayed  fault = "it gets lost, and an old answer is played again"
	liesF          fault = "it arrives, and the gateway lies that it is declined"
	liesS          fault = "it gets lost, and the gateway lies that it is done"
	saysInProcess  fault = "it arrives, and the gateway says U"
	saysSystemFail fault = "it arrives, and the gateway says SYSTEM_ERROR"

	// To an inquiry.
	inquiryF      fault = "the inquiry itself is answered with F"
	inquiryU      fault = "the inquiry itself is answered with U"
	failsAndTook  fault = "it tells of a failure, with a capture that worked"
	twoEnds       fault = "it tells two ends of one request"
	failsWithS    fault = "it tells of a failure, with a code of S"
	ofAnother     fault = "it tells of another payment"
	bareNotFound  fault = "it finds nothing; unsigned"
	liesFound     fault = "the gateway lies that it is done"
	liesFailed    fault = "the gateway lies that it has failed"
	liesOtherSum  fault = "the gateway lies that it is of another amount"
	foundAndState fault = "it finds nothing, and tells a status"
)

// faultsOf are those of an API; to go well is twice as likely as all of them.
func faultsOf(reads bool) (list []fault) {
	list = []fault{isUnreachable, getsLost, answerLost, answerLost, badGateway, unsignedTruth, forgedAnswer, limited, unknownCaller, denied, crashes}
	if reads {
		list = append(list, inquiryF, inquiryU, failsAndTook, twoEnds, failsWithS, ofAnother, bareNotFound, foundAndState, liesFound, liesFailed, liesOtherSum)
	} else {
		list = append(list, comesLate, comesLate, hiddenF, hiddenF, saysBothS, saysBothF, playedAgain, playedAgain, lostAndPlayed, liesF, liesS, saysInProcess, saysSystemFail)
	}
	for range slices.Clone(list) {
		list = append(list, goesWell, goesWell)
	}
	return list
}

// wire is what lies between an Operator and an honest gateway.
type wire struct {
	world  *world
	books  *ledger
	skew   time.Duration // how much the gateway's clock is behind
	healed bool

	flying []*packet
	past   []message // that the gateway signed, of requests that move money
}

// packet is a request that has left and not arrived.
type packet struct {
	call
	key  key
	due  time.Time
	gone bool
}

// message is an answer that somebody may play again.
type message struct {
	api, body string
	at        time.Time
}

// deliver lets arrive what is due.
func (w *wire) deliver() {
	for _, p := range w.flying {
		if !p.gone && !time.Now().Before(p.due) {
			p.gone = true
			w.books.handle(p.api, p.body)
		}
	}
	w.flying = slices.DeleteFunc(w.flying, func(p *packet) bool { return p.gone })
}

// answer draws what happens to a call.
func (w *wire) answer(c call) reply {
	w.deliver()
	reads := strings.HasPrefix(c.api, "inquiry")
	f := goesWell
	if !w.healed {
		f = rapid.SampledFrom(faultsOf(reads)).Draw(w.world.t, c.api)
	}
	r := w.happen(f, c, reads)
	r.late = w.skew
	return r
}

func (w *wire) happen(f fault, c call, reads bool) reply {
	k := keyOf(c.api, c.body)
	if f != isUnreachable && !reads {
		w.world.leaves(k, c)
	}
	switch f {
	case isUnreachable:
		return reply{unreachable: true}
	case getsLost:
		return reply{}
	case limited:
		return unsigned(said("U", "REQUEST_TRAFFIC_EXCEED_LIMIT"))
	case unknownCaller:
		return unsigned(said("F", "CLIENT_INVALID"))
	case denied:
		if !reads {
			w.world.isDenied(k)
		}
		return signed(said("F", "ACCESS_DENIED"))
	case crashes:
		if w.world.t != nil && rapid.Bool().Draw(w.world.t, "it arrived") {
			w.books.handle(c.api, c.body)
		}
		return reply{panics: true}
	}
	if reads {
		return w.inquiry(f, c)
	}
	return w.request(f, k, c)
}

// request is what happens to a request that moves money.
func (w *wire) request(f fault, k key, c call) reply {
	switch f {
	case comesLate:
		w.flying = append(w.flying, &packet{call: c, key: k, due: time.Now().Add(time.Duration(rapid.IntRange(1, 300).Draw(w.world.t, "late")) * time.Second)})
		return reply{}
	case liesS:
		w.world.lies(k)
		return signed(said("S", "SUCCESS", idsIn(k)))
	case lostAndPlayed:
		return w.playAgain(c)
	}
	body := w.books.handle(c.api, c.body)
	switch f {
	case answerLost:
		return reply{}
	case badGateway:
		return reply{body: "<html>", status: 502, by: nobody}
	case unsignedTruth:
		return unsigned(body)
	case forgedAnswer:
		return forged(body)
	case hiddenF:
		return unsigned(said("F", rapid.SampledFrom([]string{"CLIENT_INVALID", "DO_NOT_HONOR", "PARAM_ILLEGAL"}).Draw(w.world.t, "code"), idsIn(k)))
	case saysBothS:
		return signed(said("S", "DO_NOT_HONOR", idsIn(k)))
	case saysBothF:
		return signed(said("F", "DO_NOT_HONOR", idsIn(k), `"paymentStatus":"SUCCESS"`))
	case saysInProcess:
		w.world.sent[k].pending, w.world.sent[k].vague = true, true
		return signed(said("U", "UNKNOWN_EXCEPTION", idsIn(k)))
	case saysSystemFail:
		return signed(said("F", "SYSTEM_ERROR", idsIn(k)))
	case liesF:
		w.world.lies(k)
		return signed(said("F", "DO_NOT_HONOR", idsIn(k)))
	case playedAgain:
		return w.playAgain(c)
	}
	w.past = append(w.past, message{c.api, body, time.Now()})
	w.world.hears(k, body)
	return signed(body)
}

// playAgain is an answer that was given to another request of the API some
// seconds, and less than five minutes, ago.
func (w *wire) playAgain(c call) reply {
	var old []message
	for _, m := range w.past {
		if age := time.Since(m.at); m.api == c.api && age >= 4*time.Second && age < 5*time.Minute {
			old = append(old, m)
		}
	}
	if len(old) == 0 {
		return reply{}
	}
	m := rapid.SampledFrom(old).Draw(w.world.t, "old answer")
	return reply{body: m.body, shown: time.Since(m.at)}
}

// inquiry is what happens to an inquiry.
func (w *wire) inquiry(f fault, c call) reply {
	body := w.books.handle(c.api, c.body)
	deal := w.books.find(gjson.ParseBytes(c.body))
	switch f {
	case answerLost:
		return reply{}
	case badGateway:
		return reply{body: body, status: 502}
	case unsignedTruth:
		return unsigned(body)
	case forgedAnswer:
		return forged(body)
	case bareNotFound:
		return unsigned(notFound)
	case inquiryF:
		return signed(said("F", "SYSTEM_ERROR"))
	case inquiryU:
		return signed(said("U", "UNKNOWN_EXCEPTION"))
	}
	if c.api == "inquiryPayment" && deal != nil && f != goesWell {
		if r, told := w.wrongly(f, deal); told {
			return r
		}
	}
	w.world.hearsInquiry(c, body)
	return signed(body)
}

// wrongly is what an inquiry of a payment tells that is not so.
func (w *wire) wrongly(f fault, d *deal) (reply, bool) {
	own := func(status, code string, entries ...string) reply {
		return signed(paymentOf(d.value, d.id, d.request, status, code, entries...))
	}
	took := entry("CAPTURE", "c-9", "SUCCESS", "S", "SUCCESS", "60")
	switch f {
	case failsAndTook:
		return own("FAIL", "DO_NOT_HONOR", took), true
	case twoEnds:
		return own("SUCCESS", "SUCCESS", took, entry("CAPTURE", "c-9", "FAIL", "F", "PROCESS_FAIL", "60")), true
	case failsWithS:
		return own("FAIL", "SUCCESS"), true
	case ofAnother:
		return signed(paymentOf(d.value, d.id+"9", d.request+"9", "SUCCESS", "SUCCESS")), true
	case foundAndState:
		return signed(said("F", "ORDER_NOT_EXIST", `"paymentStatus":"SUCCESS"`)), true
	}
	var entries []string
	for _, k := range w.world.about(d) {
		switch k.api {
		case "capture", "refund":
			kind := map[string]string{"capture": "CAPTURE", "refund": "REFUND"}[k.api]
			status, resultStatus, code := "SUCCESS", "S", "SUCCESS"
			if f == liesFailed {
				status, resultStatus, code = "FAIL", "F", "PROCESS_FAIL"
			}
			entries = append(entries, entry(kind, k.id, status, resultStatus, code, w.world.sent[k].value))
		}
	}
	switch f {
	case liesFound, liesFailed, liesOtherSum:
		for _, k := range w.world.about(d) {
			w.world.lies(k)
		}
	}
	switch f {
	case liesFound:
		return own("SUCCESS", "SUCCESS", entries...), true
	case liesFailed:
		return own("FAIL", "PROCESS_FAIL"), true
	case liesOtherSum:
		return signed(paymentOf("7", d.id, d.request, "SUCCESS", "SUCCESS")), true
	}
	return reply{}, false
}

// idsIn are the IDs of a request as an answer has them.
func idsIn(k key) string {
	switch k.api {
	case "pay":
		return `"paymentRequestId":"` + k.id + `"`
	case "capture":
		return `"captureRequestId":"` + k.id + `"`
	case "refund":
		return `"refundRequestId":"` + k.id + `"`
	}
	return `"paymentId":"` + k.id + `"`
}

func keyOf(api string, body []byte) key {
	name := map[string]string{"pay": "paymentRequestId", "capture": "captureRequestId", "refund": "refundRequestId", "cancel": "paymentId"}[api]
	return key{api, gjson.GetBytes(body, name).String()}
}
