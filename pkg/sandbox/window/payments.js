// The payments, and one of them with all that was said about it.
import { h, show, button, badge, moment, money, facts, number } from "/_apo/window/dom.js";
import { get, list, call } from "/_apo/window/api.js";
import { letterOf } from "/_apo/window/letters.js";
import { noticeOf } from "/_apo/window/notifications.js";

const page = 50;

export function payments(main) {
	const rows = h("ul", { class: "rows", "aria-label": "Payments" });
	const foot = h("div", { class: "foot" });
	const one = h("section", { class: "one", "aria-live": "off" });
	const field = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", placeholder: "Any number of a payment", oninput: () => { clearTimeout(typing); typing = setTimeout(search, 250); } });
	let typing, shown = page, chosen = "", asked = 0;
	const search = () => { shown = page; refresh(); };
	const form = h("form", { class: "search", role: "search", onsubmit: (e) => { e.preventDefault(); search(); } },
		h("label", { for: "search" }, "Search"), field);
	const panes = h("div", { class: "panes" }, h("section", { class: "list" }, form, rows, foot), one);
	main.replaceChildren(h("h1", null, "Payments"), panes);

	async function refresh() {
		const mine = ++asked, q = field.value.trim();
		const found = await some(q, shown);
		if (mine !== asked) return;
		show(rows, found.slice(0, shown).map((p) => row(p, p.paymentId === chosen)));
		const more = found.length > shown;
		show(foot,
			found.length === 0 && h("p", { class: "empty" }, q ? "No payment has this number. A number is looked up whole: of a payment, capture, refund, dispute, order or acquirer." : "No payment yet. Send one: apo pay --help, or your own shop at this address."),
			more && button("Show older ones", () => { shown += page; return refresh(); }, { "data-key": "more" }));
		if (chosen) await open();
	}

	async function open() {
		const id = chosen;
		let p, talk;
		try {
			[p, talk] = await Promise.all([get("payments/" + encodeURIComponent(id)), list("payments/" + encodeURIComponent(id) + "/exchanges")]);
		} catch (e) {
			if (id === chosen) show(one, back(), h("p", { class: "empty" }, e.message));
			return;
		}
		if (id === chosen) show(one, back(), detail(p, talk));
	}

	return {
		refresh,
		go(id) {
			const changed = id !== chosen;
			chosen = id;
			panes.classList.toggle("chosen", id !== "");
			for (const a of rows.querySelectorAll("a")) a.setAttribute("aria-current", String(a.dataset.key === id));
			if (!id) { show(one, h("p", { class: "empty" }, "Choose a payment to see what was said about it.")); return Promise.resolve(); }
			return open().then(() => { if (changed) { const t = one.querySelector("h2"); if (t) t.focus({ preventScroll: true }); window.scrollTo(0, 0); } });
		},
	};
}

// some are the newest payments, and one more if there is.
async function some(q, most) {
	const filter = q ? "&q=" + encodeURIComponent(q) : "";
	return list("payments?limit=" + Math.min(most + 1, 1000) + filter);
}

const back = () => h("a", { class: "back", href: "#/payments", "data-key": "back" }, "All payments");

const row = (p, current) => h("li", null, h("a", { href: "#/payments/" + encodeURIComponent(p.paymentId), "aria-current": String(current), "data-key": p.paymentId },
	h("span", { class: "amount" }, money(p.amount.value, p.amount.currency)), badge(p.paymentStatus),
	h("span", { class: "what" }, h("bdi", null, p.paymentRequestId)),
	h("span", { class: "when" }, moment(p.time))));

function detail(p, talk) {
	const part = (units) => (units ? money(units, p.amount.currency) : "");
	const events = [...talk.map((x) => ({ at: x.time, order: 0, item: exchange(x) })), ...(p.notifications || []).map((n) => ({ at: n.time, order: 1, item: noticeOf(n) }))];
	events.sort((a, b) => new Date(a.at) - new Date(b.at) || a.order - b.order);
	const disputable = p.captured - p.refunded - (p.lost || 0) > 0 && !p.disputeId;
	return [
		h("div", { class: "head" }, h("h2", { tabindex: "-1" }, money(p.amount.value, p.amount.currency)), badge(p.paymentStatus)),
		facts([
			["Payment", number(p.paymentId)], ["Request", h("bdi", null, number(p.paymentRequestId))], ["Order", h("bdi", null, p.referenceOrderId)], ["Created", moment(p.time, true)],
			["Result", p.paymentResultCode], ["Card", p.card], ["Acquirer", p.acquirer],
			["Captured", part(p.captured)], ["Refunded", part(p.refunded)], ["Released", part(p.released)], ["Lost to disputes", part(p.lost)], ["Open dispute", p.disputeId && number(p.disputeId)],
		]),
		h("div", { class: "row" },
			p.page && h("a", { class: "button", href: safe(p.page), target: "_blank", rel: "noreferrer", "data-key": "page" }, "Open the buyer's page"),
			disputable && button("Dispute it", async () => { await call("POST", "disputes", { paymentId: p.paymentId }); return "The cardholder disputes the payment."; }, { "data-key": "dispute" }),
			button("Copy its number", async () => { await navigator.clipboard.writeText(p.paymentId); return "Copied."; }, { class: "quiet", "data-key": "copy" })),
		h("h3", null, "What was said"),
		events.length === 0
			? h("p", { class: "empty" }, "Nothing is kept of what was said. The sandbox keeps the newest 5,000 messages.")
			: h("ol", { class: "story" }, events.map((e) => h("li", null, e.item))),
	];
}

// safe is an address of the sandbox itself; anything else leads nowhere.
function safe(address) {
	try {
		const u = new URL(address);
		return u.protocol === "http:" || u.protocol === "https:" ? u.href : "#/payments";
	} catch {
		return "#/payments";
	}
}

function exchange(x) {
	const key = "x" + x.id;
	const sure = x.request.verified && x.answer.verified;
	return h("details", { class: "event", "data-key": key },
		h("summary", null,
			h("span", { class: "arrow", "aria-hidden": "true" }, "→"),
			h("span", { class: "title" }, x.endpoint), x.resultStatus ? badge(x.resultStatus) : badge("no answer"), h("span", { class: "code" }, x.resultCode),
			x.fault && h("span", { class: "fault" }, "fault: " + x.fault),
			!sure && h("span", { class: "fault" }, x.request.verified ? "the answer does not verify" : "the request does not verify"),
			h("span", { class: "when" }, moment(x.time))),
		h("div", { class: "sides" }, letterOf("Request", x.request, key + "q"), letterOf("Answer", x.answer, key + "a")),
		h("p", { class: "hint" }, "It took " + x.tookMs + " ms."));
}
