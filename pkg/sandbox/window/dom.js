// Elements are made here, and text is always text: nothing is read as markup.

// h makes an element. Its properties are attributes, "on…" are listeners, and false or
// null leaves one out. Its children are elements, texts, lists of them, or nothing.
export function h(tag, properties, ...children) {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(properties || {})) {
		if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
		else if (value === true) e.setAttribute(name, "");
		else if (value !== false && value != null) e.setAttribute(name, value);
	}
	e.append(...children.flat(Infinity).filter((c) => c != null && c !== false && c !== ""));
	return e;
}

// show puts elements in place of others, and leaves open what is open, and the focus
// where it is.
export function show(where, ...children) {
	const fresh = h("div", null, children);
	for (const old of where.querySelectorAll("details[data-key][open]")) {
		const now = find(fresh, old.dataset.key);
		if (now) now.open = true;
	}
	const active = where.contains(document.activeElement) ? document.activeElement.closest("[data-key]") : null;
	const key = active && active.dataset.key;
	const summary = active && document.activeElement.tagName === "SUMMARY";
	where.replaceChildren(...fresh.childNodes);
	if (key) {
		const now = find(where, key);
		if (now) (summary ? now.querySelector("summary") : now).focus({ preventScroll: true });
	}
}

const find = (where, key) => [...where.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key);

// say tells what was done, or what went wrong.
let silence;
export function say(text, wrong) {
	const e = document.getElementById("say");
	e.textContent = text;
	e.classList.toggle("wrong", Boolean(wrong));
	clearTimeout(silence);
	silence = setTimeout(() => { e.textContent = ""; }, wrong ? 12000 : 5000);
}

// button does something that takes a while, and cannot be pressed again meanwhile.
export function button(label, act, properties) {
	const b = h("button", { type: "button", ...properties, onclick: async () => {
		if (b.getAttribute("aria-disabled") === "true") return;
		b.setAttribute("aria-disabled", "true");
		try {
			const done = await act(b);
			if (typeof done === "string") say(done);
		} catch (e) {
			say(e.message, true);
		}
		b.removeAttribute("aria-disabled");
	} }, label);
	return b;
}

// toggle is a switch.
export function toggle(label, on, act, key) {
	const b = h("button", { type: "button", role: "switch", class: "switch", "aria-checked": String(on), "aria-label": label, "data-key": key, onclick: async () => {
		if (b.getAttribute("aria-disabled") === "true") return;
		b.setAttribute("aria-disabled", "true");
		const wanted = b.getAttribute("aria-checked") !== "true";
		b.setAttribute("aria-checked", String(wanted));
		try {
			say(await act(wanted));
		} catch (e) {
			b.setAttribute("aria-checked", String(!wanted));
			say(e.message, true);
		}
		b.removeAttribute("aria-disabled");
	} });
	return b;
}

// badge is a word with the colour of what it means.
export function badge(word) {
	const kinds = {
		good: ["SUCCESS", "S", "accepted", "CAPTURED"], bad: ["FAIL", "F", "given-up", "not accepted"],
		wait: ["PROCESSING", "PENDING", "U", "queued", "OPEN", "DEFENDED"], done: ["CANCELLED", "REFUNDED", "JUDGED", "ACCEPTED"],
	};
	const kind = Object.keys(kinds).find((k) => kinds[k].includes(word)) || "done";
	return h("span", { class: "badge " + kind }, word || "none");
}

// moment is a time of the sandbox.
export function moment(text, whole) {
	if (!text || text.startsWith("0001")) return "";
	const at = new Date(text).toISOString();
	return h("time", { datetime: at, title: at }, whole ? at.slice(0, 10) + " " + at.slice(11, 19) : at.slice(5, 10) + " " + at.slice(11, 19));
}

// money is an amount in smallest units, as people write it.
export function money(value, currency) {
	let digits = 2;
	try {
		digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
	} catch { /* not one that the browser knows */ }
	let text = String(value).padStart(digits + 1, "0");
	const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
	text = digits ? whole + "." + text.slice(-digits) : whole;
	return currency + " " + text;
}

// facts are names and what they are.
export const facts = (list) => h("dl", { class: "facts" },
	list.filter(([, value]) => value !== "" && value != null && value !== false).map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));

export const number = (text) => h("code", { class: "number" }, text);

// ask asks before something that cannot be undone.
export function ask(question, yes) {
	return new Promise((done) => {
		const d = h("dialog", { "aria-labelledby": "question" },
			h("p", { id: "question" }, question),
			h("form", { method: "dialog", class: "row" },
				h("button", { value: "yes", class: "danger" }, yes),
				h("button", { value: "no", autofocus: true }, "Keep it as it is")));
		d.addEventListener("close", () => { done(d.returnValue === "yes"); d.remove(); });
		document.body.append(d);
		d.showModal();
	});
}
