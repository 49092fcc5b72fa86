package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// merchant is a client of one sandbox, whose clock it moves.
type merchant struct {
	*testing.T
	box    *sandbox.Sandbox
	client *apo.Client
	clock  time.Time
}

func newMerchant(t *testing.T, c sandbox.Config) *merchant {
	t.Helper()
	m := &merchant{T: t, clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	c.Now, c.Passive = func() time.Time { return m.clock }, true
	if c.Keys.Merchant == nil {
		c.Keys = publishedKeys(t) // making some takes longer than most tests
	}
	box, err := sandbox.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		t.Fatal(err)
	}
	who := box.Credentials()
	m.box = box
	m.client = &apo.Client{
		Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey,
		HTTP: &http.Client{Transport: box.Transport()}, Now: c.Now,
	}
	return m
}

func publishedKeys(t testing.TB) sandbox.Keys {
	t.Helper()
	keys, err := sandbox.PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (m *merchant) request(id, amount, card string) apo.PayRequest {
	a := &apo.Amount{Currency: "SGD", Value: amount}
	test, found := sandbox.FindTestCard(card)
	if !found {
		m.Fatalf("there is no card %q", card)
	}
	return apo.PayRequest{
		ProductCode: "CASHIER_PAYMENT", PaymentRequestID: id, PaymentAmount: a,
		Order: &apo.Order{ReferenceOrderID: "order-1", OrderDescription: "demo", OrderAmount: a, Buyer: &apo.Buyer{ReferenceBuyerID: "buyer-1"}},
		PaymentMethod: &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{
			CardNo: test.Number, ExpiryYear: "35", ExpiryMonth: "12", CVV: test.CVV(), CardholderName: &apo.PersonName{FirstName: "Ada", LastName: "Example"},
		}},
		PaymentFactor:      &apo.Factor{IsAuthorization: true, CaptureMode: "MANUAL"},
		PaymentRedirectURL: "https://shop.example/return",
		Env:                &apo.Env{TerminalType: "WEB", ClientIP: "203.0.113.7"},
	}
}

// wants checks an answer's result.
func (m *merchant) wants(code string, answer *apo.Answer, err error) *apo.Answer {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
	if answer.Unsigned || answer.Result.Code != code {
		m.Fatalf("%s: %+v unsigned=%v, want %s", answer.Endpoint.Name, answer.Result, answer.Unsigned, code)
	}
	return answer
}

func (m *merchant) pay(code, id, amount, card string) *apo.Answer {
	m.Helper()
	answer, err := m.client.Pay(context.Background(), m.request(id, amount, card))
	return m.wants(code, answer, err)
}

func (m *merchant) inquire(code, id string) apo.Payment {
	m.Helper()
	answer, err := m.client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: id})
	return apo.ReadPayment(m.wants(code, answer, err))
}

func (m *merchant) capture(code, id, payment, amount string) *apo.Answer {
	m.Helper()
	answer, err := m.client.Capture(context.Background(), apo.CaptureRequest{
		CaptureRequestID: id, PaymentID: payment, CaptureAmount: apo.Amount{Currency: "SGD", Value: amount},
	})
	return m.wants(code, answer, err)
}

func (m *merchant) refund(code, id, payment, amount string) *apo.Answer {
	m.Helper()
	answer, err := m.client.Refund(context.Background(), apo.RefundRequest{
		RefundRequestID: id, PaymentID: payment, RefundAmount: apo.Amount{Currency: "SGD", Value: amount},
	})
	return m.wants(code, answer, err)
}

func (m *merchant) cancel(code, id string) {
	m.Helper()
	answer, err := m.client.Cancel(context.Background(), apo.PaymentKey{PaymentRequestID: id})
	m.wants(code, answer, err)
}

