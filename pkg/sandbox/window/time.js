// The clock, and the way back through what happened.
import { h, show, button, badge, moment, money, say } from "/_apo/window/dom.js";
import { get, call, offers } from "/_apo/window/api.js";
import { clock, read } from "/_apo/window/clock.js";

export function time(main) {
	const face = h("p", { class: "face", "aria-live": "off" });
	const past = h("section", { class: "past" });
	const move = (by, label) => button(label, async () => { await call("POST", "clock/advance", { by }); await read(); return "The clock went on by " + by + ", and all that came due was delivered."; }, { "data-key": "by" + by });
	const speed = (times, label) => button(label, async () => { await call("PUT", "clock", { speed: times }); await read(); return times === 0 ? "The clock stands still." : "The clock goes " + times + " times as fast."; }, { "data-key": "speed" + times });
	const by = h("input", { id: "by", autocomplete: "off", placeholder: "90s, 26h, 8d", spellcheck: "false" });
	main.replaceChildren(h("section", { class: "single" }, h("h1", null, "Time"),
		h("p", { class: "lead" }, "The sandbox has a clock of its own. Whatever is due on the way happens, in its order."),
		face,
		h("h2", null, "Go on"), h("div", { class: "row" }, move("1m", "1 minute"), move("1h", "1 hour"), move("26h", "26 hours"), move("8d", "8 days"),
			h("form", { class: "row", onsubmit: async (e) => {
				e.preventDefault();
				try {
					await call("POST", "clock/advance", { by: by.value.trim() });
					await read();
					say("The clock went on.");
				} catch (e) {
					say(e.message, true);
				}
			} }, h("label", { for: "by", class: "hidden" }, "Another length of time"), by, h("button", null, "Go on"))),
		h("h2", null, "Speed"), h("div", { class: "row" }, speed(0, "Freeze"), speed(1, "Real"), speed(60, "60 times"), speed(3600, "3,600 times"),
			button("Set it to now", async () => { await call("PUT", "clock", { time: "now" }); await read(); return "The clock shows the real time."; }, { class: "quiet", "data-key": "real" })),
		past));
	const travel = history(past);
	const tick = setInterval(() => { if (!face.isConnected) return clearInterval(tick); face.textContent = clock.text(true); }, 250);
	face.textContent = clock.text(true);
	return { refresh: () => Promise.all([read(), travel.refresh()]) };
}

// history is a slider over the events of the books. Where the sandbox keeps none it is
// not there.
function history(where) {
	let last = 0, at = 0, waiting;
	const range = h("input", { type: "range", id: "event", min: "1", step: "1", oninput: () => { at = Number(range.value); tell(); clearTimeout(waiting); waiting = setTimeout(look, 150); } });
	const label = h("output", { for: "event" });
	const rows = h("ul", { class: "rows flat", "aria-label": "Payments at that event" });
	const what = h("p", { class: "hint" });
	const step = (by, word) => button(word, () => { at = Math.max(1, Math.min(last, at + by)); range.value = at; tell(); return look(); }, { class: "quiet", "data-key": "step" + by });
	const tell = () => { label.textContent = "Event " + at + " of " + last; range.setAttribute("aria-valuetext", label.textContent); };
	async function look() {
		const seen = at;
		try {
			const then = await get("history/" + seen);
			if (seen !== at) return;
			show(what, moment(then.time, true), ": ", then.changes.map((c) => [c.kind, c.id === c.paymentId ? "" : c.id, c.became].filter(Boolean).join(" ")).join("; ") || "the books began");
			show(rows, then.payments.map((p) => h("li", null, h("span", { class: "still" },
				h("span", { class: "amount" }, money(p.amount.value, p.amount.currency)), badge(p.paymentStatus), h("span", { class: "what" }, h("bdi", null, p.paymentRequestId)), h("span", { class: "when" }, moment(p.time))))),
				then.payments.length === 0 && h("li", { class: "empty" }, "There was no payment yet."));
		} catch (e) {
			show(rows, h("li", { class: "empty" }, e.message));
		}
	}
	async function refresh() {
		if (!await offers("/_apo/history")) return;
		const now = await get("history");
		const wasLast = at === last;
		last = now.last;
		range.max = last;
		if (wasLast) { at = last; range.value = at; }
		if (!where.firstChild) {
			where.append(h("h2", null, "Go back"), h("p", { class: "lead" }, "The books keep every change. Look at them as they were; a fork goes on from there in a state of its own, and leaves this one alone."),
				h("div", { class: "slider" }, h("label", { for: "event" }, "The state at"), label, range),
				h("div", { class: "row" }, step(-1, "One back"), step(1, "One on"),
					button("Fork here", async () => { const { state } = await call("POST", "fork", { event: at }); return "The fork is in " + state + ": apo sandbox --state " + state; }, { "data-key": "fork" })),
				what, rows);
		}
		tell();
		await look();
	}
	return { refresh };
}
