package diagnose_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// base is a message as it should be: what was signed is what arrived.
type base struct {
	name    string
	side    diagnose.Side
	message sign.Message
	habit   writer
	sibling func(*rand.Rand) *tree // another body of the same type
}

// person is what tells the bodies of the corpus apart by their alphabets.
// Nobody here exists.
type person struct{ first, last, city, note string }

func people() map[string]person {
	return map[string]person{
		"ascii":    {"ADA", "EXAMPLE", "Singapore", "leave it at door 7/8"},
		"latin":    {"José", "Müller-Ñandú", "Curaçao", "très fragile, à l'aube"},
		"chinese":  {"小明", "王", "上海市浦东新区世纪大道", "请送到前台"},
		"japanese": {"たろう", "やまだ", "東京都港区", "ドアの前に置いてください"},
		"emoji":    {"Zoë", "Ōta", "Łódź", "merci 🎉🚚 & <bis> «demain», d'accord? \"oui\" 50% = a+b"},
	}
}

// digits returns n random digits, the first of which is no zero.
func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	b[0] = byte('1' + r.IntN(9))
	return string(b)
}

// object reads a JSON text of the corpus.
func object(format string, args ...any) *tree {
	t := readTree(fmt.Appendf(nil, format, args...))
	if t == nil {
		panic("the corpus wrote no JSON: " + fmt.Sprintf(format, args...))
	}
	return t
}

// quote writes text as JSON would.
func quote(text string) string {
	return string(writer{}.write(&tree{kind: '"', text: text}))
}

func notifyPayment(r *rand.Rand, p person) *tree {
	id, request, cents := digits(r, 35), "apo-"+digits(r, 12), digits(r, 5)
	return object(`{"notifyType":"PAYMENT_RESULT",
		"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},
		"paymentRequestId":%s,"paymentId":%s,
		"paymentAmount":{"currency":"SGD","value":%s},
		"paymentCreateTime":"2026-03-04T05:05:%02d+08:00","paymentTime":"2026-03-04T05:06:%02d+08:00",
		"acquirerReferenceNo":%s,
		"acquirerInfo":{"acquirerName":"ADYEN","acquirerMerchantId":"DemoShopSG","acquirerTransactionId":%s,"referenceRequestId":%s},
		"paymentResultInfo":{"cardNo":"************%s","cardBrand":"VISA","cardBin":"411111","lastFour":"1111","expiryMonth":"**","expiryYear":"**",
			"funding":"CREDIT","holdName":%s,"avsResultRaw":"Y","cvvResultRaw":"","networkTransactionId":%s,
			"threeDSResult":{"eci":"05","cavv":"AAABBEg0VhI0VniQEjRWAAAAAAA=","challenged":true,"exemptionType":null},
			"installmentNum":3,"feePercentage":12.5},
		"promotionResult":[],"customizedInfo":{},
		"metadata":%s,
		"returnUrl":"https://shop.example/return/%s?order=%s&lang=en"}`,
		quote(request), quote(id), quote(cents), r.IntN(60), r.IntN(60), quote(digits(r, 16)), quote("psp_"+digits(r, 16)), quote(request+"-1"),
		digits(r, 4), quote(p.first+" "+p.last), quote(digits(r, 15)),
		quote(`{"city":`+quote(p.city)+`,"note":`+quote(p.note)+`}`), digits(r, 6), digits(r, 6))
}

func notifyCapture(r *rand.Rand) *tree {
	return object(`{"notifyType":"CAPTURE_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},
		"captureRequestId":"apo-cap-%s","paymentId":%s,"captureId":%s,"captureAmount":{"currency":"EUR","value":%s},
		"captureTime":"2026-03-04T05:06:%02d+08:00","acquirerInfo":{"acquirerName":"CHECKOUT","acquirerTransactionId":"act_%s"}}`,
		digits(r, 10), quote(digits(r, 35)), quote(digits(r, 35)), quote(digits(r, 5)), r.IntN(60), digits(r, 12))
}

