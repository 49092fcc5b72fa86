// A letter is one side of a message: its line, its headers, its body, and what was signed.
import { h } from "/_apo/window/dom.js";

const encoder = new TextEncoder();

// pretty is a JSON text with an indent. It is worked through character by character, so
// that numbers of any length and what is masked stay as they are.
export function pretty(text) {
	const out = [];
	let depth = 0, plain = "";
	const flush = () => { if (plain) out.push(plain); plain = ""; };
	const line = () => { plain += "\n" + "  ".repeat(Math.max(depth, 0)); };
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (c === '"') {
			let end = i + 1;
			while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
			const word = text.slice(i, end + 1);
			const key = /^\s*:/.test(text.slice(end + 1, end + 20));
			flush();
			out.push(h("span", { class: key ? "key" : "text" }, word));
			i = end;
		} else if (c === "{" || c === "[") {
			const close = /^\s*[}\]]/.exec(text.slice(i + 1, i + 40));
			if (close) { plain += c + text[i + close[0].length]; i += close[0].length; continue; }
			depth++; plain += c; line();
		} else if (c === "}" || c === "]") {
			depth--; line(); plain += c;
		} else if (c === ",") { plain += c; line();
		} else if (c === ":") { plain += ": ";
		} else if (!/\s/.test(c)) { plain += c; }
	}
	flush();
	return out;
}

// dump is a text byte by byte.
export function dump(text) {
	const bytes = encoder.encode(text);
	const lines = [];
	for (let at = 0; at < bytes.length; at += 16) {
		const some = [...bytes.slice(at, at + 16)];
		lines.push(at.toString(16).padStart(5, "0") + "  " + some.map((b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(48) +
			" " + some.map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : ".")).join(""));
	}
	return lines.join("\n");
}

// content is what is signed, as text and as bytes.
function content(letter, key) {
	const text = letter.signed + letter.body;
	const size = letter.bytes + encoder.encode(letter.signed).length;
	const shown = h("pre", { role: "group", tabindex: "0", "aria-label": "Signed content" }, text);
	let bytes = false;
	const b = h("button", { type: "button", class: "quiet", "aria-pressed": "false", "data-key": key + "-bytes", onclick: () => {
		bytes = !bytes;
		shown.textContent = bytes ? dump(text) : text;
		b.setAttribute("aria-pressed", String(bytes));
	} }, "Show its bytes");
	return h("details", { class: "inner", "data-key": key + "-signed" },
		h("summary", null, "Signed content, " + size.toLocaleString("en") + " bytes"),
		letter.masked && h("p", { class: "hint" }, "Card data is hidden here. What was signed had it, so these are not all the bytes, and the signature is cut short: with it whole, a guess at the number could be checked."),
		shown, b);
}

// verdict tells whether a letter verified.
export const verdict = (letter) => (letter.verified
	? h("p", { class: "verdict good" }, h("span", { "aria-hidden": "true" }, "✓ "), "The signature verifies.")
	: h("p", { class: "verdict bad" }, h("span", { "aria-hidden": "true" }, "✗ "), "It does not verify: " + (letter.why || "it was not looked at") + "."));

// letterOf shows one side of a message.
export function letterOf(title, letter, key) {
	if (!letter.line) return h("section", { class: "letter" }, h("p", { class: "side" }, title), h("p", { class: "hint" }, "Nothing was sent: the connection ended without an answer."));
	return h("section", { class: "letter" },
		h("p", { class: "side" }, title),
		h("p", { class: "line" }, letter.line),
		verdict(letter),
		h("details", { class: "inner", "data-key": key + "-head" }, h("summary", null, "Headers, " + letter.header.length),
			h("dl", { class: "headers" }, letter.header.map(({ name, value }) => h("div", null, h("dt", null, name), h("dd", null, value))))),
		letter.body
			? h("pre", { class: "body", role: "group", tabindex: "0", "aria-label": title + ", body" }, pretty(letter.body))
			: h("p", { class: "hint" }, "No body."),
		letter.cut && h("p", { class: "hint" }, "It is longer: " + letter.bytes.toLocaleString("en") + " bytes."),
		letter.signed && content(letter, key));
}
