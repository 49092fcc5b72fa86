package report_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/apo-cli/apo/pkg/report"
)

// A refund in the transaction details of a day, as SFTP has them.
func ExampleWriter() {
	var w report.Writer
	w.Begin(os.Stdout, report.Transactions, report.Previous)
	err := w.Write(&report.Row{
		CustomerID: "2188120000000001", Acquirer: "ADYEN", Type: report.Refund, PaymentID: "P1", OperationID: "F1",
		RequestID: "refund-0001", OriginalRequestID: "demo-0001", Order: "shoes, red", Amount: report.Money{Units: -1000, Currency: "SGD"},
	})
	if err == nil {
		err = w.End()
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// customerId,acquirer,acquirerReferenceNo,referenceMerchantId,referenceStoreId,transactionId,originalTransactionId,transactionRequestId,referenceTransactionId,orderDescription,paymentMethodType,pspName,transactionType,paymentTime,productCode,transactionAmountValue,transactionCurrency,originalTransactionRequestId,issuingCountry,cardBrand,funding
	// 2188120000000001,ADYEN,,,,F1,P1,refund-0001,,"shoes, red",,,REFUND,,,-10.00,SGD,demo-0001,,,
	// <END>
}

// Columns are found by their names, in whatever order a merchant's file has them.
func ExampleReader() {
	in, err := report.NewReader(strings.NewReader("PSP,transactionType,settlementAmountValue\nADYEN,CAPTURE,41.17\n<END>\n"))
	for err == nil {
		if err = in.Next(); err == nil {
			fmt.Println(in.Kind, in.Generation, in.Get("transactionType"), in.Get("settlementAmountValue"))
		}
	}
	fmt.Println(err)
	// Output:
	// settlement details current CAPTURE 41.17
	// EOF
}

// A quote of a pair converts both ways.
func ExampleQuote_Convert() {
	q := report.Quote{Pair: "USD/SGD", Price: "1.29"}
	sgd, _ := q.Convert(report.Money{Units: 10000, Currency: "USD"}, "SGD")
	usd, _ := q.Convert(report.Money{Units: 12900, Currency: "SGD"}, "USD")
	fmt.Println(sgd, usd)
	// Output: 12900 10000
}
