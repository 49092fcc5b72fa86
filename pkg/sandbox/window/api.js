// All that the window knows and does goes over the control API, /_apo/.

let token = "";

const remembered = "apo-token";

// enter gets the token that this page may have; false where a person must give it.
export async function enter() {
	const answer = await fetch("/_apo/window/token", { cache: "no-store" });
	const own = (await answer.json()).token;
	if (own) {
		token = own;
		return true;
	}
	token = sessionStorage.getItem(remembered) || "";
	return token !== "" && await works();
}

// give tries a token that a person gave.
export async function give(text) {
	token = text.trim();
	if (!await works()) return false;
	sessionStorage.setItem(remembered, token);
	return true;
}

const works = async () => /^[\x21-\x7e]+$/.test(token) && (await fetch("/_apo/clock", { headers: { Authorization: "Bearer " + token } })).ok;

// call asks the control API. It throws an Error whose message is the API's.
export async function call(method, path, body) {
	const request = { method, cache: "no-store", headers: { Authorization: "Bearer " + token } };
	if (body !== undefined) {
		request.body = JSON.stringify(body);
		request.headers["Content-Type"] = "application/json";
	}
	let answer;
	try {
		answer = await fetch("/_apo/" + path, request);
	} catch {
		throw new Error("The sandbox does not answer. It may have stopped.");
	}
	let read = null;
	try {
		read = await answer.json();
	} catch { /* none */ }
	if (answer.status === 401) location.reload(); // another server is there now
	if (!answer.ok) {
		const e = new Error((read && read.error && read.error.message) || "The sandbox answered HTTP " + answer.status + ".");
		e.status = answer.status;
		throw e;
	}
	return read;
}

export const get = (path) => call("GET", path);
export const list = async (path) => (await get(path)) || [];

// offers tells whether this sandbox has something.
let description;
export async function offers(path) {
	description = description || await get("openapi.json");
	return path in description.paths;
}

// follow calls heard for each change of the state, and alive with whether it hears any.
// EventSource sends no token, so the stream is read by hand.
export async function follow(heard, alive) {
	for (let wait = 500; ; wait = Math.min(2 * wait, 10000)) {
		try {
			const answer = await fetch("/_apo/events", { cache: "no-store", headers: { Authorization: "Bearer " + token } });
			if (!answer.ok) throw new Error();
			alive(true);
			heard({ kind: "state" }); // what was missed
			wait = 250;
			await read(answer.body.getReader(), heard);
		} catch { /* tried again below */ }
		alive(false);
		await new Promise((done) => setTimeout(done, wait));
	}
}

async function read(reader, heard) {
	const decoder = new TextDecoder();
	for (let left = ""; ;) {
		const { done, value } = await reader.read();
		if (done) return;
		left += decoder.decode(value, { stream: true });
		const parts = left.split("\n\n");
		left = parts.pop();
		for (const part of parts) {
			for (const line of part.split("\n")) {
				if (line.startsWith("data:")) heard(JSON.parse(line.slice(5)));
			}
		}
	}
}
