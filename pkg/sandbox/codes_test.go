package sandbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// rule adds a rule that must be taken.
func (m *merchant) rule(r sandbox.Rule) sandbox.Rule {
	m.Helper()
	added, err := m.box.AddRule(r)
	if err != nil {
		m.Fatalf("%s: %v", r, err)
	}
	return added
}

func (m *merchant) unrule(id int64) {
	m.Helper()
	if found, err := m.box.RemoveRule(id); err != nil || !found {
		m.Fatalf("rule %d: found %v, %v", id, found, err)
	}
}

// answered asks an API as simply as it can be asked.
func (m *merchant) answered(api, id, payment string) *apo.Answer {
	m.Helper()
	ctx := context.Background()
	var answer *apo.Answer
	var err error
	amount := apo.Amount{Currency: "SGD", Value: "1000"}
	switch api {
	case "pay":
		answer, err = m.client.Pay(ctx, m.request(id, "1000", "visa"))
	case "capture":
		answer, err = m.client.Capture(ctx, apo.CaptureRequest{CaptureRequestID: id, PaymentID: payment, CaptureAmount: amount})
	case "refund":
		answer, err = m.client.Refund(ctx, apo.RefundRequest{RefundRequestID: id, PaymentID: payment, RefundAmount: amount})
	case "cancel":
		answer, err = m.client.Cancel(ctx, apo.PaymentKey{PaymentID: payment})
	case "inquiryPayment":
		answer, err = m.client.InquiryPayment(ctx, apo.PaymentKey{PaymentID: payment})
	case "inquiryRefund":
		answer, err = m.client.InquiryRefund(ctx, apo.RefundKey{RefundRequestID: id})
	default:
		m.Fatalf("there is no API %q", api)
	}
	if err != nil {
		m.Fatalf("%s %s: %v", api, id, err)
	}
	return answer
}

// paid makes a payment that an API can be asked about.
func (m *merchant) paid(api, id string) (payment string) {
	m.Helper()
	if api == "pay" {
		return ""
	}
	payment = m.pay("SUCCESS", "p-"+id, "1000", "visa").Get("paymentId")
	if api == "refund" || api == "inquiryRefund" {
		m.capture("SUCCESS", "c-"+id, payment, "1000")
	}
	if api == "inquiryRefund" {
		m.refund("SUCCESS", id, payment, "1000")
	}
	return payment
}

// A decline is what the record says, a request that was turned away is not on
// them, and what is in process stays so until it is closed.
func TestEveryCodeCanBeProduced(t *testing.T) {
	for _, api := range []string{"pay", "inquiryPayment", "capture", "cancel", "refund", "inquiryRefund"} {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			m, produced := newMerchant(t, sandbox.Config{}), 0
			for _, code := range apo.Codes() {
				if !slices.Contains(code.APIs, api) {
					continue
				}
				produced++
				m.produce(api, code)
			}
			if produced < 10 {
				t.Fatalf("only %d codes are documented for %s; what was looked for?", produced, api)
			}
		})
	}
}

func (m *merchant) produce(api string, code apo.Code) {
	m.Helper()
	id := code.Name
	payment := m.paid(api, id)
	r := m.rule(sandbox.Rule{API: api, Outcome: sandbox.Outcome{Result: code.Name}})
	answer := m.answered(api, id, payment)
	m.unrule(r.ID)
	if answer.Unsigned || answer.Result.Code != code.Name || answer.Result.Status != code.Status || answer.Result.Message == "" {
		m.Errorf("%s as %s: answered %+v, unsigned %v", api, code.Name, answer.Result, answer.Unsigned)
	}
	switch api {
	case "pay":
		m.booksFitPay(id, code)
	case "capture", "refund":
		m.booksFitMove(api, id, payment, code)
	case "cancel":
		want := apo.StatusSuccess
		if code.Name == "SUCCESS" {
			want = apo.StatusCancelled
		}
		if p := m.inquire("SUCCESS", "p-"+id); p.Status != want {
			m.Errorf("cancel as %s: the payment is %s, want %s", code.Name, p.Status, want)
		}
	default:
		m.wants("SUCCESS", m.answered(api, id, payment), nil)
	}
}

// rejected are F that say nothing about a payment, because none was made.
func rejected(code string) bool {
	return slices.Contains([]string{
		"ACCESS_DENIED", "PARAM_ILLEGAL", "SYSTEM_ERROR", "ORDER_IS_CLOSED", "ORDER_IS_CANCELED", "ORDER_STATUS_INVALID",
		"REPEAT_REQ_INCONSISTENT", "ORDER_NOT_EXIST", "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "REFUND_AMOUNT_EXCEED", "AUTH_EXPIRED",
	}, code)
}

// declined are F of an acquirer that said no.
func declined(code string) bool {
	return slices.Contains([]string{"DO_NOT_HONOR", "PROCESS_FAIL", "RISK_REJECT", "USER_BALANCE_NOT_ENOUGH", "FRAUD_REJECT"}, code)
}