func notifyRefund(r *rand.Rand, p person) *tree {
	return object(`{"notifyType":"REFUND_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},
		"refundStatus":"SUCCESS","refundRequestId":"apo-ref-%s","refundId":%s,"refundAmount":{"currency":"USD","value":%s},
		"refundTime":"2026-03-04T05:06:%02d+08:00","grossSettlementAmount":{"currency":"USD","value":%s},"arn":%s,
		"metadata":"{\"by\":\"back office/3\"}","customizedInfo":{"who":%s,"partial":false,"tries":2}}`,
		digits(r, 10), quote(digits(r, 35)), quote(digits(r, 4)), r.IntN(60), quote(digits(r, 4)), quote(digits(r, 23)), quote(p.first))
}

// notifyFancy is a notification whose numbers every reader spells anew.
func notifyFancy(r *rand.Rand) *tree {
	return object(`{"notifyType":"PAYMENT_RESULT","paymentId":%s,"rates":[1.0,12.50,1e3,0.10,-0.5,100],"ratio":0.125,
		"fee":{"percent":2.50,"flat":0.30,"big":9007199254740991},"flags":[true,false,null],"paymentRequestId":%s,"paymentAmount":{"value":"4200","currency":"JPY"}}`,
		quote(digits(r, 35)), quote("apo-"+digits(r, 8)))
}

// notifyDoubles is a notification whose numbers are all whole and written as
// doubles.
func notifyDoubles(r *rand.Rand) *tree {
	return object(`{"notifyType":"PAYMENT_RESULT","paymentId":%s,"installmentNum":3.0,"rate":1.0,"paymentRequestId":%s,"goods":[{"quantity":2.0},{"quantity":10.0}],"paymentAmount":{"value":"4200","currency":"JPY"}}`,
		quote(digits(r, 35)), quote("apo-"+digits(r, 8)))
}

func notifySmall(r *rand.Rand) *tree {
	return object(`{"notifyType":"PAYMENT_PENDING","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},"paymentRequestId":%s,"paymentId":%s,"paymentAmount":{"currency":"THB","value":%s},"paymentCreateTime":"2026-03-04T05:06:07+08:00"}`,
		quote("apo-"+digits(r, 8)), quote(digits(r, 35)), quote(digits(r, 4)))
}

// notifyLong is a notification of at least size bytes: a basket grows in it.
func notifyLong(r *rand.Rand, p person, size int) *tree {
	t := notifyPayment(r, p)
	goods := &tree{kind: '['}
	for length := len(writer{}.write(t)); length < size; {
		item := object(`{"referenceGoodsId":"sku/%s","goodsName":%s,"goodsCategory":"home/kitchen/tea","goodsUnitAmount":{"currency":"SGD","value":%s},"goodsQuantity":"%d","goodsUrl":"https://shop.example/p/%s?ref=apo&v=%d","tags":["new","50%% off",""],"extra":{},"inStock":true,"weight":%d}`,
			digits(r, 8), quote(p.city+" "+strings.Repeat(p.note+" ", 1+r.IntN(3))), quote(digits(r, 4)), 1+r.IntN(9), digits(r, 6), r.IntN(9), r.IntN(900))
		length += len(writer{}.write(item)) + 1
		goods.children = append(goods.children, item)
	}
	t.names = append(t.names, "goods")
	t.children = append(t.children, goods)
	return t
}

func payRequest(r *rand.Rand, p person, card string) *tree {
	return object(`{"productCode":"CASHIER_PAYMENT","paymentRequestId":%s,"paymentAmount":{"currency":"SGD","value":%s},
		"order":{"referenceOrderId":%s,"orderDescription":%s,"orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"buyer-1","buyerEmail":"ada+test@shop.example"},
			"goods":[{"referenceGoodsId":"g/1","goodsName":"tea & cups","goodsQuantity":"1"}]},
		"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{%s"cardholderName":{"firstName":%s,"lastName":%s},"is3DSAuthentication":false}},
		"paymentFactor":{"isAuthorization":true,"captureMode":"MANUAL"},
		"paymentRedirectUrl":"https://shop.example/return?order=7","paymentNotifyUrl":"https://shop.example/hooks/apo",
		"env":{"terminalType":"WEB","clientIp":"203.0.113.7","colorDepth":24,"screenWidth":1920,"timeZoneOffset":-480,"browserInfo":{"javaEnabled":false,"acceptHeader":"*/*","userAgent":"Mozilla/5.0 (X11; Linux x86_64)"}}}`,
		quote("apo-"+digits(r, 12)), quote(digits(r, 5)), quote(digits(r, 9)), quote(p.note), card, quote(p.first), quote(p.last))
}

