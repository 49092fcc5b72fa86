// The window onto a sandbox: what it shows, and when it looks again.
import { h, say } from "/_apo/window/dom.js";
import { enter, give, follow } from "/_apo/window/api.js";
import { clock, read } from "/_apo/window/clock.js";
import { payments } from "/_apo/window/payments.js";
import { notifications } from "/_apo/window/notifications.js";
import { disputes } from "/_apo/window/disputes.js";
import { rules } from "/_apo/window/rules.js";
import { time } from "/_apo/window/time.js";
import { state } from "/_apo/window/state.js";

const parts = [["payments", "Payments", payments], ["notifications", "Notifications", notifications], ["disputes", "Disputes", disputes], ["rules", "Rules", rules], ["time", "Time", time], ["state", "State", state]];

const main = document.getElementById("main");
let name = "", part = null, dirty = false, busy = false;

async function route() {
	const [, wanted = "payments", id = ""] = location.hash.split("/");
	const known = parts.find(([n]) => n === wanted) || parts[0];
	const fresh = known[0] !== name;
	if (fresh) {
		name = known[0];
		part = known[2](main);
		document.title = known[1] + " - apo sandbox";
	}
	for (const a of document.querySelectorAll("#tabs a")) a.setAttribute("aria-current", a.dataset.part === name ? "page" : "false");
	const current = document.querySelector('#tabs a[aria-current="page"]');
	if (current) current.scrollIntoView({ block: "nearest", inline: "nearest" });
	try {
		if (part.go) await part.go(decodeURIComponent(id));
		if (fresh) await part.refresh();
	} catch (e) {
		say(e.message, true);
	}
}

// changed looks again, once for many changes.
async function changed() {
	dirty = true;
	if (busy) return;
	busy = true;
	while (dirty) {
		dirty = false;
		try {
			await Promise.all([read(), part.refresh()]);
		} catch (e) {
			say(e.message, true);
		}
		await new Promise((done) => setTimeout(done, 300));
	}
	busy = false;
}

function bar() {
	document.getElementById("tabs").replaceChildren(...parts.map(([n, label]) => h("a", { href: "#/" + n, "data-part": n }, label)));
	const face = h("span", { class: "clock" }), word = h("span", { class: "word" }), live = h("span", { class: "live" }, "waiting");
	document.getElementById("now").replaceChildren(face, word, live);
	const tick = () => { face.textContent = clock.text(false) + " UTC"; word.textContent = clock.word(); };
	setInterval(tick, 250);
	return { tick, alive: (is) => { live.textContent = is ? "live" : "lost"; live.classList.toggle("on", is); } };
}

async function start() {
	const { tick, alive } = bar();
	await read();
	tick();
	window.addEventListener("hashchange", route);
	await route();
	document.body.dataset.ready = "yes";
	performance.mark("shown");
	follow(changed, alive);
}

// gate asks for the token.
function gate() {
	const field = h("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", required: true });
	const wrong = h("p", { class: "why", role: "alert" });
	main.replaceChildren(h("section", { class: "gate card" }, h("h1", null, "The token, please"),
		h("p", null, "This window was not opened on the sandbox's own machine, or its server is open to others. The token stands in the server's ready file."),
		h("form", { class: "fields", onsubmit: async (e) => {
			e.preventDefault();
			if (await give(field.value)) return start();
			wrong.textContent = "This is not the token of this sandbox.";
			field.focus();
		} }, h("div", { class: "field" }, h("label", { for: "token" }, "Token"), field), wrong, h("button", { class: "main" }, "Open the window"))));
	field.focus();
}

enter().then((may) => (may ? start() : gate())).catch((e) => say(e.message, true));
