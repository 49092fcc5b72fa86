package sandbox_test

import (
	"strings"
	"testing"
)

// The SDKs' own classes for a card to be saved, with all that they may hold.
func TestSDKSavesCards(t *testing.T) {
	const at = "/ams/sandbox/api/v1/vaults/"
	shop := openShop(t)
	for _, k := range sdks() {
		t.Run(k.name, func(t *testing.T) {
			id := "v-" + k.name
			request := object{
				"vaultingRequestId": id, "vaultingNotificationUrl": "https://www.yourNotifyUrl.com", "redirectUrl": "https://www.yourMerchantWeb.com",
				"merchantRegion": "SG", "env": object{"terminalType": "WEB", "clientIp": "1.2.3.4"},
				"paymentMethodDetail": object{"paymentMethodType": "CARD", "card": object{
					"cardNo": "4112273146798764", "brand": "VISA", "cvv": "123", "expiryYear": "35", "expiryMonth": "12", "is3DSAuthentication": false,
					"cardholderName": object{"firstName": "Ada", "lastName": "Example"},
				}},
			}
			saved := shop.callAt(t, k, at+"vaultPaymentMethod", request)
			saved.want(t, "result.resultStatus", "S")
			saved.want(t, "vaultingRequestId", id)
			saved.want(t, "paymentMethodDetail.card.maskedCardNo", "************8764")
			asked := shop.callAt(t, k, at+"inquireVaulting", object{"vaultingRequestId": id})
			asked.want(t, "vaultingStatus", "SUCCESS")
			asked.want(t, "paymentMethodDetail.card.cardToken", saved.get("paymentMethodDetail.card.cardToken"))

			pay := order("t-" + k.name)
			pay["paymentMethod"] = object{"paymentMethodType": "CARD", "paymentMethodId": saved.get("paymentMethodDetail.card.cardToken")}
			shop.call(t, k, "pay", pay).want(t, "result.resultStatus", "S")

			made := shop.callAt(t, k, at+"createVaultingSession", object{
				"paymentMethodType": "CARD", "vaultingRequestId": "s-" + k.name, "vaultingNotificationUrl": "https://www.yourNotifyUrl.com",
				"redirectUrl": "https://www.yourMerchantWeb.com", "merchantRegion": "SG", "is3DSAuthentication": true,
			})
			made.want(t, "result.resultCode", "SUCCESS")
			if !strings.Contains(made.get("normalUrl"), "/card/vault/") || len(made.get("vaultingSessionId")) > 64 || len(made.get("vaultingSessionData")) > 4096 {
				t.Errorf("%s", made.body)
			}
			shop.callAt(t, k, at+"inquireVaulting", object{"vaultingRequestId": "s-" + k.name}).want(t, "vaultingStatus", "PROCESSING")
		})
	}
}