func (m *merchant) booksFitPay(id string, code apo.Code) {
	m.Helper()
	answer, err := m.client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: id})
	if err != nil {
		m.Fatal(err)
	}
	p := apo.ReadPayment(answer)
	switch nothing := answer.Result.Code == "ORDER_NOT_EXIST"; {
	case code.Status == "S":
		if p.Status != apo.StatusSuccess {
			m.Errorf("pay as %s: recorded %s", code.Name, p.Status)
		}
	case code.Name == "PAYMENT_IN_PROCESS":
		m.clock = m.clock.Add(14*time.Minute - time.Second)
		if p := m.inquire("SUCCESS", id); p.Status != apo.StatusProcessing {
			m.Errorf("pay as %s: recorded %s", code.Name, p.Status)
		}
		m.clock = m.clock.Add(time.Second)
		if p := m.inquire("SUCCESS", id); p.Status != apo.StatusFail || p.ResultCode != "ORDER_IS_CLOSED" {
			m.Errorf("pay as %s: after 14 minutes %s %s", code.Name, p.Status, p.ResultCode)
		}
	case nothing:
		if declined(code.Name) {
			m.Errorf("pay as %s is not recorded", code.Name)
		}
		m.pay("SUCCESS", id, "1000", "visa")
	case code.Status == "U" || rejected(code.Name) || code.Caller:
		m.Errorf("pay as %s: recorded %s", code.Name, p.Status)
	case p.Status != apo.StatusFail || p.ResultCode != code.Name:
		m.Errorf("pay as %s: recorded %s %s", code.Name, p.Status, p.ResultCode)
	default:
		m.pay(code.Name, id, "1000", "visa") // final is final
	}
}

func (m *merchant) booksFitMove(api, id, payment string, code apo.Code) {
	m.Helper()
	kind, move := "CAPTURE", m.capture
	if api == "refund" {
		kind, move = "REFUND", m.refund
	}
	tr, found := m.inquire("SUCCESS", "p-"+id).Find(kind, id)
	switch {
	case code.Status == "S":
		if tr.Status != "SUCCESS" {
			m.Errorf("%s as %s: recorded %+v", api, code.Name, tr)
		}
	case code.Name == kind+"_IN_PROCESS":
		if tr.Status != "PROCESSING" || tr.Result.Code != code.Name {
			m.Errorf("%s as %s: recorded %+v", api, code.Name, tr)
		}
	case !found:
		if declined(code.Name) {
			m.Errorf("%s as %s is not recorded", api, code.Name)
		}
		move("SUCCESS", id, payment, "1000")
	case code.Status == "U" || rejected(code.Name) || code.Caller:
		m.Errorf("%s as %s: recorded %+v", api, code.Name, tr)
	case tr.Status != "FAIL" || tr.Result.Code != code.Name:
		m.Errorf("%s as %s: recorded %+v", api, code.Name, tr)
	default:
		move(code.Name, id, payment, "1000")
		move("SUCCESS", "again-"+id, payment, "1000") // a failed one took nothing
	}
}

// Codes that only an inquiry tells are those of things that ended later.
func TestEveryLateCodeCanBeProduced(t *testing.T) {
	for where, api := range map[string]string{
		"inquiryPayment.paymentResultCode": "pay", "inquiryPayment.transactions": "capture", "inquiryRefund.refundResult": "refund",
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			m, produced := newMerchant(t, sandbox.Config{}), 0
			for _, code := range apo.Codes() {
				if !slices.Contains(code.APIs, where) || code.Status == "U" {
					continue
				}
				produced++
				payment := m.paid(api, code.Name)
				r := m.rule(sandbox.Rule{API: api, Outcome: sandbox.Outcome{Then: code.Name, After: time.Minute}})
				if answer := m.answered(api, code.Name, payment); answer.Result.Status != "U" {
					t.Errorf("%s: answered %+v", code.Name, answer.Result)
				}
				m.unrule(r.ID)
				m.clock = m.clock.Add(time.Minute)
				m.endedAs(api, code)
			}
			if produced < 10 {
				t.Fatalf("only %d codes are documented for %s", produced, where)
			}
		})
	}
}

func (m *merchant) endedAs(api string, code apo.Code) {
	m.Helper()
	want := map[string]string{"S": "SUCCESS", "F": "FAIL"}[code.Status]
	status, result := "", ""
	if api == "pay" {
		p := m.inquire("SUCCESS", code.Name)
		status, result = p.Status, p.ResultCode
	} else {
		kind := map[string]string{"capture": "CAPTURE", "refund": "REFUND"}[api]
		tr, _ := m.inquire("SUCCESS", "p-"+code.Name).Find(kind, code.Name)
		status, result = tr.Status, tr.Result.Code
	}
	if status != want || result != code.Name {
		m.Errorf("%s becoming %s: %s %s", api, code.Name, status, result)
	}
}
