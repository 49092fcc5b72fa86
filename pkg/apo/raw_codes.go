package apo

import "slices"

// refusal is the decision of a code with which an issuer declined.
func refusal(wait Wait, buyer ForBuyer) Decision {
	return Decision{MovedNo, Final, NewID, wait, buyer, StepInquire}
}

// isoEntries are the networks' response codes in Visa's list. Never again with this
// card: 04, 07, 14, 41, 43, 46; later or with another card: 51, 61, 65.
func isoEntries() []Entry {
	return entriesOf(GroupISO, slices.Concat(isoOfIssuers(), isoOfCards(), isoOfOthers()))
}

func isoOfIssuers() []told {
	bank := refusal(WaitNone, BuyerBank)
	other := refusal(WaitNone, BuyerOtherCard)
	amount := refusal(WaitLater, BuyerAmount)
	return []told{
		{"01", "the merchant is to call the issuer", bank},
		{"02", "the merchant is to call the issuer, for a special reason", bank},
		{"05", "the issuer said no and gave no reason", bank},
		{"39", "the card has no credit account", bank},
		{"52", "the card has no checking account", bank},
		{"53", "the card has no savings account", bank},
		{"57", "the cardholder may not make this kind of payment with the card", bank},
		{"78", "the card is blocked, or was never used before", bank},
		{"59", "the issuer suspects misuse", other},
		{"62", "the issuer has restricted the card", other},
		{"63", "a security rule of the issuer was violated", other},
		{"64", "the issuer's checks against money laundering did not pass", other},
		{"51", "the account does not cover the amount", amount},
		{"61", "the amount is above a limit of the card", amount},
		{"65", "the card was used too often in a period", amount},
	}
}

func isoOfCards() []told {
	never := refusal(WaitNever, BuyerOtherCard)
	wrong := refusal(WaitNever, BuyerChecksCard)
	pin := refusal(WaitNone, BuyerConfirmsAgain)
	return []told{
		{"04", "the issuer wants the card withdrawn from use", never},
		{"07", "the issuer wants the card withdrawn from use: misuse is suspected", never},
		{"41", "the card was reported lost", never},
		{"43", "the card was reported stolen", never},
		{"46", "the account behind the card is closed", never},
		{"14", "there is no card of this number", wrong},
		{"15", "there is no issuer for this number", wrong},
		{"54", "the card is past its expiry date", refusal(WaitNever, BuyerExpiredCard)},
		{"82", "the check of the security code or of the card's cryptogram did not pass", refusal(WaitNone, BuyerChecksCard)},
		{"55", "the PIN is wrong", pin},
		{"70", "the issuer wants a PIN, or 3DS", refusal(WaitNone, BuyerConfirms)},
		{"74", "the PIN could not be decrypted", pin},
		{"75", "a wrong PIN was given too often", refusal(WaitLater, BuyerBank)},
		{"81", "a cryptographic error in the PIN", pin},
		{"86", "the PIN cannot be verified", pin},
	}
}

func isoOfOthers() []told {
	approved := Decision{MovedYes, Final, NeitherID, WaitNone, BuyerDone, StepInquire}
	open := Decision{MovedMaybe, StillOpen, NeitherID, WaitKnown, BuyerChecked, StepInquire}
	ours := Decision{MovedNo, Final, NewID, WaitMended, BuyerLater, StepTicket}
	return []told{
		{"00", "approved", approved},
		{"11", "approved, of a cardholder who is preferred (VIP)", approved},
		{"85", "no reason to decline: a card was checked and no amount asked for", beside(BuyerNothing)},
		{"03", "the issuer or the network does not take the merchant", ours},
		{"12", "this kind of transaction is not valid here", ours},
		{"13", "the amount is not valid", ours},
		{"58", "this terminal may not make this kind of payment", ours},
		{"19", "the transaction is to be entered again", refusal(WaitLater, BuyerLater)},
		{"06", "an error that is not named", open},
		{"10", "approved for a part of the amount", open},
		{"21", "nothing was done", open},
		{"25", "the record of the earlier transaction was not found", open},
		{"28", "a file of the issuer is not available for now", open},
		{"76", "a reversal of something that was not found", open},
		{"79", "it was reversed before", open},
		{"80", "it has no financial impact", open},
	}
}

