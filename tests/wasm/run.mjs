// Runs the program in Node.js. The time is what this script says, so nobody waits.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { argv } from "node:process";

const module = await WebAssembly.compile(await readFile(argv[2]));
const needsWasi = WebAssembly.Module.imports(module).length > 0;

/** Creates an instance, which needs nothing of its host but WASI if it is built for that. */
async function instantiate() {
  if (!needsWasi) return (await WebAssembly.instantiate(module)).exports;
  const { WASI } = await import("node:wasi");
  const wasi = new WASI({ version: "preview1" });
  const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
  wasi.initialize(instance);
  return instance.exports;
}

/** Plays a create that is refused twice, and returns the delays before its retries. */
async function create(wallClock) {
  const program = await instantiate();
  let now = 0;
  const poll = () => program.poll(now, wallClock + now);
  const delays = [];
  for (let delay = poll(); delay > 0; delay = poll()) {
    const requests = program.requests();
    now += delay / 2;
    assert.equal(Math.round(poll()), Math.round(delay / 2), "it waits on, half the delay later");
    assert.equal(program.requests(), requests, "it sends nothing before the delay has passed");
    // A little more, because numbers are rounded.
    now += delay / 2 + 0.001;
    delays.push(delay);
  }
  const report = new Uint8Array(program.memory.buffer, program.report(), program.report_len());
  assert.equal(
    new TextDecoder().decode(report),
    'act_1 is pending for {"sub":"user_support","audit_id":"audit_4711"}',
  );
  assert.equal(program.requests(), 3);
  return delays;
}

const wallClock = () => performance.timeOrigin + performance.now();
const [one, other] = [await create(wallClock()), await create(wallClock())];
for (const [jitter, retryAfter] of [one, other]) {
  assert(jitter < 500, "the first delay has an upper bound");
  assert.equal(retryAfter, 2000, "Retry-After is respected");
}
assert.notEqual(one[0], other[0], "two instances wait for different times");

// Without WASI, nothing is random but the time at which an instance retries.
const sameTime = wallClock();
const [first, second] = [await create(sameTime), await create(sameTime)];
assert.equal(first[0] === second[0], !needsWasi);

const show = (delays) => delays.map((delay) => `${delay.toFixed(3)} ms`).join(" and ");
console.log(needsWasi ? "with WASI:" : "without imports:");
console.log(`  created with the third request, after delays of ${show(one)}`);
console.log(`  another instance: after delays of ${show(other)}`);