func TestCapturesNeverExceedTheAuthorization(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	id := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	first := m.capture("SUCCESS", "c1", id, "600")
	if again := m.capture("SUCCESS", "c1", id, "600"); again.Get("captureId") != first.Get("captureId") {
		t.Error("the same captureRequestId captured twice")
	}
	m.capture("REPEAT_REQ_INCONSISTENT", "c1", id, "500")
	m.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "c2", id, "401")
	m.capture("SUCCESS", "c2", id, "400")
	m.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "c3", id, "1")
	m.capture("ORDER_NOT_EXIST", "c4", "20260301", "1")
	other := m.pay("SUCCESS", "b", "1000", "visa").Get("paymentId")
	m.capture("REPEAT_REQ_INCONSISTENT", "c1", other, "600")
	if b := m.inquire("SUCCESS", "a").Balance(); b.Captured != 1000 || b.Capturable() != 0 {
		t.Errorf("balance %+v", b)
	}
	answer, err := m.client.Capture(context.Background(), apo.CaptureRequest{
		CaptureRequestID: "c5", PaymentID: other, CaptureAmount: apo.Amount{Currency: "USD", Value: "1"},
	})
	m.wants("CURRENCY_NOT_SUPPORT", answer, err)
}

func TestRefundsNeverExceedTheCaptures(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	id := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.refund("ORDER_STATUS_INVALID", "r1", id, "100")
	m.capture("SUCCESS", "c1", id, "600")
	m.refund("REFUND_AMOUNT_EXCEED", "r1", id, "601")
	first := m.refund("SUCCESS", "r1", id, "400")
	if again := m.refund("SUCCESS", "r1", id, "400"); again.Get("refundId") != first.Get("refundId") {
		t.Error("the same refundRequestId refunded twice")
	}
	m.refund("REPEAT_REQ_INCONSISTENT", "r1", id, "1")
	m.refund("REFUND_AMOUNT_EXCEED", "r2", id, "201")
	m.cancel("ORDER_STATUS_INVALID", "a")
	m.refund("SUCCESS", "r2", id, "200")
	// The payment itself stays a success.
	if p := m.inquire("SUCCESS", "a"); p.Status != apo.StatusSuccess || len(p.Transactions) != 3 {
		t.Errorf("%s with %d transactions", p.Status, len(p.Transactions))
	}
	m.clock = m.clock.Add(366 * 24 * time.Hour)
	m.refund("REFUND_AMOUNT_EXCEED", "r3", id, "1")
	answer, err := m.client.InquiryRefund(context.Background(), apo.RefundKey{RefundRequestID: "r1"})
	if r := apo.ReadRefund(m.wants("SUCCESS", answer, err)); r.Status != apo.StatusSuccess || r.Amount.Value != "400" || r.PaymentID != "" {
		t.Errorf("%+v", r)
	}
	answer, err = m.client.InquiryRefund(context.Background(), apo.RefundKey{RefundID: "c1"})
	m.wants("ORDER_NOT_EXIST", answer, err)
}

func TestRepeatedPay(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	first := m.pay("SUCCESS", "a", "1000", "visa")
	if again := m.pay("SUCCESS", "a", "1000", "visa"); !bytes.Equal(again.Raw, first.Raw) {
		t.Errorf("the second answer differs:\n%s\n%s", first.Raw, again.Raw)
	}
	m.pay("REPEAT_REQ_INCONSISTENT", "a", "1001", "visa")
	m.pay("DO_NOT_HONOR", "b", "1000", "visa-declined")
	m.pay("DO_NOT_HONOR", "b", "1000", "visa") // final is final, whatever the card now
	m.cancel("SUCCESS", "a")
	m.cancel("SUCCESS", "a")
	m.pay("ORDER_IS_CANCELED", "a", "1000", "visa")
	m.cancel("ORDER_STATUS_INVALID", "b")
	m.cancel("ORDER_NOT_EXIST", "c")
}

// The order's amount is the shop's affair: APO does not hold the payment's against
// it.
func TestOrderAmountIsNotCompared(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	r := m.request("a", "1000", "visa")
	r.Order.OrderAmount = &apo.Amount{Currency: "SGD", Value: "1200"}
	body, err := apo.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	m.wants("SUCCESS", m.call("pay", string(body)), nil)
}