const testCard = "4111111111111111" // every scheme's test number for VISA

func testCardFields() string {
	return `"cardNo":"` + testCard + `","expiryYear":"30","expiryMonth":"12","cvv":"737",`
}

func inquiryRequest(r *rand.Rand) *tree {
	return object(`{"paymentRequestId":%s,"merchantAccountId":"M/1"}`, quote("apo-"+digits(r, 12)))
}

func payResponse(r *rand.Rand) *tree {
	return object(`{"result":{"resultCode":"PAYMENT_IN_PROCESS","resultStatus":"U","resultMessage":"payment in process"},
		"paymentRequestId":%s,"paymentId":%s,"paymentAmount":{"currency":"SGD","value":"4200"},
		"paymentCreateTime":"2026-03-04T05:06:%02d+08:00","normalUrl":"https://acs.example/3ds?token=%s&next=/return","retry":{"max":2,"after":0.5}}`,
		quote("apo-"+digits(r, 12)), quote(digits(r, 35)), r.IntN(60), digits(r, 20))
}

func inquiryResponse(r *rand.Rand, p person) *tree {
	return object(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},"paymentStatus":"SUCCESS","paymentResultCode":"SUCCESS","paymentResultMessage":"success.",
		"paymentRequestId":%s,"paymentId":%s,"paymentAmount":{"currency":"SGD","value":"4200"},"paymentTime":"2026-03-04T05:06:%02d+08:00",
		"paymentResultInfo":{"cardNo":"************1111","cardholderName":%s,"cardBrand":"MASTERCARD"},
		"transactions":[{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionId":%s,"transactionAmount":{"currency":"SGD","value":"4200"},"transactionResult":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"it's < done >"}},
			{"transactionType":"REFUND","transactionStatus":"PROCESSING","transactionId":%s,"transactionAmount":{"currency":"SGD","value":"100"},"acquirerInfo":{}}],
		"metadata":null}`,
		quote("apo-"+digits(r, 12)), quote(digits(r, 35)), r.IntN(60), quote(p.last+" "+p.first), quote(digits(r, 35)), quote(digits(r, 35)))
}

// habitNamed finds a writer; the empty name is the gateway's.
func habitNamed(name string) writer {
	if name == "" {
		return writer{name: "the gateway"}
	}
	for _, w := range writers() {
		if w.name == name {
			return w
		}
	}
	panic("the corpus knows no writer " + name)
}

// bases returns the messages into which faults are put. Their bodies depend on
// the seed.
func bases(seed uint64) []base {
	const (
		hook, query = "/hooks/apo", "/webhooks/antom/notify?shop=sg&lang=en"
		encoded     = "/v1/Shop/notify?next=%2Forders%2F7&q=a%20b"
		pay         = "/ams/api/v1/payments/pay"
		sandboxPay  = "/ams/sandbox/api/v1/payments/pay"
		inquiry     = "/ams/api/v1/payments/inquiryPayment"
		sandboxInq  = "/ams/sandbox/api/v1/payments/inquiryPayment"
		live, test  = "5Y0000000000001", "SANDBOX_5Y0000000000001"
		iso, utc    = "2026-03-04T05:06:07+08:00", "2026-03-03T21:06:07Z"
		pacific     = "2026-03-03T13:06:07-08:00"
		millis      = "1772571967000"
		oddMillis   = "1772571967413"
	)
	who := people()
	var all []base
	add := func(name string, side diagnose.Side, path, client, time, habit string, body func(*rand.Rand) *tree) {
		w := habitNamed(habit)
		r := rand.New(rand.NewPCG(seed, uint64(len(all))))
		all = append(all, base{
			name, side,
			sign.Message{Method: "POST", Path: path, ClientID: client, Time: time, Body: w.write(body(r))},
			w, body,
		})
	}
	payment := func(p person) func(*rand.Rand) *tree {
		return func(r *rand.Rand) *tree { return notifyPayment(r, p) }
	}
	long := func(p person, size int) func(*rand.Rand) *tree {
		return func(r *rand.Rand) *tree { return notifyLong(r, p, size) }
	}
	add("notifyPayment", diagnose.Notification, hook, test, iso, "", payment(who["ascii"]))
	add("notifyPayment, Latin names", diagnose.Notification, query, live, iso, "", payment(who["latin"]))
	add("notifyPayment, Chinese names", diagnose.Notification, encoded, test, utc, "", payment(who["chinese"]))
	add("notifyPayment, Japanese names", diagnose.Notification, hook+"/", live, pacific, "", payment(who["japanese"]))
	add("notifyPayment, emoji", diagnose.Notification, query, test, iso, "", payment(who["emoji"]))
	add("notifyPayment, 3 spaces", diagnose.Notification, hook, test, iso, "json.dumps indent=3", payment(who["latin"]))
	add("notifyPayment, escaped slashes", diagnose.Notification, query, live, iso, "json_encode", payment(who["emoji"]))
	add("notifyPayment, HTML escapes", diagnose.Notification, hook, test, utc, "Gson", payment(who["emoji"]))
	add("notifyPayment, 2 spaces", diagnose.Notification, query, test, iso, "JSON.stringify with 2 spaces", payment(who["chinese"]))
	add("notifyPayment, pending", diagnose.Notification, hook, test, iso, "", notifySmall)
	add("notifyPayment, fancy numbers", diagnose.Notification, hook, live, iso, "", notifyFancy)
	add("notifyPayment, doubles", diagnose.Notification, hook, live, iso, "", notifyDoubles)
	add("notifyCapture", diagnose.Notification, query, test, iso, "", notifyCapture)
	add("notifyRefund", diagnose.Notification, hook, live, iso, "", func(r *rand.Rand) *tree { return notifyRefund(r, who["ascii"]) })
	add("notifyRefund, Latin names", diagnose.Notification, query, test, utc, "", func(r *rand.Rand) *tree { return notifyRefund(r, who["latin"]) })
	add("notifyRefund, Chinese names", diagnose.Notification, encoded, live, iso, "", func(r *rand.Rand) *tree { return notifyRefund(r, who["chinese"]) })
	add("notifyRefund, tabs", diagnose.Notification, encoded, test, iso, "JSON.stringify with tabs", func(r *rand.Rand) *tree { return notifyRefund(r, who["japanese"]) })
	add("notifyPayment of 4 KB", diagnose.Notification, query, live, iso, "", long(who["latin"], 4000))
	add("notifyPayment of 8 KB", diagnose.Notification, encoded, live, pacific, "json_encode UNESCAPED_UNICODE", long(who["chinese"], 8000))
	add("notifyPayment of 16 KB", diagnose.Notification, query, test, iso, "", long(who["ascii"], 16000))
	add("notifyPayment of 32 KB", diagnose.Notification, query, test, iso, "json.dumps indent=3", long(who["japanese"], 13000))
	add("notifyPayment of 64 KB", diagnose.Notification, hook, live, utc, "", long(who["emoji"], 63000))
	add("pay", diagnose.Request, sandboxPay, test, oddMillis, "", func(r *rand.Rand) *tree { return payRequest(r, who["latin"], "") })
	add("pay with a card", diagnose.Request, pay, live, millis, "Go's Marshal", func(r *rand.Rand) *tree { return payRequest(r, who["ascii"], testCardFields()) })
	add("pay with a card, 3 spaces", diagnose.Request, sandboxPay, test, "2026-03-03T21:06:07+00:00", "json.dumps indent=3", func(r *rand.Rand) *tree { return payRequest(r, who["emoji"], testCardFields()) })
	add("inquiryPayment", diagnose.Request, sandboxInq, test, millis, "", inquiryRequest)
	add("answer to pay", diagnose.Response, sandboxPay, test, iso, "", payResponse)
	add("answer to inquiryPayment", diagnose.Response, inquiry, live, iso, "", func(r *rand.Rand) *tree { return inquiryResponse(r, who["latin"]) })
	return all
}
