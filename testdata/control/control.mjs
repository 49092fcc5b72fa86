// Sets up a sandbox and looks at its books, with nothing but Node's own fetch.
//
// node control.mjs READY-FILE, of apo sandbox --ready-file
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));

// apo asks the sandbox, and returns what it says.
async function apo(method, path, body) {
  const answer = await fetch(`${ready.gateway}/_apo${path}`, {
    method,
    body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${ready.token}` },
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error.message);
  return said;
}

await apo("POST", "/reset");
const kept = (await apo("POST", "/snapshot")).id;

// Changes come as server-sent events.
const events = await fetch(`${ready.gateway}/_apo/events`, { headers: { Authorization: `Bearer ${ready.token}` } });
const changes = events.body.pipeThrough(new TextDecoderStream()).getReader();
await changes.read();

// The second capture of each test fails; what is due in a day happens now.
const rule = await apo("POST", "/rules", { api: "capture", nth: 2, result: "PROCESS_FAIL" });
let text = "";
while (!text.includes(`"kind":"rule","id":"${rule.id}"`)) text += (await changes.read()).value;
await changes.cancel();
assert((await apo("POST", "/clock/advance", { by: "26h" })).delivered);
assert.deepEqual((await apo("GET", "/rules")).map((r) => r.id), [rule.id]);
await assert.rejects(apo("POST", "/rules", { api: "capture", resolt: "PROCESS_FAIL" }), /resolt/);

// The next test begins where this one did.
await apo("POST", "/restore", { id: kept });
assert.deepEqual(await apo("GET", "/rules"), []);
console.log("controlled");
