package apo

import "strings"

// Group is a table of codes or words that mean something together.
type Group string

const (
	GroupCode         Group = "code"         // result codes of APO
	GroupStatus       Group = "status"       // resultStatus, paymentStatus and the like
	GroupNotification Group = "notification" // kinds of notifications, and news of disputes
	GroupISO          Group = "iso"          // refusalCodeRaw
	GroupMAC          Group = "mac"          // merchantAdviceCode
	GroupAVS          Group = "avs"          // avsResultRaw
	GroupCVV          Group = "cvv"          // cvvResultRaw
	Group3DS          Group = "3ds"          // paResStatus
	GroupECI          Group = "eci"
	GroupAcquirer     Group = "acquirer" // acquirerResultCode
)

// Groups are all of them, the likelier meaning of a code that is in several first.
func Groups() []Group {
	return []Group{GroupCode, GroupStatus, GroupNotification, GroupISO, GroupMAC, GroupAVS, GroupCVV, Group3DS, GroupECI, GroupAcquirer}
}

// Entry is one code or word, and what it means. Meaning is a lower-case phrase without
// a final full stop.
type Entry struct {
	Group   Group
	Code    string // as APO writes it: "05", "PAYMENT_RESULT"
	Of      string // the fields that it is a value of: "resultStatus"; empty: see Fields
	Meaning string
	Decision
}

// Entries are those of a group, in the order of its table; of [GroupCode] see [Codes].
func Entries(g Group) []Entry {
	switch g {
	case GroupCode:
		return codeEntries()
	case GroupStatus:
		return statusEntries()
	case GroupNotification:
		return notificationEntries()
	case GroupISO:
		return isoEntries()
	case GroupMAC:
		return macEntries()
	case GroupAVS:
		return avsEntries()
	case GroupCVV:
		return cvvEntries()
	case Group3DS:
		return threeDSEntries()
	case GroupECI:
		return eciEntries()
	case GroupAcquirer:
		return acquirerEntries()
	}
	return nil
}

// Fields are where a value of the group stands in answers and notifications.
func (g Group) Fields() []string {
	switch g {
	case GroupCode:
		return []string{"resultCode", "paymentResultCode"}
	case GroupStatus:
		return []string{"resultStatus", "paymentStatus", "refundStatus", "captureStatus", "transactionStatus", "vaultingStatus"}
	case GroupNotification:
		return []string{"notifyType", "disputeNotificationType", "disputeJudgedResult"}
	case GroupISO:
		return []string{"refusalCodeRaw"}
	case GroupMAC:
		return []string{"merchantAdviceCode"}
	case GroupAVS:
		return []string{"avsResultRaw"}
	case GroupCVV:
		return []string{"cvvResultRaw"}
	case Group3DS:
		return []string{"paResStatus"}
	case GroupECI:
		return []string{"eci"}
	case GroupAcquirer:
		return []string{"acquirerResultCode"}
	}
	return nil
}

// Source says where the table of a group comes from.
func (g Group) Source() string {
	switch g {
	case GroupCode:
		return "the result code tables of Antom's public API reference"
	case GroupStatus:
		return "APO's guide for cards server to server, and Antom's public API reference"
	case GroupNotification:
		return "APO's pages about notifications, and Antom's public API reference"
	case GroupISO:
		return "Antom's page of network response codes (Visa's list), and the same list of another acquirer; 00 is of ISO 8583"
	case GroupMAC:
		return "Antom's page of Mastercard's merchant advice codes"
	case GroupAVS, GroupCVV:
		return "APO's page about risk management"
	case Group3DS:
		return "EMV 3-D Secure, transaction status"
	case GroupECI:
		return "the official SDKs"
	case GroupAcquirer:
		return "APO's guide for cards server to server; no table of APO's lists acquirers' codes"
	}
	return ""
}

// IsRaw reports whether the codes of a group are handed through as an acquirer gave
// them: the same one may mean something else at another acquirer.
func (g Group) IsRaw() bool {
	switch g {
	case GroupISO, GroupMAC, GroupAVS, GroupCVV, Group3DS, GroupECI, GroupAcquirer:
		return true
	}
	return false
}

// Explained finds what a code means in a group, in any case; what is written just so
// comes first. A single digit is the code of two that begins with 0.
func (g Group) Explained(code string) []Entry {
	var exact, others []Entry
	for _, e := range Entries(g) {
		switch {
		case e.Code == code:
			exact = append(exact, e)
		case strings.EqualFold(e.Code, code), len(code) == 1 && code >= "0" && code <= "9" && e.Code == "0"+code:
			others = append(others, e)
		}
	}
	return append(exact, others...)
}

func codeEntries() []Entry {
	list := make([]Entry, 0, len(catalogue))
	for _, c := range catalogue {
		d, _ := Decide(c.Name)
		list = append(list, Entry{Group: GroupCode, Code: c.Name, Meaning: c.Meaning, Decision: d})
	}
	return list
}

// told is a row of a table.
type told struct {
	code, meaning string
	decision      Decision
}

func entriesOf(g Group, rows []told) []Entry {
	list := make([]Entry, 0, len(rows))
	for _, r := range rows {
		list = append(list, Entry{Group: g, Code: r.code, Meaning: r.meaning, Decision: r.decision})
	}
	return list
}

// beside is the decision of a code that stands beside the result and decides nothing.
func beside(buyer ForBuyer) Decision {
	return Decision{MovedNotSaid, FinalNotSaid, NeitherID, WaitNone, buyer, StepInquire}
}
