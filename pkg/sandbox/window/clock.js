// The sandbox's clock as the window knows it, going on between two looks at it.
import { get } from "/_apo/window/api.js";

let seen = null;

export const clock = {
	// text is what it says now.
	text(whole) {
		if (!seen) return "";
		const now = new Date(seen.box + (performance.now() - seen.at) * seen.speed).toISOString();
		return whole ? now.slice(0, 10) + " " + now.slice(11, 19) + " UTC" : now.slice(11, 19);
	},
	// word is how it goes.
	word() {
		if (!seen) return "";
		if (seen.speed === 0) return "frozen";
		return (seen.speed === 1 ? "" : seen.speed + " times as fast") || (seen.moved ? "moved" : "real time");
	},
};

export async function read() {
	const c = await get("clock");
	seen = { box: Date.parse(c.time), at: performance.now(), speed: c.speed, moved: c.moved };
}