// A debit card is one in answers, too.
func TestFunding(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	for card, want := range map[string]string{"visa": "CREDIT", "visa-debit": "DEBIT"} {
		m.pay("SUCCESS", card, "1000", card)
		if got := m.inquire("SUCCESS", card).Card.Funding; got != want {
			t.Errorf("%s is %s", card, got)
		}
	}
}

// A repeated pay finds what became of the first one, however late it comes: time
// can make nothing wrong of a request that was taken.
func TestPayRepeatedLate(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	r := m.request("a", "1000", "visa")
	r.PaymentMethod.PaymentMethodMetaData.ExpiryYear, r.PaymentMethod.PaymentMethodMetaData.ExpiryMonth = "26", "04"
	body, err := apo.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(body), "{", `{"paymentExpiryTime":"2026-03-01T12:05:00Z",`, 1)
	first := m.wants("SUCCESS", m.call("pay", text), nil)
	m.capture("SUCCESS", "c", first.Get("paymentId"), "1000")
	another := strings.Replace(text, `"paymentRequestId":"a"`, `"paymentRequestId":"b"`, 1)
	for _, late := range []struct {
		by   time.Duration
		code string // of another payment
	}{
		{5 * time.Minute, "PARAM_ILLEGAL"},
		{62 * 24 * time.Hour, "INVALID_EXPIRATION_DATE"},
	} {
		m.passes(late.by)
		if again := m.wants("SUCCESS", m.call("pay", text), nil); !bytes.Equal(again.Raw, first.Raw) {
			t.Errorf("%s later: %s", late.by, again.Raw)
		}
		m.wants(late.code, m.call("pay", another), nil)
		another = strings.Replace(another, "2026-03-01T12:05:00Z", "2026-12-01T12:05:00Z", 1)
	}
}

func TestEveryTestCardDoesWhatItSays(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	for i, card := range sandbox.TestCards() {
		if !apo.Luhn(card.Number) || card.Brand == "" || !sandbox.IsTestCard(card.Number) {
			t.Errorf("%s: %s is no card number", card.Name, card.Number)
		}
		id := fmt.Sprint("card-", i)
		answer, err := m.client.Pay(context.Background(), m.request(id, "4200", card.Name))
		if err != nil {
			t.Fatal(err)
		}
		_, code, declined := strings.Cut(card.Meaning, ": ")
		switch {
		case strings.Contains(card.Meaning, "with a page"):
			m.wants("PAYMENT_IN_PROCESS", answer, nil)
			if !strings.HasPrefix(answer.Get("normalUrl"), "http://127.0.0.1:4242/3ds/") {
				t.Errorf("%s: the page is %q", card.Name, answer.Get("normalUrl"))
			}
		case strings.Contains(card.Meaning, "capture"):
			m.wants("SUCCESS", answer, nil)
			m.moves(card.Name, "CAPTURE", id, answer.Get("paymentId"))
		case strings.Contains(card.Meaning, "refund"):
			m.wants("SUCCESS", answer, nil)
			m.capture("SUCCESS", "c-"+id, answer.Get("paymentId"), "4200")
			m.moves(card.Name, "REFUND", id, answer.Get("paymentId"))
		case declined:
			m.wants(code, answer, nil)
			if p := m.inquire("SUCCESS", id); p.Status != apo.StatusFail || p.ResultCode != code {
				t.Errorf("%s: %s %s", card.Name, p.Status, p.ResultCode)
			}
		case strings.HasPrefix(card.Meaning, "in process"):
			m.wants("PAYMENT_IN_PROCESS", answer, nil)
			if answer.Get("normalUrl") != "" {
				t.Errorf("%s: there is a page", card.Name)
			}
			m.clock = m.clock.Add(4 * time.Second)
			want := map[bool]string{true: apo.StatusFail, false: apo.StatusSuccess}[strings.Contains(card.Meaning, "declined")]
			if p := m.inquire("SUCCESS", id); p.Status != want {
				t.Errorf("%s: %s, want %s", card.Name, p.Status, want)
			}
		default:
			m.wants("SUCCESS", answer, nil)
		}
	}
}

