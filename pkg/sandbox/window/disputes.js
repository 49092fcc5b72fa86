// Disputes: what cardholders say, and how it is decided.
import { h, show, button, badge, moment, money, number, facts } from "/_apo/window/dom.js";
import { list, call } from "/_apo/window/api.js";

export function disputes(main) {
	const rows = h("ul", { class: "cards" });
	main.replaceChildren(h("section", { class: "single" }, h("h1", null, "Disputes"),
		h("p", { class: "lead" }, "A captured payment can be disputed on its own page. Here you are the judge."), rows));
	async function refresh() {
		const all = await list("disputes?limit=200");
		show(rows, all.map((d) => h("li", { class: "card" },
			h("div", { class: "head" }, h("h2", null, money(d.disputeAmount.value, d.disputeAmount.currency)), badge(d.status)),
			facts([["Dispute", number(d.disputeId)], ["Payment", h("a", { href: "#/payments/" + encodeURIComponent(d.paymentId), "data-key": d.disputeId + "-of" }, number(d.paymentId))],
				["Reason", d.disputeReasonCode], ["Opened", moment(d.disputeTime, true)], ["To be answered by", moment(d.defenseDueTime, true)], ["Judged", d.disputeJudgedResult]]),
			["OPEN", "DEFENDED"].includes(d.status) && h("div", { class: "row" },
				button("The merchant wins", () => judge(d, "ACCEPT_BY_CUSTOMER"), { "data-key": d.disputeId + "-merchant" }),
				button("The customer wins", () => judge(d, "ACCEPT_BY_MERCHANT"), { "data-key": d.disputeId + "-customer" })))),
			all.length === 0 && h("li", { class: "empty" }, "Nobody disputes anything."));
	}
	async function judge(d, result) {
		await call("POST", "disputes/" + encodeURIComponent(d.disputeId) + "/judge", { result });
		await refresh();
		return "The dispute is judged.";
	}
	return { refresh };
}
