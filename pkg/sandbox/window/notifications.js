// Notifications: what was told, how often it was tried, and why it did not count.
import { h, show, button, badge, moment, number } from "/_apo/window/dom.js";
import { get, list, call } from "/_apo/window/api.js";
import { letterOf } from "/_apo/window/letters.js";

export function notifications(main) {
	const story = h("ol", { class: "story" });
	const foot = h("div", { class: "foot" });
	let shown = 50;
	main.replaceChildren(h("section", { class: "single" }, h("h1", null, "Notifications"),
		h("p", { class: "lead" }, "What the sandbox tells the merchant. Each is tried again until it is acknowledged."), story, foot));
	async function refresh() {
		const found = await list("notifications?limit=" + Math.min(shown + 1, 1000));
		show(story, found.slice(0, shown).map((n) => h("li", null, noticeOf(n, true))));
		show(foot,
			found.length === 0 && h("p", { class: "empty" }, "No notification yet. A payment needs a paymentNotifyUrl, or the sandbox --notify-url."),
			found.length > shown && button("Show older ones", () => { shown += 50; return refresh(); }, { "data-key": "more" }));
	}
	return { refresh };
}

// noticeOf shows a notification.
export function noticeOf(n, alone) {
	const key = "n" + n.id;
	const message = h("div", { class: "message" });
	let asked = false;
	const last = (n.attempts || []).at(-1);
	const details = h("details", { class: "event notice", "data-key": key, ontoggle: () => {
		if (!details.open || asked) return;
		asked = true;
		fill(n.id, message);
	} },
		h("summary", null,
			h("span", { class: "arrow", "aria-hidden": "true" }, "←"),
			h("span", { class: "title" }, n.notifyType), badge(n.state),
			last && last.why && h("span", { class: "fault" }, last.why),
			h("span", { class: "when" }, moment(n.time))),
		h("p", { class: "line" }, "To ", h("bdi", null, n.to || n.url)),
		alone && n.paymentId && h("p", { class: "line" }, "Of payment ", h("a", { href: "#/payments/" + encodeURIComponent(n.paymentId), "data-key": key + "-of" }, number(n.paymentId))),
		attempts(n),
		n.next && n.state === "queued" && h("p", { class: "hint" }, "It comes again at ", moment(n.next, true), "."),
		h("div", { class: "row" }, button("Send it again", async () => {
			const now = await call("POST", "notifications/" + n.id + "/resend", {});
			const tried = (now.attempts || []).at(-1);
			return now.state === "accepted" ? "It was acknowledged." : "It was sent" + (tried && tried.why ? ", and does not count: " + tried.why : "") + ".";
		}, { "data-key": key + "-again" })),
		message);
	return details;
}

function attempts(n) {
	if (!n.attempts || n.attempts.length === 0) return h("p", { class: "hint" }, "It was not tried yet.");
	return h("ol", { class: "attempts", "aria-label": "Attempts" }, n.attempts.map((a) => h("li", null,
		badge(a.accepted ? "accepted" : "not accepted"), a.httpStatus ? h("span", { class: "code" }, "HTTP " + a.httpStatus) : h("span", { class: "code" }, "no answer"),
		h("span", { class: "when" }, moment(a.time, true)), a.tookMs ? h("span", { class: "hint" }, a.tookMs + " ms") : "",
		a.why && h("p", { class: "why" }, a.why), a.answer && h("pre", { role: "group", tabindex: "0", "aria-label": "Answer of the merchant" }, a.answer))));
}

async function fill(id, where) {
	try {
		show(where, letterOf("As it was sent last", await verified(id), "n" + id + "m"));
	} catch (e) {
		show(where, h("p", { class: "why" }, e.message));
	}
}

const verified = (id) => get("notifications/" + id + "/verification");