// moves captures or refunds, and looks whether that is in process and becomes
// what the name of the card says.
func (m *merchant) moves(card, kind, id, payment string) {
	m.Helper()
	move := m.capture
	if kind == "REFUND" {
		move = m.refund
	}
	want := "SUCCESS"
	if strings.Contains(card, "fails") {
		want = "PROCESS_FAIL"
	}
	first := kind + "_IN_PROCESS"
	if card == "visa-capture-fails" {
		first = want
	}
	move(first, kind+"-"+id, payment, "4200")
	m.clock = m.clock.Add(4 * time.Second)
	transaction, found := m.inquire("SUCCESS", id).Find(kind, kind+"-"+id)
	if !found || transaction.Result.Code != want {
		m.Errorf("%s: the %s became %+v, want %s", card, kind, transaction, want)
	}
	move(want, kind+"-"+id, payment, "4200")
}

func TestTimeBrings(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	// An authorization that nobody captures ends after seven days.
	id := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.clock = m.clock.Add(7*24*time.Hour - time.Second)
	if p := m.inquire("SUCCESS", "a"); p.Status != apo.StatusSuccess {
		t.Errorf("a second before its end: %s", p.Status)
	}
	m.clock = m.clock.Add(2 * time.Second)
	m.capture("AUTH_EXPIRED", "c1", id, "1000")
	if p := m.inquire("SUCCESS", "a"); p.Status != apo.StatusCancelled {
		t.Errorf("a second after its end: %s", p.Status)
	}
	// A challenge that nobody answers closes the order.
	m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-3ds")
	m.clock = m.clock.Add(15 * time.Minute)
	if p := m.inquire("SUCCESS", "b"); p.Status != apo.StatusFail || p.ResultCode != "ORDER_IS_CLOSED" {
		t.Errorf("an unanswered challenge: %s %s", p.Status, p.ResultCode)
	}
	m.pay("ORDER_IS_CLOSED", "b", "1000", "visa-3ds")
}

func TestAutomaticCapture(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	r := m.request("a", "1000", "visa")
	r.PaymentFactor.CaptureMode = "AUTOMATIC"
	answer, err := m.client.Pay(context.Background(), r)
	m.wants("SUCCESS", answer, err)
	p := m.inquire("SUCCESS", "a")
	capture, found := p.Find("CAPTURE", "a")
	if !found || capture.Amount != p.Amount || p.Balance().Captured != 1000 {
		t.Errorf("%+v", p.Transactions)
	}
	m.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "c1", p.PaymentID, "1")
}

func TestSavedCard(t *testing.T) {
	m := newMerchant(t, sandbox.Config{Acquirers: []sandbox.Acquirer{{Name: "ALIPAY", Weight: 1}}})
	r := m.request("a", "1000", "mastercard")
	r.PaymentMethod.PaymentMethodMetaData.TokenizeMode = "ASKFORCONSENT"
	answer, err := m.client.Pay(context.Background(), r)
	first := m.wants("SUCCESS", answer, err)
	token := first.Get("paymentResultInfo.cardToken")
	if token == "" {
		t.Fatal("there is no token")
	}
	r = m.request("b", "500", "visa")
	r.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodID: token}
	answer, err = m.client.Pay(context.Background(), r)
	second := m.wants("SUCCESS", answer, err)
	without := m.request("b", "500", "mastercard")
	answer, err = m.client.Pay(context.Background(), without)
	m.wants("REPEAT_REQ_INCONSISTENT", answer, err)
	if p := apo.ReadPayment(second); p.Card.Brand != "MASTERCARD" {
		t.Errorf("the token paid with %+v", p.Card)
	}
	network, cvv := "paymentResultInfo.networkTransactionId", "paymentResultInfo.cvvResultRaw"
	if number := second.Get(network); number == "" || number == first.Get(network) {
		t.Errorf("the two payments have one number at the scheme: %q", number)
	}
	if got := second.Get(cvv); got != "" {
		t.Errorf("a security code that nobody sent is answered with %q", got)
	}
	r.PaymentRequestID, r.PaymentMethod.PaymentMethodMetaData = "with-code", &apo.CardData{CVV: "123"}
	answer, err = m.client.Pay(context.Background(), r)
	if got := m.wants("SUCCESS", answer, err).Get(cvv); got != "Y" {
		t.Errorf("a security code is answered with %q", got)
	}
	r.PaymentMethod.PaymentMethodMetaData = nil
	r.PaymentRequestID, r.PaymentMethod.PaymentMethodID = "c", "ALIPAYnosuchtoken"
	answer, err = m.client.Pay(context.Background(), r)
	m.wants("INVALID_PAYMENT_METHOD_META_DATA", answer, err)
}

