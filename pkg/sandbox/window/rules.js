// Rules and faults: what shall go otherwise than well.
import { h, show, button, toggle, say } from "/_apo/window/dom.js";
import { list, call } from "/_apo/window/api.js";

const parted = "apo-rules-off";

// off are the rules that were switched off here. The sandbox knows nothing of them.
const off = () => JSON.parse(sessionStorage.getItem(parted) || "[]");
const setOff = (rules) => sessionStorage.setItem(parted, JSON.stringify(rules));

const flags = (r) => Object.fromEntries(Object.entries(r).filter(([k]) => !["id", "seen", "hits", "from"].includes(k)));
const words = (r) => Object.entries(flags(r)).map(([k, v]) => k + " " + v).join(", ");

export function rules(main) {
	const rows = h("ul", { class: "switches", "aria-label": "Rules" });
	const faults = h("div", null);
	main.replaceChildren(h("section", { class: "single" }, h("h1", null, "Rules and faults"),
		h("p", { class: "lead" }, "The first rule that fits a call decides what happens to it. A fault is a rule, too."),
		h("h2", null, "Rules"), rows, form(() => refresh()), h("h2", null, "Faults"), faults));
	let catalogue;
	async function refresh() {
		catalogue = catalogue || await list("faults");
		const all = await list("rules");
		show(rows,
			all.map((r) => rule(r, refresh)),
			off().map((r, i) => asleep(r, i, refresh)),
			all.length + off().length === 0 && h("li", { class: "empty" }, "There is no rule: what the card says happens."));
		show(faults, ["connection", "answer", "outcome", "notification"].map((stage) => h("section", { class: "stage" },
			h("h3", null, stage === "outcome" ? "What the acquirer does" : "Of the " + stage),
			h("ul", { class: "switches" }, catalogue.filter((f) => f.stage === stage).map((f) => fault(f, all, refresh))))));
	}
	return { refresh };
}

function rule(r, refresh) {
	return h("li", null,
		toggle("Rule " + r.id + ": " + words(r), true, async () => {
			await call("DELETE", "rules/" + r.id);
			setOff([...off(), flags(r)]);
			await refresh();
			return "The rule is off.";
		}, "r" + r.id),
		h("span", { class: "grow" }, h("bdi", null, words(r)), h("small", null, r.hits + " of " + r.seen + " calls that fitted were hit" + (r.from ? "; of " + r.from : ""))),
		button("Remove", async () => { await call("DELETE", "rules/" + r.id); await refresh(); return "The rule is removed."; }, { class: "quiet", "aria-label": "Remove rule " + r.id, "data-key": "r" + r.id + "-remove" }));
}

function asleep(r, i, refresh) {
	const drop = () => setOff(off().filter((_, n) => n !== i));
	return h("li", { class: "off" },
		toggle("Rule that is off: " + words(r), false, async () => { await call("POST", "rules", r); drop(); await refresh(); return "The rule is on again, behind the others."; }, "off" + i),
		h("span", { class: "grow" }, h("bdi", null, words(r)), h("small", null, "off")),
		button("Remove", async () => { drop(); await refresh(); return "The rule is removed."; }, { class: "quiet", "aria-label": "Remove the rule that is off", "data-key": "off" + i + "-remove" }));
}

// fault is a fault as a switch. One that is an outcome is known again by what it becomes.
function fault(f, all, refresh) {
	const api = { pay: "pay", capture: "capture", refund: "refund", notify: "" }[f.api.split(/[ ,]/)[0]] ?? "";
	const own = f.stage === "outcome" ? outcomes() : {};
	const on = all.filter((r) => r.fault === f.fault || own[r.id] === f.fault);
	return h("li", null,
		toggle(f.fault, on.length > 0, async (wanted) => {
			if (wanted) {
				const made = await call("POST", "faults", { fault: f.stage === "outcome" ? (api || "pay") + "=" + f.fault : f.fault });
				if (f.stage === "outcome") sessionStorage.setItem("apo-outcomes", JSON.stringify({ ...outcomes(), [made.id]: f.fault }));
			} else {
				for (const r of on) await call("DELETE", "rules/" + r.id);
			}
			await refresh();
			return f.fault + (wanted ? " is on." : " is off.");
		}, "f" + f.fault),
		h("span", { class: "grow" }, h("b", null, f.fault), h("small", null, f.meaning)));
}

const outcomes = () => JSON.parse(sessionStorage.getItem("apo-outcomes") || "{}");

function form(added) {
	const names = [["api", "API", "pay"], ["card", "Test card", "visa"], ["amount", "Amount", "4200"], ["request-id", "Request ID", ""], ["result", "Result", "DO_NOT_HONOR"], ["fault", "or fault", "cut-after-commit"], ["times", "Times", "1"]];
	const fields = names.map(([name, label, example]) => h("div", { class: "field" }, h("label", { for: "rule-" + name }, label),
		h("input", { id: "rule-" + name, name, placeholder: example, autocomplete: "off", spellcheck: "false", inputmode: name === "times" ? "numeric" : false })));
	return h("form", { class: "fields", onsubmit: async (e) => {
		e.preventDefault();
		const form = e.target, wanted = {};
		for (const [name] of names) {
			const value = form.elements[name].value.trim();
			if (value) wanted[name] = name === "times" ? Number(value) : value;
		}
		try {
			await call("POST", "rules", wanted);
			form.reset();
			await added();
			say("The rule is added.");
		} catch (e) {
			say(e.message, true);
		}
	} }, fields, h("button", { class: "main" }, "Add the rule"));
}