// macEntries are Mastercard's merchant advice codes: whether and when to try again.
func macEntries() []Entry {
	after := func(code string, wait Wait, text string) told {
		return told{code, "the same card may be tried again after " + text, refusal(wait, BuyerBank)}
	}
	return entriesOf(GroupMAC, []told{
		{"01", "there is newer data of the card: ask for it, or let the network update it", refusal(WaitMended, BuyerChecksCard)},
		{"02", "it cannot be approved now: try later", refusal(WaitLater, BuyerBank)},
		{"03", "never try this card again", refusal(WaitNever, BuyerOtherCard)},
		{"04", "what the token needs is not supported", refusal(WaitMended, BuyerOtherCard)},
		{"21", "stop the recurring payment: never charge this card again for it", refusal(WaitNever, BuyerOtherCard)},
		after("24", "1h", "1 hour"),
		after("25", "24h", "24 hours"),
		after("26", "2d", "2 days"),
		after("27", "4d", "4 days"),
		after("28", "6d", "6 days"),
		after("29", "8d", "8 days"),
		after("30", "10d", "10 days"),
		{"40", "the card is a prepaid one that cannot be reloaded", refusal(WaitNone, BuyerOtherCard)},
		{"41", "the card is a virtual number for a single payment", refusal(WaitNever, BuyerOtherCard)},
		{"43", "the card is a virtual number for several payments", refusal(WaitNone, BuyerOtherCard)},
	})
}

func avsEntries() []Entry {
	said, asked := beside(BuyerNothing), beside(BuyerChecksAddress)
	return entriesOf(GroupAVS, []told{
		{"A", "the street matches, the postcode does not", asked},
		{"B", "issuer abroad: the street matches, the postcode cannot be checked", said},
		{"C", "issuer abroad: neither was checked", said},
		{"D", "issuer abroad: both match; the name may differ", said},
		{"E", "an error: nothing was checked", said},
		{"F", "United Kingdom: both match", said},
		{"G", "the issuer is abroad and takes no part", said},
		{"H", "Amex: street and postcode match, the name does not", asked},
		{"I", "issuer abroad: nothing was verified", said},
		{"K", "Amex: the name matches", said},
		{"L", "Amex: name and postcode match", said},
		{"M", "issuer abroad: all matches", said},
		{"N", "neither street nor postcode matches", asked},
		{"O", "Amex: name and street match", said},
		{"P", "issuer abroad: the postcode matches", said},
		{"Q", "Amex: the street matches, the name does not", asked},
		{"R", "the system of the issuer is away: nothing was checked", said},
		{"S", "the issuer does not check addresses", said},
		{"U", "the issuer has no data to check", said},
		{"W", "the postcode of nine digits matches, the street does not", asked},
		{"X", "street and postcode of nine digits match", said},
		{"Y", "street and postcode of five digits match", said},
		{"Z", "the postcode of five digits matches, the street does not", asked},
		{"0", "addresses are not checked here", said},
	})
}

func cvvEntries() []Entry {
	said, asked := beside(BuyerNothing), beside(BuyerChecksCard)
	return entriesOf(GroupCVV, []told{
		{"Y", "the security code matches", said},
		{"M", "the security code matches, as ADYEN and many acquirers write it; APO's table does not have it", said},
		{"D", "the security code does not match", asked},
		{"N", "the merchant said that the card has no code, though it should have one; many acquirers write N for a code that does not match", asked},
		{"P", "the code was looked at, and the result is open", said},
		{"U", "the issuer does not check security codes", said},
		{"X", "no answer about the security code", said},
	})
}

func threeDSEntries() []Entry {
	said := beside(BuyerNothing)
	waits := Decision{MovedMaybe, StillOpen, SameID, "2s", BuyerConfirms, StepInquire}
	return entriesOf(Group3DS, []told{
		{"Y", "the buyer was authenticated", said},
		{"A", "authentication was attempted, and counts as tried", said},
		{"N", "the buyer was not authenticated", beside(BuyerConfirmsAgain)},
		{"U", "authentication could not be carried out", beside(BuyerConfirmsAgain)},
		{"R", "the issuer rejected the authentication, and wants no authorization", beside(BuyerOtherCard)},
		{"C", "the buyer has to pass a challenge", waits},
		{"D", "the buyer has to pass a challenge that comes another way, as in the bank's app", waits},
		{"I", "for information only: the merchant asked for no challenge", said},
	})
}

func eciEntries() []Entry {
	said := beside(BuyerNothing)
	return entriesOf(GroupECI, []told{
		{"05", "3DS, authenticated (all schemes but Mastercard)", said},
		{"02", "3DS, authenticated (Mastercard)", said},
		{"06", "3DS, attempted (all schemes but Mastercard)", said},
		{"01", "3DS, attempted (Mastercard)", said},
		{"07", "no 3DS (all schemes but Mastercard)", said},
		{"00", "no 3DS (Mastercard)", said},
		{"04", "3DS for data only, without authentication", said},
	})
}

// acquirerEntries is short: what an acquirer writes into acquirerResultCode is its own.
func acquirerEntries() []Entry {
	return entriesOf(GroupAcquirer, []told{
		{"SUCCESS", "ALIPAY, which is Antom itself, took the payment; ADYEN and CHECKOUT leave the field out", beside(BuyerNothing)},
	})
}