// The numbers have the shapes that were observed of each acquirer.
func TestShapesOfIDs(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	shapes := map[string][2]string{
		"ADYEN":    {`^[A-Z0-9]{16}$`, `^N[0-9]{31}$`},
		"CHECKOUT": {`^pay_[a-z0-9]{26}$`, `^[0-9]{31}$`},
	}
	seen := map[string]bool{}
	for i := range 60 {
		p := apo.ReadPayment(m.pay("SUCCESS", fmt.Sprint("p", i), "1", "visa"))
		seen[p.Acquirer.Name] = true
		if !regexp.MustCompile(`^20260301[0-9]{27}$`).MatchString(p.PaymentID) {
			t.Errorf("paymentId %s", p.PaymentID)
		}
		if shape, known := shapes[p.Acquirer.Name]; known {
			if !regexp.MustCompile(shape[0]).MatchString(p.Acquirer.TransactionID) || !regexp.MustCompile(shape[1]).MatchString(p.Acquirer.ReferenceRequestID) {
				t.Errorf("%+v", p.Acquirer)
			}
		} else if p.Acquirer.TransactionID != p.PaymentID || p.Acquirer.ReferenceRequestID != p.PaymentRequestID {
			t.Errorf("ALIPAY uses APO's own numbers: %+v", p)
		}
	}
	if len(seen) != 3 {
		t.Errorf("60 payments went to %v alone", seen)
	}
	for acquirer, shape := range map[string][4]string{ // merchant, payment, capture, reference
		"STRIPE":    {`^acct_\w{16,}$`, `^pi_3[A-Za-z0-9]{23}$`, `^ch_3[A-Za-z0-9]{23}$`, `^[0-9]{31}$`},
		"BRAINTREE": {`^[a-z0-9]{16}$`, `^[a-z0-9]{8}$`, `^[a-z0-9]{8}$`, `^[0-9]{31}$`},
		"PAYPAL":    {`^[A-Z0-9]{13}$`, `^[A-Z0-9]{17}$`, `^[A-Z0-9]{17}$`, `^[0-9]{31}$`},
		"2C2P":      {`^[0-9]{15}$`, `^[0-9]{9}$`, `^[0-9]{9}$`, `^[0-9]{31}$`},
	} {
		m := newMerchant(t, sandbox.Config{Acquirers: at(acquirer)})
		p := apo.ReadPayment(m.pay("SUCCESS", "a", "1", "visa"))
		taken := m.capture("SUCCESS", "c", p.PaymentID, "1").Get("acquirerReferenceNo")
		a := p.Acquirer
		for i, got := range []string{a.MerchantID, a.TransactionID, taken, a.ReferenceRequestID} {
			if a.Name != acquirer || !regexp.MustCompile(shape[i]).MatchString(got) {
				t.Errorf("%s: %q is not %s", acquirer, got, shape[i])
			}
		}
	}
}

// What is answered is on disk; what must not be there is not.
func TestStateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "state.db")
	keys, err := sandbox.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	m := newMerchant(t, sandbox.Config{State: file, Keys: keys})
	id := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	// Opened a second time while the first still runs, as a second process does.
	other := newMerchant(t, sandbox.Config{State: file, Keys: keys})
	if p := other.inquire("SUCCESS", "a"); p.PaymentID != id {
		t.Errorf("the other one knows %q", p.PaymentID)
	}
	other.capture("SUCCESS", "c1", id, "1000")
	m.refund("SUCCESS", "r1", id, "1000")
	files, err := filepath.Glob(file + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("4054695723100768")) || bytes.Contains(data, []byte(`"123"`)) {
			t.Errorf("%s holds card data", name)
		}
	}
}

