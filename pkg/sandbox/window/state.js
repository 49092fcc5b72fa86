// The state as a whole, and the options.
import { h, show, button, say, ask } from "/_apo/window/dom.js";
import { list, call } from "/_apo/window/api.js";

const kept = "apo-snapshots";
const snapshots = () => JSON.parse(sessionStorage.getItem(kept) || "[]");

export function state(main) {
	const rows = h("ul", { class: "options" }), shots = h("ul", { class: "switches", "aria-label": "Snapshots" });
	main.replaceChildren(h("section", { class: "single" }, h("h1", null, "State and options"),
		h("p", { class: "lead" }, "A snapshot keeps the whole state. To put it back makes it another sandbox, with another identity."),
		h("div", { class: "row" },
			button("Take a snapshot", async () => {
				const { id } = await call("POST", "snapshot");
				sessionStorage.setItem(kept, JSON.stringify([...snapshots(), { id, time: new Date().toLocaleTimeString("en-GB") }]));
				draw();
				return "The state is kept.";
			}, { "data-key": "snapshot" }),
			button("Forget everything", async () => {
				if (!await ask("Forget all payments, rules, notifications and options? The keys and the seed stay.", "Forget everything")) return;
				await call("POST", "reset");
				await refresh();
				return "The sandbox is as new.";
			}, { class: "danger", "data-key": "reset" })),
		shots, h("h2", null, "Options"), h("p", { class: "lead" }, "Points in which sources about APO differ. The first value is what the sandbox does unless it is told otherwise."), rows));
	function draw() {
		show(shots, snapshots().map((s) => h("li", null, h("span", { class: "grow" }, "Kept at " + s.time),
			button("Put it back", async () => {
				if (!await ask("Put the state of " + s.time + " in place of what there is now?", "Put it back")) return;
				await call("POST", "restore", { id: s.id });
				return "The state is as it was.";
			}, { "data-key": "s" + s.id, "aria-label": "Put back the state of " + s.time }))));
	}
	async function refresh() {
		draw();
		const all = await list("options");
		show(rows, all.map((o) => {
			const select = h("select", { id: "option-" + o.name, "data-key": "o" + o.name, onchange: async () => {
				try {
					await call("PUT", "options", { [o.name]: select.value });
					say(o.name + " is " + select.value + " now.");
				} catch (e) {
					say(e.message, true);
				}
			} }, o.values.map((v) => h("option", { value: v, selected: v === o.value }, v)));
			return h("li", null, h("div", { class: "grow" }, h("label", { for: "option-" + o.name }, o.name), h("small", null, o.meaning)), select);
		}));
	}
	return { refresh };
}