func TestStateThatCannotBeUsed(t *testing.T) {
	for name, content := range map[string]string{"no database": "hello, this is text and no database, and long enough to be read as one by SQLite, which wants a hundred bytes"} {
		file := filepath.Join(t.TempDir(), "state.db")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if box, err := sandbox.Open(sandbox.Config{State: file}); err == nil {
			box.Close()
			t.Errorf("%s was opened", name)
		} else if !strings.Contains(err.Error(), file) {
			t.Errorf("%s: the error does not name the file: %v", name, err)
		}
	}
	if box, err := sandbox.Open(sandbox.Config{State: t.TempDir()}); err == nil {
		box.Close()
		t.Error("a folder was opened")
	}
}

// One purchase that many ask for at once is recorded once.
func TestOneRequestManyTimesAtOnce(t *testing.T) {
	m := newMerchant(t, sandbox.Config{State: filepath.Join(t.TempDir(), "state.db")})
	var group sync.WaitGroup
	ids := make([]string, 40)
	for i := range ids {
		group.Go(func() {
			answer, err := m.client.Pay(context.Background(), m.request(fmt.Sprint("r", i%2), "1000", "visa"))
			if err != nil || answer.Result.Status != "S" {
				t.Errorf("%v %v", answer, err)
				return
			}
			ids[i] = answer.Get("paymentId")
		})
	}
	group.Wait()
	for i, id := range ids {
		if id != ids[i%2] {
			t.Fatalf("request r%d became the payments %s and %s", i%2, id, ids[i%2])
		}
	}
}

// Several processes that start at once make one pair of keys between them.
func TestKeysAreMadeOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	var group sync.WaitGroup
	prints := make([]string, 4)
	for i := range prints {
		group.Go(func() {
			keys, err := sandbox.LoadKeys(folder)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = keys.Merchant.Public().Fingerprint() + keys.Antom.Public().Fingerprint()
		})
	}
	group.Wait()
	for _, p := range prints {
		if p != prints[0] {
			t.Fatal("two of them have different keys")
		}
	}
	info, err := os.Stat(sandbox.KeyFilesIn(folder).Merchant)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	left, err := filepath.Glob(filepath.Join(folder, ".new-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A page of another site can neither show the challenge nor answer it.
func TestPageIsForThisMachineAlone(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	page := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa-3ds").Get("normalUrl")
	for name, c := range map[string]struct {
		method, host, site string
		want               int
	}{
		"shown":                      {"GET", "127.0.0.1:4242", "", 200},
		"a name that leads here":     {"GET", "evil.example", "", 403},
		"answered from another site": {"POST", "127.0.0.1:4242", "cross-site", 403},
		"deleted":                    {"DELETE", "127.0.0.1:4242", "", 405},
	} {
		r := httptest.NewRequest(c.method, page, strings.NewReader("answer=approve"))
		r.Host = c.host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", c.site)
		w := httptest.NewRecorder()
		m.box.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.want)
		}
	}
	if p := m.inquire("SUCCESS", "a"); p.Status != apo.StatusProcessing {
		t.Errorf("the challenge was answered: %s", p.Status)
	}
}

func TestClosedSandbox(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	if err := m.box.Close(); err != nil {
		t.Fatal(err)
	}
	// What happened is not known to the caller, so it is not called a failure.
	answer, err := m.client.Pay(context.Background(), m.request("a", "1", "visa"))
	m.wants("UNKNOWN_EXCEPTION", answer, err)
	if answer.Result.Status != "U" {
		t.Errorf("result %+v", answer.Result)
	}
}

func ExampleOpen() {
	box, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer box.Close()
	who := box.Credentials()
	gateway, err := apo.ParseGateway("http://127.0.0.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &apo.Client{
		Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey,
		HTTP: &http.Client{Transport: box.Transport()},
	}
	answer, err := client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: "demo-0001"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Result.Status, answer.Result.Code)
	// Output: F ORDER_NOT_EXIST
}
